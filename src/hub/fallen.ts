// What came of the start of a Core that is to take a place: it has risen, it has fallen, or that is not known yet.
import { coreStateWords } from "../base/core-states.ts";
import type { Core } from "../cores/core.ts";

export interface Fallen {
  readonly core: string;
  readonly reason: string;
  /** Its last words. */
  readonly stderr: readonly string[];
}

/** Whether it has come as far as it comes by itself. `before`: the Core that is in that place. */
export function hasRisen(core: Core, before: Core | undefined): boolean {
  return core.state.t === "up" || onlyWaitsForLogin(core, before);
}

/** Why a Core that was started has not risen and will not by itself. */
export function fallOf(core: Core, before: Core | undefined): Fallen[] {
  const { state } = core;
  if (state.t === "starting" || state.t === "idle" || hasRisen(core, before)) return [];
  const reason = state.t === "failed" ? state.cause : state.t === "backoff" ? state.reason : coreStateWords[state.t];
  return [{ core: core.name, reason, stderr: core.stderrTail().slice(-5) }];
}

/** A login comes from a person, whenever that may be: nothing else is kept back until then. Only what has tools to show does not go for it. */
function onlyWaitsForLogin({ state }: Core, before: Core | undefined): boolean {
  return state.t === "backoff" && state.code === "login_needed" && before?.lists === undefined;
}
