// The relay: takes every message of every session to its one owner. Bytes in, bytes out; the only objects made are those
// of messages that the hub answers itself.
import { HubError } from "../base/errors.ts";
import type { Doorkeeper, Visitor } from "../doors/port.ts";
import { idKey, Session } from "../sessions/session.ts";
import type { CallObserver } from "../telemetry/call-observer.ts";
import type { Log } from "../telemetry/log.ts";
import type { CoreMeter } from "../telemetry/metrics.ts";
import { type ByteString, byteText, type Frame, flatten, noSplices, partOf } from "../wire/frame.ts";
import { createScan, scan, stringAt } from "../wire/scan.ts";
import { largeFrameBytes, ScanMemory } from "../wire/scan-memory.ts";
import { errorFrame } from "./answers.ts";
import type { Call, ClientSession } from "./call.ts";
import type { Calls } from "./calls.ts";
import type { LogLevels } from "./log-levels.ts";
import type { Incoming, Methods } from "./methods.ts";
import type { Parking } from "./parking.ts";

/** Larger messages would be copied for the sake of a few short parts. */
const wholeTextBytes = 2 * 1024;

export interface RelayDeps {
  readonly calls: Calls;
  readonly methods: Methods;
  readonly parking: Parking;
  readonly logLevels: LogLevels;
  readonly log: Log;
  /** Counts what the hub answers itself. */
  readonly meter: CoreMeter;
  /** Absent while nobody wants to see each request. */
  readonly observer?: CallObserver | undefined;
}

export class Relay implements Doorkeeper {
  readonly sessions = new Set<ClientSession>();
  readonly #deps: RelayDeps;
  /** One record for all: a scan is used up before the next frame is looked at. */
  readonly #scan = createScan();
  /** As the record: one for all. */
  readonly #memory = new ScanMemory();
  #nextSession = 1;
  #refusals = 0;
  #draining = false;

  constructor(deps: RelayDeps) {
    this.#deps = deps;
  }

  open(visit: Parameters<Doorkeeper["open"]>[0]): Visitor {
    const session: ClientSession = new Session<Call>({ id: `s${this.#nextSession++}`, ...visit });
    this.sessions.add(session);
    return {
      receive: (frame, readMs) => this.#receive(session, frame, readMs),
      fault: (code, message) => this.#refuse(session, "null", unread, new HubError(code, message)),
      leave: () => this.#leave(session),
      get busy() {
        return session.busy;
      },
      whenIdle: () => session.whenIdle(),
    };
  }

  /** From now on new requests are refused as `draining`; those under way go on. Resolves when none is left. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.unpark();
    await Promise.all([...this.sessions].map((session) => session.whenIdle()));
  }

  /** Takes up again the requests of sessions that waited for starting Cores. */
  unpark(): void {
    for (const session of this.sessions) this.#unpark(session);
  }

  #receive(session: ClientSession, frame: Frame, readMs?: number): void {
    if (session.phase === "closed") return;
    if (frame.size >= largeFrameBytes) {
      this.#receiveLarge(session, frame, readMs);
      return;
    }
    const bytes = flatten(frame);
    const fault = scan(bytes, this.#scan);
    if (fault === undefined) this.#dispatch(session, frame, bytes, readMs);
    else this.#refuse(session, fault.id, unread, new HubError(fault.code, fault.message));
  }

  /** In a memory of its own, so that the frame stays in its chunks; `bytes` is good for this turn only. */
  #receiveLarge(session: ClientSession, frame: Frame, readMs: number | undefined): void {
    const memory = this.#memory;
    const loaded = memory.load(frame);
    const bytes = loaded ?? flatten(frame);
    const fault = scan(bytes, this.#scan, loaded === undefined ? undefined : memory);
    if (fault !== undefined) this.#refuse(session, fault.id, unread, new HubError(fault.code, fault.message));
    else if (loaded === undefined) this.#dispatch(session, frame, bytes, readMs);
    else this.#dispatch(session, { ...frame, isOneLine: memory.isOneLine() }, bytes, readMs);
    memory.release();
  }

  /** `bytes` is what was scanned: the frame in one piece, not to be kept. */
  #dispatch(session: ClientSession, frame: Frame, bytes: Buffer, readMs: number | undefined): void {
    const record = this.#scan;
    if (record.kind === "response") {
      // The hub asks clients nothing in this version, so there is no request that this could answer.
      this.#deps.log.debug("client_response_dropped", { session: session.id });
      return;
    }
    // A small message is made text once, and what is needed of it is cut out of that: each way into the bytes costs more.
    const text = bytes.length <= wholeTextBytes ? byteText(bytes, 0, bytes.length) : undefined;
    const method = stringAt(bytes, record.methodStart, record.methodEnd, text);
    if (record.kind === "notification") this.#notification(session, method, frame, bytes);
    else this.#request(session, method, frame, bytes, text, readMs);
  }

  #request(
    session: ClientSession,
    method: string,
    frame: Frame,
    bytes: Buffer,
    text: ByteString | undefined,
    readMs: number | undefined,
  ): void {
    const record = this.#scan;
    const idText = partOf(bytes, text, record.idStart, record.idEnd);
    try {
      if (this.#draining) throw new HubError("draining", "the hub is shutting down", { retry_after_ms: 1000 });
      const incoming: Incoming = { session, method, frame, bytes, text, scan: record, idText, readMs };
      const outcome = this.#deps.methods.take(incoming);
      if (outcome === "park") {
        this.#deps.parking.park(session, idKey(idText), bytes, () => this.#unpark(session));
      } else if (outcome === "answered") {
        this.#deps.meter.request(method);
        this.#deps.observer?.answered({ session, idText, method, bytes, scan: record });
      }
    } catch (caught) {
      const error = HubError.from(caught);
      const reqId = this.#refuse(session, idText, method, error);
      if (error.code === "internal") {
        this.#deps.log.error("request_failed", { req_id: reqId, session: session.id, method, error: caught });
      }
      this.#deps.observer?.answered({ session, idText, method, bytes, scan: record, error, reqId });
    }
  }

  /** Returns the name that the refusal goes by: that of a request that was no call of a Core has no Core in it. */
  #refuse(session: ClientSession, idText: ByteString, method: string, error: HubError): string {
    this.#deps.meter.request(method);
    this.#deps.meter.error(error.code);
    const reqId = `${session.id}.${++this.#refusals}`;
    session.sink.send(errorFrame(idText, error, reqId), noSplices);
    return reqId;
  }

  #notification(session: ClientSession, method: string, frame: Frame, bytes: Buffer): void {
    const record = this.#scan;
    if (method !== "notifications/cancelled" || record.requestIdStart < 0) return;
    const key = idKey(byteText(bytes, record.requestIdStart, record.requestIdEnd));
    if (session.parked.delete(key)) {
      session.settled();
      return;
    }
    const range = { start: record.requestIdStart, end: record.requestIdEnd };
    this.#deps.calls.cancel(session, key, frame, range);
  }

  #unpark(session: ClientSession): void {
    const frames = this.#deps.parking.take(session);
    session.resuming = frames.length;
    for (const frame of frames) {
      session.resuming--;
      this.#receive(session, frame);
    }
    session.settled();
  }

  #leave(session: ClientSession): void {
    if (session.phase === "closed") return;
    session.phase = "closed";
    this.sessions.delete(session);
    this.#deps.parking.take(session);
    this.#deps.calls.dropSession(session);
    this.#deps.logLevels.forget(session);
    session.settled();
  }
}

/** The method of a message that could not be read: counted as "other". */
const unread = "";
