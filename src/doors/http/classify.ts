// What a POST to the MCP endpoint is. Its body alone says so: headers come from anybody on the way, the body is the client's word. In the
// modern era headers repeat parts of the body for those who do not read it, and must say the same. Pure.
import type { IncomingHttpHeaders } from "node:http";
import type { ErrorCode } from "../../base/errors.ts";
import { decodeHeaderValue, trimmed } from "../../wire/header-value.ts";
import type { MessageReader } from "../../wire/message-reader.ts";
import type { EraClaim } from "../../wire/meta.ts";
import { paramAt } from "../../wire/params.ts";
import { byteIn, stringIn } from "../../wire/read-message.ts";
import { isModernRevision, modernRevisions } from "../../wire/revisions.ts";
import type { ScanFault } from "../../wire/scan.ts";
import { single } from "./negotiate.ts";

/** `initialize` opens a session, the others belong to one. */
export type LegacyKind = "initialize" | "request" | "notification" | "response";

export type Classified =
  | { readonly t: "faulty"; readonly fault: ScanFault }
  | { readonly t: "legacy"; readonly kind: LegacyKind }
  /** Whether the hub speaks the revision, and what else it says of itself, is for the relay to read. */
  | { readonly t: "modern"; readonly kind: "request" | "notification" }
  /** Of the modern era, and refused with this. */
  | { readonly t: "refused"; readonly code: ErrorCode; readonly message: string };

const modernRequest: Classified = { t: "modern", kind: "request" };
const modernNotification: Classified = { t: "modern", kind: "notification" };

export function classify(message: MessageReader, headers: IncomingHttpHeaders): Classified {
  const { scan, fault } = message;
  if (fault !== undefined) return { t: "faulty", fault };
  const revision = revisionHeader(headers);
  if (scan.kind === "response") {
    return isModernHeader(revision) ? refused("request_invalid", noResponses) : { t: "legacy", kind: "response" };
  }
  const claim = message.meta?.claim;
  if (claim !== undefined) return claimed(message, claim, revision, headers);
  const kind = legacyKind(message);
  return isModernHeader(revision) ? unclaimed(message, kind, headers) : { t: "legacy", kind };
}

/** What an element of a batch is. */
export function kindInBatch(message: MessageReader): "faulty" | "modern" | LegacyKind {
  if (message.fault !== undefined) return "faulty";
  return message.meta?.claim === undefined ? legacyKind(message) : "modern";
}

function legacyKind(message: MessageReader): LegacyKind {
  const { kind } = message.scan;
  return kind === "request" && methodOf(message) === "initialize" ? "initialize" : kind;
}

/** Whether the header alone says that a request is of the modern era, or of one that comes after it: revisions are dates. */
export function isModernHeader(revision: string | undefined): boolean {
  return revision !== undefined && revision >= modernRevisions[0];
}

export function revisionHeader(headers: IncomingHttpHeaders): string | undefined {
  return headerOf(headers, "mcp-protocol-version");
}

function claimed(
  message: MessageReader,
  { revision: named }: EraClaim,
  revision: string | undefined,
  headers: IncomingHttpHeaders,
): Classified {
  // What is no string names no revision that a header could repeat: the relay says what is wrong with it.
  if (named !== undefined && revision !== undefined && revision !== named) {
    return mismatch("MCP-Protocol-Version", "the revision in params._meta");
  }
  const method = methodOf(message);
  const sent = headerOf(headers, "mcp-method");
  if (sent !== undefined && sent !== method) return mismatch("Mcp-Method", "method");
  if (message.scan.kind === "notification") return modernNotification;
  // Of a revision that nobody knows, nobody knows which headers it needs.
  if (named === undefined || !isModernRevision(named)) return modernRequest;
  if (revision === undefined) return missing("MCP-Protocol-Version", "the revision in params._meta");
  if (sent === undefined) return missing("Mcp-Method", "method");
  return nameFault(message, method, headers) ?? modernRequest;
}

/** The header says that it is of the modern era, and the body does not. */
function unclaimed(message: MessageReader, kind: LegacyKind, headers: IncomingHttpHeaders): Classified {
  if (kind === "initialize") return refused("header_mismatch", noHandshake);
  if (kind !== "notification") return refused("envelope_invalid", noEnvelope);
  const sent = headerOf(headers, "mcp-method");
  return sent !== undefined && sent !== methodOf(message) ? mismatch("Mcp-Method", "method") : modernNotification;
}

/** The parameter that Mcp-Name repeats, by method. */
const nameSources: ReadonlyMap<string, "name" | "uri" | "taskId"> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
]);

/** A parameter that is missing, or no string, is not the header's fault. */
function nameFault(message: MessageReader, method: string, headers: IncomingHttpHeaders): Classified | undefined {
  const source = nameSources.get(method);
  if (source === undefined) return undefined;
  const name = parameter(message, source);
  const sent = headerOf(headers, "mcp-name");
  if (sent === undefined) return name === undefined ? undefined : missing("Mcp-Name", `params.${source}`);
  const said = decodeHeaderValue(sent);
  if (said === undefined) return refused("header_mismatch", noPlainName);
  return name === undefined || said === name ? undefined : mismatch("Mcp-Name", `params.${source}`);
}

function parameter(message: MessageReader, source: "name" | "uri" | "taskId"): string | undefined {
  const { scan } = message;
  let { nameStart: start, nameEnd: end } = scan;
  if (source === "uri") ({ uriStart: start, uriEnd: end } = scan);
  else if (source === "taskId") {
    const range = paramAt(message.bytes, scan, source);
    [start, end] = [range?.start ?? -1, range?.end ?? -1];
  }
  return byteIn(message, start) === quote ? stringIn(message, start, end) : undefined;
}

/** Whether a request stays open for what is told on it. */
export function isListen(message: MessageReader): boolean {
  return methodOf(message) === "subscriptions/listen";
}

function methodOf(message: MessageReader): string {
  return stringIn(message, message.scan.methodStart, message.scan.methodEnd);
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = single(headers[name]);
  return value === undefined ? undefined : trimmed(value);
}

const quote = 0x22;
const noPlainName = "the Mcp-Name header is neither plain text nor whole Base64";
const noResponses = "MCP 2026-07-28 has no responses of clients; what a Core asks is answered with the next request";
const noHandshake =
  "initialize has no revision in params._meta, and the MCP-Protocol-Version header names one that needs none";
const noEnvelope =
  'params._meta["io.modelcontextprotocol/protocolVersion"] is missing, which a request of the revision in the MCP-Protocol-Version header needs';

function missing(header: string, part: string): Classified {
  return refused("header_mismatch", `the ${header} header is missing; it repeats ${part}`);
}

function mismatch(header: string, part: string): Classified {
  return refused("header_mismatch", `the ${header} header says another thing than ${part}`);
}

function refused(code: ErrorCode, message: string): Classified {
  return { t: "refused", code, message };
}
