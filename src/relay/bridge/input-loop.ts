// A legacy client's call of a modern Core that asks for input first: what the Core asks becomes requests to the client, all of a round at once, on the
// stream of the call; with the answers the call is sent again, until the Core has a result.
//
//   round ──all answered──► sent again ──input_required──► round
//     └──one cannot be asked, is refused, too late, too many rounds──► the call is over, with a sentence
//
// The time that a person takes is not the Core's. A round that asks nobody takes of the call's own time, and ends with it.
//
// Who opens a page (elicitation in mode url) has said only that it will be seen to: the Core is asked again after a while, and asks the same until it is.
import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "../../base/clock.ts";
import { HubError } from "../../base/errors.ts";
import {
  type ByteString,
  byteString,
  byteText,
  type Frame,
  flatten,
  noSplices,
  type Splice,
} from "../../wire/frame.ts";
import { findMember } from "../../wire/json.ts";
import type { Scan } from "../../wire/scan.ts";
import { notificationFrame, resultFrame, resultOf } from "../answers.ts";
import type { AskRefusal } from "../ask-rules.ts";
import type { Asks } from "../asks.ts";
import type { Ask, Call } from "../call.ts";
import { timedOut } from "../call-errors.ts";
import type { Calls } from "../calls.ts";
import { type InputRequest, type InputRequired, textAt } from "./input-required.ts";

/** In which the client is asked. */
const maxRounds = 8;
/** Before a Core that asks for nothing, but for another try, has it. */
const paceMs = 250;
/** The same, while a page waits for its person. */
const pagePacesMs = [2000, 5000, 10_000, 20_000];
const maxPageMs = 10 * 60_000;

export interface InputLoopDeps {
  readonly clock: Clock;
  readonly asks: Pick<Asks, "refusal" | "put" | "takeBack">;
  readonly calls: Pick<Calls, "resend" | "finish" | "refuse">;
}

/** A page that the client has said it will see to. */
interface Page {
  readonly elicitationId: string;
  /** The client's answer, which is told the Core again each time. */
  answer: ByteString | undefined;
  readonly sinceMs: number;
}

export class InputLoop {
  readonly #deps: InputLoopDeps;
  readonly #call: Call;
  /** As it was read. */
  readonly #request: Frame;
  /** Where members are put in at the end of its params. */
  readonly #paramsEnd: number;
  #rounds = 0;
  #visits = 0;
  #pausedMs = 0;
  /** Of the round that there is: it asks what was not asked before. */
  #asksAnew = false;
  /** What the client is asked just now, by the Core's names; and what it has answered, as JSON. */
  readonly #open = new Map<string, Ask | undefined>();
  readonly #answers = new Map<string, ByteString>();
  /** By their urls. */
  readonly #pages = new Map<string, Page>();
  #state: ByteString | undefined;
  #timer: Timer | undefined;

  constructor(call: Call, request: Frame, paramsEnd: number, deps: InputLoopDeps) {
    this.#call = call;
    this.#request = request;
    this.#paramsEnd = paramsEnd;
    this.#deps = deps;
  }

  /** The Core has asked; the call is taken. */
  round(said: InputRequired): void {
    const flaw = this.#start(said);
    if (flaw === undefined) this.#answered();
    else this.fail(flaw);
  }

  /** The Core has a result: whoever saw to a page is told that it is done. */
  settled(): void {
    this.#finishPages(Buffer.alloc(0), []);
  }

  /** Ends the call: `what` the Core did. */
  fail(what: string): void {
    const call = this.#call;
    this.over();
    const core = call.lane.core.name;
    const message = `core "${core}" ${what}`;
    if (call.method === "tools/call") {
      const result = resultOf({ content: [{ type: "text", text: message }], isError: true });
      this.#deps.calls.finish(call, resultFrame(call.idText, result));
    } else this.#deps.calls.refuse(call, new HubError("input_refused", message, { core }));
  }

  /** The call is over, or about to be: nobody is asked any more. */
  over(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const ask of open)
      if (ask !== undefined) this.#deps.asks.takeBack(ask, "the call that it belonged to is over");
  }

  /** Returns what is wrong, where the client is not asked. */
  #start({ bytes, requests, state }: InputRequired): string | undefined {
    const { clock, asks } = this.#deps;
    this.#pausedMs = clock.now();
    this.#state = state === undefined ? undefined : byteText(bytes, state.start, state.end);
    this.#answers.clear();
    const fresh = requests.filter((request) => !this.#isWaitedFor(bytes, request));
    this.#asksAnew = fresh.length > 0;
    this.#finishPages(bytes, requests);
    if (this.#asksAnew && ++this.#rounds > maxRounds) return `asked for input more than ${maxRounds} times`;
    for (const { method, params } of fresh) {
      const range = params ?? { start: -1, end: -1 };
      const refusal = asks.refusal(this.#call, method, { bytes, ...range });
      if (refusal !== undefined) return `asked for input that it cannot have: ${refusal.message}`;
    }
    // All are open before the first is asked, which may be answered at once.
    for (const { key } of fresh) this.#open.set(key, undefined);
    for (const request of fresh) if (this.#open.has(request.key)) this.#ask(bytes, request);
    return undefined;
  }

  /** A page that the client sees to, and that the Core asks for still. */
  #isWaitedFor(bytes: Buffer, { key, method, params }: InputRequest): boolean {
    const url = pageUrl(bytes, method, params);
    const page = url === undefined ? undefined : this.#pages.get(url);
    if (page?.answer === undefined || this.#deps.clock.now() - page.sinceMs > maxPageMs) return false;
    this.#answers.set(key, page.answer);
    return true;
  }

  #ask(bytes: Buffer, { key, method, params }: InputRequest): void {
    const { asks, clock } = this.#deps;
    const url = pageUrl(bytes, method, params);
    const page =
      url === undefined ? undefined : { elicitationId: newElicitationId(), answer: undefined, sinceMs: clock.now() };
    if (url !== undefined && page !== undefined) this.#pages.set(url, page);
    const text = params === undefined ? undefined : paramsFor(this.#call, method, bytes, params, page);
    const ask = asks.put(this.#call, method, text, {
      answered: (frame, scan) => this.#answer(key, method, page, frame, scan),
      ended: (refusal) => this.#refused(key, method, refusal),
    });
    if (this.#open.has(key)) this.#open.set(key, ask);
  }

  #answer(key: string, method: string, page: Page | undefined, frame: Frame, scan: Scan): void {
    if (!this.#open.delete(key)) return;
    const bytes = flatten(frame);
    if (scan.resultStart < 0) {
      const message = textAt(bytes, findMember(bytes, scan.errorStart, scan.errorEnd, "message")) ?? "";
      this.fail(`asked for input (${method}), and the client answered with an error: ${message.slice(0, 400)}`);
      return;
    }
    const answer = byteText(bytes, scan.resultStart, scan.resultEnd);
    this.#answers.set(key, answer);
    const action = textAt(bytes, findMember(bytes, scan.resultStart, scan.resultEnd, "action"));
    if (page !== undefined && action === "accept") page.answer = answer;
    this.#answered();
  }

  #refused(key: string, method: string, { message }: AskRefusal): void {
    if (this.#open.delete(key)) this.fail(`asked for input (${method}): ${message}`);
  }

  #answered(): void {
    if (this.#open.size > 0 || this.#call.state !== "taken" || this.#timer !== undefined) return;
    const isOnPage = [...this.#pages.values()].some(({ answer }) => answer !== undefined);
    const waitMs = isOnPage ? pagePaceMs(this.#visits++) : this.#answers.size === 0 ? paceMs : 0;
    const resend = () => this.#resend(isOnPage || this.#asksAnew);
    if (waitMs === 0) resend();
    else this.#timer = this.#deps.clock.after(waitMs, resend);
  }

  /** `waited`: for a person, since the round began. */
  #resend(waited: boolean): void {
    this.#timer = undefined;
    const call = this.#call;
    const now = this.#deps.clock.now();
    if (waited) {
      call.deadlineMs += now - this.#pausedMs;
      call.lastMs += now - this.#pausedMs;
    }
    // Nobody else looks: while a hook has a call, it is not late.
    if (call.deadlineMs <= now) {
      this.#deps.calls.refuse(call, timedOut(call, now));
      return;
    }
    const answers = [...this.#answers].map(([key, answer]) => `${byteString(JSON.stringify(key))}:${answer}`);
    const texts = [
      ...(answers.length === 0 ? [] : [`,"inputResponses":{${answers.join(",")}}`]),
      ...(this.#state === undefined ? [] : [`,"requestState":${this.#state}`]),
    ];
    const at = this.#paramsEnd - 1;
    this.#deps.calls.resend(call, this.#request, [{ start: at, end: at, text: texts.join("") }]);
  }

  /** Pages that are not asked for any more: those that the client saw to are done. */
  #finishPages(bytes: Buffer, requests: readonly InputRequest[]): void {
    if (this.#pages.size === 0) return;
    const asked = new Set(requests.map(({ method, params }) => pageUrl(bytes, method, params)));
    for (const [url, { answer, elicitationId }] of this.#pages) {
      if (asked.has(url)) continue;
      this.#pages.delete(url);
      if (answer === undefined) continue;
      const done = notificationFrame("notifications/elicitation/complete", { elicitationId });
      this.#call.replies.send(done, noSplices);
    }
    if (this.#pages.size === 0) this.#visits = 0;
  }
}

function pagePaceMs(visit: number): number {
  return pagePacesMs[Math.min(visit, pagePacesMs.length - 1)] ?? 0;
}

/** Of a question that is a page to be seen to. */
function pageUrl(bytes: Buffer, method: string, params: InputRequest["params"]): string | undefined {
  if (method !== "elicitation/create" || params === undefined) return undefined;
  const of = (key: string) => textAt(bytes, findMember(bytes, params.start, params.end, key));
  return of("mode") === "url" ? of("url") : undefined;
}

function newElicitationId(): string {
  return `hub~${randomBytes(12).toString("base64url")}`;
}

/** As the client knows them: who asks is said, and a page has an id, which clients of the legacy era need. */
function paramsFor(
  { lane }: Call,
  method: string,
  bytes: Buffer,
  { start, end }: { start: number; end: number },
  page: Page | undefined,
): ByteString {
  const edits: Splice[] = labelEdits(lane.policy.label, method, bytes, { start, end });
  if (page !== undefined) {
    const text = `"elicitationId":"${page.elicitationId}",`;
    edits.unshift({ start: start + 1, end: start + 1, text });
  }
  return editedText(bytes, start, end, edits);
}

/** Through the hub a person sees the hub only: the Core's name stands before its words. */
export function labelEdits(
  label: string | undefined,
  method: string,
  bytes: Buffer,
  params: { start: number; end: number } | undefined,
): Splice[] {
  if (label === undefined || method !== "elicitation/create" || params === undefined) return [];
  const message = findMember(bytes, params.start, params.end, "message");
  if (message === undefined || bytes[message.start] !== 0x22) return [];
  const at = message.start + 1;
  return [{ start: at, end: at, text: byteString(`[${label}] `) }];
}

function editedText(bytes: Buffer, start: number, end: number, edits: readonly Splice[]): ByteString {
  let text = "";
  let at = start;
  for (const edit of edits) {
    text += byteText(bytes, at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + byteText(bytes, at, end);
}
