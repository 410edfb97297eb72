// A parked call whose client knows tasks (the extension io.modelcontextprotocol/tasks): what the hub says of it as a task of its own.
//
//   input_required ◄──the Core asks, the client answers──► working ──the Core's answer──► completed, or failed
//          └────────────the client takes it back──────────────┴──────────────────────────► cancelled
//
// It is there for an hour, so that its client can come back when a person has; once it is over, for ten minutes.
import { type ByteString, byteText } from "../../wire/frame.ts";
import { findMember } from "../../wire/json.ts";

/** How long a client may take with all that a call asks, and with fetching what came of it. */
export const taskMs: number = 60 * 60_000;
export const overTaskMs: number = 10 * 60_000;
/** People answer, so that to ask more often is of no use. */
const pollMs = 1000;

export type TaskStatus = "working" | "input_required" | "completed" | "failed" | "cancelled";

export interface ParkedTask {
  /** What its client calls it. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  updatedMs: number;
  expiresMs: number;
  isCancelled: boolean;
}

/** What of the call there is to be said. */
export interface TaskSight {
  readonly isOver: boolean;
  /** What the Core asks, as members of an object. */
  readonly requests: ByteString;
  /** The answer to the call, whole. */
  readonly outcome: Buffer | undefined;
}

export function taskFrom(name: string, now: number): ParkedTask {
  return { name, createdMs: now, updatedMs: now, expiresMs: now + taskMs, isCancelled: false };
}

/** The members of a task that say that there is one. */
export function taskFacts(task: ParkedTask, sight: TaskSight): ByteString {
  const { name, createdMs, updatedMs, expiresMs } = task;
  const times = `"createdAt":"${isoOf(createdMs)}","lastUpdatedAt":"${isoOf(updatedMs)}"`;
  const ttl = `"ttlMs":${expiresMs - createdMs},"pollIntervalMs":${pollMs}`;
  return `"taskId":"${name}","status":"${statusOf(task, sight)}",${times},${ttl}`;
}

/** The same, with what is asked or came of it. */
export function detailedTask(task: ParkedTask, sight: TaskSight): ByteString {
  const facts = taskFacts(task, sight);
  const status = statusOf(task, sight);
  if (status === "input_required") return `${facts},"inputRequests":{${sight.requests}}`;
  if (status === "completed") return `${facts},"result":${memberText(sight.outcome, "result")}`;
  return status === "failed" ? `${facts},"error":${memberText(sight.outcome, "error")}` : facts;
}

function statusOf({ isCancelled }: ParkedTask, { isOver, requests, outcome }: TaskSight): TaskStatus {
  if (isOver && isCancelled) return "cancelled";
  if (isOver) return memberText(outcome, "error") === undefined ? "completed" : "failed";
  return requests === "" ? "working" : "input_required";
}

function memberText(outcome: Buffer | undefined, key: string): ByteString | undefined {
  const range = outcome === undefined ? undefined : findMember(outcome, 0, outcome.length, key);
  return range === undefined || outcome === undefined ? undefined : byteText(outcome, range.start, range.end);
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
