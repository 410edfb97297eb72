// The table of calls: admission, forwarding, answers, progress, cancellation, time limits, and a Core's death. Every call
// that its client neither cancelled nor dropped leaves this table through exactly one answer.
import { BusyPoll } from "../base/busy-poll.ts";
import type { Clock } from "../base/clock.ts";
import { type ErrorCode, HubError } from "../base/errors.ts";
import type { Admission, CallLimiter } from "../gates/limits.ts";
import { type Abandoned, type CallObserver, reqIdOf } from "../telemetry/call-observer.ts";
import { type Frame, merged, noSplices, type Splice } from "../wire/frame.ts";
import { type Scan, scanOf } from "../wire/scan.ts";
import { cancelFrame, errorFrame } from "./answers.ts";
import { noteAstray } from "./astray.ts";
import { type Asker, type Call, type CallHook, type ClientSession, type Lane, waitingFirst } from "./call.ts";
import { coreRefusal, diedUnderCall, fullCore, idInUse, overloaded, timedOut } from "./call-errors.ts";
import {
  answerEdits,
  editsToResend,
  isFailureTaken,
  isStale,
  isTaken,
  makeReady,
  refusalOf,
  tellHooks,
  untilOf,
} from "./call-hooks.ts";
import { coreGone, coreUnavailable, heldWhile } from "./core-availability.ts";
import { createCall } from "./create-call.ts";
import { LateCalls, prolong } from "./late-calls.ts";
import { borrow, giveBack } from "./lending.ts";
import type { Request } from "./request.ts";
import { hold, retain } from "./retain.ts";

export type CreateLimiter = (start: (call: Call) => void) => CallLimiter<Call>;

export interface CallsDeps {
  readonly clock: Clock;
  createLimiter: CreateLimiter;
  /** All sessions that are open: their calls are looked through for late ones. */
  sessions(): Iterable<ClientSession>;
  /** Edits of a Core's error on its way to the client of this call, in order. */
  errorEdits(call: Call, frame: Frame, scan: Scan): readonly Splice[];
  /** Absent while nobody wants to see each call. */
  readonly observer?: CallObserver | undefined;
  /** The next answer, or the next call, may be waited for awake. */
  readonly busyPoll: boolean;
}

export class Calls {
  readonly #deps: CallsDeps;
  readonly #clock: Clock;
  readonly #limiter: CallLimiter<Call>;
  readonly #sessions: () => Iterable<ClientSession>;
  readonly #observer: CallObserver | undefined;
  readonly #late: LateCalls;
  #open = 0;
  readonly #nextCall: BusyPoll;
  readonly #nextAnswer: BusyPoll;

  constructor(deps: CallsDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
    this.#sessions = deps.sessions;
    this.#observer = deps.observer;
    this.#nextCall = new BusyPoll(deps.busyPoll);
    this.#nextAnswer = new BusyPoll(deps.busyPoll);
    this.#limiter = deps.createLimiter((call) => this.#start(call));
    const late = (call: Call, nowMs: number) => this.#endLate(call, nowMs);
    this.#late = new LateCalls({ clock: deps.clock, sessions: deps.sessions, late, hasOpen: () => this.#open > 0 });
  }

  /** How busy each Core is, and how often limits were met. */
  get admission(): Admission {
    return this.#limiter;
  }

  /**
   * Takes a request whose owner is known. It is answered, by the Core or by one hub error, unless it is cancelled. `rename` puts the
   * Core's own name over the exposed one; undefined where nothing is renamed. A call that is refused for its id tells no hook. `limited`:
   * the native name of the tool that it calls, where that has limits of its own.
   */
  begin(request: Request, lane: Lane, rename: Splice | undefined, hooks?: readonly CallHook[], limited?: string): void {
    const call = createCall(request, lane, rename, hooks, limited, request.readMs ?? this.#clock.now());
    const { session } = call;
    if (!session.calls.add(call.idKey, call)) {
      const error = idInUse(call.idText);
      call.lane.meter.request(call.method);
      call.lane.meter.error(error.code);
      call.replies.answer(errorFrame(call.idText, error, reqIdOf(call)), noSplices);
      return;
    }
    if (this.#observer !== undefined) {
      call.watch = this.#observer.begin(call, request.bytes, request.scan, rename);
    }
    this.#open++;
    this.#nextCall.came();
    call.lane.meter.request(call.method);
    if (lane.closing !== undefined) {
      this.refuse(call, coreGone(lane.core, call.receivedMs));
      return;
    }
    const verdict = this.#limiter.admit(call, call.receivedMs);
    if (verdict === "pass") this.#forward(call);
    else if (verdict === "wait") retain(call);
    else this.refuse(call, overloaded(call, verdict));
    this.#late.lookSoon();
  }

  /** A response of the Core. False when nobody waits for it: cancelled, timed out, or never asked. */
  answer(lane: Lane, frame: Frame, scan: Scan, hubId: number): boolean {
    const call = lane.running.get(hubId);
    if (call === undefined) {
      lane.astray.delete(hubId);
      return false;
    }
    if (call.hooks !== undefined && isTaken(call, frame, scan)) return true;
    this.#leave(call);
    call.replies.answer(frame, answerEdits(call, frame, scan, this.#deps.errorEdits), coreRefusal(call, frame, scan));
    tellHooks(call, scan.errorStart >= 0 ? "refused" : "answered");
    call.watch?.answered(frame, scan);
    const nowMs = this.#clock.now();
    lane.meter.observe(nowMs - call.receivedMs);
    lane.meter.observeHub((call.outMs ?? call.sentMs) - call.receivedMs + (nowMs - lane.core.heardMs));
    if (scan.errorStart >= 0) lane.meter.error("core_error");
    this.#limiter.spend(call, frame.size, nowMs);
    this.#limiter.release(call, nowMs);
    this.#nextAnswer.came();
    this.#nextCall.expect();
    return true;
  }

  /** Another request is the call's from now on: it has the answer, the progress, and the right to take it back. Its id must be free. */
  adopt(call: Call, { session, replies, idText, idKey, tokenText }: Asker): void {
    const before = call.session;
    before.calls.delete(call.idKey);
    Object.assign(call, { session, replies, idText, idKey, tokenText });
    session.calls.set(idKey, call);
    before.settled();
  }

  /** For a hook that took the answer: the request, `frame` as it was read, goes to the Core once more, under another id, with `more` edits. */
  resend(call: Call, frame: Frame, more: readonly Splice[]): void {
    if (call.state !== "taken") return;
    call.outMs ??= call.sentMs;
    const { core } = call.lane;
    const edits = editsToResend(call, core.nextId(), more);
    if (core.state.t === "up") this.#write(call, frame, edits);
    else this.refuse(call, coreUnavailable(core, this.#clock.now()));
  }

  /** For a hook that took the answer: this is what the client gets. */
  finish(call: Call, frame: Frame, refusal?: ErrorCode): void {
    if (call.state !== "taken") return;
    this.#leave(call);
    call.replies.answer(frame, noSplices, refusal);
    tellHooks(call, "answered");
    call.watch?.answered(frame, scanOf(frame));
    call.lane.meter.observe(this.#clock.now() - call.receivedMs);
    this.#limiter.spend(call, frame.size);
    this.#limiter.release(call);
  }

  /**
   * For a hook that took a failure: the call goes to its Core once more, as it was read, `waitedMs` later, and by way of the limits. False where the
   * request is not kept.
   */
  retry(call: Call, waitedMs: number): boolean {
    if (call.state !== "taken" || call.frame === undefined) return false;
    call.deadlineMs += waitedMs;
    call.lastMs += waitedMs;
    call.outMs ??= this.#clock.now() - waitedMs;
    call.state = "waiting";
    if (call.lane.closing !== undefined) this.refuse(call, coreGone(call.lane.core, call.receivedMs));
    else if (this.#limiter.stepBack(call)) this.#forward(call);
    return true;
  }

  /** The call waits for a person, in its Core: it takes no place from others meanwhile, but for that in a Core of one call at a time, which has it still. */
  stepAside(call: Call): void {
    if (call.state === "running" && call.goesOn === undefined) this.#limiter.stepAside(call, call.lane.policy.serial);
  }

  /** What it waited for is there: `then` is run once it has its places again, unless it is over before. */
  stepBack(call: Call, then: () => void): void {
    if (call.goesOn !== undefined) call.goesOn.push(then);
    else if (this.#limiter.stepBack(call)) then();
    else call.goesOn = [then];
  }

  /** Progress of the Core on a call: goes to its owner under the owner's token, and moves the call's deadline. */
  progress(lane: Lane, frame: Frame, scan: Scan, hubId: number): boolean {
    const call = lane.running.get(hubId);
    if (call?.tokenText === undefined) return false;
    const nowMs = this.#clock.now();
    call.deadlineMs = Math.max(call.deadlineMs, Math.min(call.lastMs, nowMs + lane.policy.timeoutMs));
    this.#limiter.spend(call, frame.size, nowMs);
    if (call.hooks !== undefined && isStale(call, frame, scan)) return true;
    const splice = { start: scan.paramTokenStart, end: scan.paramTokenEnd, text: call.tokenText };
    call.replies.send(frame, [splice]);
    return true;
  }

  /** The client's own notification goes on to the Core with the hub's id over the client's, and `edits`. */
  cancel(session: ClientSession, key: string, notification: Frame, id: Omit<Splice, "text">, edits = noSplices): void {
    const call = session.calls.get(key);
    if (call === undefined) return;
    if (call.state === "running") {
      call.lane.core.send(notification, merged([{ ...id, text: String(call.hubId) }], edits));
    }
    this.#abandon(call, "cancelled");
  }

  /** The client is gone: its calls are dropped, and their Cores told so. */
  dropSession(session: ClientSession): void {
    if (session.calls.size === 0) return;
    for (const call of waitingFirst(session.calls.values())) {
      if (call.state === "done") continue;
      if (call.state === "running") call.lane.core.send(cancelFrame(call.hubId, "the client left"), noSplices);
      this.#abandon(call, "client_left");
    }
  }

  /** The hub has no more time: every call that is still open is answered. */
  failAll(): void {
    for (const call of waitingFirst(this.#openCalls())) {
      const data = { core: call.lane.core.name, may_have_run: call.state === "running" || call.state === "taken" };
      this.refuse(call, new HubError("draining", "the hub is shutting down and could not wait any longer", data));
    }
  }

  /** To be called after every change of a Core's state: sends what was held, or says why it cannot be. */
  coreChanged(lane: Lane): void {
    const { state } = lane.core;
    if (state.t === "up") {
      lane.wasUp = true;
      for (const call of [...lane.held]) {
        lane.held.delete(call);
        this.#send(call);
      }
      return;
    }
    // A stopping Core may still answer; every other state means that the connection is gone.
    if (state.t !== "draining") {
      for (const call of lane.running.values()) this.refuse(call, diedUnderCall(lane));
      lane.astray.clear();
    }
    if (heldWhile(lane, this.#clock.now())) return;
    for (const call of [...lane.held]) this.refuse(call, coreUnavailable(lane.core, this.#clock.now()));
  }

  /** From now on the calls of one Core go to another, which is up or waits for a login: those too that were not sent yet. */
  move(from: Lane, to: Lane): void {
    for (const call of this.#openCalls()) {
      if (call.lane !== from || call.state === "running") continue;
      call.lane = to;
      // By the way of any other call: the lane may lead to several instances.
      if (from.held.delete(call)) this.#forward(call);
    }
  }

  /** The lane takes no new calls from now on: resolves when those that it has are over. Its Core may still answer them. */
  close(lane: Lane): Promise<void> {
    if (lane.closing === undefined) {
      let resolve = () => {};
      const done = new Promise<void>((settle) => (resolve = settle));
      lane.closing = { done, resolve };
    }
    this.#left(lane);
    return lane.closing.done;
  }

  /** The Core will not answer this one, while it goes on. */
  unanswered(lane: Lane, hubId: number, error: HubError): void {
    const call = lane.running.get(hubId);
    if (call !== undefined) this.refuse(call, error);
  }

  /** The Core has not run it, and is gone: the next instance may be asked, with `frame`, which is what was sent. */
  returned(lane: Lane, hubId: number, frame: Frame): void {
    const call = lane.running.get(hubId);
    if (call === undefined) return;
    lane.running.delete(hubId);
    call.state = "held";
    Object.assign(call, { outMs: call.outMs ?? call.sentMs, frame, splices: noSplices, isAsSent: true });
    lane.held.add(call);
  }

  /** The Core waited so long for its client: its calls have that much more time. */
  waited(lane: Lane, ms: number): void {
    prolong(lane.running.values(), ms, this.#clock.now());
  }

  /** The limits of clients or Cores may be others now: what they allow to run, runs. */
  limitsChanged(): void {
    this.#limiter.refresh();
  }

  #openCalls(): Call[] {
    return [...this.#sessions()].flatMap((session) => session.calls.values());
  }

  /** One call less. */
  #left(lane: Lane): void {
    if (lane.closing === undefined || lane.running.size > 0 || lane.held.size > 0) return;
    if (this.#openCalls().every((call) => call.lane !== lane)) lane.closing.resolve();
  }

  /** It waited for its places, and has them. */
  #start(call: Call): void {
    const { goesOn } = call;
    call.goesOn = undefined;
    if (goesOn === undefined) this.#forward(call);
    else for (const then of goesOn) then();
  }

  #forward(call: Call): void {
    if (!borrow(call)) {
      this.refuse(call, fullCore(call.lane));
      return;
    }
    const { lane, entry } = call;
    if (entry !== undefined) this.#left(entry);
    if (lane.core.state.t === "up") this.#send(call);
    else if (heldWhile(lane, this.#clock.now())) hold(call, this.#clock.now());
    else this.refuse(call, coreUnavailable(lane.core, this.#clock.now()));
  }

  #send(call: Call): void {
    const { frame } = call;
    if (frame === undefined) return;
    const refusal = refusalOf(call);
    if (refusal !== undefined) {
      this.refuse(call, refusal);
      return;
    }
    call.frame = undefined;
    makeReady(call);
    this.#write(call, frame, call.splices);
  }

  #write(call: Call, frame: Frame, edits: readonly Splice[]): void {
    const { lane } = call;
    call.sentMs = this.#clock.now();
    // Entered before it is sent: a Core that dies inside `send` must find the call to answer it.
    call.state = "running";
    lane.running.set(call.hubId, call);
    const sent = lane.core.send(frame, edits);
    this.#nextAnswer.expect();
    if (untilOf(call.hooks) !== undefined) this.#limiter.stepAside(call);
    if (sent === "ok" || call.state !== "running") return;
    // Never written: its Core cannot be at it.
    lane.running.delete(call.hubId);
    call.state = "waiting";
    this.refuse(call, sent === "full" ? fullCore(lane) : coreUnavailable(lane.core, this.#clock.now()));
  }

  /** Ends the call with an error of the hub: also for a hook that took its answer. */
  refuse(call: Call, error: HubError): void {
    if (call.state === "done") return;
    if (call.hooks !== undefined && isFailureTaken(call, error)) {
      giveBack(call, (lane) => this.#left(lane));
      this.#limiter.stepAside(call);
      return;
    }
    noteAstray(call, this.#clock.now());
    this.#leave(call);
    call.lane.meter.error(error.code);
    call.replies.answer(errorFrame(call.idText, error, reqIdOf(call)), noSplices);
    tellHooks(call, "failed");
    call.watch?.failed(error);
    this.#limiter.release(call);
  }

  #abandon(call: Call, why: Abandoned): void {
    noteAstray(call, this.#clock.now());
    this.#leave(call);
    call.replies.dropped();
    tellHooks(call, "abandoned");
    call.watch?.abandoned(why);
    this.#limiter.release(call);
  }

  /** Takes the call out of every table. The limiter is told by the caller, last: it may start another call at once. */
  #leave(call: Call): void {
    if (call.state === "running") call.lane.running.delete(call.hubId);
    else if (call.state === "held") call.lane.held.delete(call);
    call.state = "done";
    call.frame = undefined;
    call.goesOn = undefined;
    this.#open--;
    call.session.calls.delete(call.idKey);
    call.session.settled();
    this.#left(call.lane);
    // A request about a task comes by the same lane while another call may have it.
    if (call.entry !== undefined) call.lane.release?.();
  }

  #endLate(call: Call, nowMs: number): void {
    if (call.state === "running") call.lane.core.send(cancelFrame(call.hubId, "timed out"), noSplices);
    this.refuse(call, timedOut(call, nowMs));
  }
}
