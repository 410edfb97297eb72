// Calls that were let go while their Core ran them, of lanes of one call at a time: until the Core answers them, or no call would be waited for that
// long, what it says is not for certain the running call's. It is all the same where both are of one session.
import type { Call, ClientSession, Lane } from "./call.ts";
import { untilOf } from "./call-hooks.ts";

export interface Astray {
  /** Whose it was; undefined: of several. */
  readonly session: ClientSession | undefined;
  /** Clock milliseconds. */
  readonly untilMs: number;
}

/** Further ones are as one, of several sessions, under no call's id. */
const maxAstray = 1024;
const further = -1;

/** The Core need not answer what was taken back, so nobody waits for that longer than for any call. */
export function noteAstray({ lane, session, state, hubId, hooks }: Call, nowMs: number): void {
  const { policy, astray } = lane;
  if (!policy.serial || state !== "running" || untilOf(hooks) !== undefined) return;
  const untilMs = nowMs + policy.maxTimeoutMs;
  if (astray.size < maxAstray) astray.set(hubId, { session, untilMs });
  else astray.set(further, { session: undefined, untilMs });
}

export function forgetAstray({ astray }: Lane, nowMs: number): void {
  for (const [hubId, { untilMs }] of astray) if (untilMs <= nowMs) astray.delete(hubId);
}

/** Whether a call that was let go, and was not this session's, may still be talking. */
export function isTalkedOver({ astray }: Lane, session: ClientSession): boolean {
  for (const one of astray.values()) if (one.session !== session) return true;
  return false;
}
