// What an answer that is neither JSON nor events means for the request it answers, and for the connection. Pure.
import type { IncomingHttpHeaders } from "node:http";
import { HubError } from "../base/errors.ts";
import type { ByteString } from "../wire/frame.ts";
import { findMember, type Range } from "../wire/json.ts";
import { createScan, scan } from "../wire/scan.ts";
import { away, type Circumstances, type Loss, lossOfStatus, messageIn, wrong } from "./losses.ts";

export interface Refusal {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly mediaType: string;
  /** The beginning of it. */
  readonly body: Buffer;
  readonly idText: ByteString;
  readonly hasSession: boolean;
  /** Whether the hub has taken anything before. */
  readonly isProved: boolean;
}

export type Verdict =
  /** The hub's own words, as an answer to the request. */
  | { readonly t: "answer"; readonly bytes: Buffer }
  /** The request alone has failed. */
  | { readonly t: "error"; readonly error: HubError }
  /** The connection is of no use; the request has not run. */
  | { readonly t: "lost"; readonly loss: Loss };

export function judgeRefusal(refusal: Refusal, circumstances: Circumstances): Verdict {
  const { status, body, idText, hasSession, isProved } = refusal;
  const loss = () => ({ t: "lost", loss: lossOf(refusal, circumstances) }) as const;
  if (status === 401) return loss();
  // What a login could change is said in a header: the server's own words, if it has any, do not name what to do here.
  if (isLoginTooSmall(refusal)) return loginTooSmall(refusal, circumstances);
  const own = rpcError(body, idText);
  // Whatever else its status says, an error with the id of the request answers it.
  if (own?.isAnswer === true) return { t: "answer", bytes: body };
  if (status === 404 && hasSession) {
    return { t: "lost", loss: away(`${circumstances.name} does not know the session any more`) };
  }
  const isBusy = status >= 500 || status === 429 || status === 408;
  if (!isProved && (isBusy || own === undefined || status === 403 || status === 404)) return loss();
  if (own !== undefined) return { t: "answer", bytes: withId(body, own.error, idText) };
  return { t: "error", error: errorOf(refusal, circumstances) };
}

/** Whether this answer says that what its headers say is not what its body says (MCP 2026-07-28). */
export function isHeaderMismatch(answer: Buffer): boolean {
  const { error } = JSON.parse(answer.toString("utf8")) as { error?: { code?: unknown } };
  return error?.code === -32020;
}

function isLoginTooSmall({ status, headers }: Refusal): boolean {
  return status === 403 && /\berror\s*=\s*"?insufficient_scope\b/i.test(headers["www-authenticate"] ?? "");
}

/** Of a connection that has never been good for anything it is the end. */
function loginTooSmall({ isProved }: Refusal, { name }: Circumstances): Verdict {
  const reason = `${name} answered 403: the login is not good for this`;
  if (!isProved) return { t: "lost", loss: { kind: "refused", code: "unauthenticated", reason, status: 403 } };
  return { t: "error", error: new HubError("unauthenticated", reason, { may_have_run: false }) };
}

function lossOf({ status, headers, mediaType, body }: Refusal, circumstances: Circumstances): Loss {
  if (status !== 200 && status !== 202) {
    const loss = lossOfStatus(status, body.toString("utf8"), circumstances, headers.location);
    const retryMs = retryAfterMs(headers);
    return retryMs === undefined ? loss : { ...loss, retryMs };
  }
  return wrong(`${circumstances.name} ${oddAnswer(status, mediaType, headers)}; ${circumstances.words.odd}`);
}

function errorOf(refusal: Refusal, circumstances: Circumstances): HubError {
  const { status, headers, mediaType, body } = refusal;
  const { name } = circumstances;
  if (status < 300) {
    return new HubError("hub_unreachable", `${name} ${oddAnswer(status, mediaType, headers)}`, { may_have_run: true });
  }
  if (status < 400) {
    const { reason } = lossOfStatus(status, "", circumstances, headers.location);
    // The others may follow upon what was done.
    return new HubError("hub_unreachable", reason, { may_have_run: ![301, 307, 308].includes(status) });
  }
  const said = messageIn(body.toString("utf8"));
  const message = `${name} answered ${status}${said === undefined ? "" : `: ${said}`}`;
  if (status === 413) return new HubError("too_large", message, { may_have_run: false });
  const again = { retry_after_ms: retryAfterMs(headers) ?? 1000 };
  if (status === 429 || status === 503) return new HubError("overloaded", message, { may_have_run: false, ...again });
  // Behind a proxy a hub may have done the work all the same.
  const mayHaveRun = status >= 500 || status === 408;
  return new HubError("hub_unreachable", message, { may_have_run: mayHaveRun, ...(mayHaveRun ? again : {}) });
}

function retryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const waitS = Number(headers["retry-after"]);
  return waitS > 0 && waitS <= 3600 ? waitS * 1000 : undefined;
}

function oddAnswer(status: number, mediaType: string, { "content-encoding": encoding }: IncomingHttpHeaders): string {
  if (status !== 200) return `took a request and gave no answer (${status})`;
  if (encoding !== undefined) return `answered in an encoding that was not asked for (${short(encoding)})`;
  return mediaType === ""
    ? "answered without a Content-Type"
    : `answered with ${short(mediaType)} instead of JSON or events`;
}

function short(text: string): string {
  return text.slice(0, 60);
}

/** A JSON-RPC error: its `error`, and whether it names this request. */
function rpcError(body: Buffer, idText: ByteString): { readonly error: Range; readonly isAnswer: boolean } | undefined {
  const record = createScan();
  if (scan(body, record) !== undefined || record.errorStart < 0) {
    // Some errors are of no request that JSON-RPC knows: an `id` that is missing.
    return bareError(body);
  }
  const isAnswer = record.idStart >= 0 && body.toString("latin1", record.idStart, record.idEnd) === idText;
  return { error: { start: record.errorStart, end: record.errorEnd }, isAnswer };
}

function bareError(body: Buffer): { readonly error: Range; readonly isAnswer: false } | undefined {
  try {
    const { jsonrpc, error } = JSON.parse(body.toString("utf8")) as { jsonrpc?: unknown; error?: { code?: unknown } };
    if (jsonrpc !== "2.0" || typeof error?.code !== "number") return undefined;
  } catch {
    return undefined;
  }
  const start = body.indexOf("{");
  const found = findMember(body, start, body.lastIndexOf("}") + 1, "error");
  return found === undefined ? undefined : { error: found, isAnswer: false };
}

function withId(body: Buffer, { start, end }: Range, idText: ByteString): Buffer {
  const head = Buffer.from(`{"jsonrpc":"2.0","id":${idText},"error":`, "latin1");
  return Buffer.concat([head, body.subarray(start, end), Buffer.from("}")]);
}
