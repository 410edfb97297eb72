// One client's session over HTTP+SSE: a stream of events, and what is posted beside it. Its id is a secret like a token, though this
// transport has it in the URL and in the ids of events: never logged, good for its own caller only.
//
//   attached ──cut──► detached ──a minute──► ended      one that read too slowly, or has lost events for good, ends at once
//      ▲                 │
//      └──Last-Event-ID──┘      or as a client of an SDK (sse-returns.ts)
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Clock } from "../base/clock.ts";
import { type Principal, sameCaller } from "../sessions/principal.ts";
import type { Frame, ReplySink, Sent, Splice } from "../wire/frame.ts";
import { traceHeaders } from "../wire/trace-context.ts";
import type { RingBudget } from "./http/event-ring.ts";
import { EventStream, keptMs, type StreamHome } from "./http/event-stream.ts";
import type { Evictable } from "./http/eviction.ts";
import type { SlowReader } from "./http/unread.ts";
import type { Guest, Judge, RequestDoorkeeper, RequestVisitor } from "./port.ts";
import { agreedRevision, mayReturn } from "./sse-returns.ts";
import { Stay } from "./stay.ts";

export interface SseSessionDeps {
  readonly doorkeeper: RequestDoorkeeper;
  readonly clock: Clock;
  readonly judge: Judge | undefined;
  readonly budget: RingBudget;
  readonly maxBytes: number;
  /** Where messages are posted to, as clients see it. */
  readonly messagesPath: string;
  slowReader(session: SseSession, pendingBytes: number): void;
  /** It has ended, and its response is closed. */
  gone(session: SseSession): void;
}

/** By then a client whose stream was cut has come back, if it is one that does. */
export const backWithinMs = 5_000;

/** For its visitor it is where everything goes; a client's memory is counted in objects. */
export class SseSession implements Evictable, ReplySink, SlowReader, StreamHome {
  readonly id: string = randomBytes(16).toString("hex");
  readonly visitor: RequestVisitor;
  readonly #deps: SseSessionDeps;
  readonly #stream: EventStream;
  /** Of who asked for the stream. */
  #stay: Stay;
  /**
   * Where its client posts to. `numbered`: an address with the number of the last event that it got, a new one behind each event. Some clients
   * break at a second address, so it is for those alone that are known to come back by it.
   */
  #address: "fixed" | "may be numbered" | "numbered" = "fixed";
  /** When its response was cut; undefined while there is one. */
  #detachedMs: number | undefined;
  #isSlow = false;
  /** It has nothing more to say than what its client has not fetched yet. */
  #isLast = false;
  #ended = false;
  /** The last event that the session was seen to have, and since when there was none behind it. */
  #seenSeq = 0;
  #quietMs: number;
  /** When its client last came back. */
  #resumedMs = 0;

  constructor(headers: IncomingHttpHeaders, response: ServerResponse, guest: Guest, deps: SseSessionDeps) {
    const { doorkeeper, clock, judge, budget } = deps;
    this.#deps = deps;
    this.#stay = new Stay(guest, judge, clock);
    this.#quietMs = clock.now();
    this.#stream = new EventStream({ name: this.id, primes: true, budget, home: this });
    this.#stream.attach(response);
    if (mayReturn(headers)) this.#address = "may be numbered";
    const { principal, peer, profile } = guest;
    const trace = traceHeaders(headers);
    this.visitor = doorkeeper.open({
      ...{ principal, peer, profile, trace, door: "sse", sink: this },
      end: () => this.end(),
    });
  }

  get principal(): Principal {
    return this.#stay.principal;
  }

  /** What came with a token may be used with that token only. */
  belongsTo(principal: Principal): boolean {
    return !this.#ended && sameCaller(this.principal, principal);
  }

  /** Its client has posted something with these. */
  posted(headers: IncomingHttpHeaders): void {
    if (this.#address !== "may be numbered") return;
    const revision = agreedRevision(headers);
    if (revision === undefined || revision !== this.visitor.revision) return;
    this.#address = "numbered";
    // Behind all that was sent: from here on it is known what arrived.
    this.#stream.remark(this.firstEvent(this.#stream.lastSeq));
  }

  /** Whether it may be the session of a client that comes back with nothing but this revision. */
  isOfReturning(principal: Principal, revision: string): boolean {
    return this.#address === "numbered" && this.belongsTo(principal) && this.visitor.revision === revision;
  }

  /**
   * Goes on with the event behind this one. Returns false, and writes nothing, where there is none of this number. Where what is behind it is
   * not kept any more, the session has lost something for good, and ends.
   */
  resumeOn(response: ServerResponse, seq: number, guest: Guest): boolean {
    if (!this.#stream.knows(seq)) return false;
    const { judge, clock } = this.#deps;
    if (this.#isSlow || !this.#stream.hasAllAfter(seq)) {
      this.end();
      return false;
    }
    this.#stay = new Stay(guest, judge, clock);
    this.#detachedMs = undefined;
    this.#resumedMs = clock.now();
    this.#quietMs = this.#resumedMs;
    // One that is still there is one of which only the client knows that it is dead.
    this.#stream.cutOff();
    this.#stream.attach(response, { afterSeq: seq });
    // What that tells comes behind what it has missed.
    this.visitor.renew(guest.principal);
    if (this.#isLast) this.end();
    return true;
  }

  /** Whether its client has come back since, by another way. */
  hasResumedSince(ms: number): boolean {
    return this.#resumedMs > ms;
  }

  get clock(): Clock {
    return this.#deps.clock;
  }

  get maxBytes(): number {
    return this.#deps.maxBytes;
  }

  get eventLines(): string {
    return "event: message\n";
  }

  firstEvent(seq: number): string {
    const after = this.#address === "numbered" ? `&after=${seq}` : "";
    return `event: endpoint\ndata: ${this.#deps.messagesPath}?sessionId=${this.id}${after}\n\n`;
  }

  trailer(seq: number): string {
    return this.#address === "numbered" ? this.firstEvent(seq) : "";
  }

  send(frame: Frame, splices: readonly Splice[]): Sent {
    return this.#ended || this.#isSlow ? "closed" : this.#stream.send(frame, splices);
  }

  answer(frame: Frame, splices: readonly Splice[]): Sent {
    return this.send(frame, splices);
  }

  dropped(): void {}

  get unreadBytes(): number {
    return this.#stream.pendingBytes;
  }

  /** Where it would be sent the same once more it would be cut off once more. */
  slow(pendingBytes: number): void {
    if (this.#isSlow) return;
    this.#isSlow = true;
    this.#deps.slowReader(this, pendingBytes);
  }

  cutOff(): void {
    this.slow(this.unreadBytes);
    this.#stream.cutOff();
  }

  detached(): void {
    if (this.#ended) {
      this.#deps.gone(this);
      return;
    }
    this.#detachedMs = this.clock.now();
    if (this.#isSlow) this.end();
  }

  /** How long its client has been away, in ms, whatever is under way; 0 while it is there. */
  idleMs(nowMs: number): number {
    return this.#detachedMs === undefined ? 0 : nowMs - this.#detachedMs;
  }

  /** To be called every second or so. */
  check(nowMs: number): void {
    const stream = this.#stream;
    const waitMs = this.#isLast ? backWithinMs : keptMs;
    const isAway = this.#detachedMs !== undefined && (nowMs - this.#detachedMs >= waitMs || stream.isBroken);
    if (isAway || this.#stay.isOver) {
      this.end();
      return;
    }
    stream.check(nowMs);
    if (stream.lastSeq !== this.#seenSeq) {
      this.#seenSeq = stream.lastSeq;
      this.#quietMs = nowMs;
    } else if (this.#detachedMs === undefined && nowMs - this.#quietMs >= keptMs) stream.forget();
  }

  /** Its calls are dropped, its id means nothing any more; what was sent still arrives. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.visitor.leave();
    this.#stream.close();
    if (!this.#stream.isAttached) this.#deps.gone(this);
  }

  /** There will be nothing more: it ends as soon as its client, who may be away, has what there is. */
  endWhenTold(): void {
    this.#isLast = true;
    if (this.#stream.isAttached || !this.#stream.hasUnsent) this.end();
  }

  /** For a client whose time is up: what it has not taken by now is lost. */
  endNow(): void {
    this.end();
    if (this.unreadBytes > 0) this.#stream.cutOff();
  }
}
