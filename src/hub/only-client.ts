// The one client of a hub that has only one (thehub stdio, list, call): what it can be asked is told to every Core. Processes start before
// it has said so; their handshakes wait for it, for a while.
import { type ClientCapabilities, classKey, relayable } from "../base/client-capabilities.ts";
import type { Clock } from "../base/clock.ts";

/** Clients say hello at once; who sits at a terminal and types does not. */
const patienceMs = 3000;

export class OnlyClient {
  readonly #known: Promise<ClientCapabilities>;
  #settle: (told: ClientCapabilities) => void = () => {};
  #told: string | undefined;

  /** `given`: where it is known from the start. */
  constructor(clock: Clock, given?: ClientCapabilities) {
    this.#known = new Promise((resolve) => {
      this.#settle = (told) => {
        this.#told ??= classKey(told);
        resolve(told);
      };
    });
    if (given !== undefined) this.#settle(relayable(given));
    else clock.after(patienceMs, () => this.#settle({}));
  }

  readonly capabilities = (): Promise<ClientCapabilities> => this.#known;

  /** It has said what it can be asked. False: Cores were told something else before. */
  greeted(capabilities: ClientCapabilities): boolean {
    const told = relayable(capabilities);
    this.#settle(told);
    return this.#told === classKey(told);
  }
}
