// Decisions of somebody else about calls: one question for all that ask the same at once, answers kept for a while, and no more questions
// under way than may be. Whoever asks says how; a question that gets no answer is one that was refused.
import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";

/** `failed`: there was no answer that can be understood; `why` for the log. */
export type Decision =
  | { readonly t: "allowed" }
  | { readonly t: "denied"; readonly reason: string | undefined }
  | { readonly t: "failed"; readonly why: string };

/** A decision with the question that it is of: whoever waited for it comes back with it. */
export interface Decided {
  readonly of: Decisions;
  readonly question: string;
  readonly decision: Decision;
}

/** What is asked, and a name of a fixed length for just that. */
export interface Question {
  readonly bytes: Buffer;
  readonly key: string;
}

export function questionOf(bytes: Buffer): Question {
  return { bytes, key: createHash("sha256").update(bytes).digest("base64") };
}

export interface DecisionsDeps {
  readonly clock: Clock;
  readonly cacheMs: number;
  readonly maxWaiting: number;
  /** Never rejects, and takes no longer than it may. */
  ask(question: Buffer): Promise<Decision>;
}

/** Answers that are kept; each takes about 200 bytes. */
const maxKept = 4096;

export const outcomes = ["allowed", "denied", "failed", "cached", "refused"] as const;

export class Decisions {
  /** What came of all questions. `cached`: answered by what was said before. `refused`: too many were under way. */
  readonly counts: Record<(typeof outcomes)[number], number> = {
    allowed: 0,
    denied: 0,
    failed: 0,
    cached: 0,
    refused: 0,
  };
  readonly #deps: DecisionsDeps;
  /** The one used last is last. */
  readonly #kept = new Map<string, { readonly decided: Decided; readonly untilMs: number }>();
  readonly #asked = new Map<string, Promise<Decided>>();
  /** Questions under way, by who asked first. */
  readonly #askers = new Map<string, number>();

  constructor(deps: DecisionsDeps) {
    this.#deps = deps;
  }

  /**
   * What is decided, or a promise of it, which never rejects; `full`: it cannot be asked now, by `asker` at least. `before`: what was decided
   * while the call waited.
   */
  decide({ bytes, key }: Question, asker: string, before: Decided | undefined): Decided | Promise<Decided> | "full" {
    if (before?.of === this && before.question === key) return before;
    const known = this.#recall(key);
    if (known !== undefined) {
      this.counts.cached++;
      return known;
    }
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked;
    const { maxWaiting } = this.#deps;
    const own = this.#askers.get(asker) ?? 0;
    // Nobody keeps all others from asking.
    if (this.#asked.size >= maxWaiting || own >= Math.ceil(maxWaiting / 2)) {
      this.counts.refused++;
      return "full";
    }
    const promise = this.#deps.ask(bytes).then((decision) => this.#answered(key, asker, decision));
    this.#askers.set(asker, own + 1);
    this.#asked.set(key, promise);
    return promise;
  }

  #answered(question: string, asker: string, decision: Decision): Decided {
    this.#asked.delete(question);
    const left = (this.#askers.get(asker) ?? 1) - 1;
    if (left > 0) this.#askers.set(asker, left);
    else this.#askers.delete(asker);
    this.counts[decision.t]++;
    const decided: Decided = { of: this, question, decision };
    const { clock, cacheMs } = this.#deps;
    // That nobody answered says nothing of the next time.
    if (cacheMs > 0 && decision.t !== "failed") {
      this.#kept.set(question, { decided, untilMs: clock.now() + cacheMs });
      for (const oldest of this.#kept.keys()) {
        if (this.#kept.size <= maxKept) break;
        this.#kept.delete(oldest);
      }
    }
    return decided;
  }

  #recall(key: string): Decided | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    if (kept.untilMs <= this.#deps.clock.now()) return undefined;
    this.#kept.set(key, kept);
    return kept.decided;
  }
}
