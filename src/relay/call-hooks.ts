// What the hooks of a call say together. Nearly every call has none.
import type { HubError } from "../base/errors.ts";
import { type Frame, noSplices, type Splice } from "../wire/frame.ts";
import type { Scan } from "../wire/scan.ts";
import type { Call, CallHook, CallOutcome } from "./call.ts";
import { retain } from "./retain.ts";

export function tellHooks(call: Call, outcome: CallOutcome): void {
  const { hooks } = call;
  if (hooks === undefined) return;
  for (const hook of hooks) hook.over?.(outcome, call);
}

export function refusalOf({ hooks, lane }: Call): HubError | undefined {
  if (hooks === undefined) return undefined;
  for (const hook of hooks) {
    const refusal = hook.refuses?.(lane);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** All edits of the request, in order. */
export function editsToSend(call: Call): readonly Splice[] {
  const further = call.hooks?.flatMap((hook) => hook.sends?.(call) ?? noSplices) ?? noSplices;
  if (further.length === 0) return call.splices;
  return [...call.splices, ...further].sort((one, other) => one.start - other.start);
}

/** One hook has taken the answer: the call is out of its lane, and open still. */
export function isTaken(call: Call, frame: Frame, scan: Scan): boolean {
  if (call.hooks?.some((hook) => hook.takes?.(frame, scan, call)) !== true) return false;
  call.lane.running.delete(call.hubId);
  call.state = "taken";
  return true;
}

/** As `isTaken`, of an error of the hub. */
export function isFailureTaken(call: Call, error: HubError): boolean {
  if (call.hooks?.some((hook) => hook.fails?.(error, call)) !== true) return false;
  call.lane.running.delete(call.hubId);
  call.lane.held.delete(call);
  call.state = "taken";
  retain(call);
  return true;
}

export function untilOf(hooks: readonly CallHook[] | undefined): number | undefined {
  return hooks?.find(({ untilMs }) => untilMs !== undefined)?.untilMs;
}
