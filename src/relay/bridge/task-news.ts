// Who hears of which tasks of the extension io.modelcontextprotocol/tasks (notifications/tasks): requests that listen, each of tasks of its own caller.
// What a Core says of one, or what becomes of a call that waits in the hub, goes to them under the id that they asked by.
import { type ByteString, byPlace, type Frame, frameOf, noSplices, type Splice } from "../../wire/frame.ts";
import type { Range } from "../../wire/json.ts";
import type { Scan } from "../../wire/scan.ts";
import type { ClientSession, Lane } from "../call.ts";
import { spelledAt } from "../resource-uris.ts";
import { resultUris } from "../result-uris.ts";
import { idAt, taskIdIn } from "../task-ids.ts";
import { taskEdits } from "./core-tasks.ts";
import type { Parks } from "./parks.ts";
import { declaresTasks } from "./requests.ts";
import type { TaskHandle } from "./task-handles.ts";

/** Of one instance. */
const maxPerLane = 1024;

export interface TaskNewsDeps {
  readonly parks: Pick<Parks, "taskOf">;
  /** The way to the instance that tells this session of changes. Throws HubError. */
  watchLane(coreKey: string, session: ClientSession): Lane;
  /** The task that this session means. */
  find(session: ClientSession, name: string): TaskHandle | undefined;
}

/** By session that hears of it: what its client calls the task. */
type Hearers = Map<ClientSession, string>;

export class TaskNews {
  readonly #deps: TaskNewsDeps;
  /** By the Core's own ids. */
  readonly #ofCores = new Map<Lane, Map<string, Hearers>>();
  /** By the ids of parks. */
  readonly #ofHub = new Map<string, Hearers>();

  constructor(deps: TaskNewsDeps) {
    this.#deps = deps;
  }

  /** Tasks of which somebody hears, each once. */
  get size(): number {
    let size = this.#ofHub.size;
    for (const rows of this.#ofCores.values()) size += rows.size;
    return size;
  }

  /** The session hears of this task from now on. False where it has none of this name, or nobody tells of it. Throws HubError. */
  hold(session: ClientSession, name: string): boolean {
    const task = this.#deps.find(session, name);
    if (task === undefined) return false;
    if (task.place === "hub") {
      if (this.#deps.parks.taskOf(task.id) === undefined) return false;
      const hearers = this.#ofHub.get(task.id) ?? new Map<ClientSession, string>();
      this.#ofHub.set(task.id, hearers.set(session, name));
      return true;
    }
    const lane = this.#deps.watchLane(task.core, session);
    const id = idAt(Buffer.from(task.id, "latin1"), { start: 0, end: task.id.length });
    const rows = this.#ofCores.get(lane) ?? new Map<string, Hearers>();
    if (!declaresTasks(lane.core.capabilities) || (!rows.has(id) && rows.size >= maxPerLane)) return false;
    const hearers = rows.get(id) ?? new Map<ClientSession, string>();
    this.#ofCores.set(lane, rows.set(id, hearers.set(session, name)));
    this.#watch(lane, rows);
    return true;
  }

  /** It listens no more. */
  forget(session: ClientSession): void {
    for (const [id, hearers] of this.#ofHub) if (hearers.delete(session) && hearers.size === 0) this.#ofHub.delete(id);
    for (const [lane, rows] of this.#ofCores) {
      const before = rows.size;
      for (const [id, hearers] of rows) if (hearers.delete(session) && hearers.size === 0) rows.delete(id);
      if (rows.size < before) this.#watch(lane, rows);
    }
  }

  /** Another instance stands in the place of this one; or none, and nothing more is heard. */
  move(from: Lane, to: Lane | undefined): void {
    const rows = this.#ofCores.get(from);
    if (rows === undefined) return;
    this.#ofCores.delete(from);
    from.hasWatchedTasks = false;
    if (to === undefined) return;
    const there = this.#ofCores.get(to) ?? new Map<string, Hearers>();
    for (const [id, hearers] of rows) there.set(id, new Map([...(there.get(id) ?? []), ...hearers]));
    this.#ofCores.set(to, there);
    this.#watch(to, there);
  }

  /** The task of this park is another one than it was. */
  parkChanged(parkId: string): void {
    const hearers = this.#ofHub.get(parkId);
    const task: ByteString | undefined = hearers === undefined ? undefined : this.#deps.parks.taskOf(parkId);
    if (hearers === undefined || task === undefined) return;
    const text = `{"jsonrpc":"2.0","method":"notifications/tasks","params":${task}}`;
    for (const session of hearers.keys()) session.sink.send(frameOf(Buffer.from(text, "latin1")), noSplices);
  }

  /** `notifications/tasks` of a Core: `frame` as it goes out, `bytes` as it was read. False where nobody hears of it. */
  changed(lane: Lane, frame: Frame, bytes: Buffer, { paramsStart, paramsEnd }: Scan): boolean {
    const task = { start: paramsStart, end: paramsEnd };
    const range = taskIdIn(bytes, task);
    const hearers = range === undefined ? undefined : this.#ofCores.get(lane)?.get(idAt(bytes, range));
    if (hearers === undefined) return false;
    const uris = urisIn(bytes, task, lane);
    for (const [session, name] of hearers) {
      session.sink.send(frame, [...taskEdits(bytes, task, name, lane), ...uris].sort(byPlace));
    }
    return true;
  }

  /** The instance is told all that is wanted of it at a time. */
  #watch(lane: Lane, rows: ReadonlyMap<string, Hearers>): void {
    lane.core.watch(new Set(rows.keys()), "taskIds");
    lane.hasWatchedTasks = rows.size > 0;
    if (rows.size === 0) this.#ofCores.delete(lane);
  }
}

/** What a task came to, as clients spell it. */
function urisIn(bytes: Buffer, { start, end }: Range, { policy: { uriPrefix } }: Lane): readonly Splice[] {
  if (uriPrefix === undefined) return noSplices;
  const found = resultUris(bytes, { resultStart: start, resultEnd: end }, "tasks/get");
  return found.map((uri) => spelledAt(bytes, uri.start, uri.end, uriPrefix));
}
