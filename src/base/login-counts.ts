// What became of logins at Cores, for the metrics.

/**
 * `taken_up`: one that a person made, or another process renewed, is in use. `renewed`: tokens were got without a person, by a refresh token, as the hub itself,
 * or for what a client's person showed. `failed`: they could not be got, for a reason that may pass. `needed`: somebody has to sign in, or to correct something;
 * said in the log at the same time. `sign_in_failed`: a person came to the hub's page, and nothing came of it.
 */
export const loginEvents = ["taken_up", "renewed", "failed", "needed", "sign_in_failed"] as const;
export type LoginEvent = (typeof loginEvents)[number];

/** How a login is. `lacking`: good, but not for all that was asked of it. */
export const loginStates = ["none", "good", "lacking", "needed"] as const;
export type LoginStateName = (typeof loginStates)[number];

export class LoginCounts {
  readonly #byCore = new Map<string, Record<LoginEvent, number>>();

  happened(core: string, event: LoginEvent): void {
    const events = this.of(core);
    events[event]++;
    this.#byCore.set(core, events);
  }

  of(core: string): Record<LoginEvent, number> {
    return this.#byCore.get(core) ?? { taken_up: 0, renewed: 0, failed: 0, needed: 0, sign_in_failed: 0 };
  }
}
