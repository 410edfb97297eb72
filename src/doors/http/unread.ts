// What the responses of one session hold for a client that has not read it yet. Each has its own limit; many of them together
// would be somebody's memory without one, and so would many sessions.
import type { ServerResponse } from "node:http";

/** A response: of events, or written at once. */
export interface Holder {
  readonly pendingBytes: number;
  /** What waits is lost. */
  destroy(): void;
}

export class Unread {
  readonly #maxBytes: number;
  /** In no order; made when there is one, and small then, as every client that listens has one. */
  #holders: Holder[] | undefined;
  #waiting: (() => void)[] | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Counted until it is released: when its response is closed. */
  hold(holder: Holder): void {
    if (this.#holders === undefined) this.#holders = [holder];
    else this.#holders.push(holder);
  }

  release(holder: Holder): void {
    const holders = this.#holders ?? [];
    const at = holders.indexOf(holder);
    if (at < 0) return;
    const last = holders.pop();
    if (last !== undefined && last !== holder) holders[at] = last;
    if (holders.length > 0) return;
    const waiting = this.#waiting ?? [];
    this.#holders = undefined;
    this.#waiting = undefined;
    for (const wake of waiting) wake();
  }

  /** Resolves when every response is closed: read to its end, or given up. */
  whenRead(): Promise<void> {
    if (this.#holders === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting ??= [];
      this.#waiting.push(resolve);
    });
  }

  get bytes(): number {
    let sum = 0;
    for (const { pendingBytes } of this.#holders ?? []) sum += pendingBytes;
    return sum;
  }

  /** Every response that has something which was not read. */
  cutOff(): void {
    for (const holder of [...(this.#holders ?? [])]) if (holder.pendingBytes > 0) holder.destroy();
  }

  /** Whether all hold more than they may together. */
  get isOver(): boolean {
    return this.bytes > this.#maxBytes;
  }
}

/** Somebody for whom something waits. */
export interface SlowReader {
  readonly unreadBytes: number;
  /** What waits is lost. */
  cutOff(): void;
}

/** For a look every second or so: where all together hold more than `maxBytes`, those for whom the most waits are cut off until they do not. */
export function cutMost(readers: Iterable<SlowReader>, maxBytes: number): void {
  let sum = 0;
  const held: { readonly reader: SlowReader; readonly bytes: number }[] = [];
  for (const reader of readers) {
    const bytes = reader.unreadBytes;
    if (bytes === 0) continue;
    held.push({ reader, bytes });
    sum += bytes;
  }
  if (sum <= maxBytes) return;
  for (const { reader, bytes } of held.sort((one, other) => other.bytes - one.bytes)) {
    reader.cutOff();
    sum -= bytes;
    if (sum <= maxBytes) return;
  }
}

/** A response that waits behind another one has no connection yet that `destroy` could close. */
export function cutOff(response: ServerResponse): void {
  response.req.socket.destroy();
}
