// Whose a message of a Core is that answers no call of a client: known exactly, or nobody's (protocol rule "never guess").
import type { ReplySink } from "../wire/frame.ts";
import type { Scan } from "../wire/scan.ts";
import { isTalkedOver } from "./astray.ts";
import type { Call, ClientSession, Lane, Task } from "./call.ts";
import { idAt, relatedTaskOf } from "./task-ids.ts";

export interface Owner {
  readonly session: ClientSession;
  /** On what the session is told of it. */
  readonly replies: ReplySink;
  /** What it belongs to, where it says so. */
  readonly task?: Task;
  /** The one call that it can be about: clients of the modern era are asked by way of it. */
  readonly call?: Call;
}

/** A request or a notification of a Core, in one piece. */
export interface CoreMessage {
  readonly bytes: Buffer;
  readonly scan: Scan;
  /** The hub's id of the request on whose response it came; undefined where Cores answer all on one stream. */
  readonly requestId?: number | undefined;
}

/**
 * Whose the request is on whose response it came; who the task is of that the message names; else the session of an instance that has only one; else, of a Core that is given one call at a
 * time, and that says it on no response, the session of the call that runs, unless somebody else's call that was let go, or their task, may be talking.
 */
export function ownerOf(lane: Lane, { bytes, scan, requestId }: CoreMessage): Owner | undefined {
  const call = requestId === undefined ? undefined : lane.running.get(requestId);
  // A Core that several share was told that nobody can be asked.
  const mayAsk = lane.owner !== undefined || lane.policy.serial;
  if (call !== undefined && (mayAsk || scan.kind !== "request")) return ofCall(call);
  const named = relatedTaskOf(bytes, scan);
  const taskId = named === undefined ? undefined : idAt(bytes, named);
  const task = taskId === undefined ? undefined : lane.tasks.get(taskId);
  if (task !== undefined) {
    const { session } = task;
    return session.phase === "ready" ? { session, replies: heardOn(task), task } : undefined;
  }
  const inline = taskId === undefined ? undefined : lane.inlineTasks.get(taskId);
  if (inline !== undefined) return ofCall(inline);
  const session = lane.owner;
  if (session !== undefined) {
    if (session.phase !== "ready") return undefined;
    return session.era === "modern" ? onlyCall(lane) : { session, replies: streamOf(session, lane) };
  }
  // Of a task that nobody knows any more; or of another request than the calls that run: one that was let go, however long ago, or the hub's own.
  if (named !== undefined || requestId !== undefined) return undefined;
  return lane.policy.serial ? runningOwner(lane) : undefined;
}

/** What belongs to a task goes to who waits for its result, as MCP wants it; else as all that belongs to no request. */
export function heardOn({ lane, session, waiting }: Task): ReplySink {
  return waiting.findLast(({ isHeard }) => isHeard !== false) ?? streamOf(session, lane);
}

/** Between its requests a client of the modern era is nobody, and of two nobody can tell which it is. */
function onlyCall(lane: Lane): Owner | undefined {
  const [call, ...others] = lane.running.values();
  return call === undefined || others.length > 0 ? undefined : ofCall(call);
}

function ofCall(call: Call): Owner {
  const { session, replies } = call;
  return session.era === "modern" ? { session, replies, call } : { session, replies };
}

/** More than one can run where some wait for the results of tasks. */
function runningOwner(lane: Lane): Owner | undefined {
  const call = newest(lane.running.values());
  if (call === undefined) return undefined;
  const { session, replies } = call;
  for (const task of lane.tasks.values()) if (!task.isOver && task.session !== session) return undefined;
  if (session.era === "modern") return lane.astray.size > 0 ? undefined : onlyCall(lane);
  if (isTalkedOver(lane, session)) return undefined;
  if (lane.running.values().some((other) => other.session !== session)) return undefined;
  return { session, replies };
}

/** What can only be about one call goes where its answer goes; all else on the stream that belongs to no request. */
function streamOf(session: ClientSession, lane: Lane): ReplySink {
  const calls = lane.running.values().filter((call) => call.session === session);
  const [call] = calls;
  if (call !== undefined && calls.length === 1 && lane.tasks.size === 0) return call.replies;
  return session.sink.isHeard === false ? (newest(calls)?.replies ?? session.sink) : session.sink;
}

function newest(calls: readonly Call[]): Call | undefined {
  return calls.reduce<Call | undefined>(
    (last, call) => (last === undefined || call.hubId > last.hubId ? call : last),
    undefined,
  );
}
