// One client request on its way through the hub and back, and the relay's side of one Core.
import { ChurnMap, integerHash } from "../base/churn-map.ts";
import type { HubError } from "../base/errors.ts";
import type { CoreState } from "../cores/supervisor.ts";
import type { Session } from "../sessions/session.ts";
import type { CallWatch } from "../telemetry/call-observer.ts";
import type { CoreMeter } from "../telemetry/metrics.ts";
import type { ByteString, Frame, ReplySink, Sent, Splice } from "../wire/frame.ts";
import type { Era } from "../wire/revisions.ts";
import type { Scan } from "../wire/scan.ts";
import type { AskRefusal } from "./ask-rules.ts";
import type { Astray } from "./astray.ts";

/**
 * taken: answered by the Core, and not yet for its client: a hook has the answer.
 * waiting: in a limiter's queue. held: admitted, its Core is not up yet. running: written to the Core, owed an answer.
 * done: answered, cancelled or dropped; nothing may touch it again.
 */
export type CallState = "waiting" | "held" | "running" | "taken" | "done";

export interface Call {
  /** Another one when the call changes hands (`Calls.adopt`), as all that is its request's. */
  session: ClientSession;
  /** Another one when its Core is replaced before the call is sent. */
  lane: Lane;
  /** Where its answer goes, and what the Core says about it before. */
  replies: ReplySink;
  /** The id as the client wrote it, and the key it is known by in the session. */
  idText: ByteString;
  idKey: string;
  readonly method: string;
  /** The client's progress token as it was written; undefined when it asked for no progress. */
  tokenText: ByteString | undefined;
  /** The request until it is sent. */
  frame: Frame | undefined;
  /** What makes it the Core's: the hub's id as id and progress token, the native name. All edits, once it is sent. */
  splices: readonly Splice[];
  /** `frame` has been sent before, and has every edit in it. */
  isAsSent: boolean;
  state: CallState;
  /** By which it came to its lane, which was lent to it, and is given back when it is over; undefined for all others. */
  entry: Lane | undefined;
  /** It runs, and waits to have its places again: what is done then. */
  goesOn: (() => void)[] | undefined;
  /** The id towards the Core: another one when it is sent again. */
  hubId: number;
  readonly receivedMs: number;
  sentMs: number;
  /** When it was first out of the hub's hands, where that is not when it was sent last: held for a Core, left to a person, or sent before. */
  outMs: number | undefined;
  /** When the call times out; progress moves it, never past `lastMs`. Both wait while the Core waits for the client. */
  deadlineMs: number;
  lastMs: number;
  /** For the limiter. */
  readonly clientKey: string;
  readonly coreKey: string;
  readonly limitedTool: string | undefined;
  readonly bytes: number;
  place: unknown;
  /** Who has more to do with its answer than to hand it on; undefined for nearly every call. */
  readonly hooks: readonly CallHook[] | undefined;
  /** Of the observer, where there is one. */
  watch: CallWatch | undefined;
}

/** The request that a call is of. */
export type Asker = Pick<Call, "session" | "replies" | "idText" | "idKey" | "tokenText">;

/** `answered` with a result, `refused` by the Core with an error, `failed` with an error of the hub, or `abandoned`: nobody waits. */
export type CallOutcome = "answered" | "refused" | "failed" | "abandoned";

/** Takes part in the answer of one call. */
export interface CallHook {
  /** Edits of the request for the Core that it is about to be sent to, beside the call's own; in any order. */
  sends?(call: Call): readonly Splice[];
  /**
   * The Core's answer, before anything is done with it. Undefined: it goes its way. Else the hook has taken it, and the client has none yet: what is
   * returned is run at once, with the call still open; it, or what it leads to, sends the call again (`Calls.resend`) or ends it
   * (`Calls.finish`, `Calls.refuse`). `scan` is valid until then.
   */
  takes?(frame: Frame, scan: Scan, call: Call): (() => void) | undefined;
  /** Whether this progress of the Core is none for the client. `scan` is valid during this call only. */
  drops?(frame: Frame, scan: Scan): boolean;
  /** The Core's answer, before it is handed on: returns further edits of it, in order. `scan` is valid during this call only. */
  edits?(frame: Frame, scan: Scan, call: Call): readonly Splice[];
  /**
   * The hub is about to answer with this error. True: the hook has taken it, and the call is open still; it is tried again (`Calls.retry`), or ended
   * (`Calls.finish`, `Calls.refuse`), by the hook, later.
   */
  fails?(error: HubError, call: Call): boolean;
  /**
   * The Core only waits, as long as something else goes on in it: the call has until then (Clock milliseconds), and once it is sent it takes no
   * place from others.
   */
  readonly untilMs?: number;
  /** Asked just before the call is sent on this lane: it is refused instead, where what it is about is not there. */
  refuses?(lane: Lane): HubError | undefined;
  /** Said once, when the call is out of every table and its answer is on its way. */
  over?(outcome: CallOutcome, call: Call): void;
}

/** Who hears, once, how a question has ended that the Core did not ask by a request of its own. */
export interface AskWaiter {
  /** The client's response, one of JSON-RPC. `scan` is valid during this call only. */
  answered(frame: Frame, scan: Scan): void;
  /** There will be none. */
  ended(refusal: AskRefusal): void;
}

/**
 * A request of a Core to its client: one that is asked, and answered, once. It ends with an answer, with its time, when the Core takes it
 * back, or when either side is gone.
 */
export interface Ask {
  readonly lane: Lane;
  readonly session: ClientSession;
  readonly method: string;
  /** The Core's own id as it was written; undefined where the hub asks for it, and `waiter` hears of the end. */
  readonly coreIdText: ByteString | undefined;
  readonly waiter: AskWaiter | undefined;
  /** The id towards the client, and its token of progress: never used before in this session. */
  readonly id: number;
  /** The Core's own token; undefined where it asked for no progress. */
  readonly tokenText: ByteString | undefined;
  /** What the Core asks for, where it said so. */
  readonly task: Task | undefined;
  /** On what the client was asked, and is told of an end. */
  readonly replies: ReplySink;
  /** By way of which the client is asked, in the modern era. */
  readonly call: Call | undefined;
  readonly openedMs: number;
  readonly deadlineMs: number;
}

/** A call that its Core goes on with after it has answered it (2025-11-25). */
export interface Task {
  readonly lane: Lane;
  /** Whose it is: `limitKey` of the session that it was started in. */
  readonly owner: string;
  /** Who hears of it: where it was started, or where the same owner asked for it after that was closed. */
  session: ClientSession;
  /** The Core's own, what it says and as it was written; and what clients call it. */
  readonly id: string;
  readonly idJson: ByteString;
  readonly exposedId: string;
  /** Counts up. */
  readonly number: number;
  /** Of the call that it was started with: the Core's token of progress, and the client's. */
  readonly hubId: number;
  readonly tokenText: ByteString | undefined;
  /** Where its owner waits for the result. */
  readonly waiting: ReplySink[];
  readonly createdMs: number;
  /** In Clock milliseconds; Infinity for one that the Core keeps. */
  expiresMs: number;
  /** What was heard of it last, as clients see it. */
  shown: Buffer;
  /** Completed, failed or cancelled. */
  isOver: boolean;
}

export type ClientSession = Session<Call>;

/** What the relay needs of a Core. */
export interface CorePort {
  readonly name: string;
  /** Of its last greeting; legacy before the first. */
  readonly era: Era;
  /** Unique among the Cores. */
  readonly namespace: string;
  readonly state: CoreState;
  /** When the Core last wrote anything: for a message that is just being handed on, when it was read. */
  readonly heardMs: number;
  /** What it declared that it can do; empty before its first greeting. */
  readonly capabilities: Readonly<Record<string, unknown>>;
  nextId(): number;
  /** Of a modern Core: it is to tell of changes of these resources, or tasks, as it spells them, in place of those before. Kept over restarts. */
  watch(names: ReadonlySet<string>, what?: "resourceSubscriptions" | "taskIds"): void;
  send(frame: Frame, splices: readonly Splice[]): Sent;
  /** A request of the hub itself: resolves to the raw result, rejects where there is none. */
  request(method: string, params: object | undefined, timeoutMs: number): Promise<Buffer>;
}

export interface LanePolicy {
  readonly timeoutMs: number;
  readonly maxTimeoutMs: number;
  /** True where the Core is given one call at a time, so that what it says meanwhile belongs to that call's client. */
  readonly serial: boolean;
  /** The answer to `roots/list` where no client has one; undefined where there is none either. */
  readonly roots: Buffer | undefined;
  /** What a person is told of who asks: the namespace; undefined where the hub shows the Core as itself (`prefix: false`). */
  readonly label: string | undefined;
  /** Whether a task that one instance of a modern Core has begun is known to the next one. */
  readonly keepsTasks: boolean;
  /** What stands before the uris of its resources for clients; undefined where they are as the Core writes them. */
  readonly uriPrefix: string | undefined;
}

/** The relay's side of one Core: the calls it owes an answer for. */
export interface Lane {
  readonly core: CorePort;
  policy: LanePolicy;
  /** The one session that everything on this lane belongs to; undefined where several share it. */
  owner: ClientSession | undefined;
  /** Of a lane that leads to several instances: the one for this call, its own until `release` of that one; undefined where all are others'. */
  lease: ((call: Call) => Lane | undefined) | undefined;
  /** The call that had it is over, and out of every table. */
  release: (() => void) | undefined;
  readonly meter: CoreMeter;
  readonly running: ChurnMap<number, Call>;
  readonly held: Set<Call>;
  /** Calls that were let go while the Core ran them, by its ids: it may still say something of theirs. For serial lanes. */
  readonly astray: Map<number, Astray>;
  /** What the Core waits for its client to answer, by `idKey` of the Core's id. */
  readonly asks: Map<string, Ask>;
  /** Whether clients wait for news of its resources; and of its tasks. */
  isWatched: boolean;
  hasWatchedTasks: boolean;
  /** Calls that the Core goes on with, by its own ids: an instance that has some is not idle. */
  readonly tasks: Map<string, Task>;
  /** Calls that wait for tasks which their clients know nothing of, by the Core's own ids. */
  readonly inlineTasks: Map<string, Call>;
  /** Since when there has been one at any time; means nothing while there is none. */
  askingSinceMs: number;
  /** Whether the Core has been up since the hub started. */
  wasUp: boolean;
  /** Set once it takes no new calls; `resolve` is to be called when the last one is over. */
  closing: { readonly done: Promise<void>; readonly resolve: () => void } | undefined;
}

export function createLane(core: CorePort, policy: LanePolicy, meter: CoreMeter, owner?: ClientSession): Lane {
  const running = new ChurnMap<number, Call>(integerHash);
  const tables = { running, held: new Set<Call>(), astray: new Map<number, Astray>(), asks: new Map<string, Ask>() };
  const tasks = new Map<string, Task>();
  return {
    core,
    policy,
    owner,
    lease: undefined,
    release: undefined,
    meter,
    ...tables,
    tasks,
    inlineTasks: new Map<string, Call>(),
    isWatched: false,
    hasWatchedTasks: false,
    askingSinceMs: 0,
    wasUp: false,
    closing: undefined,
  };
}

/** In the order in which to end them: a place that becomes free must not start one that ends next. */
export function waitingFirst(calls: readonly Call[]): Call[] {
  const isRunning = ({ state }: Call) => state === "running";
  return [...calls.filter((call) => !isRunning(call)), ...calls.filter(isRunning)];
}
