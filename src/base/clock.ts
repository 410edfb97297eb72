// Time, injected: the only source of now and of timers outside the command line.
import { performance } from "node:perf_hooks";

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds; only differences mean something. */
  now(): number;
  /** Wall time, in ms since 1970: what ends at a date is compared with it. */
  wall(): number;
  /** Wall time for people, ISO 8601 in UTC. */
  iso(): string;
  /** Runs `fn` once after `ms`. Never keeps the process alive by itself. */
  after(ms: number, fn: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  iso: () => new Date().toISOString(),
  after(ms, fn) {
    const handle = setTimeout(fn, ms);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
