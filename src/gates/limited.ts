// The limits of one party, a client, a tool or a Core: what runs, its rates, and when it could take one more. Decides nothing about queues.
import type { Timer } from "../base/clock.ts";
import { Bucket } from "./bucket.ts";

export interface LimitSettings {
  readonly maxConcurrency: number;
  readonly maxQueue: number;
  /** Calls a second, with bursts of up to one second's worth; 0 for no limit. */
  readonly rateRps: number;
  /**
   * Bytes a second: of requests as they were read, and of what Cores say of them. 0 for no limit. The size of an answer is not known
   * before it is there, so what is large is a debt: the next call waits until it is paid.
   */
  readonly rateBytes: number;
}

const shortestRetryMs = 50;
/** Nobody waits longer than this for a rate, nor is told to. */
const longestRetryMs = 60_000;
/** Assumed time of one call until the first has ended. */
const firstGuessMs = 100;
/** Weight of the newest call in the running average. */
const newestWeight = 0.2;

export class Limited {
  settings: LimitSettings;
  inUse = 0;
  /** Wakes the queue when the rates allow the next call; of the queue's owner. */
  timer: Timer | undefined;
  // Undefined: no limit.
  #calls: Bucket | undefined;
  #bytes: Bucket | undefined;
  #averageMs = firstGuessMs;

  constructor(settings: LimitSettings, nowMs: number) {
    this.settings = settings;
    this.#calls = bucketOf(undefined, settings.rateRps, nowMs);
    this.#bytes = bucketOf(undefined, settings.rateBytes, nowMs);
  }

  /** Other limits from now on. What runs goes on, and counts; an allowance that was saved up shrinks with the rate. */
  change(settings: LimitSettings, nowMs: number): void {
    this.settings = settings;
    this.#calls = bucketOf(this.#calls, settings.rateRps, nowMs);
    this.#bytes = bucketOf(this.#bytes, settings.rateBytes, nowMs);
  }

  hasSlot(): boolean {
    return this.inUse < this.settings.maxConcurrency;
  }

  /** Milliseconds until the rates allow the last of `calls` more calls; 0 for now. Of bytes: until nothing is owed. */
  rateWaitMs(nowMs: number, calls = 1): number {
    if (this.#calls === undefined && this.#bytes === undefined) return 0;
    return Math.max(this.#calls?.waitMs(nowMs, calls) ?? 0, this.#bytes?.waitMs(nowMs, 1) ?? 0);
  }

  canTake(nowMs: number): boolean {
    return this.hasSlot() && this.rateWaitMs(nowMs) === 0;
  }

  /** Takes a slot, one call's worth of the rate and its request's bytes; `canTake` must have said yes. */
  take(nowMs: number, bytes: number): void {
    this.takeSlot();
    this.#calls?.take(nowMs, 1);
    this.#bytes?.take(nowMs, bytes);
  }

  takeSlot(): void {
    this.inUse += 1;
  }

  /** What a call has brought, on top of its request. */
  spend(nowMs: number, bytes: number): void {
    this.#bytes?.take(nowMs, bytes);
  }

  /** Gives the slot back; `heldMs` is how long it was held, undefined when the call never ran. */
  giveBack(heldMs: number | undefined): void {
    this.inUse -= 1;
    if (heldMs !== undefined) this.#averageMs += newestWeight * (heldMs - this.#averageMs);
  }

  /** Whether a call that comes after `waiting` others has a chance to be taken: its client would not be there any more. */
  isWorthWaiting(waiting: number, nowMs: number): boolean {
    return this.rateWaitMs(nowMs, waiting + 1) <= longestRetryMs;
  }

  /** When a call that comes after `waiting` others could be taken: exact for a rate of calls, a guess from recent calls for slots. */
  retryAfterMs(waiting: number, nowMs: number): number {
    const position = waiting + 1;
    const forRate = this.rateWaitMs(nowMs, position);
    const forSlot = this.hasSlot() ? 0 : (this.#averageMs * position) / this.settings.maxConcurrency;
    return Math.min(longestRetryMs, Math.max(shortestRetryMs, Math.ceil(Math.max(forRate, forSlot))));
  }

  /** True when nothing would be lost by forgetting this party. */
  isFresh(nowMs: number): boolean {
    return this.inUse === 0 && this.#calls?.isFull(nowMs) !== false && this.#bytes?.isFull(nowMs) !== false;
  }
}

function bucketOf(was: Bucket | undefined, rate: number, nowMs: number): Bucket | undefined {
  if (rate <= 0) return undefined;
  if (was === undefined) return new Bucket(rate, nowMs);
  was.change(rate, nowMs);
  return was;
}
