// What one instance says of what its Core offers: the lists, and that they or a resource have changed. In the modern era this has to be asked for,
// and what is heard so goes on as if it had come by itself.
import type { Clock } from "../base/clock.ts";
import type { Log } from "../telemetry/log.ts";
import { cutMembers, membersOf, without } from "../wire/cut-members.ts";
import { type Frame, flatten, frameOf, frameOfText, joined, type Splice } from "../wire/frame.ts";
import { findMember } from "../wire/json.ts";
import { paramAt } from "../wire/params.ts";
import { metaKeys, reservedPrefix } from "../wire/request-meta.ts";
import type { Era } from "../wire/revisions.ts";
import { createScan, type Scan, scanCore } from "../wire/scan.ts";
import type { Greeting } from "./handshake.ts";
import type { Instance } from "./instance.ts";
import { Listener, type ListenFilter, listsToldOf, type Watched } from "./listener.ts";
import { type CoreLists, ListKeeper, type ListKind } from "./lists.ts";
import { coreErrorCode, ownIdAt } from "./own-requests.ts";

export interface NewsDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** How long each of the hub's own requests may take. */
  readonly timeoutMs: number;
  lists(lists: CoreLists): void;
  /** A resource has changed, as a Core of the legacy era says it, or a task. `scan` is valid during this call only. */
  updated(frame: Frame, scan: Scan): void;
}

export type WatchedNames = Readonly<Record<Watched, ReadonlySet<string>>>;
export const nothingWatched: WatchedNames = { resourceSubscriptions: new Set(), taskIds: new Set() };

/** What a header said was taken for another thing than the body: a list may be asked for once more. */
const headerMismatchCode = -32020;

export class News {
  readonly #deps: NewsDeps;
  readonly #instance: Instance;
  readonly #greeting: Greeting;
  readonly #keeper: ListKeeper;
  readonly #listener: Listener | undefined;
  readonly #scan = createScan();
  #watched: WatchedNames;
  #hasRead = false;
  #isOver = false;
  #refreshing: Promise<void> | undefined;

  /** `previous`: the lists of the instance before. */
  constructor(
    instance: Instance,
    greeting: Greeting,
    era: Era,
    previous: CoreLists | undefined,
    watched: WatchedNames,
    deps: NewsDeps,
  ) {
    this.#deps = deps;
    this.#instance = instance;
    this.#greeting = greeting;
    this.#watched = watched;
    const request = (method: string, params: object | undefined) => this.#request(method, params);
    this.#keeper = new ListKeeper({ ...deps, request }, previous, (lists) => deps.lists(lists));
    this.#listener = era === "modern" ? this.#listen(greeting) : undefined;
  }

  /** Reads every list; what changes meanwhile is read again after it. Rejects when the Core does not answer. */
  async read(): Promise<CoreLists> {
    this.#listener?.start(this.#watched);
    const lists = await this.#keeper.readAll(this.#greeting.capabilities);
    this.#hasRead = true;
    return lists;
  }

  /** The resources, or the tasks, of which changes are to be told, in place of those before. */
  watch(names: ReadonlySet<string>, what: Watched = "resourceSubscriptions"): void {
    this.#watched = { ...this.#watched, [what]: names };
    this.#listener?.watch(names, what);
  }

  outdated(lists: readonly ListKind[]): void {
    this.#keeper.outdated(lists);
  }

  /** Whatever it tells of may have changed unheard. */
  missed(): void {
    this.#begun(listsToldOf(this.#greeting.capabilities), false);
  }

  /** Reads the tools anew, once for all that ask meanwhile. Rejects when the Core does not answer. */
  refreshTools(): Promise<void> {
    this.#refreshing ??= this.#keeper.refresh("tools").finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** `requestId`: of the request on whose response it came. */
  acknowledged(frame: Frame, scan: Scan, requestId: number | undefined): void {
    const bytes = flatten(frame);
    const id = subscriptionIn(frame, scan) ?? requestId;
    const said = paramAt(bytes, scan, "notifications");
    if (id !== undefined) this.#listener?.acknowledged(id, said === undefined ? {} : filterIn(bytes, said));
  }

  /** A resource or a task is another one than it was. */
  changed(frame: Frame, scan: Scan, requestId: number | undefined): void {
    const id = subscriptionIn(frame, scan) ?? requestId;
    if (this.#listener === undefined) this.#deps.updated(frame, scan);
    else if (id !== undefined && this.#listener.isStanding(id)) this.#tell(withoutReserved(frame, scan));
  }

  close(): void {
    this.#isOver = true;
    this.#keeper.close();
    this.#listener?.close();
  }

  #listen({ capabilities }: Greeting): Listener {
    const { clock, log } = this.#deps;
    return new Listener(
      {
        clock,
        log,
        open: (params) => this.#instance.open("subscriptions/listen", params),
        takeBack: (id) => this.#instance.takeBack(id),
        begun: (filter, isFirst) => this.#begun(filter, isFirst),
      },
      capabilities,
    );
  }

  /** Before it was heard of, anything may have changed. */
  #begun(filter: ListenFilter, isFirst: boolean): void {
    if (isFirst && !this.#hasRead) return;
    this.#keeper.outdated([
      ...(filter.toolsListChanged ? (["tools"] as const) : []),
      ...(filter.promptsListChanged ? (["prompts"] as const) : []),
      ...(filter.resourcesListChanged ? (["resources", "templates"] as const) : []),
    ]);
    if (isFirst) return;
    void this.#tellTasks(filter.taskIds ?? []);
    for (const uri of filter.resourceSubscriptions ?? []) {
      const params = { uri };
      this.#tell(frameOfText(JSON.stringify({ jsonrpc: "2.0", method: "notifications/resources/updated", params })));
    }
  }

  /** One after the other: nobody is in a hurry who could ask as well. */
  async #tellTasks(taskIds: readonly string[]): Promise<void> {
    for (const taskId of taskIds) {
      if (this.#isOver) return;
      try {
        const task = await this.#request("tasks/get", { taskId });
        const head = Buffer.from('{"jsonrpc":"2.0","method":"notifications/tasks","params":');
        const frame = frameOf(Buffer.concat([head, task, Buffer.from("}")]));
        const edits = cutMembers(task, 0, membersOf(task, 0, task.length) ?? [], ofResults);
        const own = edits.map(({ start, end, text }) => ({ start: start + head.length, end: end + head.length, text }));
        this.#tell(frameOf(joined(frame, own, "", "")));
      } catch {
        // Who asks for it is told why there is nothing to be told.
      }
    }
  }

  #tell(frame: Frame): void {
    if (scanCore(frame, this.#scan) === undefined) this.#deps.updated(frame, this.#scan);
  }

  async #request(method: string, params: object | undefined): Promise<Buffer> {
    const { timeoutMs } = this.#deps;
    try {
      return await this.#instance.request(method, params, timeoutMs);
    } catch (error) {
      if (coreErrorCode(error) !== headerMismatchCode) throw error;
      return this.#instance.request(method, params, timeoutMs);
    }
  }
}

/** Members of a result that a notification has not. */
const ofResults: ReadonlySet<string> = new Set(["resultType", "_meta"]);

/** The id of the listen request. */
function subscriptionIn(frame: Frame, { metaStart, metaEnd }: Scan): number | undefined {
  const bytes = flatten(frame);
  if (metaStart < 0 || bytes[metaStart] !== 0x7b) return undefined;
  const found = findMember(bytes, metaStart, metaEnd, metaKeys.subscriptionId);
  if (found === undefined) return undefined;
  const id = ownIdAt(frame, found);
  return id < 0 ? undefined : id;
}

function filterIn(bytes: Buffer, { start, end }: { readonly start: number; readonly end: number }): ListenFilter {
  const said: unknown = JSON.parse(bytes.toString("utf8", start, end));
  if (typeof said !== "object" || said === null) return {};
  const { resourceSubscriptions, taskIds, ...lists } = said as Record<string, unknown>;
  const uris = Array.isArray(resourceSubscriptions) && { resourceSubscriptions };
  return { ...lists, ...uris, ...(Array.isArray(taskIds) && { taskIds }) };
}

/** Without what is between the Core and the hub alone. */
function withoutReserved(frame: Frame, scan: Scan): Frame {
  const bytes = flatten(frame);
  const meta = { start: scan.metaStart, end: scan.metaEnd };
  const edits = without(bytes, meta, (key) => key.startsWith(reservedPrefix));
  return frameOf(joined(frame, edits === "all" ? metaCut(bytes, scan) : edits, "", ""));
}

/** `params` of a change has other members. */
function metaCut(bytes: Buffer, { paramsStart, paramsEnd }: Scan): readonly Splice[] {
  const all = membersOf(bytes, paramsStart, paramsEnd) ?? [];
  return all.length < 2 ? [] : cutMembers(bytes, paramsStart, all, new Set(["_meta"]));
}
