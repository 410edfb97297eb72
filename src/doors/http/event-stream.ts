// A stream of events that outlives the responses it is sent on: numbered, so that a client which lost its connection goes on where
// it was (Last-Event-ID). A session over Streamable HTTP has one for each POST that is answered with events, and one for what belongs to no
// request; one over HTTP+SSE has one.
//
//   open ──finish──► finished      in both: attached to a response, or waiting for one
import type { ServerResponse } from "node:http";
import type { Clock } from "../../base/clock.ts";
import { byteText, type Frame, joined, type Sent, type Splice } from "../../wire/frame.ts";
import { areOneLine, blankLineEnds } from "../../wire/wrap.ts";
import { EventResponse, type EventResponseOptions } from "./event-response.ts";
import { EventRing, type RingBudget } from "./event-ring.ts";
import type { Unread } from "./unread.ts";

export interface StreamOptions {
  /** The first part of its event ids: unique where they are looked up. */
  readonly name: number | string;
  /** Whether a response starts with an event without content, which tells the client an id to come back with. */
  readonly primes: boolean;
  readonly budget: RingBudget;
  readonly home: StreamHome;
}

/** The session of a stream, as the stream and its responses know it. */
export interface StreamHome extends Pick<EventResponseOptions, "clock" | "maxBytes" | "unread" | "slow"> {
  /** Lines of each event, between its id and its data. Absent: none. */
  readonly eventLines?: string;
  /** What a response starts with, behind the id of the event that its client has. Absent: an event without content. */
  firstEvent?(seq: number): string;
  /** Behind the event of this number, and never apart from it. */
  trailer?(seq: number): string;
  /** The client is gone, and no other response has taken over. */
  detached?(): void;
}

/** How a response comes to be that a stream goes on with. */
export interface Attaching {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly stay?: EventResponseOptions["stay"];
  /** The last event that its client has; without it, the last that any response got. */
  readonly afterSeq?: number | undefined;
}

const LF = 0x0a;
const CR = 0x0d;

/** Buffers up to half of what they share are cut from it. */
const keptAsTextBytes = Buffer.poolSize / 2;
/** How long a client that was cut off should wait before it comes back. */
const retryMs = 1000;
/** How long what it has not got is kept for it. */
export const keptMs = 60_000;

/** To its responses it is what they have to know of it and its session: one object for all of these, as every client that listens keeps them. */
export class EventStream implements EventResponseOptions {
  readonly name: number | string;
  /** When the last event was sent and no more will come; undefined before. */
  finishedMs: number | undefined;
  /** Of whom the response is sent to. */
  stay: EventResponseOptions["stay"];
  readonly #home: StreamHome;
  readonly #primes: boolean;
  readonly #ring: EventRing;
  #seq = 0;
  /** The last event that was handed to a response. */
  #sentSeq = 0;
  #response: EventResponse | undefined;

  constructor({ name, primes, budget, home }: StreamOptions) {
    this.#home = home;
    this.name = name;
    this.#primes = primes;
    this.#ring = new EventRing(budget);
  }

  get isAttached(): boolean {
    return this.#response !== undefined;
  }

  /** Whether an event of this number has been sent, or the one that primes. */
  knows(seq: number): boolean {
    return seq <= this.#seq;
  }

  /** Whether a client that has this event, and none behind it, can have all that are behind it. */
  hasAllAfter(seq: number): boolean {
    return this.knows(seq) && (seq === this.#seq || (this.#ring.firstSeq ?? Number.POSITIVE_INFINITY) <= seq + 1);
  }

  /** The number of the last event. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** Whether there are events that no response was handed. */
  get hasUnsent(): boolean {
    return this.#sentSeq < this.#seq;
  }

  /** Something beside the events, for the client that is there. */
  remark(text: string): void {
    this.#response?.send(text);
  }

  /** Whether nobody can go on with it: events are not kept any more that no response was handed. */
  get isBroken(): boolean {
    return !this.hasAllAfter(this.#sentSeq);
  }

  /** Whether nothing comes after this event any more: it was the last one, or those behind it are not kept. */
  endedWith(seq: number): boolean {
    return this.finishedMs !== undefined && this.#ring.after(seq).length === 0;
  }

  send(frame: Frame, splices: readonly Splice[]): Sent {
    const seq = ++this.#seq;
    const home = this.#home;
    const bytes = eventBytes(`id: ${this.name}-${seq}\n${home.eventLines ?? ""}`, frame, splices, home.trailer?.(seq));
    const event = bytes.length <= keptAsTextBytes ? byteText(bytes, 0, bytes.length) : bytes;
    this.#ring.push(seq, event);
    if (this.#response !== undefined && this.#response.send(event) === "ok") this.#sentSeq = seq;
    return "ok";
  }

  /** Continues on this response. Ends the one before. */
  attach(response: ServerResponse, { headers, stay, afterSeq }: Attaching = {}): void {
    this.#response?.end();
    this.stay = stay;
    const attached = new EventResponse(response, this, headers);
    this.#response = attached;
    const after = afterSeq ?? this.#sentSeq;
    // Also where the client goes on: some know nothing of the id they came with once they are answered.
    if (this.#primes) {
      attached.send(`id: ${this.name}-${after}\nretry: ${retryMs}\n${this.#home.firstEvent?.(after) ?? "data: \n\n"}`);
    }
    for (const event of this.#ring.after(after)) attached.send(event);
    this.#sentSeq = this.#seq;
    if (this.finishedMs !== undefined) attached.end();
  }

  get clock(): Clock {
    return this.#home.clock;
  }

  get maxBytes(): number {
    return this.#home.maxBytes;
  }

  get unread(): Unread | undefined {
    return this.#home.unread;
  }

  slow(pendingBytes: number): void {
    this.#home.slow(pendingBytes);
  }

  closed(response: EventResponse): void {
    if (this.#response !== response) return;
    this.#response = undefined;
    this.#home.detached?.();
  }

  /** Bytes that wait for the client. */
  get pendingBytes(): number {
    return this.#response?.pendingBytes ?? 0;
  }

  /** What waits for the client is lost on this response. */
  cutOff(): void {
    this.#response?.destroy();
  }

  /** Whoever has not got by now what was sent does not go on with it. */
  forget(): void {
    this.#ring.clear();
  }

  check(nowMs: number): void {
    this.#response?.check(nowMs);
  }

  /** Nothing more will be sent. */
  finish(nowMs: number): void {
    this.finishedMs ??= nowMs;
    this.#response?.end();
  }

  /** Ends the response, and forgets what was kept for a client that comes back. */
  close(): void {
    this.#response?.end();
    this.#ring.clear();
  }
}

/** A message as an event. Line ends between its tokens become spaces: a line end would end the data. `behind`: further events. */
export function eventBytes(head: string, frame: Frame, splices: readonly Splice[], behind = ""): Buffer {
  const before = `${head}data: `;
  const event = joined(frame, splices, before, `\n\n${behind}`);
  const body = event.subarray(before.length, -2 - behind.length);
  const isOneLine = frame.isOneLine === true && areOneLine(splices);
  if (!isOneLine && (body.includes(LF) || body.includes(CR))) blankLineEnds(body, 0, body.length);
  return event;
}
