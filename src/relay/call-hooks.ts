// What the hooks of a call say together. Nearly every call has none.
import type { HubError } from "../base/errors.ts";
import { type Frame, merged, noSplices, type Splice } from "../wire/frame.ts";
import type { Scan } from "../wire/scan.ts";
import { idEdits } from "./answers.ts";
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

/** The call is about to be sent: from now on its splices are all edits of the request. What was sent before has them. */
export function makeReady(call: Call): void {
  if (call.isAsSent) return;
  let edits = call.splices;
  if (call.hooks !== undefined) {
    for (const hook of call.hooks) {
      edits = merged(edits, hook.sends?.(call) ?? noSplices);
    }
  }
  call.splices = call.watch === undefined ? edits : call.watch.sent(edits);
}

/** Of the Core's answer: the caller's id, what hooks do to it, and of an error what `errorEdits` does; in order. */
export function answerEdits(
  call: Call,
  frame: Frame,
  scan: Scan,
  errorEdits: (call: Call, frame: Frame, scan: Scan) => readonly Splice[],
): readonly Splice[] {
  const isError = scan.errorStart >= 0;
  const id = idEdits(call.idText, scan);
  if (!isError && call.hooks === undefined) return id;
  let edits: readonly Splice[] = isError ? errorEdits(call, frame, scan) : noSplices;
  for (const hook of call.hooks ?? []) {
    edits = merged(edits, hook.edits?.(frame, scan, call) ?? noSplices);
  }
  return merged(id, edits);
}

/** A hook has taken the answer: the call is out of its lane, and open still. */
export function isTaken(call: Call, frame: Frame, scan: Scan): boolean {
  for (const hook of call.hooks ?? []) {
    const then = hook.takes?.(frame, scan, call);
    if (then === undefined) continue;
    call.lane.running.delete(call.hubId);
    call.state = "taken";
    then();
    return true;
  }
  return false;
}

/** Whether a hook keeps this progress of the Core from the client. */
export function isStale({ hooks }: Call, frame: Frame, scan: Scan): boolean {
  return hooks?.some((hook) => hook.drops?.(frame, scan) === true) === true;
}

/** As it was sent, for the same request once more: under another id, with more in it. The call has that id from now on. */
export function editsToResend(call: Call, hubId: number, more: readonly Splice[]): readonly Splice[] {
  const before = String(call.hubId);
  call.hubId = hubId;
  call.splices = call.splices.map((splice) => (splice.text === before ? { ...splice, text: String(hubId) } : splice));
  return merged(call.splices, more);
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
  if (hooks === undefined) return undefined;
  for (const { untilMs } of hooks) if (untilMs !== undefined) return untilMs;
  return undefined;
}

/** With one more, if it is one. */
export function withHook(
  hooks: readonly CallHook[] | undefined,
  hook: CallHook | undefined,
): readonly CallHook[] | undefined {
  if (hook === undefined) return hooks;
  return hooks === undefined ? [hook] : [...hooks, hook];
}
