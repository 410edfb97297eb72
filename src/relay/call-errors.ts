// What a client is told of a call that its Core did not answer: which Core, what happened, and whether the call may have run.
import { type ErrorCode, errorTable, HubError } from "../base/errors.ts";
import type { LimitKind } from "../gates/limits.ts";
import { byteText, type Frame, flatten } from "../wire/frame.ts";
import { findMember } from "../wire/json.ts";
import type { Scan } from "../wire/scan.ts";
import type { Call, Lane } from "./call.ts";

export function idInUse(idText: string): HubError {
  return new HubError("request_invalid", `id ${idText} is already in use by a request under way`);
}

/** A call that one of its limits does not even let wait. */
export function overloaded({ lane, limitedTool }: Call, { refuse, by }: { refuse: number; by: LimitKind }): HubError {
  const { name } = lane.core;
  const whose = { client: " of this client", tool: ` of tool "${limitedTool}"`, core: "", memory: " of all clients" }[
    by
  ];
  const message = `too many calls${whose} wait already (core "${name}"); try again later`;
  return new HubError("overloaded", message, {
    core: name,
    limit: by,
    retry_after_ms: Math.max(1, Math.round(refuse)),
  });
}

/** The Core's own queue of bytes, or all of its instances. */
export function fullCore({ core: { name } }: Lane): HubError {
  const message = `too many calls wait already (core "${name}"); try again later`;
  return new HubError("overloaded", message, { core: name, limit: "core", retry_after_ms: 1000 });
}

export function diedUnderCall(lane: Lane): HubError {
  const { name, state } = lane.core;
  return new HubError("core_down", `core "${name}" went down under this call, which may have run`, {
    core: name,
    state: state.t,
    may_have_run: true,
  });
}

export function timedOut(call: Call, now: number): HubError {
  const { name } = call.lane.core;
  const afterMs = Math.round(now - call.receivedMs);
  const ran = call.state === "running" || call.state === "taken";
  return new HubError(
    "core_timeout",
    `no answer from core "${name}" within ${afterMs} ms (policy.timeout_ms, max_timeout_ms)`,
    { core: name, may_have_run: ran },
  );
}

const capabilityMissing = String(errorTable.capability_missing.rpc);

/** The one error of a Core that has a status of its own over HTTP: it wants a capability that the request does not declare. */
export function coreRefusal({ session, lane }: Call, frame: Frame, scan: Scan): ErrorCode | undefined {
  if (session.era === "legacy" || lane.core.era === "legacy") return undefined;
  return errorCodeIn(frame, scan) === capabilityMissing ? "capability_missing" : undefined;
}

/** Of an answer that is an error: its code as it is written. Undefined for every other. */
export function errorCodeIn(frame: Frame, { errorStart, errorEnd }: Scan): string | undefined {
  if (errorStart < 0) return undefined;
  const bytes = flatten(frame);
  const code = findMember(bytes, errorStart, errorEnd, "code");
  return code === undefined ? undefined : byteText(bytes, code.start, code.end);
}
