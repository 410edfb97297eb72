// What the responses of one session hold for a client that has not read it yet. Each has its own limit; many of them together
// would be somebody's memory without one, and so would many sessions.
import type { ServerResponse } from "node:http";

/** An outbox, or a response that was written at once. */
export interface Holder {
  readonly pendingBytes: number;
}

export class Unread {
  readonly #maxBytes: number;
  readonly #holders = new Map<Holder, ServerResponse>();
  readonly #waiting: (() => void)[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Counted until the response is closed. Returns false for more than all may hold together: then it is to be cut off. */
  hold(response: ServerResponse, holder: Holder): boolean {
    this.#holders.set(holder, response);
    response.once("close", () => this.#release(holder));
    return !this.isOver;
  }

  /** Resolves when every response is closed: read to its end, or given up. */
  whenRead(): Promise<void> {
    return this.#holders.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  get bytes(): number {
    let sum = 0;
    for (const { pendingBytes } of this.#holders.keys()) sum += pendingBytes;
    return sum;
  }

  /** Every response that has something which was not read. */
  cutOff(): void {
    for (const [{ pendingBytes }, response] of this.#holders) if (pendingBytes > 0) cutOff(response);
  }

  get isOver(): boolean {
    return this.bytes > this.#maxBytes;
  }

  #release(holder: Holder): void {
    this.#holders.delete(holder);
    if (this.#holders.size > 0) return;
    for (const wake of this.#waiting.splice(0)) wake();
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
