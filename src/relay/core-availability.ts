// Whether a call may wait for a Core that is not up, and what to say when it may not.
import { coreStateWords } from "../base/core-states.ts";
import { HubError } from "../base/errors.ts";
import type { Call, CorePort, Lane } from "./call.ts";

/** A restart nearer than this is worth waiting for; a longer one is an answer with `retry_after_ms`. */
const worthWaitingMs = 5000;

/** True while an admitted call should be held for this Core instead of being refused. */
export function heldWhile(lane: Lane, nowMs: number): boolean {
  const { state } = lane.core;
  // Nobody starts a Core again that is to go.
  if (lane.closing !== undefined) return false;
  switch (state.t) {
    case "idle":
    case "starting":
      return true;
    case "backoff":
      // A login comes from a person, whenever that may be.
      return lane.wasUp && state.code !== "login_needed" && state.retryAtMs - nowMs <= worthWaitingMs;
    case "up":
      return false;
    case "draining":
    case "failed":
    case "stopped":
      return false;
  }
}

/** The error of a call to a Core that takes no new ones, though it may still answer those that it has. */
export function coreGone(core: CorePort, nowMs: number): HubError {
  if (core.state.t !== "up") return coreUnavailable(core, nowMs);
  const message = `core "${core.name}" is being drained: it takes no new calls until an admin restarts it`;
  return new HubError("core_down", message, { core: core.name, state: "draining", may_have_run: false });
}

/** The error of a call that did not reach its Core: names the Core, its state, the last cause and when to try again. */
export function coreUnavailable(core: CorePort, nowMs: number): HubError {
  const { name, state } = core;
  const reason = "reason" in state && state.reason !== undefined ? `: ${state.reason}` : "";
  const data = { core: name, state: state.t, may_have_run: false };
  if (state.t === "backoff" && state.code === "login_needed") {
    return new HubError("login_needed", `core "${name}" ${state.reason}`, { ...data, state: "needs_login" });
  }
  if (state.t === "backoff") {
    const waitMs = Math.max(1, Math.round(state.retryAtMs - nowMs));
    return new HubError("core_down", `core "${name}" is down${reason}; it restarts in ${waitMs} ms`, {
      ...data,
      retry_after_ms: waitMs,
    });
  }
  if (state.t === "up") {
    // Said of a call that could not be sent: the Core's state is about to say the same.
    const message = `core "${name}" is just losing its connection; try again`;
    return new HubError("core_down", message, { ...data, retry_after_ms: 1000 });
  }
  if (state.t === "idle" || state.t === "starting") {
    return new HubError("core_starting", `core "${name}" is still starting`, { ...data, retry_after_ms: 1000 });
  }
  return new HubError("core_down", `core "${name}" ${coreStateWords[state.t]}${reason}`, data);
}

/** What another client of the same Core is asked holds up nobody's time but its own. */
export function waitsForItsClient({ lane, session }: Call): boolean {
  for (const ask of lane.asks.values()) if (ask.session === session) return true;
  return false;
}
