// Log lines about what any stranger can cause as often as he likes: the first at once, the others counted and said together.
import type { Clock, Timer } from "../base/clock.ts";

interface Waiting {
  /** How often it happened since the last line. */
  times: number;
  last: Record<string, unknown>;
  readonly timer: Timer;
}

const spaceMs = 10_000;

/** At most one line in ten seconds for each kind; `times` in a line says how often it has happened since the one before. */
export class SpacedLog {
  readonly #clock: Clock;
  readonly #write: (context: Record<string, unknown>) => void;
  readonly #waiting = new Map<string, Waiting>();
  #isClosed = false;

  constructor(clock: Clock, write: (context: Record<string, unknown>) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** `kind` comes from the code or the manifest, never from a peer. */
  say(kind: string, context: Record<string, unknown>): void {
    const waiting = this.#waiting.get(kind);
    if (waiting !== undefined) {
      waiting.times++;
      waiting.last = context;
      return;
    }
    this.#write({ ...context, times: 1 });
    if (!this.#isClosed) this.#arm(kind);
  }

  /** Says what has not been said yet. What comes after that is said at once: there is not much left to say, and nobody waits for it. */
  close(): void {
    this.#isClosed = true;
    for (const { times, last, timer } of this.#waiting.values()) {
      timer.cancel();
      if (times > 0) this.#write({ ...last, times });
    }
    this.#waiting.clear();
  }

  #arm(kind: string): void {
    const timer = this.#clock.after(spaceMs, () => {
      const waiting = this.#waiting.get(kind);
      this.#waiting.delete(kind);
      if (waiting === undefined || waiting.times === 0) return;
      this.#write({ ...waiting.last, times: waiting.times });
      this.#arm(kind);
    });
    this.#waiting.set(kind, { times: 0, last: {}, timer });
  }
}
