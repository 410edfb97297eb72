// Looks again and again for what has been idle too long, as long as there is anything to look at.
import type { Clock, Timer } from "../base/clock.ts";

/** Looks in one time limit: what is idle is found at most a quarter of it late. */
const looks = 4;

export class IdleSweep {
  readonly #clock: Clock;
  /** Ends what has been idle too long. True: there is more to look at. */
  readonly #look: (nowMs: number) => boolean;
  #timer: Timer | undefined;
  #isOver = false;

  constructor(clock: Clock, look: (nowMs: number) => boolean) {
    this.#clock = clock;
    this.#look = look;
  }

  /** There is something to look at. `idleMs`: the time limit. */
  soon(idleMs: number): void {
    if (this.#timer !== undefined || this.#isOver) return;
    this.#timer = this.#clock.after(idleMs / looks, () => {
      this.#timer = undefined;
      if (this.#look(this.#clock.now())) this.soon(idleMs);
    });
  }

  end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }
}
