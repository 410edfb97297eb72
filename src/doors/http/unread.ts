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

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Counted until the response is closed. Returns false for more than all may hold together: then it is to be cut off. */
  hold(response: ServerResponse, holder: Holder): boolean {
    this.#holders.add(holder);
    response.once("close", () => this.#holders.delete(holder));
    return !this.isOver;
  }

  get bytes(): number {
    let sum = 0;
    for (const { pendingBytes } of this.#holders) sum += pendingBytes;
    return sum;
  }

  get isOver(): boolean {
    return this.bytes > this.#maxBytes;
  }
}

/** A response that waits behind another one has no connection yet that `destroy` could close. */
export function cutOff(response: ServerResponse): void {
  response.req.socket.destroy();
}
