// What Cores ask clients (sampling, elicitation, roots): each question goes to the one client it is for, or is refused; it is answered
// once, by the client or by the hub; nothing of it is left when either side is gone. Ids and tokens of progress are the hub's own
// towards the client, so that none can be guessed across sessions and none of two Cores are the same.
//
//   asked ──the client's answer──► over        ──its time is over, the client left──► over, the Core is told
//     └──the Core took it back, or went down──► over, the client is told
import { declares } from "../base/client-capabilities.ts";
import type { Clock, Timer } from "../base/clock.ts";
import { SpacedLog } from "../base/spaced-log.ts";
import { idKey } from "../sessions/session.ts";
import type { Log } from "../telemetry/log.ts";
import {
  type ByteString,
  byPlace,
  byteString,
  byteText,
  type Frame,
  flatten,
  frameOf,
  integerAt,
  noSplices,
  type Splice,
} from "../wire/frame.ts";
import { findMember } from "../wire/json.ts";
import type { Scan } from "../wire/scan.ts";
import { notificationFrame, resultFrame } from "./answers.ts";
import { type AskParams, type AskRefusal, isAnswer, isKnownAsk, refusalOf } from "./ask-rules.ts";
import type { Parks } from "./bridge/parks.ts";
import type { Ask, AskWaiter, Call, ClientSession, Lane } from "./call.ts";
import type { CoreMessage, Owner } from "./owner.ts";
import { native, relatedEdits, relatedTaskOfResult } from "./task-ids.ts";
import type { UrlElicitations } from "./url-elicitations.ts";

/** Open questions of one instance, and towards one client: one Core alone does not use up what its client can be asked. */
const maxPerLane = 64;
const maxPerSession = 256;
/** As long as a person may take. Cores have timers of their own, which are shorter. */
const answerMs = 10 * 60_000;
/** How long a question waits for a client that has opened no stream it could come on. */
const unheardMs = 10_000;
const sweepEveryMs = 1000;
/** Of a name that a Core made up. */
const maxMethodChars = 80;

/** `answered` by the client; `refused` without being asked; `withdrawn` by the Core, or with it; `left` with the client; `expired`. */
const askOutcomes = ["answered", "refused", "withdrawn", "left", "expired"] as const;
export type AskOutcome = (typeof askOutcomes)[number];

export interface AsksDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly urls: Pick<UrlElicitations, "asked">;
  /** Whose a message of the Core is; undefined where nobody can tell. */
  ownerOf(lane: Lane, message: CoreMessage): Owner | undefined;
  /** Of the modern era: clients are asked by the answers of their requests. */
  readonly parks: Pick<Parks, "asked" | "withdrawn"> & { sessionOf(call: Call): ClientSession | undefined };
  /** The Core waited so long for its client. */
  waited(lane: Lane, ms: number): void;
}

export class Asks {
  /** How those that are over have ended, counted. */
  readonly outcomes: Map<AskOutcome, number> = new Map(askOutcomes.map((outcome) => [outcome, 0]));
  readonly #deps: AsksDeps;
  /** By session, then by the id towards the client. Only sessions that are asked something are here. */
  readonly #bySession = new Map<ClientSession, Map<number, Ask>>();
  readonly #refusals: SpacedLog;
  #sweeper: Timer | undefined;

  constructor(deps: AsksDeps) {
    this.#deps = deps;
    this.#refusals = new SpacedLog(deps.clock, (context) => deps.log.info("ask_refused", context));
  }

  /** Open questions, of all sessions. */
  get open(): number {
    let open = 0;
    for (const asks of this.#bySession.values()) open += asks.size;
    return open;
  }

  /** A request of a Core: its bytes are the frame in one piece, `idText` its id as the Core wrote it. */
  ask(lane: Lane, method: string, idText: ByteString, message: CoreMessage): void {
    const { bytes, scan } = message;
    const owner = this.#deps.ownerOf(lane, message);
    if (method === "roots/list" && lane.policy.roots !== undefined && !hasRoots(owner)) {
      lane.core.send(resultFrame(idText, lane.policy.roots), noSplices);
      return;
    }
    const key = idKey(idText);
    const refusal = this.#refusal(lane, owner, method, key, bytes, scan);
    if (refusal !== undefined || owner === undefined) {
      this.#count("refused");
      this.#refuse(lane, method, idText, refusal ?? nobodyToAsk);
      return;
    }
    const { call } = owner;
    const session = call === undefined ? owner.session : this.#deps.parks.sessionOf(call);
    if (session === undefined) {
      this.#count("refused");
      this.#refuse(lane, method, idText, tooManyParked);
      return;
    }
    const replies = call === undefined ? owner.replies : session.sink;
    const now = this.#deps.clock.now();
    const id = ++session.lastAskId;
    const hasToken = scan.tokenStart >= 0;
    const tokenText = hasToken ? byteText(bytes, scan.tokenStart, scan.tokenEnd) : undefined;
    const ask: Ask = {
      ...{
        lane,
        session,
        method,
        coreIdText: idText,
        waiter: undefined,
        id,
        tokenText,
        replies,
        task: owner.task,
        call,
      },
      ...{ openedMs: now, deadlineMs: now + answerMs },
    };
    if (lane.asks.size === 0) lane.askingSinceMs = now;
    lane.asks.set(key, ask);
    this.#open(ask);
    if (this.#isSent(ask, bytes, scan)) this.#sweepSoon();
    else this.#withdraw(ask, unreachable, "refused");
  }

  /** For a Core that asks by the answer of this call: what is wrong with its question, where the client cannot be asked that. */
  refusal({ session }: Call, method: string, params: AskParams): AskRefusal | undefined {
    if (!isKnownAsk(method)) return unknownMethod(method);
    return refusalOf(method, session.capabilities, params) ?? this.#fullness(session);
  }

  /** Asks the client of this call on behalf of its Core; `params` as they go to the client. The waiter may hear of the end before this returns. */
  put({ lane, session, replies }: Call, method: string, params: ByteString | undefined, waiter: AskWaiter): Ask {
    const now = this.#deps.clock.now();
    const id = ++session.lastAskId;
    const ask: Ask = {
      ...{ lane, session, method, coreIdText: undefined, waiter, id, replies },
      ...{ tokenText: undefined, task: undefined, call: undefined, openedMs: now, deadlineMs: now + answerMs },
    };
    this.#open(ask);
    const body = params === undefined ? "" : `,"params":${params}`;
    const frame = frameOf(Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"${method}"${body}}`, "latin1"));
    if (replies.send(frame, noSplices) === "ok" || sendAside(ask, frame, noSplices)) this.#sweepSoon();
    else this.#withdraw(ask, unreachable, "refused");
    return ask;
  }

  /** Takes a question back that was put; one that is over is left alone. The waiter is not told. */
  takeBack(ask: Ask, reason: string): void {
    if (this.#bySession.get(ask.session)?.get(ask.id) !== ask) return;
    this.#close(ask, "withdrawn");
    ask.replies.send(notificationFrame("notifications/cancelled", { requestId: ask.id, reason }), noSplices);
  }

  /** A client's response. One that answers nothing that the client was asked is dropped. */
  answered(session: ClientSession, frame: Frame, scan: Scan): void {
    const ask = this.#bySession.get(session)?.get(integerAt(frame, scan.idStart, scan.idEnd));
    if (ask === undefined) {
      this.#deps.log.debug("client_response_dropped", { session: session.id });
      return;
    }
    if (!isAnswer(frame, scan)) {
      this.#withdraw(ask, garbled, "answered");
      return;
    }
    this.#close(ask, "answered");
    const { lane, method, waiter, coreIdText } = ask;
    const sent = coreIdText === undefined ? "ok" : lane.core.send(frame, answerEdits(ask, coreIdText, frame, scan));
    this.#deps.log.debug("ask_answered", { session: session.id, core: lane.core.name, method, sent });
    waiter?.answered(frame, scan);
  }

  /** The answer to what was asked by way of a call's own answer. False where the Core does not wait for it any more. */
  settle(ask: Ask, result: Buffer): boolean {
    if (this.#bySession.get(ask.session)?.get(ask.id) !== ask) return false;
    this.#close(ask, "answered");
    if (ask.coreIdText !== undefined) ask.lane.core.send(resultFrame(ask.coreIdText, result), noSplices);
    return true;
  }

  /** A client's progress on what it was asked: under the Core's own token. False where it is about nothing. */
  progress(session: ClientSession, frame: Frame, scan: Scan): boolean {
    const id = integerAt(frame, scan.paramTokenStart, scan.paramTokenEnd);
    const ask = this.#bySession.get(session)?.get(id);
    if (ask?.tokenText === undefined) return false;
    ask.lane.core.send(frame, [{ start: scan.paramTokenStart, end: scan.paramTokenEnd, text: ask.tokenText }]);
    return true;
  }

  /**
   * The Core takes its question back: the client is told in the Core's own notification, `frame`; `bytes` is that as it was read. False where
   * there is no such question.
   */
  cancelled(lane: Lane, frame: Frame, bytes: Buffer, scan: Scan): boolean {
    if (scan.requestIdStart < 0) return false;
    const ask = lane.asks.get(idKey(byteText(bytes, scan.requestIdStart, scan.requestIdEnd)));
    if (ask === undefined) return false;
    this.#close(ask, "withdrawn");
    ask.replies.send(frame, [{ start: scan.requestIdStart, end: scan.requestIdEnd, text: String(ask.id) }]);
    return true;
  }

  /** The client is gone. */
  dropSession(session: ClientSession): void {
    const mine = this.#bySession.get(session);
    if (mine !== undefined) for (const ask of [...mine.values()]) this.#withdraw(ask, clientLeft, "left");
  }

  /** The lane's questions mean nothing any more: its Core went down, or the call that they belonged to is over. */
  dropLane(lane: Lane, reason: string): void {
    for (const ask of [...lane.asks.values()]) {
      this.#close(ask, "withdrawn");
      ask.replies.send(notificationFrame("notifications/cancelled", { requestId: ask.id, reason }), noSplices);
      if (lane.core.state.t === "up") this.#tell(ask, { code: -32603, message: reason });
    }
  }

  /** Says what has not been said yet. */
  close(): void {
    this.#refusals.close();
  }

  #isSent(ask: Ask, bytes: Buffer, scan: Scan): boolean {
    const { lane, call, replies } = ask;
    if (call !== undefined) {
      const params = scan.paramsStart < 0 ? undefined : { start: scan.paramsStart, end: scan.paramsEnd };
      return this.#deps.parks.asked(call, ask, bytes, params, lane.policy.label);
    }
    const frame = frameOf(bytes);
    const edits = this.#editsOf(ask, bytes, scan);
    // The response of a client that takes no events cannot carry it; the stream of what belongs to no request can, if there is one.
    return replies.send(frame, edits) === "ok" || sendAside(ask, frame, edits);
  }

  #refusal(
    lane: Lane,
    owner: Owner | undefined,
    method: string,
    key: string,
    bytes: Buffer,
    scan: Scan,
  ): AskRefusal | undefined {
    if (lane.asks.has(key)) return { code: -32600, message: `id ${key} is already in use by a request under way` };
    if (owner === undefined && lane.owner !== undefined) return notReady;
    if (owner === undefined && !isKnownAsk(method)) return unknownMethod(method);
    if (owner === undefined) return lane.policy.serial ? nobodyForCertain : nobodyToAsk;
    if (lane.owner === undefined && !isKnownAsk(method)) return unknownMethod(method);
    const params = { bytes, start: scan.paramsStart, end: scan.paramsEnd };
    const refusal = refusalOf(method, owner.session.capabilities, params);
    return refusal ?? (lane.asks.size >= maxPerLane ? tooMany : this.#fullness(owner.session));
  }

  #fullness(session: ClientSession): AskRefusal | undefined {
    return (this.#bySession.get(session)?.size ?? 0) >= maxPerSession ? tooMany : undefined;
  }

  #open(ask: Ask): void {
    const asks = this.#bySession.get(ask.session) ?? new Map<number, Ask>();
    this.#bySession.set(ask.session, asks.set(ask.id, ask));
  }

  /** The hub's id and token, and who asks: through the hub a person sees the hub only, so the Core's name stands before the words. */
  #editsOf({ lane, session, method, id: askId }: Ask, bytes: Buffer, scan: Scan): readonly Splice[] {
    const text = String(askId);
    const id: Splice = { start: scan.idStart, end: scan.idEnd, text };
    const edits = [id, ...relatedEdits(lane.core.namespace, bytes, scan)];
    if (scan.tokenStart >= 0) edits.push({ start: scan.tokenStart, end: scan.tokenEnd, text });
    if (method === "elicitation/create" && scan.paramsStart >= 0) {
      const params = { start: scan.paramsStart, end: scan.paramsEnd };
      const message = findMember(bytes, params.start, params.end, "message");
      const { label } = lane.policy;
      if (label !== undefined && message !== undefined && bytes[message.start] === 0x22) {
        edits.push({ start: message.start + 1, end: message.start + 1, text: `[${label}] ` });
      }
      const elicitationId = this.#deps.urls.asked(lane, session, bytes, params);
      if (elicitationId !== undefined) edits.push(elicitationId);
    }
    return edits.sort(byPlace);
  }

  #refuse(lane: Lane, method: string, idText: ByteString, refusal: AskRefusal): void {
    const core = lane.core.name;
    this.#refusals.say(core, { core, method: method.slice(0, maxMethodChars), reason: refusal.message });
    const body = byteString(JSON.stringify(refusal));
    lane.core.send(frameOf(Buffer.from(`{"jsonrpc":"2.0","id":${idText},"error":${body}}`, "latin1")), noSplices);
  }

  /** Ends a question without the client's answer. */
  #withdraw(ask: Ask, refusal: AskRefusal, outcome: AskOutcome): void {
    this.#close(ask, outcome);
    this.#tell(ask, refusal);
  }

  #tell({ lane, method, coreIdText, waiter }: Ask, refusal: AskRefusal): void {
    if (coreIdText !== undefined) this.#refuse(lane, method, coreIdText, refusal);
    waiter?.ended(refusal);
  }

  /** Takes it out of every table. */
  #close(ask: Ask, outcome: AskOutcome): void {
    this.#count(outcome);
    const { lane, session } = ask;
    const asks = this.#bySession.get(session);
    asks?.delete(ask.id);
    if (asks?.size === 0) this.#bySession.delete(session);
    if (ask.coreIdText !== undefined) lane.asks.delete(idKey(ask.coreIdText));
    // A parked call has its own time.
    if (ask.call !== undefined) this.#deps.parks.withdrawn(ask);
    else if (ask.coreIdText !== undefined && lane.asks.size === 0)
      this.#deps.waited(lane, this.#deps.clock.now() - lane.askingSinceMs);
  }

  #count(outcome: AskOutcome): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  #sweepSoon(): void {
    if (this.#sweeper !== undefined || this.#bySession.size === 0) return;
    this.#sweeper = this.#deps.clock.after(sweepEveryMs, () => {
      this.#sweeper = undefined;
      this.#sweep();
      this.#sweepSoon();
    });
  }

  #sweep(): void {
    const now = this.#deps.clock.now();
    for (const asks of [...this.#bySession.values()]) {
      for (const ask of [...asks.values()]) {
        const isLate = now >= ask.deadlineMs;
        if (!isLate && (ask.replies.isHeard !== false || now - ask.openedMs < unheardMs)) continue;
        this.#withdraw(ask, isLate ? noAnswer : unheard, "expired");
        const params = { requestId: ask.id, reason: "timed out" };
        ask.replies.send(notificationFrame("notifications/cancelled", params), noSplices);
      }
    }
  }
}

/** The Core's own id, and its own name for the task that it asked for. */
function answerEdits({ task }: Ask, coreIdText: ByteString, frame: Frame, scan: Scan): readonly Splice[] {
  const id: Splice = { start: scan.idStart, end: scan.idEnd, text: coreIdText };
  if (task === undefined || scan.resultStart < 0) return [id];
  const range = relatedTaskOfResult(flatten(frame), { start: scan.resultStart, end: scan.resultEnd });
  return range === undefined ? [id] : [id, native(range, task)].sort(byPlace);
}

/** The client's answer comes back by its id, whichever stream the question went on. */
function sendAside({ session, replies }: Ask, frame: Frame, edits: readonly Splice[]): boolean {
  if (replies === session.sink || session.sink.isHeard === false) return false;
  return session.sink.send(frame, edits) === "ok";
}

function hasRoots(owner: Owner | undefined): boolean {
  return owner !== undefined && declares(owner.session.capabilities, "roots");
}

const tooMany: AskRefusal = { code: -32603, message: "too many requests wait for the client's answer already" };
const nobodyToAsk: AskRefusal = {
  code: -32601,
  message:
    "this core is shared by several clients, and nothing says which of them this is for: set isolation: session (or pool, or interactive: serialize) for it in the hub's manifest",
};
const nobodyForCertain: AskRefusal = {
  code: -32601,
  message:
    "nothing says for certain which client this is for: no call runs, or another client's call that was cancelled, or its task, may be at work still",
};
const tooManyParked: AskRefusal = { code: -32603, message: "too many calls wait for their clients' answers already" };
const notReady: AskRefusal = { code: -32603, message: "the client has not said yet what it can be asked" };
const unreachable: AskRefusal = { code: -32603, message: "the client takes no requests on this connection" };
const unheard: AskRefusal = { code: -32603, message: "the client has opened no stream that a request could come on" };
const garbled: AskRefusal = { code: -32603, message: "the client answered with what is no JSON-RPC response" };
const clientLeft: AskRefusal = { code: -32603, message: "the client left before it answered" };
const noAnswer: AskRefusal = { code: -32603, message: `the client did not answer within ${answerMs / 60_000} minutes` };

function unknownMethod(method: string): AskRefusal {
  return {
    code: -32601,
    message: `the hub knows no client that offers ${JSON.stringify(method.slice(0, maxMethodChars))}`,
  };
}
