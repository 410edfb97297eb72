// One limited party, a client or a Core: its limits, what runs, its rate, and when it could take one more. Decides nothing
// about queues.
import type { Timer } from "../base/clock.ts";

export interface LimitSettings {
  readonly maxConcurrency: number;
  readonly maxQueue: number;
  /** Calls a second, with bursts of up to one second's worth; 0 for no limit. */
  readonly rateRps: number;
}

const shortestRetryMs = 50;
const longestRetryMs = 60_000;
/** Assumed time of one call until the first has ended. */
const firstGuessMs = 100;
/** Weight of the newest call in the running average. */
const newestWeight = 0.2;

export class Limited {
  settings: LimitSettings;
  inUse = 0;
  /** Wakes the queue when the rate allows the next call; of the queue's owner. */
  timer: Timer | undefined;
  #burst: number;
  #tokens: number;
  #countedAtMs: number;
  #averageMs = firstGuessMs;

  constructor(settings: LimitSettings, nowMs: number) {
    this.settings = settings;
    this.#burst = Math.max(1, settings.rateRps);
    this.#tokens = this.#burst;
    this.#countedAtMs = nowMs;
  }

  /** Other limits from now on. What runs goes on, and counts; an allowance that was saved up shrinks with the rate. */
  change(settings: LimitSettings, nowMs: number): void {
    this.#refill(nowMs);
    const wasUnlimited = this.settings.rateRps <= 0;
    this.settings = settings;
    this.#burst = Math.max(1, settings.rateRps);
    this.#tokens = wasUnlimited ? this.#burst : Math.min(this.#tokens, this.#burst);
  }

  hasSlot(): boolean {
    return this.inUse < this.settings.maxConcurrency;
  }

  /** Milliseconds until the rate allows `calls` more calls; 0 for now. */
  rateWaitMs(nowMs: number, calls = 1): number {
    const { rateRps } = this.settings;
    if (rateRps <= 0) return 0;
    this.#refill(nowMs);
    const missing = calls - this.#tokens;
    // What floating point leaves over is not worth a timer.
    return missing < 1e-9 ? 0 : (missing / rateRps) * 1000;
  }

  canTake(nowMs: number): boolean {
    return this.hasSlot() && this.rateWaitMs(nowMs) === 0;
  }

  /** Takes a slot and one call's worth of the rate; `canTake` must have said yes. */
  take(nowMs: number): void {
    this.inUse += 1;
    if (this.settings.rateRps <= 0) return;
    this.#refill(nowMs);
    this.#tokens -= 1;
  }

  /** Gives the slot back; `heldMs` is how long it was held, undefined when the call never ran. */
  giveBack(heldMs: number | undefined): void {
    this.inUse -= 1;
    if (heldMs !== undefined) this.#averageMs += newestWeight * (heldMs - this.#averageMs);
  }

  /** When a call that comes after `waiting` others could be taken: exact for a rate, a guess from recent calls for slots. */
  retryAfterMs(waiting: number, nowMs: number): number {
    const position = waiting + 1;
    const forRate = this.rateWaitMs(nowMs, position);
    const forSlot = this.hasSlot() ? 0 : (this.#averageMs * position) / this.settings.maxConcurrency;
    return Math.min(longestRetryMs, Math.max(shortestRetryMs, Math.ceil(Math.max(forRate, forSlot))));
  }

  /** True when nothing would be lost by forgetting this party. */
  isFresh(nowMs: number): boolean {
    return this.inUse === 0 && this.rateWaitMs(nowMs, this.#burst) === 0;
  }

  #refill(nowMs: number): void {
    const gained = ((nowMs - this.#countedAtMs) * this.settings.rateRps) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#countedAtMs = nowMs;
  }
}
