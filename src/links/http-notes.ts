// Messages to a hub over HTTP that are no requests, and that nothing after them depends on: answers, progress, and what takes a request back. They go
// one after the other, each behind the requests that were sent before it, and keep no later request waiting.
import type { Frame } from "../wire/frame.ts";
import type { Said } from "./connection.ts";
import type { HttpCall } from "./http-call.ts";
import type { Underway } from "./http-exchange.ts";

export interface Note {
  readonly frame: Frame;
  readonly said: Said;
}

interface Waiting {
  readonly note: Note;
  readonly behind: readonly Pick<HttpCall, "isOut">[];
}

export class HttpNotes {
  readonly #post: (note: Note, taken: () => void) => Underway;
  readonly #waiting: Waiting[] = [];
  #underway: Underway | undefined;

  /** `post` sends it, and calls back when the hub has taken it, later. */
  constructor(post: (note: Note, taken: () => void) => Underway) {
    this.#post = post;
  }

  /** Whether nothing depends on it. */
  static takes({ said: { method } }: Note): boolean {
    return method === "" || method === "notifications/cancelled" || method === "notifications/progress";
  }

  get isEmpty(): boolean {
    return this.#underway === undefined && this.#waiting.length === 0;
  }

  /** `behind`: what it may not overtake. */
  push(note: Note, behind: Waiting["behind"]): void {
    this.#waiting.push({ note, behind });
  }

  /** To be called when one was taken, or a request has gone out. */
  pump(): void {
    const next = this.#waiting[0];
    if (next === undefined || this.#underway !== undefined || next.behind.some(({ isOut }) => !isOut)) return;
    this.#waiting.shift();
    this.#underway = this.#post(next.note, () => {
      this.#underway = undefined;
    });
  }

  destroy(): void {
    this.#underway?.destroy();
    this.#waiting.length = 0;
  }
}
