// What one client is to the hub: a connection of the legacy era, or requests of the modern one that say the same of themselves. Who, what was negotiated, and what is in flight. No I/O beyond its sink.
import { ChurnMap, textHash } from "../base/churn-map.ts";
import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { Timer } from "../base/clock.ts";
import type { DoorKind } from "../base/door-kind.ts";
import type { EndReason } from "../base/end-reason.ts";
import type { ByteString, Frame, ReplySink } from "../wire/frame.ts";
import type { SentParamHeaders } from "../wire/param-headers.ts";
import type { Era } from "../wire/revisions.ts";
import type { TraceText } from "../wire/trace-context.ts";
import type { ClientInfo, Envelope } from "./envelope.ts";
import { limitKeyOf } from "./limit-key.ts";
import type { LogLevel } from "./log-level.ts";
import type { Caller, Principal } from "./principal.ts";

/** `new` until initialize is answered, `ready` after it, `closed` once the client left: nothing is sent any more. */
export type SessionPhase = "new" | "ready" | "closed";

/** A request that waits for Cores that are still starting: as it was read, and where its answer goes. */
export interface Parked {
  readonly frame: Frame;
  readonly replies: ReplySink;
}

const noneParked: ReadonlyMap<string, Parked> = new Map();

/** What a session needs to know of a request that is under way. The relay's Call is one. */
export interface InFlight {
  readonly idText: ByteString;
}

/** Of whoever is the session's client. */
interface OfSession {
  readonly principal: Principal;
  readonly door: DoorKind;
  readonly sink: ReplySink;
  readonly peer?: string | undefined;
  readonly profile?: string | undefined;
  readonly trace?: TraceText | undefined;
  readonly paramHeaders?: SentParamHeaders | undefined;
  readonly end?: ((reason: EndReason) => void) | undefined;
}

export class Session<C extends InFlight = InFlight> {
  /** For people and logs: no client knows it, and it opens nothing. */
  readonly id: string;
  /** In Clock milliseconds. */
  readonly openedMs: number;
  /** Another object when the same caller gets other rules. */
  principal: Principal;
  readonly door: DoorKind;
  /** The client's address, for the log. */
  readonly peer: string | undefined;
  /** What belongs to no request of the client, and to requests without a sink of their own. */
  readonly sink: ReplySink;
  /** Asks the door to end the connection. */
  readonly end: (reason: EndReason) => void;
  /** Whose limits count: the named client, or this connection where many share one token or none. */
  limitKey: string;
  /** The trace context that the connection was opened with. */
  readonly trace: TraceText | undefined;
  /** The headers by which its one call repeats arguments; undefined: nothing repeats them. */
  readonly paramHeaders: SentParamHeaders | undefined;
  phase: SessionPhase = "new";
  /** What its requests say of themselves, of the modern era; undefined: of the legacy era, or nothing is known yet. */
  envelope: Envelope | undefined;
  revision: string | undefined;
  client: ClientInfo | undefined;
  /** What the client declared in initialize: what it can be asked. */
  capabilities: ClientCapabilities = {};
  /** The last id that the hub used for a request to this client. */
  lastAskId = 0;
  /** The profile that the client asked for by the path it came in at. */
  readonly askedProfile: string | undefined;
  /** Whose view it has: another object when the same caller gets other rules, or another profile. */
  caller: Caller;
  /** The least severe level that the client asked for; undefined until it sends logging/setLevel. */
  logLevel: LogLevel | undefined;
  /** Requests that were read and not answered, by `idKey` of their id. */
  readonly calls: ChurnMap<string, C> = new ChurnMap(textHash);
  /** Requests that the hub itself is finding the answer of. */
  answering = 0;
  /** Requests that waited each for an answer of its own, and are just being taken up again. */
  resuming = 0;
  /** Monotonic ms until which requests of this session may wait for starting Cores; set by the first that does. */
  parkUntilMs: number | undefined;
  parkTimer: Timer | undefined;
  /** Made when there is one, as nearly no session has any. */
  #parked: Map<string, Parked> | undefined;
  #idle: (() => void)[] | undefined;
  /** Lists that the client was served since it was last told of changes; made when there is one. */
  #served: Map<string, Buffer> | undefined;

  constructor(id: string, openedMs: number, visit: OfSession) {
    this.id = id;
    this.openedMs = openedMs;
    this.principal = visit.principal;
    this.door = visit.door;
    this.peer = visit.peer;
    this.askedProfile = visit.profile;
    this.caller = visit.principal;
    this.sink = visit.sink;
    this.trace = visit.trace;
    this.paramHeaders = visit.paramHeaders;
    this.end = visit.end ?? (() => {});
    this.limitKey = limitKeyOf(visit.principal, id);
  }

  /** Whether its sink takes what belongs to no request: news of lists, of resources. In the modern era a request of its own asks for that. */
  hearsNews = true;
  /** Requests that stay open to hear news, by `idKey`; made when there is one. */
  listens: Set<string> | undefined;

  get era(): Era {
    return this.envelope === undefined ? "legacy" : "modern";
  }

  /** The client got this list of this kind: it needs no telling that the list has become so, but that it is another one again. */
  wasServed(kind: string, list: Buffer): void {
    this.#served ??= new Map();
    this.#served.set(kind, list);
  }

  /** The last list of this kind that it got since it was last told of changes. */
  lastServed(kind: string): Buffer | undefined {
    return this.#served?.get(kind);
  }

  /** The client knows of all changes so far. */
  forgetServed(): void {
    this.#served = undefined;
  }

  /** Requests that wait for Cores that are still starting, by `idKey`; bounded by the relay. */
  get parked(): ReadonlyMap<string, Parked> {
    return this.#parked ?? noneParked;
  }

  park(key: string, request: Parked): void {
    this.#parked ??= new Map();
    this.#parked.set(key, request);
  }

  /** To be followed by `settled`. */
  unpark(key: string): void {
    this.#parked?.delete(key);
  }

  /** Requests read and not answered yet. */
  get busy(): number {
    return this.calls.size + this.parked.size + this.resuming + this.answering;
  }

  /** Resolves when every request read so far is answered, cancelled or dropped. */
  whenIdle(): Promise<void> {
    if (this.busy === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle ??= [];
      this.#idle.push(resolve);
    });
  }

  /** To be called after a request left `calls` or `parked`. */
  settled(): void {
    const waiters = this.#idle;
    if (waiters === undefined || this.busy > 0) return;
    this.#idle = undefined;
    for (const wake of waiters) wake();
  }
}

/** One key per id: `"a"` and `"\u0061"` are the same id, `1` and `"1"` are not. */
export function idKey(idText: ByteString): string {
  // Nearly all are numbers, which have one spelling.
  if (idText.charCodeAt(0) !== 0x22 || !idText.includes("\\")) return idText;
  return Buffer.from(JSON.stringify(JSON.parse(Buffer.from(idText, "latin1").toString("utf8")))).toString("latin1");
}
