// The latest events of a stream, kept for a client that comes back, and the memory that all streams may keep together.
import type { ByteString } from "../../wire/frame.ts";

export interface RingLimits {
  /** Of one stream; its newest event is kept whatever its size. */
  readonly streamBytes: number;
  /** Of all streams together. */
  readonly totalBytes: number;
}

export const usualRings: RingLimits = { streamBytes: 1024 * 1024, totalBytes: 64 * 1024 * 1024 };

/** An event as it is sent. A small one is text: as bytes it would keep the eight kilobytes alive that small buffers share. */
export type EventBytes = Buffer | ByteString;

interface Event {
  readonly seq: number;
  readonly bytes: EventBytes;
}

/** What rings keep together; the oldest ring gives way first. */
export class RingBudget {
  readonly limits: RingLimits;
  /** In the order in which they last were empty. */
  readonly #rings = new Set<EventRing>();
  #bytes = 0;

  constructor(limits: RingLimits) {
    this.limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  grew(ring: EventRing, by: number): void {
    this.#bytes += by;
    this.#rings.add(ring);
    // One by one, never one from within another: a large event may take the place of very many rings.
    for (const oldest of this.#rings) {
      if (this.#bytes <= this.limits.totalBytes) break;
      oldest.clear();
    }
  }

  emptied(ring: EventRing, bytes: number): void {
    this.#bytes -= bytes;
    this.#rings.delete(ring);
  }
}

export class EventRing {
  readonly #budget: RingBudget;
  /** Made when there is one. */
  #events: Event[] | undefined;
  #bytes = 0;

  constructor(budget: RingBudget) {
    this.#budget = budget;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The number of the oldest event that is still here; undefined: none is. */
  get firstSeq(): number | undefined {
    return this.#events?.[0]?.seq;
  }

  push(seq: number, bytes: EventBytes): void {
    this.#events ??= [];
    const events = this.#events;
    events.push({ seq, bytes });
    let by = bytes.length;
    while (this.#bytes + by > this.#budget.limits.streamBytes && events.length > 1) {
      by -= events.shift()?.bytes.length ?? 0;
    }
    this.#bytes += by;
    this.#budget.grew(this, by);
  }

  /** In order, those behind `seq` that are still here. */
  after(seq: number): EventBytes[] {
    return this.#events?.filter((event) => event.seq > seq).map(({ bytes }) => bytes) ?? [];
  }

  clear(): void {
    this.#budget.emptied(this, this.#bytes);
    this.#events = undefined;
    this.#bytes = 0;
  }
}
