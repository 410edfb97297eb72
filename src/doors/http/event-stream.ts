// A stream of events that outlives the responses it is sent on: numbered, so that a client which lost its connection goes on where
// it was (Last-Event-ID). A session has one for each POST that is answered with events, and one for what belongs to no request.
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
  /** The first part of its event ids: unique in the session. */
  readonly number: number;
  /** Whether a response starts with an event without content, which tells the client an id to come back with. */
  readonly primes: boolean;
  readonly budget: RingBudget;
  readonly home: StreamHome;
}

/** The session of a stream, as its responses know it. */
export interface StreamHome extends Pick<EventResponseOptions, "clock" | "maxBytes" | "unread" | "slow"> {}

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

/** To its responses it is what they have to know of it and its session: one object for all of these, as every client that listens keeps them. */
export class EventStream implements EventResponseOptions {
  readonly number: number;
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

  constructor({ number, primes, budget, home }: StreamOptions) {
    this.#home = home;
    this.number = number;
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

  /** Whether nothing comes after this event any more: it was the last one, or those behind it are not kept. */
  endedWith(seq: number): boolean {
    return this.finishedMs !== undefined && this.#ring.after(seq).length === 0;
  }

  send(frame: Frame, splices: readonly Splice[]): Sent {
    const seq = ++this.#seq;
    const bytes = eventBytes(`id: ${this.number}-${seq}\n`, frame, splices);
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
      attached.send(`id: ${this.number}-${after}\nretry: ${retryMs}\ndata: \n\n`);
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
    if (this.#response === response) this.#response = undefined;
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

/** A message as an event. Line ends between its tokens become spaces: a line end would end the data. */
export function eventBytes(head: string, frame: Frame, splices: readonly Splice[]): Buffer {
  const before = `${head}data: `;
  const event = joined(frame, splices, before, "\n\n");
  const body = event.subarray(before.length, -2);
  const isOneLine = frame.isOneLine === true && areOneLine(splices);
  if (!isOneLine && (body.includes(LF) || body.includes(CR))) blankLineEnds(body, 0, body.length);
  return event;
}
