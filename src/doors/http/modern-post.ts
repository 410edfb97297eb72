// One request of the modern era (MCP 2026-07-28), which is a visit of its own, and its response: JSON or events, decided as late as possible.
//
//   deciding ──the answer──────────────────────────────────────────────────► done     JSON with its length; a refusal with its status
//      │  └──an earlier message, a long wait, a client without JSON──► streaming ──the answer──► done
//      └──the client is gone──► done          In each phase this takes the request back: nothing is kept for a client that comes back.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../base/clock.ts";
import type { EndReason } from "../../base/end-reason.ts";
import { type ErrorCode, errorTable } from "../../base/errors.ts";
import type { Frame, ReplySink, Sent, Splice } from "../../wire/frame.ts";
import type { MessageReader } from "../../wire/message-reader.ts";
import { type TraceText, traceHeaders } from "../../wire/trace-context.ts";
import type { Guest, RequestVisitor, Visit } from "../port.ts";
import { writeReply } from "../reply.ts";
import type { Stay } from "../stay.ts";
import { EventResponse, endWithoutEvents } from "./event-response.ts";
import { eventBytes } from "./event-stream.ts";
import { type Accepted, single } from "./negotiate.ts";
import { decideMs } from "./post.ts";
import * as refusals from "./refusals.ts";
import { answerWhole, type Reader } from "./whole-answer.ts";

/** A POST whose body has been read. */
export interface ModernAsked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly guest: Guest;
  readonly accepted: Accepted;
}

/** What a request of the modern era needs of its door. */
export interface ModernHome extends Reader {
  readonly clock: Clock;
  open(visit: Visit): RequestVisitor;
  stayOf(guest: Guest): Stay;
  /** A message that no response could take. */
  lost(): void;
  /** The response is over. Said once. */
  closed(post: ModernPost): void;
}

/** What the hub refuses before it has begun, with the status that the revision wants; everything else is an answer, and has 200. */
const refusalsWithStatus: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "capability_missing",
  "envelope_invalid",
  "header_mismatch",
  "method_unknown",
  "parse_error",
  "request_invalid",
  "version_unsupported",
]);

export class ModernPost implements ReplySink {
  readonly trace: TraceText | undefined;
  readonly visitor: RequestVisitor;
  /** Its place among all of them, whose list keeps it. */
  place = 0;
  readonly #response: ServerResponse;
  readonly #home: ModernHome;
  readonly #accepted: Accepted;
  readonly #askedMs: number;
  readonly #guest: Guest;
  /** Once it is a request that stays open to hear of changes. */
  #stay: Stay | undefined;
  /** Undefined while it is open whether there will be one. */
  #stream: EventResponse | undefined;
  #isDone = false;
  #hasLeft = false;

  constructor({ request, response, guest, accepted }: ModernAsked, home: ModernHome, nowMs: number) {
    const { headers } = request;
    const { principal, peer, profile } = guest;
    this.#response = response;
    this.#home = home;
    this.#accepted = accepted;
    this.#askedMs = nowMs;
    this.#guest = guest;
    this.trace = traceHeaders(headers);
    this.visitor = home.open({
      principal,
      peer,
      profile,
      door: "http",
      sink: this,
      trace: this.trace,
      paramHeaders: { get: (key) => single(headers[`mcp-param-${key}`]) },
      end: (reason) => this.end(reason),
    });
    response.on("close", () => {
      this.#isDone = true;
      this.#leave();
      home.closed(this);
    });
  }

  take(message: MessageReader): void {
    this.visitor.take(message, this.#askedMs, this);
  }

  /** A message that belongs to the request, before its answer. */
  send(frame: Frame, splices: readonly Splice[]): Sent {
    if (this.#isDone || !this.#accepted.events) {
      this.#home.lost();
      return "closed";
    }
    return this.#events().send(eventBytes("", frame, splices));
  }

  answer(frame: Frame, splices: readonly Splice[], refusal?: ErrorCode): Sent {
    if (this.#isDone) {
      this.#home.lost();
      return "closed";
    }
    this.#isDone = true;
    const hasStatus = refusal !== undefined && refusalsWithStatus.has(refusal);
    if (this.#stream === undefined && (this.#accepted.json || hasStatus)) {
      const head = hasStatus ? { status: errorTable[refusal].http } : undefined;
      answerWhole(this.#response, this.#home, frame, splices, head);
      return "ok";
    }
    const stream = this.#events();
    const sent = stream.send(eventBytes("", frame, splices));
    stream.end();
    return sent;
  }

  dropped(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (this.#stream !== undefined) this.#stream.end();
    else if (this.#accepted.events) endWithoutEvents(this.#response);
    else this.#response.writeHead(202, ["content-length", "0"]).end();
  }

  /** To be called every second or so. */
  check(nowMs: number): void {
    if (this.visitor.isListening && this.#isOver()) this.end("unauthorized");
    else if (this.#stream !== undefined) this.#stream.check(nowMs);
    else if (!this.#isDone && this.#accepted.events && nowMs - this.#askedMs >= decideMs) this.#events();
  }

  /** The request is taken back, and its response ends. What has been answered still arrives. */
  end(reason: EndReason): void {
    this.#leave();
    if (this.#isDone) return;
    this.#isDone = true;
    if (this.#stream !== undefined) this.#stream.end();
    else writeReply(this.#response, reason === "unauthorized" ? refusals.nobodyAnyMore : refusals.draining);
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.visitor.leave();
  }

  #isOver(): boolean {
    this.#stay ??= this.#home.stayOf(this.#guest);
    return this.#stay.isOver;
  }

  #events(): EventResponse {
    const { clock, maxBytes, unread } = this.#home;
    this.#stream ??= new EventResponse(this.#response, {
      clock,
      maxBytes,
      unread,
      closed: () => {},
      slow: (pendingBytes) => this.#home.slow(pendingBytes),
    });
    return this.#stream;
  }
}
