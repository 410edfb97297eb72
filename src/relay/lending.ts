// The lanes that lead to several instances, of which a call has one to itself.
import type { Call } from "./call.ts";

/** The call comes to the lane that it goes on by. False: all are others'. */
export function borrow(call: Call): boolean {
  const entry = call.lane;
  if (entry.lease === undefined) return true;
  const lent = entry.lease(call);
  if (lent === undefined) return false;
  call.lane = lent;
  call.entry = entry;
  return true;
}

/** It goes on later, by whichever lane is free then; `left` is told of the one that it had. */
export function giveBack(call: Call, left: (lane: Call["lane"]) => void): void {
  const { entry, lane } = call;
  if (entry === undefined) return;
  call.lane = entry;
  call.entry = undefined;
  left(lane);
  lane.release?.();
}
