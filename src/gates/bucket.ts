// A token bucket: so much a second, with bursts of up to one second's worth. What was taken may go beyond what was there: that is a
// debt, which the time that passes pays first.

/** What floating point leaves over is not worth a timer. */
const nothing = 1e-9;

export class Bucket {
  #rate: number;
  #burst: number;
  #level: number;
  #countedAtMs: number;

  /** `rate`: a second, above 0. */
  constructor(rate: number, nowMs: number) {
    this.#rate = rate;
    this.#burst = Math.max(1, rate);
    this.#level = this.#burst;
    this.#countedAtMs = nowMs;
  }

  /** Another rate from now on: what was saved up shrinks with it, a debt stays. */
  change(rate: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#rate = rate;
    this.#burst = Math.max(1, rate);
    this.#level = Math.min(this.#level, this.#burst);
  }

  /** Milliseconds until there is as much as `wanted`, at 0 of them now. */
  waitMs(nowMs: number, wanted: number): number {
    this.#refill(nowMs);
    const missing = wanted - this.#level;
    return missing < nothing ? 0 : (missing / this.#rate) * 1000;
  }

  take(nowMs: number, amount: number): void {
    this.#refill(nowMs);
    this.#level -= amount;
  }

  isFull(nowMs: number): boolean {
    return this.waitMs(nowMs, this.#burst) === 0;
  }

  #refill(nowMs: number): void {
    const gained = ((nowMs - this.#countedAtMs) * this.#rate) / 1000;
    this.#level = Math.min(this.#burst, this.#level + gained);
    this.#countedAtMs = nowMs;
  }
}
