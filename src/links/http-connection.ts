// A hub over Streamable HTTP: each message is a POST of its own. There is a connection once the hub has answered.
// MCP 2025-03-26 … 2025-11-25: what belongs to no request comes on a GET, and a header names the session; the connection is lost with it.
// MCP 2026-07-28: there is neither; a request is cancelled by closing its response, and a response that was cut is over.
//
// Requests go out side by side. What is no request goes out behind everything before it (a cancellation behind its request), and what others may depend
// on (a request on `initialized`) goes out alone: everything after it waits until it is taken.
import type { IncomingMessage } from "node:http";
import type { Timer } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { type ByteString, type Frame, flatten, frameOf, type Sent } from "../wire/frame.ts";
import { eraOf } from "../wire/revisions.ts";
import type { Connection, ConnectionEvents, Dialling, Said } from "./connection.ts";
import { type CallDeps, HttpCall } from "./http-call.ts";
import type { HttpEvents } from "./http-events.ts";
import { Intake, mediaType, readRefusal, type Underway } from "./http-exchange.ts";
import { HttpNotes, type Note } from "./http-notes.ts";
import { isHeaderMismatch, judgeRefusal } from "./http-refusals.ts";
import { HttpSession } from "./http-session.ts";
import { standingStream } from "./http-standing.ts";
import { away, type Circumstances, type Loss, lossOfError, lossOfStatus, wrong } from "./losses.ts";

/** Requests under way at a time; each has a socket of its own. */
const maxCalls = 256;
/** Largest messages that may be coming in at a time. */
const maxLargest = 4;
/** How long the hub may take to take a message that is no request, before those behind it go on. */
const noteMs = 10_000;

export class HttpConnection implements Connection {
  readonly #dialling: Dialling;
  readonly #events: ConnectionEvents;
  readonly #circumstances: Circumstances;
  readonly #session: HttpSession;
  readonly #callDeps: CallDeps;
  readonly #intake: Intake;
  /** Of whose answer somebody waits. */
  readonly #calls = new Map<ByteString, HttpCall>();
  /** Of which nobody does: their responses may still end by themselves. */
  readonly #ending = new Set<HttpCall>();
  #queue: Note[] = [];
  readonly #notes = new HttpNotes((note, taken) => this.#note(note, taken));
  /** What goes alone, and is under way: an exchange, or the handshake by its id. */
  #alone: Underway | ByteString | undefined;
  /** Of messages that are queued, or not written yet. */
  #pendingBytes = 0;
  #pressed = false;
  #paused = false;
  /** What belongs to no request, once the client is initialized and the hub has such a stream. */
  #standing: HttpEvents | undefined;
  /** A hub is there: it has taken something. */
  #proved = false;
  #isModern = false;
  #phase: "open" | "closing" | "ended" = "open";
  /** Why it ends as soon as what is under way was heard. */
  #losing: Loss | undefined;
  #closeTimer: Timer | undefined;

  constructor(dialling: Dialling, events: ConnectionEvents) {
    const { target, limits, clock, credential, words } = dialling;
    this.#dialling = dialling;
    this.#events = events;
    this.#circumstances = { name: target.name, credential, way: "http", words };
    this.#session = new HttpSession(dialling);
    this.#intake = new Intake(maxLargest * limits.maxMessageBytes);
    this.#callDeps = {
      clock,
      maxMessageBytes: limits.maxMessageBytes,
      intake: this.#intake,
      closeMs: limits.closeMs,
      name: target.name,
      isPaused: () => this.#paused,
      post: (body, exchangeEvents, said) => this.#session.post(body, exchangeEvents, said),
      ask: (lastId, exchangeEvents) => this.#session.listen(lastId, exchangeEvents),
      flushed: (call) => this.#flushed(call),
      taken: (call, response) => this.#taken(call, response),
      message: (frame, { idText }) => this.#message(frame, idText),
      failed: (call, error, mayHaveArrived) => this.#failed(call, error, mayHaveArrived),
      refused: (call, response, body) => this.#refused(call, response, body),
      notResumed: (response) => this.#notResumed(response),
      unreachable: (error, mayHaveArrived) => this.#unreachable(error, mayHaveArrived),
      over: (call, error) => this.#over(call, error),
    };
    // There is nothing to open: the first message shows whether a hub is there.
    queueMicrotask(() => {
      if (this.#phase === "open") events.opened();
    });
  }

  send(frame: Frame, said: Said = { method: "" }): Sent {
    const { limits } = this.#dialling;
    if (this.#phase !== "open") return "closed";
    if (said.idText === undefined && (this.#cancel(said.cancels) || this.#isModern)) return "ok";
    if (this.#pendingBytes + frame.size > limits.maxPendingBytes) return "full";
    if (said.idText !== undefined && this.#calls.size + this.#ending.size + this.#queue.length >= maxCalls) {
      return "full";
    }
    this.#queue.push({ frame, said });
    this.#pendingBytes += frame.size;
    this.#pump();
    this.#press();
    return "ok";
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    for (const call of this.#calls.values()) call.pause(paused);
    this.#standing?.pause(paused);
  }

  settled(idText: ByteString): void {
    const call = this.#calls.get(idText);
    if (call !== undefined) {
      this.#calls.delete(idText);
      this.#ending.add(call);
      call.settle();
    } else this.#withdraw(idText);
    if (this.#alone !== idText) return;
    this.#alone = undefined;
    this.#pump();
    if (this.#losing !== undefined) this.#lose(this.#losing);
  }

  agreed(revision: string): void {
    this.#isModern = eraOf(revision) === "modern";
    this.#session.agreed(revision);
  }

  close(): void {
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    this.#closeTimer = this.#dialling.clock.after(this.#dialling.limits.closeMs, () => this.#end(away("closed")));
    this.pause(false);
    this.#standing?.destroy();
    this.#dropCalls();
    if (typeof this.#alone === "string") this.#alone = undefined;
    this.#queue = this.#queue.filter(({ said }) => said.idText === undefined);
    this.#pump();
  }

  abandon(loss: Loss): void {
    this.#end(loss);
  }

  #pump(): void {
    while (this.#phase !== "ended" && this.#alone === undefined && this.#losing === undefined) {
      this.#notes.pump();
      const next = this.#queue[0];
      if (next === undefined) {
        if (this.#phase === "closing" && this.#notes.isEmpty) this.#sayGoodbye();
        return;
      }
      const { frame, said } = next;
      if (said.idText !== undefined) {
        this.#queue.shift();
        this.#call(frame, said as Required<Said>);
        continue;
      }
      const going = [...this.#calls.values(), ...this.#ending].filter(({ isOut }) => !isOut);
      const isAlone = !HttpNotes.takes(next);
      if (isAlone && (going.length > 0 || !this.#notes.isEmpty)) return;
      this.#queue.shift();
      if (!isAlone) this.#notes.push(next, going);
      else {
        this.#alone = this.#note(next, () => {
          this.#alone = undefined;
        });
      }
    }
  }

  #call(frame: Frame, said: Required<Said>): void {
    // Until it is answered there is no session that anything else could belong to.
    if (said.method === "initialize") this.#alone = said.idText;
    this.#calls.set(said.idText, new HttpCall(this.#callDeps, said, frame, flatten(frame)));
  }

  #note({ frame, said: { method } }: Note, done: () => void): Underway {
    const taken = () => {
      this.#pendingBytes -= frame.size;
      done();
      this.#press();
      this.#pump();
    };
    return this.#session.post(
      flatten(frame),
      {
        head: (response) => {
          const { statusCode = 0 } = response;
          const { clock, limits } = this.#dialling;
          readRefusal(response, clock, limits.closeMs, () => {});
          if (statusCode === 404 && this.#session.hasId) this.#lose(this.#sessionGone());
          else if (statusCode === 401) this.#lose(this.#notLetIn());
          else {
            if (method === "notifications/initialized" && statusCode < 300) this.#stand();
            taken();
          }
        },
        failed: (error, mayHaveArrived) => {
          if (this.#unreachable(error, mayHaveArrived)) taken();
        },
      },
      {},
      noteMs,
    );
  }

  /** Takes a request of the modern era back. False: there is none. */
  #cancel(idText: ByteString | undefined): boolean {
    if (idText === undefined) return false;
    const call = this.#calls.get(idText);
    if (call === undefined) return this.#queue.some(isModern(idText)) && this.#withdraw(idText);
    if (!call.isModern) return false;
    this.#forget(call);
    this.#pump();
    return true;
  }

  #flushed(call: HttpCall): void {
    this.#pendingBytes -= call.size;
    this.#press();
    this.#pump();
  }

  #taken({ method }: HttpCall, response: IncomingMessage): void {
    if (method !== "initialize" || this.#session.begin(response)) return;
    this.#end(wrong(`${this.#circumstances.name} gave a session id that cannot be sent`));
  }

  #message(frame: Frame, idText?: ByteString): void {
    if (this.#phase !== "open") return;
    this.#proved = true;
    this.#events.message(frame, idText);
  }

  #over(call: HttpCall, error: HubError | undefined): void {
    this.#forget(call);
    if (error !== undefined && !call.isSettled) this.#events.unanswered(call.idText, error);
    this.#pump();
    if (this.#losing !== undefined) this.#lose(this.#losing);
  }

  #failed(call: HttpCall, error: NodeJS.ErrnoException, mayHaveArrived: boolean): void {
    const loss = lossOfError(error, this.#circumstances);
    if (!mayHaveArrived) {
      if (this.#isAloneWith(call)) this.#giveBack(call, loss);
      else this.#over(call, new HubError(loss.code, loss.reason, { may_have_run: false, retry_after_ms: 1000 }));
    } else if (this.#proved) {
      this.#over(call, new HubError(loss.code, loss.reason, { may_have_run: true, retry_after_ms: 1000 }));
    } else this.#end(loss);
  }

  #refused(call: HttpCall, response: IncomingMessage, body: Buffer): void {
    const { statusCode: status = 0, headers } = response;
    const { idText, frame } = call;
    const { mismatched } = this.#events;
    const about = { hasSession: this.#session.hasId, isProved: this.#proved };
    const refusal = { status, headers, mediaType: mediaType(response), body, idText, ...about };
    const verdict = judgeRefusal(refusal, this.#circumstances);
    if (verdict.t === "lost") this.#giveBack(call, verdict.loss);
    else if (verdict.t === "error") this.#over(call, verdict.error);
    else if (frame !== undefined && mismatched !== undefined && !call.isAgain && isHeaderMismatch(verdict.bytes)) {
      this.#forget(call);
      mismatched(idText, frame, frameOf(verdict.bytes));
      this.#pump();
    } else {
      this.#message(frameOf(verdict.bytes), idText);
      this.#over(call, new HubError("hub_unreachable", `${this.#circumstances.name} refused it`));
    }
  }

  /** It goes to the next connection, where it is kept and the hub has not run it; this one is lost. */
  #giveBack(call: HttpCall, loss: Loss): void {
    const { frame } = call;
    this.#forget(call);
    if (frame !== undefined) this.#events.returned(call.idText, frame, loss);
    else this.#events.unanswered(call.idText, new HubError(loss.code, loss.reason, { may_have_run: false }));
    this.#lose(loss);
  }

  /**
   * Who is not let in any more, or not known, is told so for each request by itself: those under way are heard first, as those that are refused have
   * not run.
   */
  #lose(loss: Loss): void {
    this.#losing ??= loss;
    if (this.#isAloneWith(undefined)) this.#end(loss);
    else this.#closeTimer ??= this.#dialling.clock.after(this.#dialling.limits.closeMs, () => this.#end(loss));
  }

  /** Whether no other request can still be answered. */
  #isAloneWith(call: HttpCall | undefined): boolean {
    for (const other of this.#calls.values()) if (other !== call && other.isFlushed && other.isOpen) return false;
    return true;
  }

  #forget(call: HttpCall): void {
    call.destroy();
    this.#ending.delete(call);
    if (this.#calls.get(call.idText) === call) this.#calls.delete(call.idText);
    if (!call.isFlushed) this.#pendingBytes -= call.size;
    if (this.#alone === call.idText) this.#alone = undefined;
    this.#press();
  }

  /** A hub that nobody answers for, or whose connection is refused, is gone with its sessions. True: it may be asked again. */
  #unreachable(error: NodeJS.ErrnoException, mayHaveArrived: boolean): boolean {
    if (this.#phase === "ended") return false;
    const isGone = !mayHaveArrived && (error.code === "ECONNREFUSED" || error.code === "ENOENT");
    if (!isGone || !this.#isAloneWith(undefined)) return true;
    this.#end(lossOfError(error, this.#circumstances));
    return false;
  }

  #notResumed(response: IncomingMessage): boolean {
    const { statusCode = 0 } = response;
    response.destroy();
    if (statusCode === 404) this.#lose(this.#sessionGone());
    else if (statusCode === 401) this.#lose(this.#notLetIn());
    return statusCode >= 500 || statusCode === 429 || statusCode === 408;
  }

  /** Opens the stream of what belongs to no request. */
  #stand(): void {
    if (this.#standing !== undefined || this.#phase !== "open") return;
    const { clock, limits } = this.#dialling;
    this.#standing = standingStream({
      clock,
      maxMessageBytes: limits.maxMessageBytes,
      intake: this.#intake,
      isPaused: () => this.#paused,
      ask: (lastId, events) => this.#session.listen(lastId, events),
      message: (frame) => this.#message(frame),
      refused: (response) => this.#notResumed(response),
      unreachable: (error, mayHaveArrived) => this.#unreachable(error, mayHaveArrived),
      missed: () => this.#events.missed?.(),
    });
    this.#standing.ask();
  }

  #sayGoodbye(): void {
    if (!this.#session.hasId) {
      this.#end(away("closed"));
      return;
    }
    const done = () => this.#end(away("closed"));
    this.#alone = this.#session.end({ head: done, failed: done });
  }

  #press(): void {
    const pressed = this.#phase === "open" && this.#pendingBytes > this.#dialling.limits.pressureBytes;
    if (pressed === this.#pressed) return;
    this.#pressed = pressed;
    this.#events.pressed(pressed);
  }

  #withdraw(idText: ByteString): boolean {
    const at = this.#queue.findIndex(({ said }) => said.idText === idText);
    if (at < 0) return false;
    const [withdrawn] = this.#queue.splice(at, 1);
    this.#pendingBytes -= withdrawn?.frame.size ?? 0;
    this.#press();
    return true;
  }

  #end(loss: Loss): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#closeTimer?.cancel();
    this.#standing?.destroy();
    for (const { isFlushed, idText, frame } of this.#calls.values()) {
      if (!isFlushed && frame !== undefined) this.#events.returned(idText, frame, loss);
    }
    this.#dropCalls();
    if (typeof this.#alone === "object") this.#alone.destroy();
    this.#notes.destroy();
    for (const { frame, said } of this.#queue.splice(0)) {
      if (said.idText !== undefined) this.#events.returned(said.idText, frame, loss);
    }
    this.#session.destroy();
    this.#events.lost(loss);
  }

  #dropCalls(): void {
    for (const call of [...this.#calls.values(), ...this.#ending]) call.destroy();
    this.#calls.clear();
    this.#ending.clear();
  }

  #notLetIn(): Loss {
    return lossOfStatus(401, "", this.#circumstances);
  }

  #sessionGone(): Loss {
    return away(`${this.#circumstances.name} does not know the session any more`);
  }
}

function isModern(idText: ByteString): (queued: Note) => boolean {
  return ({ said }) => said.idText === idText && said.headers !== undefined;
}
