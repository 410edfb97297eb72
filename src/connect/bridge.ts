// One client, bridged to a hub that may come and go. Takes the place of the relay behind the STDIO door: every request that
// its client did not cancel gets exactly one answer, the hub's or one error of the bridge, whatever the connection does.
import { HubError } from "../base/errors.ts";
import type { Doorkeeper, Visit, Visitor } from "../doors/port.ts";
import type { Loss } from "../links/losses.ts";
import { errorFrame } from "../relay/answers.ts";
import { idKey } from "../sessions/session.ts";
import { type ByteString, byteText, type Frame, flatten, frameOf, noSplices } from "../wire/frame.ts";
import { createScan, type Scan, scan, scanCore } from "../wire/scan.ts";
import { Handshake, lastingMethods, requestFrame } from "./handshake.ts";
import { Link, type LinkDeps } from "./link.ts";
import { ModernWords } from "./modern-words.ts";
import { Replay } from "./replay.ts";
import { type WaitingLimits, type WaitingRequest, WaitingRoom } from "./waiting-room.ts";

export interface BridgeLog {
  debug(msg: string, context?: Record<string, unknown>): void;
  info(msg: string, context?: Record<string, unknown>): void;
  warn(msg: string, context?: Record<string, unknown>): void;
}

export interface BridgeLimits extends WaitingLimits {
  /** How long a request waits for a hub that was there before. */
  readonly waitMs: number;
  /** Requests of the hub that the client has not answered; further ones are refused. */
  readonly maxAsked: number;
  /** How long a hub may take to answer the handshake that is said again. */
  readonly greetMs: number;
}

export const defaultBridgeLimits: BridgeLimits = {
  maxRequests: 256,
  maxBytes: 32 * 1024 * 1024,
  waitMs: 10_000,
  maxAsked: 256,
  greetMs: 10_000,
};

export interface BridgeDeps extends Omit<LinkDeps, "log"> {
  readonly limits: BridgeLimits;
  readonly log: BridgeLog;
  /** Whether the client's input should be left alone for now: the hub does not take more. */
  holdInput(hold: boolean): void;
}

const listenMethod = "subscriptions/listen";

/** A request that the hub has and has not answered. */
interface UnderWay {
  readonly idText: ByteString;
  readonly method: string;
  /** Of the requests that matter to a later hub: their params. */
  readonly params: Buffer | undefined;
  /** Clock ms until which it may be asked again, if it may be at all. */
  readonly deadlineMs: number;
}

export class Bridge implements Doorkeeper, Visitor {
  readonly #deps: BridgeDeps;
  readonly #link: Link;
  readonly #room: WaitingRoom;
  readonly #handshake = new Handshake();
  readonly #replay: Replay;
  readonly #words = new ModernWords();
  /** One record for all: a scan is used up before the next frame is looked at. */
  readonly #scan = createScan();
  readonly #underWay = new Map<string, UnderWay>();
  /** Requests of this connection's hub that the client has not answered: key to id. */
  readonly #asked = new Map<string, ByteString>();
  /** The request whose answer is to show that there is a hub, where an open connection does not; see `#sayFirst`. */
  #first: string | undefined;
  #visit: Visit | undefined;
  #failure: Loss | undefined;
  #idle: (() => void)[] = [];

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
    this.#room = new WaitingRoom(deps.clock, deps.limits, (request) => {
      this.#refuse(request.idText, this.#unreachable(false));
      this.#settled();
    });
    this.#link = new Link(deps, {
      greet: () => this.#greet(),
      ready: (again) => this.#ready(again),
      message: (frame) => this.#fromHub(frame),
      unanswered: (idText, error) => this.#unanswered(idText, error),
      returned: (idText, frame, loss) => this.#returned(idText, flatten(frame), loss),
      forsaken: (loss) => this.#forsaken(loss),
      failed: (loss) => this.#failed(loss),
      pressed: (pressed) => deps.holdInput(pressed),
    });
    this.#replay = new Replay({
      clock: deps.clock,
      greetMs: deps.limits.greetMs,
      handshake: this.#handshake,
      send: (frame, said) => this.#link.send(frame, said),
      settled: (idText) => this.#link.settled(idText),
      agreed: (revision) => this.#link.agreed(revision),
      greeted: () => this.#link.greeted(),
      abandon: (loss) => this.#link.abandon(loss),
    });
  }

  /** Why the bridge gave up; undefined while it has not. */
  get failure(): Loss | undefined {
    return this.#failure;
  }

  /** For the one client there is. Dials the hub; one that only its answer shows is dialled with the client's first request. */
  open(visit: Visit): Visitor {
    this.#visit = visit;
    if (this.#link.isProvedByOpening) this.#link.start();
    return this;
  }

  /** Stops and resumes reading what the hub sends: the client does not take more. */
  hold(hold: boolean): void {
    this.#link.pause(hold);
  }

  /** Closes the connection in good order. */
  async close(): Promise<void> {
    this.#link.leave();
    await this.#link.ended;
  }

  /** Whether requests go to a hub now. */
  get isUp(): boolean {
    return this.#link.isUp;
  }

  /** There is no more time: answers every request that is still open with `draining`. */
  failCalls(): void {
    const draining = (mayHaveRun: boolean) =>
      new HubError("draining", "the connection to the hub is shutting down", { may_have_run: mayHaveRun });
    for (const { idText } of this.#underWay.values()) this.#refuse(idText, draining(true));
    this.#underWay.clear();
    for (const { idText } of this.#room.take()) this.#refuse(idText, draining(false));
    this.#settled();
  }

  get busy(): number {
    // Who listens for news has no answer to wait for.
    let owed = this.#room.size;
    for (const { method } of this.#underWay.values()) if (method !== listenMethod) owed++;
    return owed;
  }

  whenIdle(): Promise<void> {
    if (this.busy === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  leave(): void {
    this.#underWay.clear();
    this.#room.take();
    this.#visit = undefined;
    this.#settled();
  }

  fault(code: Parameters<Visitor["fault"]>[0], message: string): void {
    this.#refuse("null", new HubError(code, message));
  }

  receive(frame: Frame): void {
    const bytes = flatten(frame);
    const record = this.#scan;
    const fault = scan(bytes, record);
    if (fault !== undefined) {
      this.#refuse(fault.id, new HubError(fault.code, fault.message));
      return;
    }
    if (record.kind === "request") this.#request(bytes, record);
    else if (record.kind === "response") this.#answerToHub(bytes, record);
    else this.#notification(bytes, record);
  }

  #request(bytes: Buffer, record: Scan): void {
    const idText = byteText(bytes, record.idStart, record.idEnd);
    const key = idKey(idText);
    if (this.#underWay.has(key) || this.#room.has(key)) {
      const message = `id ${idText} is already in use by a request under way`;
      this.#refuse(idText, new HubError("request_invalid", message));
      return;
    }
    // Before the first connection a request waits as long as that is tried, which has its own limit.
    const { clock, limits } = this.#deps;
    const deadlineMs = this.#link.wasUp ? clock.now() + limits.waitMs : Number.POSITIVE_INFINITY;
    if (this.#link.isUp) this.#forward({ key, idText, bytes, deadlineMs }, record);
    else {
      this.#wait({ key, idText, bytes: Buffer.from(bytes), deadlineMs });
      this.#link.start();
      this.#sayFirst();
    }
  }

  #wait(request: WaitingRequest): void {
    if (!this.#room.add(request)) this.#refuse(request.idText, this.#unreachable(false));
  }

  #forward(request: WaitingRequest, record: Scan): void {
    const { key, idText, bytes, deadlineMs } = request;
    const method = byteText(bytes, record.methodStart + 1, record.methodEnd - 1);
    const sent = this.#link.send(frameOf(bytes), this.#words.said(method, bytes, record));
    if (sent === "full") {
      const message = "more waits to be sent to the hub than may";
      this.#refuse(idText, new HubError("overloaded", message, { retry_after_ms: 1000, may_have_run: false }));
    } else if (sent === "closed") {
      this.#wait({ ...request, bytes: Buffer.from(bytes) });
    } else {
      const matters = lastingMethods.has(method) && record.paramsStart >= 0;
      // A copy: the params stay, and the chunk that they were read in should not.
      const params = matters ? Buffer.from(bytes.subarray(record.paramsStart, record.paramsEnd)) : undefined;
      const { clock, limits } = this.#deps;
      const until = this.#link.wasUp ? Math.min(deadlineMs, clock.now() + limits.waitMs) : deadlineMs;
      this.#underWay.set(key, { idText, method, params, deadlineMs: until });
    }
  }

  #notification(bytes: Buffer, record: Scan): void {
    const method = byteText(bytes, record.methodStart + 1, record.methodEnd - 1);
    if (method === "notifications/initialized") this.#handshake.initialized = true;
    const isCancel = method === "notifications/cancelled" && record.requestIdStart >= 0;
    const cancels = isCancel ? byteText(bytes, record.requestIdStart, record.requestIdEnd) : undefined;
    const waited = cancels !== undefined && this.#room.delete(idKey(cancels));
    // Whatever else a client says to a hub that is away is about something that hub has forgotten.
    if (this.#link.isUp && !waited) {
      this.#link.send(frameOf(bytes), cancels === undefined ? { method } : { method, cancels });
    }
    const left = cancels !== undefined && this.#leave(idKey(cancels));
    if (waited || left) this.#settled();
  }

  /** The request is not under way any more. False: it was not. */
  #leave(key: string): boolean {
    const request = this.#underWay.get(key);
    if (request === undefined) return false;
    this.#underWay.delete(key);
    this.#link.settled(request.idText);
    if (key === this.#first) {
      this.#first = undefined;
      this.#link.greeted();
    }
    return true;
  }

  #answerToHub(bytes: Buffer, record: Scan): void {
    const known = record.idStart >= 0 && this.#asked.delete(idKey(byteText(bytes, record.idStart, record.idEnd)));
    if (known) this.#link.send(frameOf(bytes));
    else this.#deps.log.debug("client_response_dropped");
  }

  #fromHub(frame: Frame): void {
    const record = this.#scan;
    const fault = scanCore(frame, record);
    if (fault !== undefined) {
      this.#deps.log.warn("hub_message_garbled", { reason: fault.message, bytes: frame.size });
      return;
    }
    if (record.kind === "request" && !this.#ask(frame, record)) return;
    if (record.kind === "response" && record.idStart >= 0 && !this.#answer(frame, record)) return;
    if (record.kind === "notification" && record.requestIdStart >= 0) this.#tookBack(frame, record);
    this.#visit?.sink.send(frame, noSplices);
    this.#settled();
  }

  /** Whether the client is to see this request of the hub. */
  #ask(frame: Frame, record: Scan): boolean {
    const bytes = flatten(frame);
    const idText = byteText(bytes, record.idStart, record.idEnd);
    if (this.#asked.size >= this.#deps.limits.maxAsked) {
      const message = `${this.#asked.size} requests wait for the client already`;
      this.#link.send(errorFrame(idText, new HubError("overloaded", message, { retry_after_ms: 1000 })));
      return false;
    }
    this.#asked.set(idKey(idText), idText);
    return true;
  }

  /** A request that the hub cancels needs no answer of the client any more. */
  #tookBack(frame: Frame, record: Scan): void {
    const bytes = flatten(frame);
    // Another notification may have a requestId of its own.
    if (byteText(bytes, record.methodStart + 1, record.methodEnd - 1) !== "notifications/cancelled") return;
    this.#asked.delete(idKey(byteText(bytes, record.requestIdStart, record.requestIdEnd)));
  }

  /** Whether this answer of the hub is one that the client waits for. */
  #answer(frame: Frame, record: Scan): boolean {
    const bytes = flatten(frame);
    const idText = byteText(bytes, record.idStart, record.idEnd);
    if (this.#replay.take(idText, record, bytes)) return false;
    const key = idKey(idText);
    const request = this.#underWay.get(key);
    if (request === undefined) {
      this.#deps.log.debug("hub_answer_dropped", { reason: "nobody waits for it: cancelled, or answered already" });
      return false;
    }
    this.#words.answered(request.method, bytes, record);
    if (request.params !== undefined && record.resultStart >= 0) {
      if (request.method === "initialize") {
        this.#link.agreed(this.#handshake.learn(request.params, bytes.subarray(record.resultStart, record.resultEnd)));
      } else this.#handshake.granted(request.method, request.params);
    }
    this.#leave(key);
    return true;
  }

  #greet(): void {
    if (this.#handshake.initialize === undefined && !this.#link.isProvedByOpening) this.#sayFirst();
    else this.#replay.start();
  }

  /** Of a client that has had no handshake: its first request, alone. The hub is there once that is answered, in whatever way. */
  #sayFirst(): void {
    if (!this.#link.isGreeting || this.#first !== undefined || this.#replay.isUnderWay) return;
    const request = this.#room.takeFirst();
    if (request === undefined) return;
    this.#first = request.key;
    scan(request.bytes, this.#scan);
    this.#forward(request, this.#scan);
  }

  #unanswered(idText: ByteString, error: HubError): void {
    if (this.#replay.fail(idText, error.message) || !this.#leave(idKey(idText))) return;
    this.#refuse(idText, error);
    this.#settled();
  }

  /** The connection is lost next: the request waits for another one, as far as its time goes. */
  #returned(idText: ByteString, bytes: Buffer, loss: Loss): void {
    const key = idKey(idText);
    const request = this.#underWay.get(key);
    if (request === undefined) return;
    this.#underWay.delete(key);
    if (request.deadlineMs <= this.#deps.clock.now()) this.#refuse(idText, this.#unreachable(false, loss));
    else this.#room.addFirst({ key, idText, bytes, deadlineMs: request.deadlineMs });
  }

  #ready(again: boolean): void {
    if (again) for (const change of this.#handshake.changes) this.#tell(change);
    for (const request of this.#room.take()) {
      scan(request.bytes, this.#scan);
      this.#forward(request, this.#scan);
    }
    this.#settled();
  }

  /** What the hub had is answered here; only a handshake that was not answered is kept for the next hub. */
  #forsaken(loss: Loss): void {
    this.#replay.stop();
    this.#first = undefined;
    const requests = [...this.#underWay];
    this.#underWay.clear();
    for (const [key, { idText, method, params, deadlineMs }] of requests) {
      if (method === "initialize" && params !== undefined && deadlineMs > this.#deps.clock.now()) {
        this.#room.addFirst({ key, idText, bytes: flatten(requestFrame(idText, method, params)), deadlineMs });
      } else this.#refuse(idText, this.#unreachable(true, loss));
    }
    for (const idText of this.#asked.values()) this.#tell(cancelFrame(idText));
    this.#asked.clear();
    this.#settled();
  }

  #failed(loss: Loss): void {
    this.#failure = loss;
    for (const { idText } of this.#room.take()) this.#refuse(idText, this.#unreachable(false, loss));
    this.#settled();
    this.#visit?.end("shutdown");
  }

  #unreachable(mayHaveRun: boolean, loss: Loss | undefined = this.#link.loss): HubError {
    const reason = loss?.reason ?? `${this.#deps.dialling.target.name} is not connected yet`;
    const again = this.#failure === undefined ? { retry_after_ms: 1000 } : {};
    return new HubError(loss?.code ?? "hub_unreachable", reason, { may_have_run: mayHaveRun, ...again });
  }

  #refuse(idText: ByteString, error: HubError): void {
    this.#tell(errorFrame(idText, error));
  }

  #tell(frame: Frame): void {
    this.#visit?.sink.send(frame, noSplices);
  }

  #settled(): void {
    if (this.#idle.length === 0 || this.busy > 0) return;
    const waiters = this.#idle;
    this.#idle = [];
    for (const wake of waiters) wake();
  }
}

/** The hub that asked is gone: whatever the client shows for its request may go too. */
function cancelFrame(idText: ByteString): Frame {
  const params = `{"requestId":${idText},"reason":"the connection to the hub was lost"}`;
  return frameOf(Buffer.from(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`, "latin1"));
}
