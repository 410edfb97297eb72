// What the responses of one session hold for a client that has not read it yet. Each has its own limit; many of them together
// would be somebody's memory without one.
import type { ServerResponse } from "node:http";

/** An outbox, or a response that was written at once. */
export interface Holder {
  readonly pendingBytes: number;
}

export class Unread {
  readonly #maxBytes: number;
  readonly #holders = new Set<Holder>();
  readonly #waiting: (() => void)[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Counted until the response is closed. Returns false for more than all may hold together: then it is to be cut off. */
  hold(response: ServerResponse, holder: Holder): boolean {
    this.#holders.add(holder);
    response.once("close", () => this.#release(holder));
    return !this.isOver;
  }

  /** Resolves when every response is closed: read to its end, or given up. */
  whenRead(): Promise<void> {
    return this.#holders.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  get bytes(): number {
    let sum = 0;
    for (const { pendingBytes } of this.#holders) sum += pendingBytes;
    return sum;
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

/** A response that waits behind another one has no connection yet that `destroy` could close. */
export function cutOff(response: ServerResponse): void {
  response.req.socket.destroy();
}
