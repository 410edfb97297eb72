// Calls that were let go while their Core ran them, of lanes where that matters.
import type { Call } from "./call.ts";
import { untilOf } from "./call-hooks.ts";

/** One is as bad as many. */
const maxAstray = 1024;

/** Of a serial lane: as long as the Core may still work on this, what it says is not for certain another call's. */
export function noteAstray({ lane, state, hubId, hooks }: Call): void {
  if (!lane.policy.serial || state !== "running" || untilOf(hooks) !== undefined) return;
  if (lane.astray.size < maxAstray) lane.astray.add(hubId);
}
