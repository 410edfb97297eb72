// A call as it comes in: what of the request is replaced on its way to the Core, and how long it may take.
import { idKey } from "../sessions/session.ts";
import { type ByteString, merged, type Splice } from "../wire/frame.ts";
import { partIn } from "../wire/read-message.ts";
import type { Call, CallHook, Lane } from "./call.ts";
import { untilOf } from "./call-hooks.ts";
import type { Request } from "./request.ts";

/** The call of this request on this lane, read at `request.readMs`, or at `nowMs`. */
export function createCall(
  request: Request,
  lane: Lane,
  rename: Splice | undefined,
  hooks: readonly CallHook[] | undefined,
  limitedTool: string | undefined,
  nowMs: number,
): Call {
  const { session, frame, text, scan, idText } = request;
  const now = request.readMs ?? nowMs;
  const hubId = lane.core.nextId();
  const hubIdText = `${hubId}`;
  const id: Splice = { start: scan.idStart, end: scan.idEnd, text: hubIdText };
  let splices: readonly Splice[] = rename === undefined ? [id] : inOrder(id, rename);
  if (request.cuts !== undefined) splices = merged(splices, request.cuts);
  let tokenText: ByteString | undefined;
  if (scan.tokenStart >= 0) {
    tokenText = partIn(request, scan.tokenStart, scan.tokenEnd);
    const token: Splice = { start: scan.tokenStart, end: scan.tokenEnd, text: hubIdText };
    splices = merged(splices, [token]);
  }
  return {
    session,
    lane,
    replies: request.replies,
    idText,
    idKey: idKey(idText),
    method: request.method,
    tokenText,
    frame: text === undefined || frame.text !== undefined ? frame : { chunks: [request.bytes], size: frame.size, text },
    splices,
    isAsSent: false,
    state: "waiting",
    entry: undefined,
    goesOn: undefined,
    hubId,
    receivedMs: now,
    sentMs: now,
    outMs: undefined,
    deadlineMs: untilOf(hooks) ?? now + lane.policy.timeoutMs,
    lastMs: now + lane.policy.maxTimeoutMs,
    clientKey: session.limitKey,
    coreKey: lane.core.name,
    limitedTool,
    bytes: frame.size,
    place: undefined,
    hooks,
    watch: undefined,
  };
}

/** Two splices in the order of the bytes. A literal, as the array of nearly every call: one that grows takes several times the memory. */
function inOrder(one: Splice, other: Splice): Splice[] {
  return one.start < other.start ? [one, other] : [other, one];
}
