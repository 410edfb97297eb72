// The relay: takes every message of every session to its one owner. Bytes in, bytes out; the only objects made are those
// of messages that the hub answers itself.

import { ChurnMap, textHash } from "../base/churn-map.ts";
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { RequestDoorkeeper, RequestVisitor, Visit } from "../doors/port.ts";
import type { Decided } from "../gates/decisions.ts";
import type { Envelope } from "../sessions/envelope.ts";
import type { Principal } from "../sessions/principal.ts";
import { idKey, Session } from "../sessions/session.ts";
import type { CallObserver } from "../telemetry/call-observer.ts";
import type { Log } from "../telemetry/log.ts";
import type { CoreMeter } from "../telemetry/metrics.ts";
import { type ByteString, type Frame, noSplices, type ReplySink } from "../wire/frame.ts";
import { MessageReader } from "../wire/message-reader.ts";
import { partIn, stringIn } from "../wire/read-message.ts";
import { errorFrame } from "./answers.ts";
import type { Asks } from "./asks.ts";
import { Envelopes } from "./bridge/envelopes.ts";
import type { Listens } from "./bridge/listens.ts";
import type { Parks } from "./bridge/parks.ts";
import { withoutEnvelope } from "./bridge/requests.ts";
import type { SealedStates } from "./bridge/sealed-state.ts";
import type { Call, ClientSession, Lane } from "./call.ts";
import type { Calls } from "./calls.ts";
import { Connection } from "./connection.ts";
import type { LogLevels } from "./log-levels.ts";
import type { LoginAsks } from "./login-asks.ts";
import type { Methods } from "./methods.ts";
import type { Parking } from "./parking.ts";
import { IncomingRequest } from "./request.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Tasks } from "./tasks.ts";

export interface RelayDeps {
  readonly calls: Calls;
  readonly asks: Asks;
  readonly loginAsks: Pick<LoginAsks, "answered" | "close">;
  readonly methods: Methods;
  readonly parking: Parking;
  readonly parks: Pick<Parks, "dropAll">;
  readonly listens: Pick<Listens, "endAll" | "cancel" | "dropSession">;
  readonly logLevels: LogLevels;
  readonly subscriptions: Pick<Subscriptions, "forget">;
  readonly tasks: Pick<Tasks, "forgetSession" | "close">;
  readonly states: Pick<SealedStates, "close">;
  readonly log: Log;
  readonly clock: Clock;
  /** The lanes that belong to this session alone. */
  lanesOf(session: ClientSession): Iterable<Lane>;
  opened(session: ClientSession): void;
  /** The same caller goes on with another principal. */
  renew(session: ClientSession, principal: Principal): void;
  /** Its client has said who it is and what it can be asked. */
  greet(session: ClientSession): void;
  /** The client is gone, and nothing of it is left here. */
  left(session: ClientSession): void;
  /** Counts what the hub answers itself. */
  readonly meter: CoreMeter;
  /** Absent while nobody wants to see each request. */
  readonly observer?: CallObserver | undefined;
}

export class Relay implements RequestDoorkeeper {
  /** By id. A Set would keep alive what has left it: of the modern era sessions come and go with requests. */
  readonly #sessions = new ChurnMap<string, ClientSession>(textHash);
  readonly #deps: RelayDeps;
  /** For connections. One for all: a message is used up before the next one is looked at. */
  readonly reader = new MessageReader();
  /** For connections. */
  readonly envelopes = new Envelopes();
  /** Those whose parked requests are about to be taken up again. */
  readonly #roused = new Set<ClientSession>();
  #nextSession = 1;
  #refusals = 0;
  #draining = false;

  constructor(deps: RelayDeps) {
    this.#deps = deps;
  }

  /** A copy, in no order. */
  get sessions(): readonly ClientSession[] {
    return this.#sessions.values();
  }

  open(visit: Visit): RequestVisitor {
    return new Connection(this, this.openSession(visit));
  }

  /** For connections: one more session of the same visit. */
  openSession(visit: Visit): ClientSession {
    const openedMs = this.#deps.clock.now();
    const session: ClientSession = new Session<Call>(`s${this.#nextSession++}`, openedMs, visit);
    this.#sessions.set(session.id, session);
    this.#deps.opened(session);
    return session;
  }

  /** For connections: the caller goes on with another token. */
  renew(session: ClientSession, principal: Principal): void {
    this.#deps.renew(session, principal);
  }

  /** For connections: the session is of requests that say this of themselves. */
  enveloped(session: ClientSession, envelope: Envelope): void {
    const { principal, peer, door } = session;
    session.envelope = envelope;
    session.revision = envelope.revision;
    session.client = envelope.client;
    session.capabilities = envelope.capabilities;
    if (envelope.logLevel !== undefined) this.#deps.logLevels.want(session, envelope.logLevel);
    session.hearsNews = false;
    // Each POST is a session, and no limit would ever be reached: where many share an identity, the address counts.
    if (principal.shared && door === "http") session.limitKey = `address ${peer ?? ""}`;
    this.#deps.greet(session);
  }

  /** From now on new requests are refused as `draining`; those under way go on. Resolves when none is left. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#deps.parks.dropAll();
    this.#deps.listens.endAll();
    this.#deps.loginAsks.close();
    this.unpark();
    await Promise.all(this.sessions.map((session) => session.whenIdle()));
    const { asks, states, tasks, logLevels } = this.#deps;
    for (const speaker of [asks, states, tasks, logLevels]) speaker.close();
  }

  /** Takes up again the requests of sessions that waited for starting Cores, and need not any more. */
  unpark(): void {
    for (const session of this.sessions) {
      if (session.parked.size === 0 || (!this.#draining && this.#deps.parking.worthwhile(session))) continue;
      this.unparkSession(session);
    }
  }

  /** A message of which the session is known. */
  receive(
    session: ClientSession,
    frame: Frame,
    readMs: number | undefined,
    replies: ReplySink,
    decided?: Decided | undefined,
  ): void {
    const { reader } = this;
    reader.read(frame);
    this.take(session, reader, readMs, replies, decided);
    reader.release();
  }

  /** As `receive`. */
  take(
    session: ClientSession,
    message: MessageReader,
    readMs: number | undefined,
    replies: ReplySink,
    decided?: Decided | undefined,
  ): void {
    if (session.phase === "closed") return;
    const { scan: record, fault } = message;
    if (fault !== undefined) {
      this.#refused(session, replies, fault.id, unread, new HubError(fault.code, fault.message));
      return;
    }
    if (record.kind === "response") {
      if (!this.#deps.loginAsks.answered(session, message.frame, record)) {
        this.#deps.asks.answered(session, message.frame, record);
      }
      return;
    }
    const method = stringIn(message, record.methodStart, record.methodEnd);
    if (record.kind === "notification") this.#notification(session, method, message);
    else this.#request(session, method, message, readMs, replies, decided);
  }

  /** For connections: a request that is of no session. */
  refuse(session: ClientSession, message: MessageReader, replies: ReplySink, error: HubError): void {
    const { scan: record } = message;
    const idText = partIn(message, record.idStart, record.idEnd);
    const method = stringIn(message, record.methodStart, record.methodEnd);
    this.#refused(session, replies, idText, method, error);
  }

  #request(
    session: ClientSession,
    method: string,
    message: MessageReader,
    readMs: number | undefined,
    replies: ReplySink,
    decided: Decided | undefined,
  ): void {
    const { scan } = message;
    const idText = partIn(message, scan.idStart, scan.idEnd);
    try {
      if (this.#draining) throw new HubError("draining", "the hub is shutting down", { retry_after_ms: 1000 });
      const incoming = new IncomingRequest(session, replies, method, message, idText, readMs, decided);
      const outcome = this.#deps.methods.take(incoming);
      if (outcome === "park") {
        this.#deps.parking.park(session, idKey(idText), message.bytes, replies, () => this.unparkSession(session));
      } else if (typeof outcome === "object") {
        const key = idKey(idText);
        this.#deps.parking.keep(session, key, message.bytes, replies);
        void outcome.until.then((decided) => this.#unparkOne(session, key, decided));
      } else if (outcome === "answered") {
        this.#deps.meter.request(method);
        this.#deps.observer?.answered({ session, replies, idText, method, bytes: message.bytes, scan });
      }
    } catch (caught) {
      const error = HubError.from(caught);
      const reqId = this.#refused(session, replies, idText, method, error);
      if (error.code === "internal") {
        this.#deps.log.error("request_failed", { req_id: reqId, session: session.id, method, error: caught });
      }
      const { bytes } = message;
      this.#deps.observer?.answered({ session, replies, idText, method, bytes, scan, error, reqId });
    }
  }

  /** Returns the name that the refusal goes by: that of a request that was no call of a Core has no Core in it. */
  #refused(session: ClientSession, replies: ReplySink, idText: ByteString, method: string, error: HubError): string {
    this.#deps.meter.request(method);
    this.#deps.meter.error(error.code);
    const reqId = `${session.id}.${++this.#refusals}`;
    replies.answer(errorFrame(idText, error, reqId), noSplices, error.code);
    return reqId;
  }

  #notification(session: ClientSession, method: string, message: MessageReader): void {
    const { frame, scan: record } = message;
    if (method === "notifications/progress") {
      this.#deps.asks.progress(session, frame, record);
      return;
    }
    if (method === "notifications/roots/list_changed") {
      this.#tellInstances(session, frame);
      return;
    }
    if (method !== "notifications/cancelled" || record.requestIdStart < 0) return;
    const key = idKey(partIn(message, record.requestIdStart, record.requestIdEnd));
    if (this.#deps.listens.cancel(session, key)) return;
    const parked = session.parked.get(key);
    if (parked !== undefined) {
      session.unpark(key);
      parked.replies.dropped();
      session.settled();
      return;
    }
    const range = { start: record.requestIdStart, end: record.requestIdEnd };
    this.#deps.calls.cancel(session, key, frame, range, withoutEnvelope(message, undefined));
  }

  /** Roots are one client's own: only instances that have no other client hear of them. */
  #tellInstances(session: ClientSession, notification: Frame): void {
    for (const { core } of this.#deps.lanesOf(session)) core.send(notification, noSplices);
  }

  #unparkOne(session: ClientSession, key: string, decided: Decided | undefined): void {
    const parked = session.parked.get(key);
    if (parked === undefined) return;
    session.unpark(key);
    session.resuming++;
    this.receive(session, parked.frame, undefined, parked.replies, decided);
    session.resuming--;
    session.settled();
  }

  /**
   * As `unpark`, of one session. Done when nothing is being taken: another's request may have started the instance that leads here, and it is still in
   * the one reader.
   */
  unparkSession(session: ClientSession): void {
    if (session.parked.size === 0) return;
    if (this.#roused.size === 0) queueMicrotask(() => this.#takeUpRoused());
    this.#roused.add(session);
  }

  #takeUpRoused(): void {
    const roused = [...this.#roused];
    this.#roused.clear();
    for (const session of roused) this.#takeUp(session);
  }

  /** They have waited for Cores, and not for what `#unparkOne` is told of. */
  #takeUp(session: ClientSession): void {
    for (const key of this.#deps.parking.rouse(session)) {
      const parked = session.parked.get(key);
      if (parked === undefined) continue;
      session.unpark(key);
      this.receive(session, parked.frame, undefined, parked.replies);
    }
    session.settled();
  }

  /** For visitors: what came in was no message. */
  fault(session: ClientSession, code: "too_large" | "parse_error" | "request_invalid", message: string): void {
    this.#refused(session, session.sink, "null", unread, new HubError(code, message));
  }

  /** For visitors: the client is gone. */
  leave(session: ClientSession): void {
    if (session.phase === "closed") return;
    session.phase = "closed";
    this.#sessions.delete(session.id);
    for (const { replies } of this.#deps.parking.take(session)) replies.dropped();
    this.#deps.listens.dropSession(session);
    this.#deps.asks.dropSession(session);
    this.#deps.calls.dropSession(session);
    this.#deps.logLevels.forget(session);
    this.#deps.subscriptions.forget(session);
    this.#deps.tasks.forgetSession(session);
    session.settled();
    this.#deps.left(session);
  }
}

/** The method of a message that could not be read: counted as "other". */
const unread = "";
