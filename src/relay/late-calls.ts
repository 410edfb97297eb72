// Looks through the open calls, a few times a second while there are any, for those whose time is over.
import type { Clock, Timer } from "../base/clock.ts";
import { forgetAstray } from "./astray.ts";
import type { Call, ClientSession } from "./call.ts";
import { waitsForItsClient } from "./core-availability.ts";

/** A call may overrun its time by this much. */
const everyMs = 250;

export interface LateCallsDeps {
  readonly clock: Clock;
  /** All that calls may be of. */
  sessions(): Iterable<ClientSession>;
  hasOpen(): boolean;
  /** This call's time is over. */
  late(call: Call, nowMs: number): void;
}

export class LateCalls {
  readonly #deps: LateCallsDeps;
  #timer: Timer | undefined;

  constructor(deps: LateCallsDeps) {
    this.#deps = deps;
  }

  /** To be called when there is another call. */
  lookSoon(): void {
    if (this.#timer !== undefined || !this.#deps.hasOpen()) return;
    this.#timer = this.#deps.clock.after(everyMs, () => {
      this.#timer = undefined;
      this.#look();
      this.lookSoon();
    });
  }

  #look(): void {
    const now = this.#deps.clock.now();
    for (const session of this.#deps.sessions()) {
      for (const call of session.calls.values()) {
        if (call.lane.astray.size > 0) forgetAstray(call.lane, now);
        if (call.deadlineMs > now || call.state === "done" || call.state === "taken") continue;
        // The time that a person takes to answer is not the Core's, nor that until the Core is told the answer.
        if (call.goesOn !== undefined || (call.state === "running" && waitsForItsClient(call))) continue;
        this.#deps.late(call, now);
      }
    }
  }
}

/** Their Core waited so long for its client: they have that much more time, but no more than they have been there. */
export function prolong(running: Iterable<Call>, ms: number, nowMs: number): void {
  for (const call of running) {
    const added = Math.min(ms, nowMs - call.sentMs);
    call.deadlineMs += added;
    call.lastMs += added;
  }
}
