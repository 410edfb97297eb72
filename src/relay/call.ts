// One client request on its way through the hub and back, and the relay's side of one Core.
import { ChurnMap, integerHash } from "../base/churn-map.ts";
import type { CoreState } from "../cores/supervisor.ts";
import type { Session } from "../sessions/session.ts";
import type { CallWatch } from "../telemetry/call-observer.ts";
import type { CoreMeter } from "../telemetry/metrics.ts";
import type { ByteString, Frame, ReplySink, Sent, Splice } from "../wire/frame.ts";

/**
 * waiting: in a limiter's queue. held: admitted, its Core is not up yet. running: written to the Core, owed an answer.
 * done: answered, cancelled or dropped; nothing may touch it again.
 */
export type CallState = "waiting" | "held" | "running" | "done";

export interface Call {
  readonly session: ClientSession;
  /** Another one when its Core is replaced before the call is sent. */
  lane: Lane;
  /** Where its answer goes, and what the Core says about it before. */
  readonly replies: ReplySink;
  /** The id as the client wrote it, and the key it is known by in the session. */
  readonly idText: ByteString;
  readonly idKey: string;
  readonly method: string;
  /** The client's progress token as it was written; undefined when it asked for no progress. */
  readonly tokenText: ByteString | undefined;
  /** The request until it is sent. */
  frame: Frame | undefined;
  /** What makes it the Core's: the hub's id as id and progress token, the native name. */
  readonly splices: readonly Splice[];
  state: CallState;
  /** The id towards the Core. */
  readonly hubId: number;
  readonly receivedMs: number;
  sentMs: number;
  /** When the call times out; progress moves it, never past `lastMs`. */
  deadlineMs: number;
  readonly lastMs: number;
  /** For the limiter. */
  readonly clientKey: string;
  readonly coreKey: string;
  readonly bytes: number;
  place: unknown;
  /** Of the observer, where there is one. */
  watch: CallWatch | undefined;
}

export type ClientSession = Session<Call>;

/** What the relay needs of a Core. */
export interface CorePort {
  readonly name: string;
  readonly state: CoreState;
  /** When the Core last wrote anything: for a message that is just being handed on, when it was read. */
  readonly heardMs: number;
  nextId(): number;
  send(frame: Frame, splices: readonly Splice[]): Sent;
}

export interface LanePolicy {
  readonly timeoutMs: number;
  readonly maxTimeoutMs: number;
  /** True when this hub has one client only, so that everything the Core says belongs to it. */
  readonly exclusive: boolean;
}

/** The relay's side of one Core: the calls it owes an answer for. */
export interface Lane {
  readonly core: CorePort;
  policy: LanePolicy;
  readonly meter: CoreMeter;
  readonly running: ChurnMap<number, Call>;
  readonly held: Set<Call>;
  /** Whether the Core has been up since the hub started. */
  wasUp: boolean;
  /** Set once it takes no new calls; `resolve` is to be called when the last one is over. */
  closing: { readonly done: Promise<void>; readonly resolve: () => void } | undefined;
}

export function createLane(core: CorePort, policy: LanePolicy, meter: CoreMeter): Lane {
  const running = new ChurnMap<number, Call>(integerHash);
  return { core, policy, meter, running, held: new Set(), wasUp: false, closing: undefined };
}
