// One client's session over Streamable HTTP: what its requests and responses share. Its id is a secret like a token, so it is never
// logged; the visitor has a name for that.
import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Clock } from "../../base/clock.ts";
import { type Principal, sameCaller } from "../../sessions/principal.ts";
import type { Frame, ReplySink, Sent, Splice } from "../../wire/frame.ts";
import { primesStreams } from "../../wire/revisions.ts";
import type { Guest, Judge, RequestDoorkeeper, RequestVisitor } from "../port.ts";
import { Stay } from "../stay.ts";
import type { EventResponseOptions } from "./event-response.ts";
import type { RingBudget } from "./event-ring.ts";
import { EventStream, keptMs, type StreamHome } from "./event-stream.ts";
import { Post, type PostHome, type PostOptions, type ResponseHeaders } from "./post.ts";
import { type SlowReader, Unread } from "./unread.ts";

export interface SessionDeps {
  readonly doorkeeper: RequestDoorkeeper;
  readonly budget: RingBudget;
  readonly judge: Judge | undefined;
  /** For its streams of events. */
  readonly responses: Pick<EventResponseOptions, "clock" | "maxBytes">;
  readonly limits: { readonly maxStreams: number; readonly maxUnreadBytes: number };
  /** Counts a message that no response could take. */
  lost(): void;
  slowReader(session: HttpSession, pendingBytes: number): void;
  ended(session: HttpSession): void;
}

/** For its visitor it is where everything goes that belongs to no request; a client's memory is counted in objects. */
export class HttpSession implements PostHome, ReplySink, SlowReader, StreamHome {
  readonly id: string = randomBytes(16).toString("hex");
  #principal: Principal;
  readonly visitor: RequestVisitor;
  readonly maxBytes: number;
  readonly unread: Unread;
  /** Requests of the client that wait for their response, in no order: the list must not keep those that are answered alive. */
  readonly #posts: Post[] = [];
  readonly #deps: SessionDeps;
  /** For what belongs to no request; its number is 0. */
  #standing: EventStream | undefined;
  /** Of requests; made when there is one. */
  #streams: Map<EventStream["name"], EventStream> | undefined;
  #lastNumber = 0;
  #usedMs: number;
  #ended = false;

  constructor(guest: Guest, deps: SessionDeps) {
    this.#deps = deps;
    this.#principal = guest.principal;
    this.maxBytes = deps.responses.maxBytes;
    this.unread = new Unread(deps.limits.maxUnreadBytes);
    this.#usedMs = deps.responses.clock.now();
    const { principal, peer, profile } = guest;
    this.visitor = deps.doorkeeper.open({ principal, peer, profile, door: "http", sink: this, end: () => this.end() });
  }

  /** The caller goes on with this: a token that was renewed, or that lets it do less. */
  renew(principal: Principal): void {
    if (principal === this.#principal) return;
    this.#principal = principal;
    this.visitor.renew(principal);
  }

  /** What came with a token may be used with that token only. */
  belongsTo(principal: Principal): boolean {
    return sameCaller(principal, this.#principal);
  }

  get principal(): Principal {
    return this.#principal;
  }

  /** Requests that wait for their response. */
  get open(): number {
    return this.#posts.length;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  get openingHeaders(): ResponseHeaders {
    return this.visitor.revision === undefined ? undefined : { "mcp-session-id": this.id };
  }

  get clock(): Clock {
    return this.#deps.responses.clock;
  }

  nowMs(): number {
    return this.clock.now();
  }

  lost(): void {
    this.#deps.lost();
  }

  slow(pendingBytes: number): void {
    this.#deps.slowReader(this, pendingBytes);
  }

  get unreadBytes(): number {
    return this.unread.bytes;
  }

  cutOff(): void {
    this.slow(this.unreadBytes);
    this.unread.cutOff();
  }

  post(response: ServerResponse, options: PostOptions): Post {
    const post = new Post(response, this, options);
    post.place = this.#posts.length;
    this.#posts.push(post);
    return post;
  }

  answered(post: Post): void {
    const last = this.#posts.pop();
    if (last === undefined || last === post) return;
    last.place = post.place;
    this.#posts[post.place] = last;
  }

  used(nowMs: number): void {
    this.#usedMs = nowMs;
  }

  /** How long nobody has used it, in ms; 0 while something is under way. */
  idleMs(nowMs: number): number {
    const isBusy = this.#posts.length > 0 || this.visitor.busy > 0 || this.isHeard;
    if (isBusy) this.#usedMs = nowMs;
    return nowMs - this.#usedMs;
  }

  /** A new stream, sent on this response. */
  streamOn(response: ServerResponse, headers: ResponseHeaders): EventStream {
    const stream = this.#open(++this.#lastNumber);
    stream.attach(response, { headers });
    return stream;
  }

  /** Sends what belongs to no request on this response from now on, until what it was asked for with has ended. */
  listenOn(response: ServerResponse, guest: Guest): void {
    this.#standalone().attach(response, { stay: this.#stayOf(guest) });
  }

  /** Goes on after the event of this id, unless there is no such event, or none after it and none to come. */
  resumeOn(response: ServerResponse, lastEventId: string, guest: Guest): "resumed" | "unknown" | "ended" {
    const match = /^(\d{1,15})-(\d{1,15})$/.exec(lastEventId);
    const number = Number(match?.[1]);
    const stream = number === 0 ? this.#standing : this.#streams?.get(number);
    const seq = Number(match?.[2]);
    if (stream?.knows(seq) !== true) return "unknown";
    if (stream.endedWith(seq)) return "ended";
    stream.attach(response, { stay: this.#stayOf(guest), afterSeq: seq });
    return "resumed";
  }

  /** To be called every second or so. */
  check(nowMs: number): void {
    for (const post of [...this.#posts]) post.check(nowMs);
    this.#standing?.check(nowMs);
    if (this.#streams === undefined) return;
    for (const stream of this.#streams.values()) {
      stream.check(nowMs);
      if (stream.finishedMs === undefined || stream.isAttached || nowMs - stream.finishedMs < keptMs) continue;
      stream.close();
      this.#streams.delete(stream.name);
    }
  }

  /** Its requests are dropped, its streams end, its id means nothing any more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const post of [...this.#posts]) post.sessionEnded();
    this.visitor.leave();
    this.#standing?.close();
    for (const stream of this.#streams?.values() ?? []) stream.close();
    this.#standing = undefined;
    this.#streams = undefined;
    this.#deps.ended(this);
  }

  send(frame: Frame, splices: readonly Splice[]): Sent {
    return this.#ended ? "closed" : this.#standalone().send(frame, splices);
  }

  answer(frame: Frame, splices: readonly Splice[]): Sent {
    return this.send(frame, splices);
  }

  dropped(): void {}

  get isHeard(): boolean {
    return this.#standing?.isAttached === true;
  }

  #standalone(): EventStream {
    this.#standing ??= this.#newStream(0);
    return this.#standing;
  }

  #open(number: number): EventStream {
    this.#streams ??= new Map();
    const held = this.#streams.size + (this.#standing === undefined ? 0 : 1);
    if (held >= this.#deps.limits.maxStreams) this.#forgetOldest();
    const stream = this.#newStream(number);
    this.#streams.set(number, stream);
    return stream;
  }

  #newStream(name: number): EventStream {
    const primes = primesStreams(this.visitor.revision);
    return new EventStream({ name, primes, budget: this.#deps.budget, home: this });
  }

  /** Of the streams that nothing more comes on. */
  #forgetOldest(): void {
    for (const stream of this.#streams?.values() ?? []) {
      if (stream.finishedMs === undefined) continue;
      stream.close();
      this.#streams?.delete(stream.name);
      return;
    }
  }

  #stayOf(guest: Guest): Stay {
    const { judge, responses } = this.#deps;
    return new Stay(guest, judge, responses.clock);
  }
}
