// subscriptions/listen towards one instance of a modern Core: one stream for all that the hub wants to hear of. What is asked for on a stream never
// changes, so another one is opened beside it, and the old one is closed once the new one is acknowledged.
//
//   nothing ──asked──► coming ──acknowledged──► standing ──lost──► nothing, and asked again after a while
//                        ▲  └──refused, or late──► asked again after a while           │
//                        └──────────── other uris, beside the one that stands ─────────┘
import type { Clock, Timer } from "../base/clock.ts";
import type { Log } from "../telemetry/log.ts";
import { tasksExtension } from "../wire/request-meta.ts";
import { coreErrorCode } from "./own-requests.ts";

/** As the Core is asked for it. */
export interface ListenFilter {
  readonly toolsListChanged?: true;
  readonly promptsListChanged?: true;
  readonly resourcesListChanged?: true;
  readonly resourceSubscriptions?: readonly string[];
  /** Of the extension io.modelcontextprotocol/tasks. */
  readonly taskIds?: readonly string[];
}

/** What of it goes by names, which change while the instance is there. */
const named = ["resourceSubscriptions", "taskIds"] as const;
export type Watched = (typeof named)[number];
type Names = Readonly<Record<Watched, readonly string[]>>;
const nothing: Names = { resourceSubscriptions: [], taskIds: [] };

export interface ListenerDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** `answer` settles when the Core ends the stream, or it is lost. */
  open(params: { readonly notifications: ListenFilter }): { readonly id: number; readonly answer: Promise<unknown> };
  takeBack(id: number): void;
  /** It is heard of these from now on, and was not before. `isFirst`: since the instance is there. */
  begun(filter: ListenFilter, isFirst: boolean): void;
}

interface Stream {
  readonly id: number;
  readonly filter: ListenFilter;
  sinceMs: number;
}

/** Changes of what is wanted that come this close together cost one stream. */
const settleMs = 50;
const acknowledgeMs = 10_000;
const firstRetryMs = 1000;
const mostRetryMs = 60_000;
/** A stream that stood for so long has proved itself. */
const steadyMs = 30_000;

export class Listener {
  readonly #deps: ListenerDeps;
  readonly #lists: ListenFilter;
  readonly #mayWatch: Readonly<Record<Watched, boolean>>;
  #names: Names = nothing;
  #atStart: Names = nothing;
  #standing: Stream | undefined;
  #coming: Stream | undefined;
  /** Until the next asking. */
  #timer: Timer | undefined;
  /** Until what is coming is late. */
  #lateTimer: Timer | undefined;
  #failures = 0;
  #hasStood = false;
  #isOver = false;

  /** `capabilities`: of the Core; what it does not declare is not asked for. */
  constructor(deps: ListenerDeps, capabilities: Readonly<Record<string, unknown>>) {
    this.#deps = deps;
    this.#lists = listsToldOf(capabilities);
    const { extensions } = capabilities;
    const hasTasks = typeof extensions === "object" && extensions !== null && tasksExtension in extensions;
    this.#mayWatch = { resourceSubscriptions: can(capabilities, "resources", "subscribe"), taskIds: hasTasks };
  }

  /** To be called once. */
  start(names: Readonly<Record<Watched, ReadonlySet<string>>>): void {
    this.#atStart = { resourceSubscriptions: [...names.resourceSubscriptions], taskIds: [...names.taskIds] };
    this.#names = this.#atStart;
    this.#ask();
  }

  watch(names: ReadonlySet<string>, what: Watched = "resourceSubscriptions"): void {
    this.#names = { ...this.#names, [what]: [...names] };
    this.#askAfter(settleMs);
  }

  /** Whether news with this id are to be believed; what comes on a stream that is being replaced comes on the new one too. */
  isStanding(id: number): boolean {
    return this.#standing?.id === id;
  }

  /** The Core says of which of them it will tell. */
  acknowledged(id: number, honoured: ListenFilter): void {
    const stream = this.#coming;
    if (stream?.id !== id) return;
    const { clock, log, takeBack, begun } = this.#deps;
    this.#lateTimer?.cancel();
    const before = this.#standing;
    this.#coming = undefined;
    this.#standing = stream;
    stream.sinceMs = clock.now();
    const missing = missingIn(honoured, stream.filter);
    const { resourceSubscriptions: { length: resources } = [], taskIds: { length: tasks } = [] } = stream.filter;
    log.debug("core_listening", { lists: sizeOf(stream.filter) - resources - tasks, resources, tasks });
    if (missing > 0) log.info("core_listen_partial", { asked: sizeOf(stream.filter), missing });
    if (before !== undefined) takeBack(before.id);
    else begun(stream.filter, !this.#hasStood);
    if (before !== undefined || !this.#hasStood) this.#tellLate(stream, before?.filter);
    this.#hasStood = true;
    // Nothing will be said on it, and most servers end such a stream at once: it stands for what is not to be asked for again.
    if (sizeOf(honoured) === 0) takeBack(id);
    this.#ask();
  }

  /** Who waits for a resource or a task was told so before the Core knew of it: what changed in between was not heard. */
  #tellLate({ filter }: Stream, before: ListenFilter = this.#hasStood ? nothing : this.#atStart): void {
    for (const what of named) {
      const known = new Set(before[what]);
      const late = filter[what]?.filter((name) => !known.has(name)) ?? [];
      if (late.length > 0) this.#deps.begun({ [what]: late }, false);
    }
  }

  close(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#lateTimer?.cancel();
  }

  #askAfter(ms: number): void {
    this.#timer?.cancel();
    if (!this.#isOver) this.#timer = this.#deps.clock.after(ms, () => this.#ask());
  }

  #ask(): void {
    // What is coming is acknowledged first, and then replaced.
    if (this.#isOver || this.#coming !== undefined) return;
    const { clock, open, takeBack } = this.#deps;
    const filter = this.#filter();
    const standing = this.#standing;
    if (standing !== undefined && isSame(standing.filter, filter)) return;
    if (sizeOf(filter) === 0) {
      this.#standing = undefined;
      if (standing !== undefined) takeBack(standing.id);
      return;
    }
    const { id, answer } = open({ notifications: filter });
    const stream: Stream = { id, filter, sinceMs: clock.now() };
    this.#coming = stream;
    this.#lateTimer = clock.after(acknowledgeMs, () => {
      takeBack(id);
      this.#ended(stream, new Error(`was not acknowledged within ${acknowledgeMs} ms`));
    });
    answer.then(
      () => this.#ended(stream, undefined),
      (error: unknown) => this.#ended(stream, error),
    );
  }

  #filter(): ListenFilter {
    const wanted = named.filter((what) => this.#mayWatch[what] && this.#names[what].length > 0);
    return { ...this.#lists, ...Object.fromEntries(wanted.map((what) => [what, this.#names[what]])) };
  }

  /** `error` undefined: the Core has ended it in good order. */
  #ended(stream: Stream, error: unknown): void {
    const { clock, log } = this.#deps;
    // One that was taken back is nobody's any more.
    if (this.#isOver || (stream !== this.#standing && stream !== this.#coming)) return;
    const hasStood = stream === this.#standing;
    if (hasStood) this.#standing = undefined;
    else {
      this.#coming = undefined;
      this.#lateTimer?.cancel();
    }
    const reason = error instanceof Error ? error.message : "the Core has ended it";
    if (coreErrorCode(error) === -32601) {
      log.warn("core_listen_refused", { error: reason });
      this.#isOver = true;
      return;
    }
    this.#failures = hasStood && clock.now() - stream.sinceMs >= steadyMs ? 0 : this.#failures + 1;
    const ms = Math.min(mostRetryMs, firstRetryMs * 2 ** Math.min(Math.max(0, this.#failures - 1), 16));
    log.info("core_listen_lost", { error: reason, retry_ms: ms });
    this.#askAfter(ms);
  }
}

function can(capabilities: Readonly<Record<string, unknown>>, list: string, what: string): boolean {
  const declared = capabilities[list] as Record<string, unknown> | null | undefined;
  return declared?.[what] === true;
}

/** The lists of which a Core says that it tells of changes. */
export function listsToldOf(capabilities: Readonly<Record<string, unknown>>): ListenFilter {
  return {
    ...(can(capabilities, "tools", "listChanged") && { toolsListChanged: true }),
    ...(can(capabilities, "prompts", "listChanged") && { promptsListChanged: true }),
    ...(can(capabilities, "resources", "listChanged") && { resourcesListChanged: true }),
  };
}

function sizeOf(filter: ListenFilter): number {
  const { resourceSubscriptions = [], taskIds = [], ...lists } = filter;
  const names = resourceSubscriptions.length + taskIds.length;
  return Object.values(lists).filter((wanted) => wanted === true).length + names;
}

function missingIn(honoured: ListenFilter, asked: ListenFilter): number {
  const { resourceSubscriptions: _uris, taskIds: _ids, ...lists } = asked;
  const missing = Object.keys(lists).filter((key) => honoured[key as keyof typeof lists] !== true);
  const missingNames = named.flatMap((what) => {
    const known = new Set(honoured[what]);
    return asked[what]?.filter((name) => !known.has(name)) ?? [];
  });
  return missing.length + missingNames.length;
}

function isSame(a: ListenFilter, b: ListenFilter): boolean {
  return sizeOf(a) === sizeOf(b) && missingIn(a, b) === 0;
}
