// Says in the log once where clients are not shown all tools, and why: a cap that nobody knows of looks like tools that went missing.

import type { View } from "../catalog/view.ts";
import type { Caller } from "../sessions/principal.ts";
import type { Log } from "../telemetry/log.ts";

const maxSaid = 1000;
const maxNamed = 20;

export class CapLog {
  readonly #log: Log;
  readonly #seen = new WeakSet<View>();
  readonly #said = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** To be called when the list of tools is served. */
  served(view: View, caller: Caller): void {
    const capped = view.capped;
    if (capped === undefined || this.#seen.has(view)) return;
    this.#seen.add(view);
    const { cap, tools, unlisted, leftOut } = capped;
    const profile = caller.profile?.name;
    const facts = { profile, tool_cap: cap, tools, listed: tools - unlisted.length };
    const key = JSON.stringify([facts, leftOut]);
    if (this.#said.has(key) || this.#said.size >= maxSaid) return;
    this.#said.add(key);
    this.#log.info("tools_capped", facts);
    if (leftOut.length > 0)
      this.#log.warn("pinned_left_out", { profile, tool_cap: cap, left_out: leftOut.slice(0, maxNamed) });
  }
}
