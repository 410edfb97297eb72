// The calls that wait for a login: how many there may be, of one client and of all, and what their requests may keep in memory.
import { HubError } from "../base/errors.ts";
import { Tally } from "../base/tally.ts";
import type { Call } from "./call.ts";

const ofOneClient = { count: 64, bytes: 16 * 1024 * 1024 };
const ofAll = { count: 1024, bytes: 64 * 1024 * 1024 };
/** A person takes longer; but who has signed in need not wait for long. */
const retryMs = 5000;

export class LoginWaits {
  readonly #calls = new Set<Call>();
  readonly #tally = new Tally(ofOneClient, ofAll);

  /** Returns why it may not. */
  add(call: Call): HubError | undefined {
    const { clientKey, bytes, lane } = call;
    this.#tally.add(clientKey, bytes);
    const excess = this.#tally.excess(clientKey);
    if (excess === undefined) {
      this.#calls.add(call);
      return undefined;
    }
    this.#tally.remove(clientKey, bytes);
    const { name: core } = lane.core;
    const whose = excess === "one" ? "this client" : "all clients";
    const message = `too many calls of ${whose} wait for a login already (core "${core}"); sign in, and try again`;
    const limit = excess === "one" ? "client" : "memory";
    return new HubError("overloaded", message, { core, limit, retry_after_ms: retryMs });
  }

  /** It does not wait any more, if it did. */
  remove(call: Call): void {
    if (this.#calls.delete(call)) this.#tally.remove(call.clientKey, call.bytes);
  }
}
