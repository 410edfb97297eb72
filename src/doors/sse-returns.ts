// Clients of the official SDKs that come back after a cut. Their EventSource does so by itself, but their transport puts headers of its own
// in the place of the one that has Last-Event-ID, so the request says nothing of whose it is. What such a client still has is the address that
// it posts to. So it is sent a ping, and no new address: the address that its answer is posted to names its session, and the last event that
// it got, as it was given another address with each (SseSession).
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { type Principal, sameCaller } from "../sessions/principal.ts";
import { type Frame, flatten } from "../wire/frame.ts";
import { beginEvents } from "./http/event-response.ts";
import type { Guest } from "./port.ts";

/** One that was sent a ping, and has not answered it. */
export interface Returning {
  readonly headers: IncomingHttpHeaders;
  readonly response: ServerResponse;
  readonly guest: Guest;
  readonly sinceMs: number;
}

/** They answer at once; those that do not have no session here any more, or are no such clients. */
const answerMs = 10_000;
/** The answer says little more than its id. */
const maxAnswerBytes = 512;

export class SseReturns {
  readonly #asked = new Map<string, Returning>();

  get size(): number {
    return this.#asked.size;
  }

  /** How many of this caller are being asked. */
  of(principal: Principal): number {
    let count = 0;
    for (const { guest } of this.#asked.values()) if (sameCaller(guest.principal, principal)) count++;
    return count;
  }

  ask(returning: Returning): void {
    const { response } = returning;
    const id = randomBytes(16).toString("hex");
    this.#asked.set(id, returning);
    response.once("close", () => this.#asked.delete(id));
    beginEvents(response);
    response.write(`event: message\ndata: {"jsonrpc":"2.0","id":"${id}","method":"ping"}\n\n`);
  }

  /** Whose answer this message is; undefined: it is a message like others. */
  answeredBy(message: Frame): Returning | undefined {
    if (this.#asked.size === 0 || message.size > maxAnswerBytes) return undefined;
    const id = answeredId(flatten(message).toString());
    const returning = this.#asked.get(id);
    if (returning !== undefined) this.#asked.delete(id);
    return returning;
  }

  /** Those that are not waited for any longer. */
  takeOverdue(nowMs: number): Returning[] {
    const overdue = [...this.#asked].filter(([, { sinceMs }]) => nowMs - sinceMs >= answerMs);
    for (const [id] of overdue) this.#asked.delete(id);
    return overdue.map(([, returning]) => returning);
  }

  close(): void {
    for (const { response } of this.#asked.values()) response.end();
  }
}

/** Of a message that is an answer and nothing else: what stands deeper in one is what somebody says. */
function answeredId(text: string): string {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== "object" || message === null || "method" in message) return "";
    if (!("id" in message) || !("result" in message || "error" in message)) return "";
    return typeof message.id === "string" ? message.id : "";
  } catch {
    return "";
  }
}

/** The revision that this request, or a client's message, says was agreed on. The SDKs say it once it was, on everything that they send. */
export function agreedRevision(headers: IncomingHttpHeaders): string | undefined {
  // As the `fetch` of Node and of browsers sends it; other clients do not all bear another address.
  if (headers["sec-fetch-mode"] === undefined) return undefined;
  const revision = headers["mcp-protocol-version"];
  return typeof revision === "string" ? revision : undefined;
}

/** Whether a client that opens its first stream with these may be one of an SDK. */
export function mayReturn(headers: IncomingHttpHeaders): boolean {
  return headers["sec-fetch-mode"] !== undefined && headers["mcp-protocol-version"] === undefined;
}
