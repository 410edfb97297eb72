// Waiting awake for what comes within microseconds (docs/decisions/0045-waiting-awake.md): a thread that sleeps wakes up late, and cold.

/** In turns of the event loop, of less than a microsecond each where nothing happens: after so many the loop sleeps after all. */
const mostTurns = 256;
/** After waits that were all for nothing, so many times at most is not waited awake. */
const mostSkips = 255;

/**
 * One kind of thing that is expected again and again. Whether to wait awake for the next one is learned from those before: each time that nothing
 * came doubles the number of times that the loop may sleep at once, each time that it came halves it.
 */
export class BusyPoll {
  /** Until the loop may sleep; 0 where nothing is waited for. */
  #turns = 0;
  #isTurning = false;
  #skips: number;
  #skipsAfterMiss = 1;
  readonly #turn = (): void => {
    if (this.#turns > 1) {
      this.#turns--;
      setImmediate(this.#turn);
      return;
    }
    this.#isTurning = false;
    if (this.#turns === 1) this.#missed();
  };

  constructor(isOn: boolean) {
    this.#skips = isOn ? 0 : Number.POSITIVE_INFINITY;
  }

  /** It may come from now on. What is expected twice comes in numbers: these need no hurry, and are read more at a time by a loop that sleeps. */
  expect(): void {
    if (this.#turns > 0) this.#missed();
    else if (this.#skips > 0) this.#skips--;
    else {
      this.#turns = mostTurns;
      if (!this.#isTurning) setImmediate(this.#turn);
      this.#isTurning = true;
    }
  }

  came(): void {
    if (this.#turns === 0) return;
    this.#turns = 0;
    this.#skipsAfterMiss = Math.max(1, this.#skipsAfterMiss >> 1);
  }

  #missed(): void {
    this.#turns = 0;
    this.#skips = this.#skipsAfterMiss;
    this.#skipsAfterMiss = Math.min(mostSkips, this.#skipsAfterMiss * 2 + 1);
  }
}
