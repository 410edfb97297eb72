// Whose a message of a Core is that names no request of a client: known exactly, or nobody's (protocol rule "never guess").
import type { ReplySink } from "../wire/frame.ts";
import type { Call, ClientSession, Lane } from "./call.ts";

export interface Owner {
  readonly session: ClientSession;
  /** On what the session is told of it. */
  readonly replies: ReplySink;
}

/**
 * The session of an instance that has only one; else, of a Core that is given one call at a time, the session of the call that runs,
 * unless one that was let go may still be talking.
 */
export function ownerOf(lane: Lane): Owner | undefined {
  const session = lane.owner;
  if (session !== undefined)
    return session.phase === "ready" ? { session, replies: streamOf(session, lane) } : undefined;
  if (!lane.policy.serial || lane.astray.size > 0 || lane.running.size !== 1) return undefined;
  const [call] = lane.running.values();
  return call === undefined ? undefined : { session: call.session, replies: call.replies };
}

/** What can only be about one call goes where its answer goes; all else on the stream that belongs to no request. */
function streamOf(session: ClientSession, lane: Lane): ReplySink {
  const calls = lane.running.values();
  const [call] = calls;
  if (call !== undefined && calls.length === 1) return call.replies;
  return session.sink.isHeard === false ? (newest(calls)?.replies ?? session.sink) : session.sink;
}

function newest(calls: readonly Call[]): Call | undefined {
  return calls.reduce<Call | undefined>(
    (last, call) => (last === undefined || call.hubId > last.hubId ? call : last),
    undefined,
  );
}
