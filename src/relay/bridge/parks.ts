// Calls of modern clients that wait in a Core of the legacy era for an answer of the client (docs/decisions/0027). The request ends with
// `input_required`; the call stays open in the Core, and here; the client sends the request again with its answers, and has the call back.
//
//   asking ──the Core asked, and said no more for a moment──► parked ──a retry with all answers──► asking
//     │                                                        │  └──a retry with some──► parked, asked for the others
//     │                                                        └──nobody came back in time──► gone, the Core is told
//     └──the Core answered──► over ──kept a while, for a retry whose response was lost or for its client, where that was to come back──► gone
//
// Where the client knows tasks, the request of a tool ends with a task in place of `input_required`, and no retry comes: the call is the hub's until it is
// over, its client asks after it and answers by requests about the task (parked-task.ts).
import type { Clock, Timer } from "../../base/clock.ts";
import { HubError } from "../../base/errors.ts";
import { idKey } from "../../sessions/session.ts";
import {
  type ByteString,
  byteText,
  type Frame,
  frameOf,
  joined,
  noSplices,
  type ReplySink,
  type Sent,
  type Splice,
} from "../../wire/frame.ts";
import { findMember, members, type Range } from "../../wire/json.ts";
import { paramAt } from "../../wire/params.ts";
import { errorFrame } from "../answers.ts";
import type { Ask, Call, ClientSession } from "../call.ts";
import { idInUse } from "../call-errors.ts";
import type { Calls } from "../calls.ts";
import type { Request } from "../request.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { inputRequest, type Question, requestsOf } from "./park-questions.ts";
import {
  detailedTask,
  overTaskMs,
  type ParkedTask,
  type TaskSight,
  taskFacts,
  taskFrom,
  taskMs,
} from "./parked-task.ts";
import { declaresTasks } from "./requests.ts";
import { endpointOf, newStateId, type RequestState, type SealedStates, subjectOf } from "./sealed-state.ts";
import { sessionLike } from "./session-like.ts";
import type { TaskHandles } from "./task-handles.ts";

/** How long a Core may go on asking before the client is told of what it has asked so far. */
const gatherMs = 15;
/** How long the client may take to come back, and how long there is an answer for it that came meanwhile. */
const parkMs = 10 * 60_000;
/** How long an answer is kept that the client may not have got, and the largest of those that it was sent. */
const keepMs = 60_000;
const maxSentBytes = 1024 * 1024;
/** Parked calls of one client, and of one Core. */
const maxPerClient = 16;
const maxPerCore = 256;
/** Of what one call asks at a time. */
const maxAskedBytes = 1024 * 1024;
const maxRounds = 64;
/** The largest answer that is kept while no request waits for it. */
const maxKeptBytes = 10 * 1024 * 1024;

export interface ParksDeps {
  readonly clock: Clock;
  readonly calls: Pick<Calls, "adopt" | "dropSession" | "stepAside" | "stepBack">;
  readonly states: SealedStates;
  readonly handles: TaskHandles;
  /** The task of this park is another one than it was. */
  taskChanged(parkId: string): void;
  /** What the Core has asked is answered with this result; false where the Core does not wait for it any more. */
  settle(ask: Ask, result: Buffer): boolean;
  /** Nobody will answer what was asked in this session. */
  dropAsks(session: ClientSession): void;
}

interface Park {
  readonly id: string;
  /** Undefined once it is over: its request is not kept with its answer. */
  call: Call | undefined;
  readonly core: string;
  readonly fp: string;
  readonly sub: string;
  readonly endpoint: string;
  /** Whose the call is while no request waits for it. */
  readonly session: ClientSession;
  /** The canonical name of the tool that is called; undefined for another call. */
  readonly tool: string | undefined;
  /** What its client knows it as from the first question on; undefined: by its states. */
  task: ParkedTask | undefined;
  phase: "asking" | "parked" | "over";
  /** Counts up each time the client is asked; 0 before the first. */
  round: number;
  /** What the Core waits for, by the names that the client answers by. */
  readonly questions: Map<string, Question>;
  lastKey: number;
  /** Since when it has waited for something, at any time. */
  askedMs: number;
  /** The answer of the Core, whole, once there is one that no client is known to have. */
  outcome: Buffer | undefined;
  /** Its answer is not kept any more. */
  letGo: (() => void) | undefined;
  timer: Timer | undefined;
}

export class Parks {
  readonly #deps: ParksDeps;
  readonly #byId = new Map<string, Park>();
  readonly #byCall = new Map<Call, Park>();
  /** What came of tasks, and answers that clients may not have got: of neither does one push out the other. */
  readonly #results = new KeptAnswers();
  readonly #answers = new KeptAnswers();
  #made = 0;

  constructor(deps: ParksDeps) {
    this.#deps = deps;
  }

  /** Calls that are or were parked and are not forgotten yet. */
  get size(): number {
    return this.#byId.size;
  }

  /** Whose calls no request waits for. */
  *sessions(): Iterable<ClientSession> {
    for (const { session } of this.#byId.values()) yield session;
  }

  /**
   * The session that what this call's Core asks belongs to, whichever request the call is of; undefined where no more may be parked.
   * `fp`: the fingerprint of the call's request; `tool`: the canonical name of the tool that is called.
   */
  sessionOf(call: Call, fp: () => string, tool: string | undefined): ClientSession | undefined {
    return (this.#byCall.get(call) ?? this.#make(call, fp, tool))?.session;
  }

  /** The Core asks this: `bytes` is its request in one piece, with `params` there. False where the client will not be asked. */
  asked(call: Call, ask: Ask, bytes: Buffer, params: Range | undefined, label: string | undefined): boolean {
    const park = this.#byCall.get(call);
    if (park === undefined) return false;
    const request = inputRequest(ask.method, bytes, params, label);
    let size = request.length;
    for (const question of park.questions.values()) size += question.request.length;
    if (size > maxAskedBytes || park.round >= maxRounds) return false;
    if (park.questions.size === 0) park.askedMs = this.#deps.clock.now();
    park.questions.set(`k${++park.lastKey}`, { ask, request });
    if (park.task !== undefined) this.#changed(park, park.task);
    // Who waits is told of all at once; where nobody does, the next retry is.
    if (park.phase === "parked") this.#deps.calls.stepAside(call);
    else park.timer ??= this.#deps.clock.after(gatherMs, () => this.#ask(park));
    return true;
  }

  /** The Core does not wait for this answer any more. */
  withdrawn(ask: Ask): void {
    for (const park of this.#byId.values()) {
      for (const [key, question] of park.questions) {
        if (question.ask !== ask || !park.questions.delete(key)) continue;
        this.#goesOn(park, () => {});
        if (park.task !== undefined) this.#changed(park, park.task);
      }
    }
  }

  /** The call is over, for whatever reason. */
  over(call: Call, isAbandoned: boolean): void {
    const park = this.#byCall.get(call);
    if (park === undefined) return;
    this.#byCall.delete(call);
    park.timer?.cancel();
    const ms = park.phase === "parked" ? parkMs : keepMs;
    park.phase = "over";
    park.call = undefined;
    park.questions.clear();
    this.#deps.dropAsks(park.session);
    if (park.task !== undefined && (park.task.isCancelled || !isAbandoned)) this.#endTask(park, park.task);
    else if (isAbandoned || park.outcome === undefined) this.#forget(park);
    else this.#keepFor(park, ms, this.#answers);
  }

  /** A request that brings back this state: it gets the call, or the answer, or is asked for what is still missing. Throws HubError. */
  resume(state: RequestState, request: Request): void {
    const park = this.#byId.get(state.id);
    if (park === undefined || park.task !== undefined) throw this.#deps.states.refusal("gone", { core: state.core });
    const isLate = state.round === park.round - 1 && park.phase === "parked";
    if (state.round !== park.round && !isLate) throw this.#deps.states.refusal("round", park);
    if (request.session.calls.has(idKey(request.idText))) throw idInUse(request.idText);
    if (park.phase === "asking") throw this.#deps.states.refusal("round", park);
    // What it answers is answered already: the response to that was lost.
    if (!isLate) this.#answerAll(park, request);
    if (park.outcome !== undefined) answerWith(request, park.outcome);
    else if (park.questions.size > 0) {
      if (!isLate) park.round++;
      request.replies.answer(this.#inputRequired(park, request.idText), noSplices);
    } else this.#giveBack(park, request);
  }

  /** The result of a request about the task of this park, of its owner; undefined where there is none any more. */
  aboutTask(parkId: string, request: Request): ByteString | undefined {
    const park = this.#byId.get(parkId);
    const task = park?.task;
    if (park === undefined || task === undefined) return undefined;
    if (request.method === "tasks/get") return `{"resultType":"complete",${detailedTask(task, sightOf(park))}}`;
    if (request.method === "tasks/update") this.#answerAll(park, request);
    else if (park.phase !== "over") {
      task.isCancelled = true;
      this.#end(park);
    }
    return '{"resultType":"complete"}';
  }

  /** The task of this park as it is now; undefined where there is none. */
  taskOf(parkId: string): ByteString | undefined {
    const park = this.#byId.get(parkId);
    return park?.task === undefined ? undefined : `{${detailedTask(park.task, sightOf(park))}}`;
  }

  /** The hub has no more time: whatever is parked is given up, and the Cores are told. */
  dropAll(): void {
    for (const park of [...this.#byId.values()]) this.#giveUp(park);
  }

  #make(call: Call, fp: () => string, tool: string | undefined): Park | undefined {
    const { session, lane } = call;
    const sub = subjectOf(session.principal);
    const all = [...this.#byId.values()].filter(({ phase }) => phase !== "over");
    if (all.filter((park) => park.sub === sub).length >= maxPerClient) return undefined;
    if (all.filter(({ core }) => core === lane.core.name).length >= maxPerCore) return undefined;
    const park: Park = {
      ...{ id: newStateId(), call, core: lane.core.name, fp: fp(), sub, endpoint: endpointOf(session) },
      session: sessionLike(session, {
        ...{ id: `${session.id}p${++this.#made}`, openedMs: this.#deps.clock.now(), sink: nowhere },
        end: () => this.#giveUp(park),
      }),
      ...{ tool, task: undefined, phase: "asking", round: 0, questions: new Map(), lastKey: 0, askedMs: 0 },
      ...{ outcome: undefined, letGo: undefined, timer: undefined },
    };
    this.#byId.set(park.id, park);
    this.#byCall.set(call, park);
    return park;
  }

  /** The request ends here; the call stays. */
  #ask(park: Park): void {
    park.timer = undefined;
    const { call, session } = park;
    if (park.phase !== "asking" || call === undefined || park.questions.size === 0) return;
    const { replies, idText } = call;
    park.phase = "parked";
    park.round++;
    const keeping: ReplySink = { ...nowhere, answer: (frame, splices) => this.#keep(park, frame, splices) };
    this.#deps.calls.adopt(call, { session, replies: keeping, idText: "0", idKey: "0", tokenText: undefined });
    this.#deps.calls.stepAside(call);
    if (park.tool !== undefined && declaresTasks(session.capabilities)) {
      replies.answer(this.#becomeTask(park, park.tool, idText), noSplices);
      return;
    }
    park.timer = this.#deps.clock.after(parkMs, () => this.#giveUp(park));
    replies.answer(this.#inputRequired(park, idText), noSplices);
  }

  #becomeTask(park: Park, tool: string, idText: ByteString): Frame {
    const { handles, states, clock } = this.#deps;
    const handle = { place: "hub", core: park.core, tool, id: park.id } as const;
    const task = taskFrom(handles.nameOf(handle, park.session.principal), states.now());
    park.task = task;
    park.timer = clock.after(taskMs, () => this.#giveUp(park));
    const result = `{"resultType":"task",${taskFacts(task, sightOf(park))}}`;
    return frameOf(Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":${result}}`, "latin1"));
  }

  /** The answer to a call that no request waits for. */
  #keep(park: Park, frame: Frame, splices: readonly Splice[]): Sent {
    const isTooLarge = frame.size > maxKeptBytes;
    const kept = isTooLarge ? errorFrame("0", tooLarge(park, frame.size)) : frame;
    park.outcome = joined(kept, isTooLarge ? noSplices : splices, "", "");
    return "ok";
  }

  #changed(park: Park, task: ParkedTask): void {
    task.updatedMs = this.#deps.states.now();
    this.#deps.taskChanged(park.id);
  }

  /** Its client may fetch what came of it, for a while. */
  #endTask(park: Park, task: ParkedTask): void {
    task.expiresMs = this.#deps.states.now() + overTaskMs;
    this.#keepFor(park, overTaskMs, this.#results);
    this.#changed(park, task);
  }

  #keepFor(park: Park, ms: number, among: KeptAnswers): void {
    const forget = () => this.#forget(park);
    park.timer = this.#deps.clock.after(ms, forget);
    park.letGo = among.add({ sub: park.sub, bytes: park.outcome?.length ?? 0, drop: forget });
  }

  #inputRequired(park: Park, idText: ByteString): Frame {
    const { id, core, fp, sub, round, endpoint } = park;
    const exp = this.#deps.states.now() + parkMs;
    const state = this.#deps.states.seal({ t: "park", id, core, fp, sub, round, exp }, endpoint);
    const asked = park.questions.size === 0 ? "" : `"inputRequests":{${requestsOf(park.questions)}},`;
    const result = `{"resultType":"input_required",${asked}"requestState":"${state}"}`;
    return frameOf(Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":${result}}`, "latin1"));
  }

  /** Answers that nobody asked for are ignored, and what is no object is none. */
  #answerAll(park: Park, { bytes, scan }: Request): void {
    const responses = paramAt(bytes, scan, "inputResponses");
    if (responses === undefined) return;
    const answers = new Map<string, Buffer>();
    members(bytes, responses.start, responses.end, (key, start, end) => {
      if (bytes[start] === 0x7b) answers.set(key, Buffer.from(bytes.subarray(start, end)));
    });
    const given: (readonly [Ask, Buffer])[] = [];
    for (const [key, answer] of answers) {
      const question = park.questions.get(key);
      if (question === undefined) continue;
      park.questions.delete(key);
      given.push([question.ask, answer]);
    }
    const settle = () => {
      for (const [ask, answer] of given) this.#deps.settle(ask, answer);
    };
    if (given.length > 0) this.#goesOn(park, settle);
    if (answers.size > 0 && park.task !== undefined && park.phase !== "over") this.#changed(park, park.task);
  }

  /** With all that it has asked the Core is at work again, and the call takes its places; before, the Core waits still. */
  #goesOn({ call, questions, askedMs }: Park, then: () => void): void {
    if (call === undefined || questions.size > 0) {
      then();
      return;
    }
    this.#deps.calls.stepBack(call, () => {
      // The time that the client took, and that in line, is not the Core's.
      const ms = this.#deps.clock.now() - askedMs;
      call.deadlineMs += ms;
      call.lastMs += ms;
      then();
      // It asked for more while it was in line.
      if (questions.size > 0) this.#deps.calls.stepAside(call);
    });
  }

  #giveBack(park: Park, { session, replies, idText, bytes, scan }: Request): void {
    const { call } = park;
    if (call === undefined) return;
    park.timer?.cancel();
    park.timer = undefined;
    park.phase = "asking";
    const tokenText = scan.tokenStart < 0 ? undefined : byteText(bytes, scan.tokenStart, scan.tokenEnd);
    const copying: ReplySink = {
      send: (frame, splices) => replies.send(frame, splices),
      answer: (frame, splices, refusal) => {
        if (park.phase === "asking" && frame.size <= maxSentBytes) park.outcome = joined(frame, splices, "", "");
        return replies.answer(frame, splices, refusal);
      },
      dropped: () => replies.dropped(),
    };
    this.#deps.calls.adopt(call, { session, replies: copying, idText, idKey: idKey(idText), tokenText });
  }

  /** Nobody came back, or may. */
  #giveUp(park: Park): void {
    this.#end(park);
    this.#forget(park);
  }

  /** The Core is told that nobody waits any more. */
  #end({ session }: Park): void {
    this.#deps.dropAsks(session);
    this.#deps.calls.dropSession(session);
  }

  #forget(park: Park): void {
    park.timer?.cancel();
    this.#byId.delete(park.id);
    park.letGo?.();
    if (park.call !== undefined) this.#byCall.delete(park.call);
  }
}

function sightOf(park: Park): TaskSight {
  return { isOver: park.phase === "over", requests: requestsOf(park.questions), outcome: park.outcome };
}

function tooLarge({ core }: Park, bytes: number): HubError {
  const message = `core "${core}" answered with ${bytes} bytes, and the hub keeps ${maxKeptBytes} of what no request waits for`;
  return new HubError("too_large", message, { core });
}

const nowhere: ReplySink = { send: () => "closed", answer: () => "closed", dropped: () => {} };

/** An answer that was kept, under the id of this request. */
function answerWith({ replies, idText }: Request, outcome: Buffer): void {
  const id = findMember(outcome, 0, outcome.length, "id");
  if (id === undefined) throw new HubError("internal", "an answer that was kept has no id");
  replies.answer(frameOf(Buffer.from(outcome)), [{ ...id, text: idText }]);
}
