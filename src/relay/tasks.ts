// Tasks (2025-11-25): calls that a Core goes on with after it has answered them. Each belongs to whom the call was from: to the named
// client, or to the one connection where many share a token or none (`limitKey` of the session). Nobody else can name it, and what
// the Core says of it nobody else hears.
//
//   a call with `task` ──the Core's answer names a task──► alive ──its end is heard of──► over
//                                                            └── gone: its ttl is over, its instance ended, or its owner left
//
// One whose owner left is cancelled. Until the Core has said that it is over, but no longer than a call may take, what the Core says may be of it.
import type { Clock, Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { SpacedLog } from "../base/spaced-log.ts";
import type { Log } from "../telemetry/log.ts";
import { type Frame, flatten, frameOf, joined, noSplices, type ReplySink, type Splice } from "../wire/frame.ts";
import { findMember, type Range } from "../wire/json.ts";
import type { Scan } from "../wire/scan.ts";
import type { Call, CallHook, ClientSession, Lane, Task } from "./call.ts";
import { errorCodeIn } from "./call-errors.ts";
import { heardOn } from "./owner.ts";
import {
  exposedTaskId,
  exposing,
  idAt,
  jsonAt,
  relatedEdits,
  relatedTaskOfResult,
  resultIn,
  taskIdIn,
} from "./task-ids.ts";

/** Of one owner, of one instance, and requests that wait for one task's result. */
const maxPerOwner = 256;
const maxPerLane = 1024;
const maxWaiting = 4;
/** What is kept of one for its owner's list. */
const maxShownBytes = 8 * 1024;
/** Of one that is larger: of each member that says when and how far. */
const maxShownMemberBytes = 128;
const sweepEveryMs = 10_000;
/** The hub's own requests about tasks. */
const ownTimeoutMs = 5000;
const pageSize = 50;

export interface TasksDeps {
  readonly clock: Clock;
  readonly log: Log;
}

export class Tasks {
  readonly #deps: TasksDeps;
  /** By owner, in the order that they came. */
  readonly #byOwner = new Map<string, Set<Task>>();
  /** Those that nobody can ask for any more, and the Core may still work on: until when at most, in Clock milliseconds. */
  readonly #left = new Map<Task, number>();
  readonly #refreshing = new Map<Task, Promise<void>>();
  readonly #taken: SpacedLog;
  #lastNumber = 0;
  #sweeper: Timer | undefined;

  constructor(deps: TasksDeps) {
    this.#deps = deps;
    this.#taken = new SpacedLog(deps.clock, (context) => deps.log.warn("task_id_taken", context));
  }

  get size(): number {
    let size = 0;
    for (const tasks of this.#byOwner.values()) size += tasks.size;
    return size;
  }

  /** For a call that asks to be run as a task. Throws `overloaded`. */
  creating(session: ClientSession, lane: Lane): CallHook {
    const mine = this.#byOwner.get(session.limitKey);
    if (mine !== undefined && mine.size >= maxPerOwner && !this.#forgetOldest(mine)) {
      throw tooMany(`one client may have ${maxPerOwner}`, lane);
    }
    if (lane.tasks.size >= maxPerLane && !this.#forgetOldest(lane.tasks.values())) {
      throw tooMany(`core "${lane.core.name}" may have ${maxPerLane}`, lane);
    }
    return { edits: (frame, scan, call) => this.#created(call, frame, scan) };
  }

  /** The task that this client means: its own, or none. */
  find(session: ClientSession, exposedId: string): Task | undefined {
    let found: Task | undefined;
    for (const task of this.#byOwner.get(session.limitKey) ?? []) {
      if (task.exposedId !== exposedId || task.expiresMs <= this.#deps.clock.now()) continue;
      // Instances of two sessions of one client may use the same id.
      if (found === undefined || task.lane.owner === session) found = task;
    }
    // Who asks for it last hears of it from now on, when who started it is gone.
    if (found !== undefined && found.session.phase === "closed") found.session = session;
    return found;
  }

  /** For a request about a task. Throws `overloaded`. */
  asking(task: Task, method: string, replies: ReplySink): CallHook {
    // The call may have waited: another instance may have given the same id to another's task.
    const refuses = (lane: Lane) => (lane.tasks.get(task.id) === task ? undefined : unknownTask());
    if (method !== "tasks/result") {
      return {
        refuses,
        edits: (frame, scan) => {
          // A Core that does not know it any more has forgotten it; any other error may pass.
          if (method === "tasks/get" && errorCodeIn(frame, scan) === String(noSuchTask)) this.#forget(task);
          return this.#told(task, frame, scan);
        },
      };
    }
    if (task.waiting.length >= maxWaiting) throw tooMany(`${maxWaiting} requests wait for its result`, task.lane);
    task.waiting.push(replies);
    return {
      refuses,
      untilMs: task.expiresMs + task.lane.policy.timeoutMs,
      edits: (frame, scan) => resultEdits(task, frame, scan),
      over: (outcome) => {
        task.waiting.splice(task.waiting.indexOf(replies), 1);
        if (outcome === "answered") task.isOver = true;
      },
    };
  }

  /** `notifications/tasks/status`: `frame` as it goes out, `bytes` as it was read. False where it is nobody's. */
  status(lane: Lane, frame: Frame, bytes: Buffer, scan: Scan): boolean {
    const params = { start: scan.paramsStart, end: scan.paramsEnd };
    const range = taskIdIn(bytes, params);
    const task = range === undefined ? undefined : lane.tasks.get(idAt(bytes, range));
    if (range === undefined || task === undefined) return false;
    const { session } = task;
    if (session.phase === "ready") heardOn(task).send(frame, [exposing(lane.core.namespace, range)]);
    this.#note(task, flatten(frame), params);
    return session.phase === "ready";
  }

  /** Progress on a call that went on as a task: goes on under the client's token until the task is over. */
  progress(lane: Lane, frame: Frame, bytes: Buffer, scan: Scan, hubId: number): boolean {
    if (hubId < 0) return false;
    for (const task of lane.tasks.values()) {
      if (task.hubId !== hubId || task.tokenText === undefined) continue;
      if (task.isOver || task.session.phase !== "ready") return false;
      const token = { start: scan.paramTokenStart, end: scan.paramTokenEnd, text: task.tokenText };
      const edits = [token, ...relatedEdits(lane.core.namespace, bytes, scan)].sort(
        (one, other) => one.start - other.start,
      );
      heardOn(task).send(frame, edits);
      return true;
    }
    return false;
  }

  /** The result of tasks/list, from `cursor` on: what their Cores say of them now, else what was heard last. Throws params_invalid; never rejects. */
  list(session: ClientSession, cursor: string | undefined): Promise<Buffer> {
    return this.#page(session, cursor === undefined ? 0 : numberOf(cursor));
  }

  async #page(session: ClientSession, after: number): Promise<Buffer> {
    const now = this.#deps.clock.now();
    const mine = [...(this.#byOwner.get(session.limitKey) ?? [])];
    const rest = mine.filter(({ number, expiresMs }) => number > after && expiresMs > now);
    const page = rest.slice(0, pageSize);
    await Promise.all(page.map((task) => this.#refresh(task)));
    const last = page.at(-1);
    const next = last !== undefined && rest.length > page.length ? `,"nextCursor":"${cursorOf(last.number)}"` : "";
    return Buffer.from(`{"tasks":[${page.map(({ shown }) => shown.toString()).join(",")}]${next}}`);
  }

  /** The client is gone. What nobody can ask for any more is ended. A session of the modern era has none, though one of the legacy era has its `limitKey`. */
  forgetSession({ limitKey, principal, era }: ClientSession): void {
    if (!principal.shared || era === "modern") return;
    for (const task of [...(this.#byOwner.get(limitKey) ?? [])]) this.#abandon(task);
  }

  /** The instance ended, and its tasks with it. */
  dropLane(lane: Lane): void {
    for (const task of [...lane.tasks.values()]) this.#forget(task);
  }

  /** Says what has not been said yet. */
  close(): void {
    this.#taken.close();
  }

  #created(call: Call, frame: Frame, scan: Scan): readonly Splice[] {
    const result = resultIn(scan);
    if (result === undefined) return noSplices;
    const bytes = flatten(frame);
    const object = findMember(bytes, result.start, result.end, "task");
    const range = taskIdIn(bytes, object);
    if (object === undefined || range === undefined) return noSplices;
    const { lane, session } = call;
    const id = idAt(bytes, range);
    const known = lane.tasks.get(id);
    if (known !== undefined && known.owner !== session.limitKey) {
      const core = lane.core.name;
      this.#taken.say(core, { core, session: session.id });
    } else if (session.phase !== "closed") {
      if (known !== undefined) this.#forget(known);
      const task: Task = {
        ...{ lane, session, owner: session.limitKey, id, idJson: jsonAt(bytes, range) },
        ...{ exposedId: exposedTaskId(lane.core.namespace, id), number: ++this.#lastNumber },
        ...{ hubId: call.hubId, tokenText: call.tokenText, waiting: [], isOver: false },
        ...{ createdMs: this.#deps.clock.now(), expiresMs: Number.POSITIVE_INFINITY, shown: Buffer.alloc(0) },
      };
      this.#note(task, bytes, object);
      lane.tasks.set(id, task);
      const mine = this.#byOwner.get(task.owner) ?? new Set<Task>();
      this.#byOwner.set(task.owner, mine.add(task));
      this.#sweepSoon();
    }
    return withRelated(lane, bytes, result, exposing(lane.core.namespace, range));
  }

  /** A Core's answer about a task: the task as it is now. */
  #told(task: Task, frame: Frame, scan: Scan): readonly Splice[] {
    const result = resultIn(scan);
    if (result === undefined) return noSplices;
    const bytes = flatten(frame);
    const range = taskIdIn(bytes, result);
    this.#note(task, bytes, result);
    return range === undefined
      ? noSplices
      : withRelated(task.lane, bytes, result, exposing(task.lane.core.namespace, range));
  }

  /** What the Core says of it; of another one it says nothing here. */
  #note(task: Task, bytes: Buffer, { start, end }: Range): void {
    const named = taskIdIn(bytes, { start, end });
    if (named === undefined || idAt(bytes, named) !== task.id) return;
    const status = memberOf(bytes, { start, end }, "status");
    const ttl = memberOf(bytes, { start, end }, "ttl");
    if (status !== undefined && overStates.has(status)) task.isOver = true;
    if (ttl !== undefined && /^\d+$/.test(ttl)) task.expiresMs = task.createdMs + Number(ttl);
    const object = bytes.subarray(start, end);
    if (object.length <= maxShownBytes) {
      const id = { start: named.start - start, end: named.end - start };
      task.shown = joined(frameOf(object), [exposing(task.lane.core.namespace, id)], "", "");
      return;
    }
    const small = (key: string) => {
      const text = memberOf(bytes, { start, end }, key);
      return text === undefined || text.length > maxShownMemberBytes ? [] : [`"${key}":${text}`];
    };
    const kept = ["status", "ttl", "createdAt", "lastUpdatedAt", "pollInterval"].flatMap(small);
    const id = JSON.stringify(task.exposedId);
    task.shown = Buffer.concat([
      Buffer.from(`{"taskId":${id}`),
      ...kept.map((text) => Buffer.from(`,${text}`, "latin1")),
      Buffer.from("}"),
    ]);
  }

  /** However many lists are asked for, a task is asked for once at a time. */
  #refresh(task: Task): Promise<void> {
    const asked = this.#refreshing.get(task) ?? this.#askFor(task).finally(() => this.#refreshing.delete(task));
    this.#refreshing.set(task, asked);
    return asked;
  }

  async #askFor(task: Task): Promise<void> {
    const { core } = task.lane;
    if (task.isOver || core.state.t !== "up") return;
    try {
      const result = await core.request("tasks/get", { taskId: task.id }, ownTimeoutMs);
      this.#note(task, result, { start: 0, end: result.length });
    } catch {
      // What was heard last is shown.
    }
  }

  /** Its owner has left it. As long as the Core may work on it, what the Core says may be about it; that is as with a call that was let go. */
  #abandon(task: Task): void {
    const { core } = task.lane;
    this.#disown(task);
    if (task.isOver || core.state.t !== "up") {
      this.#forget(task);
      return;
    }
    this.#left.set(task, this.#deps.clock.now() + task.lane.policy.maxTimeoutMs);
    this.#sweepSoon();
    core.request("tasks/cancel", { taskId: task.id }, ownTimeoutMs).then(
      () => this.#forget(task),
      (error) => {
        if (saysNone(error)) this.#forget(task);
      },
    );
  }

  #disown(task: Task): void {
    const mine = this.#byOwner.get(task.owner);
    mine?.delete(task);
    if (mine?.size === 0) this.#byOwner.delete(task.owner);
  }

  #forget(task: Task): void {
    this.#disown(task);
    this.#left.delete(task);
    if (task.lane.tasks.get(task.id) === task) task.lane.tasks.delete(task.id);
  }

  /** Makes room: of those that are over the first one goes. False where none is. */
  #forgetOldest(tasks: Iterable<Task>): boolean {
    for (const task of tasks) {
      if (!task.isOver) continue;
      this.#forget(task);
      return true;
    }
    return false;
  }

  #sweepSoon(): void {
    if (this.#sweeper !== undefined || this.#byOwner.size + this.#left.size === 0) return;
    this.#sweeper = this.#deps.clock.after(sweepEveryMs, () => {
      this.#sweeper = undefined;
      const now = this.#deps.clock.now();
      for (const tasks of [...this.#byOwner.values()]) {
        for (const task of [...tasks]) if (task.expiresMs <= now) this.#forget(task);
      }
      for (const [task, untilMs] of [...this.#left]) {
        if (Math.min(task.expiresMs, untilMs) <= now) this.#forget(task);
      }
      this.#sweepSoon();
    });
  }
}

/** Whether a Core says that it can go on with calls of tools. */
export function runsTasks(capabilities: Readonly<Record<string, unknown>>): boolean {
  const { requests } = (capabilities["tasks"] ?? {}) as { requests?: { tools?: { call?: unknown } | null } | null };
  return typeof requests?.tools?.call === "object" && requests.tools.call !== null;
}

/** With this a Core refuses what is about a task that it does not know, or cannot cancel as it is over. */
const noSuchTask = -32602;

/** Whether it is the Core itself that refused, and so. Any other failure says nothing of the task. */
function saysNone(error: unknown): boolean {
  return error instanceof HubError && error.data["core_error"] === noSuchTask;
}

const overStates: ReadonlySet<string> = new Set(['"completed"', '"failed"', '"cancelled"']);

/** Of tasks/result: any size, so that the whole of it is looked through only where the Core says whose it is. */
function resultEdits({ lane }: Task, frame: Frame, scan: Scan): readonly Splice[] {
  const result = resultIn(scan, Number.POSITIVE_INFINITY);
  return result === undefined ? noSplices : withRelated(lane, flatten(frame), result);
}

function withRelated(lane: Lane, bytes: Buffer, result: Range, ...edits: Splice[]): readonly Splice[] {
  const range = relatedTaskOfResult(bytes, result);
  if (range !== undefined) edits.push(exposing(lane.core.namespace, range));
  return edits;
}

/** The member as it is written. */
function memberOf(bytes: Buffer, { start, end }: Range, key: string): string | undefined {
  const range = findMember(bytes, start, end, key);
  return range === undefined ? undefined : jsonAt(bytes, range);
}

const cursorForm = /^task-([1-9][0-9]{0,14})$/;

function cursorOf(number: number): string {
  return Buffer.from(`task-${number}`).toString("base64url");
}

function numberOf(cursor: string): number {
  const [, digits] = cursorForm.exec(Buffer.from(cursor, "base64url").toString("latin1")) ?? [];
  if (digits === undefined) throw new HubError("params_invalid", "unknown cursor; use one that tasks/list has given");
  return Number(digits);
}

/** Whether it is another's or nobody's is not for the asker to know. */
export function unknownTask(): HubError {
  return new HubError("name_unknown", "unknown task; tasks/list shows what there is");
}

function tooMany(what: string, { core }: Lane): HubError {
  return new HubError("overloaded", `too many tasks: ${what}; wait for some of them to end`, {
    core: core.name,
    retry_after_ms: 1000,
  });
}
