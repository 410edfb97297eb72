// Time that stands still until a test moves it.
import type { Clock, Timer } from "../../src/base/clock.ts";

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly fn: () => void;
}

export class FakeClock implements Clock {
  #nowMs = 0;
  #order = 0;
  readonly #pending = new Set<Pending>();

  /** Timers that have not run and were not cancelled. */
  get timers(): number {
    return this.#pending.size;
  }

  now(): number {
    return this.#nowMs;
  }

  wall(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  iso(): string {
    return new Date(this.wall()).toISOString();
  }

  after(ms: number, fn: () => void): Timer {
    const pending: Pending = { atMs: this.#nowMs + ms, order: this.#order++, fn };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** Moves on by `ms`, running every timer that falls due, in order, at its own time; also those set on the way. */
  advance(ms: number): void {
    const end = this.#nowMs + ms;
    for (;;) {
      let next: Pending | undefined;
      for (const pending of this.#pending) {
        if (pending.atMs > end) continue;
        if (
          next === undefined ||
          pending.atMs < next.atMs ||
          (pending.atMs === next.atMs && pending.order < next.order)
        ) {
          next = pending;
        }
      }
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fn();
    }
    this.#nowMs = end;
  }
}
