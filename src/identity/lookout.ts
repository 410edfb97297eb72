// Looks every two seconds whether what authentication stands on is other than before: token files, signing keys, what was taken back.
import type { Clock, Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { Log } from "../telemetry/log.ts";

export interface Looked {
  /** Grows whenever an answer given before may not hold any more. */
  readonly losses: number;
  /** May reject: what was known before stays. */
  look(): Promise<void>;
}

export interface LookoutDeps {
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly looked: readonly Looked[];
  changed(): void;
}

const lookMs = 2_000;

export class Lookout {
  readonly #deps: LookoutDeps;
  /** What was said of each, so that it is not said every time. */
  readonly #said = new Map<Looked, string>();
  #losses = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(deps: LookoutDeps) {
    this.#deps = deps;
  }

  /** Resolves once everything was looked at; from then on it goes on by itself. Never rejects. */
  async open(): Promise<void> {
    await this.#lookAtAll();
    this.#losses = this.#count();
    this.#arm();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #arm(): void {
    if (this.#isClosed) return;
    this.#timer = this.#deps.clock.after(lookMs, () => void this.#again());
  }

  async #again(): Promise<void> {
    await this.#lookAtAll();
    if (this.#isClosed) return;
    const losses = this.#count();
    if (losses !== this.#losses) this.#deps.changed();
    this.#losses = losses;
    this.#arm();
  }

  /** Others look as well, between two looks of ours. */
  #count(): number {
    return this.#deps.looked.reduce((sum, { losses }) => sum + losses, 0);
  }

  async #lookAtAll(): Promise<void> {
    for (const one of this.#deps.looked) {
      try {
        await one.look();
        this.#said.delete(one);
      } catch (error) {
        this.#say(one, HubError.from(error));
      }
    }
  }

  #say(one: Looked, error: HubError): void {
    // The system's own message names the file, and why.
    const reason = error.code === "internal" && error.cause instanceof Error ? error.cause.message : error.message;
    if (this.#said.get(one) === reason) return;
    this.#said.set(one, reason);
    const fix = "what was known before stays in force; see that the hub's user can read HUB_STATE_DIR";
    this.#deps.log.warn("identity_unreadable", { reason, fix });
  }
}
