// Work of the hub's own that is long enough to be felt, as a search among thousands of tools: one piece in a turn of the event loop, so that what
// others send is taken in between. Clients that wait are served in turn, however much one of them asks for.
import { HubError } from "../base/errors.ts";
import { type FairItem, FairQueue } from "../gates/fair-queue.ts";

/** Of one client: also of those that have given up, which keep their place. */
const maxWaiting = 256;

interface Waiter extends FairItem<Waiter> {
  readonly wake: () => void;
}

export class Turns {
  readonly #waiting = new FairQueue<Waiter>();
  /** Nobody has had this turn of the loop yet. */
  #isFree = true;
  #isArmed = false;

  /** Undefined: it may be done now. Else a promise to wait for before asking again, which never rejects. `client`: whose it is. Throws `overloaded`. */
  take(client: string): Promise<void> | undefined {
    this.#arm();
    if (this.#isFree) {
      this.#isFree = false;
      return undefined;
    }
    if (this.#waiting.sizeOf(client) >= maxWaiting) {
      throw new HubError("overloaded", `${maxWaiting} searches of this client wait already`, { retry_after_ms: 1000 });
    }
    return new Promise((wake) => {
      this.#waiting.push(client, { wake, lane: undefined, previous: undefined, next: undefined });
    });
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setImmediate(() => {
      this.#isArmed = false;
      this.#isFree = true;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      // Who has given up meanwhile leaves its turn unused.
      this.#arm();
      next.wake();
    });
  }
}
