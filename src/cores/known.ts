// What the starts of a Core so far have shown, for the next one and for the other instances of the same Core.
import type { Framing } from "../wire/framing.ts";
import type { Era } from "../wire/revisions.ts";

/** After so long a legacy Core is asked again whether it is one of the modern era now: nothing else would show it. */
const legacyMs = 24 * 60 * 60 * 1000;

export class Known {
  /** The framing that it has answered in. */
  framing: Framing | undefined;
  #era: Era | undefined;
  #sinceMs = 0;

  era(nowMs: number): Era | undefined {
    if (this.#era === "legacy" && nowMs - this.#sinceMs >= legacyMs) this.#era = undefined;
    return this.#era;
  }

  learn(era: Era, nowMs: number): void {
    if (this.#era === era) return;
    this.#era = era;
    this.#sinceMs = nowMs;
  }

  /** It has failed in the era that was known: the next start asks again. */
  forgetEra(): void {
    this.#era = undefined;
  }
}
