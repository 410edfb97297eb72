// The log lines about HTTP requests that were refused at the door: who guesses tokens or session ids shows up here, at a bounded rate.
import type { Clock } from "../base/clock.ts";
import { SpacedLog } from "../base/spaced-log.ts";
import type { Refused } from "../identity/auth.ts";
import type { DoorLog } from "./port.ts";

export type RefusalReason =
  | "host or origin"
  | "address"
  | `token ${Refused["reason"]}`
  | "not an admin"
  | "session"
  | "sessions"
  | "draining";

/** What is logged of a refusal. `peer`: the client's address, as far as trusted proxies tell it. */
export interface Refusal {
  readonly status: number;
  readonly reason: RefusalReason;
  readonly peer: string | undefined;
}

export class RefusalLog {
  readonly #lines: SpacedLog;
  readonly #upgrades: SpacedLog;

  constructor(clock: Clock, log: DoorLog) {
    this.#lines = new SpacedLog(clock, (context) => log.info("http_refused", context));
    this.#upgrades = new SpacedLog(clock, (context) => log.info("upgrade_refused", context));
  }

  addUpgrade({ status, reason, peer }: Omit<Refusal, "reason"> & { readonly reason: string }): void {
    this.#upgrades.say(reason, { status, reason, peer });
  }

  add({ status, reason, peer }: Refusal): void {
    this.#lines.say(reason, { status, reason, peer });
  }

  /** Says what has not been said yet. */
  close(): void {
    this.#lines.close();
    this.#upgrades.close();
  }
}
