// Calls that failed for want of a login which their client's person can make: the person is given the hub's page for it. A client that takes such
// questions (elicitation in mode url) is asked, and its calls wait and go on; any other gets an error with the link.
//
//   failed ──asked──► waits ──signed in──► goes on         ──declined, too late, gone──► the error
//     └──cannot be asked──► the error, with the link
//
// A modern client is asked by the answer of its call (login-rounds.ts).
import { randomBytes } from "node:crypto";
import { declares } from "../base/client-capabilities.ts";
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { SpacedLog } from "../base/spaced-log.ts";
import type { View } from "../catalog/view.ts";
import type { Log } from "../telemetry/log.ts";
import { type Frame, flatten, frameOf, integerAt, noSplices } from "../wire/frame.ts";
import { findMember } from "../wire/json.ts";
import { hasUrlRequired } from "../wire/revisions.ts";
import type { Scan } from "../wire/scan.ts";
import { stringAt } from "../wire/strings.ts";
import { completed, notificationFrame, resultFrame, resultOf } from "./answers.ts";
import type { Call, CallHook, ClientSession } from "./call.ts";
import type { Calls } from "./calls.ts";
import { declined, LoginRounds, type LoginRoundsDeps } from "./login-rounds.ts";
import { LoginWaits } from "./login-waits.ts";
import { SignInFirst, type StandIn } from "./sign-in-first.ts";

/** The hub's page for one login. */
export interface SignIn {
  readonly url: string;
  /** Resolves when the person has signed in. Rejects with HubError. */
  readonly done: Promise<void>;
}

export interface LoginPort {
  /** Whether calls of this Core may fail for want of a login. */
  has(coreKey: string): boolean;
  /** Undefined: this client's person is not who could help, or signing in would not. Rejects with HubError where there is no page. */
  signIn(coreKey: string, session: ClientSession): Promise<SignIn | undefined>;
  /** The tools of the hub's that the session is shown in place of what Cores have, which do nothing but ask for a login. */
  standIns(session: ClientSession): readonly StandIn[];
}

export interface LoginAsksDeps extends Pick<LoginRoundsDeps, "inputRequired"> {
  readonly clock: Clock;
  readonly log: Log;
  readonly calls: Pick<Calls, "retry" | "refuse" | "finish">;
  readonly logins: LoginPort;
}

interface Waiting {
  /** With what the call would have ended. */
  readonly error: HubError;
  /** Where something stands in for what the Core has: a call of that tool, or by a name of what nobody knows yet. Neither is the Core's to run. */
  readonly standIn: "tool" | "name" | undefined;
  /** What a modern client has brought back of the page that it was sent to; undefined: it was not sent there yet. */
  readonly brought: string | undefined;
}

/** One session's need of one login: however many calls have it, the person is asked once. */
interface Need {
  readonly session: ClientSession;
  readonly core: string;
  readonly elicitationId: string;
  readonly sinceMs: number;
  readonly calls: Map<Call, Waiting>;
  /** Of the question, while it is open. */
  askId: number | undefined;
}

export class LoginAsks {
  readonly #deps: LoginAsksDeps;
  /** By Core. Only sessions that need something are here. */
  readonly #needs = new Map<ClientSession, Map<string, Need>>();
  readonly #waits = new LoginWaits();
  readonly #rounds: LoginRounds;
  readonly #unoffered: SpacedLog;
  readonly #asked: SpacedLog;
  #isClosed = false;

  constructor(deps: LoginAsksDeps) {
    this.#deps = deps;
    this.#unoffered = new SpacedLog(deps.clock, (context) => deps.log.info("login_not_offered", context));
    this.#asked = new SpacedLog(deps.clock, (context) => deps.log.info("login_asked", context));
    const finish = (call: Call, frame: Frame) => deps.calls.finish(call, frame);
    this.#rounds = new LoginRounds({ ...deps, finish });
  }

  /** The names that wait for a login of this session, in what it sees. */
  first(session: ClientSession, view: View): SignInFirst {
    return new SignInFirst(this.#deps.logins.standIns(session), view);
  }

  /**
   * For a call of this Core; undefined where it needs no login. `isTool`: of a tool that the session is shown. `brought`: as `broughtAction`, of a call
   * that comes back from the page.
   */
  hook(coreKey: string, session: ClientSession, isTool = false, brought?: string): CallHook | undefined {
    if (!this.#deps.logins.has(coreKey)) return undefined;
    const isStandIn = this.#deps.logins.standIns(session).some(({ core }) => core === coreKey);
    const standIn = !isStandIn ? undefined : isTool ? "tool" : "name";
    let isAsked = false;
    return {
      fails: (error, call) => {
        if (error.code !== "login_needed" || isAsked || this.#isClosed) return false;
        isAsked = true;
        const waiting: Waiting = { error, standIn, brought };
        // Its answer is of another turn: the call is taken when this returns.
        const excess = isSignedIn(error) ? undefined : this.#waits.add(call);
        if (isSignedIn(error)) queueMicrotask(() => this.#resume(call, waiting, 0));
        else if (excess !== undefined) queueMicrotask(() => this.#deps.calls.refuse(call, excess));
        else if (this.#rounds.takes(call)) void this.#helpModern(call, waiting);
        else this.#add(call, waiting);
        return true;
      },
      ...(isStandIn && { refuses: () => signedIn(coreKey) }),
      over: (_outcome, call) => {
        this.#waits.remove(call);
        this.#rounds.over(call);
        this.#forget(session, coreKey);
      },
    };
  }

  /** A client's response: false where it answers none of these questions. */
  answered(session: ClientSession, frame: Frame, scan: Scan): boolean {
    const id = integerAt(frame, scan.idStart, scan.idEnd);
    for (const need of this.#needs.get(session)?.values() ?? []) {
      if (need.askId !== id) continue;
      need.askId = undefined;
      // Who goes to the page may take as long as the page is there.
      if (actionIn(frame, scan) !== "accept") this.#end(need, (error) => error);
      return true;
    }
    return false;
  }

  /** Nobody is asked any more: what fails from now on fails. */
  close(): void {
    this.#isClosed = true;
    this.#unoffered.close();
    this.#asked.close();
  }

  #add(call: Call, waiting: Waiting): void {
    const { session } = call;
    const core = call.lane.core.name;
    const known = this.#needs.get(session)?.get(core);
    if (known !== undefined) {
      known.calls.set(call, waiting);
      return;
    }
    const elicitationId = `hub~${randomBytes(12).toString("base64url")}`;
    const sinceMs = this.#deps.clock.now();
    const need: Need = { session, core, elicitationId, sinceMs, calls: new Map([[call, waiting]]), askId: undefined };
    const needs = this.#needs.get(session) ?? new Map<string, Need>();
    this.#needs.set(session, needs.set(core, need));
    void this.#help(need);
  }

  /** Each call by itself: its client is told by its answer. */
  async #helpModern(call: Call, waiting: Waiting): Promise<void> {
    const { error, brought } = waiting;
    const { session } = call;
    const core = call.lane.core.name;
    const sinceMs = this.#deps.clock.now();
    const signIn = declined(brought) ? undefined : await this.#pageFor(session, core);
    // Not before the hook has taken it.
    await Promise.resolve();
    if (call.state !== "taken") return;
    if (signIn === undefined) return this.#deps.calls.refuse(call, error);
    if (brought !== "accept") {
      const isSent = this.#rounds.send(call, signIn, wordsFor(core));
      if (!isSent) return this.#deps.calls.refuse(call, error);
      this.#sayAsked(session, core);
      return;
    }
    try {
      if (!(await this.#rounds.wait(call, signIn))) return;
    } catch (failure) {
      if (call.state === "taken") this.#deps.calls.refuse(call, HubError.from(failure));
      return;
    }
    this.#resume(call, waiting, this.#deps.clock.now() - sinceMs);
  }

  /** Undefined where there is none. */
  async #pageFor(session: ClientSession, core: string): Promise<SignIn | undefined> {
    try {
      return await this.#deps.logins.signIn(core, session);
    } catch (error) {
      const { code, message } = HubError.from(error);
      const reason = code === "internal" ? code : message;
      this.#unoffered.say(core, { session: session.id, core, reason });
      return undefined;
    }
  }

  #sayAsked(session: ClientSession, core: string): void {
    this.#asked.say(core, { session: session.id, core, principal: session.principal.name });
  }

  async #help(need: Need): Promise<void> {
    const { session, core } = need;
    const signIn = await this.#pageFor(session, core);
    if (!this.#isOpen(need)) return;
    if (signIn === undefined) return this.#end(need, (error) => error);
    const { url } = signIn;
    if (!this.#ask(need, url)) return this.#end(need, (error) => withLink(error, need, url));
    this.#sayAsked(session, core);
    try {
      await signIn.done;
    } catch (error) {
      this.#end(need, () => HubError.from(error));
      return;
    }
    if (this.#isOpen(need)) this.#goOn(need);
  }

  /** False where the client cannot be asked. */
  #ask(need: Need, url: string): boolean {
    const { session, core, elicitationId } = need;
    // A modern one has not said that it takes links, or asks for what has no answer of that kind.
    if (session.era !== "legacy" || !declares(session.capabilities, "elicitation", "url")) return false;
    const id = ++session.lastAskId;
    const params = { mode: "url", message: wordsFor(core), elicitationId, url };
    const body = { jsonrpc: "2.0", id, method: "elicitation/create", params };
    if (!this.#send(need, frameOf(Buffer.from(JSON.stringify(body))))) return false;
    need.askId = id;
    return true;
  }

  #goOn(need: Need): void {
    const { elicitationId } = need;
    this.#withdraw(need, "the person has signed in");
    this.#send(need, notificationFrame("notifications/elicitation/complete", { elicitationId }));
    const waitedMs = this.#deps.clock.now() - need.sinceMs;
    for (const [call, waiting] of this.#close(need)) this.#resume(call, waiting, waitedMs);
  }

  /** What is called by a name has its route when it comes again: only then it is known what the name is. */
  #resume(call: Call, { error, standIn }: Waiting, waitedMs: number): void {
    this.#waits.remove(call);
    if (standIn === "tool") {
      this.#tell(call, call.lane.core.name);
      return;
    }
    const isOnItsWay =
      standIn === "name"
        ? this.#rounds.takes(call) && this.#rounds.sendBack(call)
        : this.#deps.calls.retry(call, waitedMs);
    if (!isOnItsWay) this.#deps.calls.refuse(call, again(error));
  }

  #tell(call: Call, core: string): void {
    const result = signedInResult(core);
    const { idText, session } = call;
    this.#deps.calls.finish(call, resultFrame(idText, session.era === "modern" ? completed(result) : result));
  }

  #end(need: Need, as: (error: HubError) => HubError): void {
    if (!this.#isOpen(need)) return;
    this.#withdraw(need, "the login is not waited for any more");
    for (const [call, { error }] of this.#close(need)) this.#deps.calls.refuse(call, as(error));
  }

  /** A call is over: the last one takes the question with it. */
  #forget(session: ClientSession, core: string): void {
    const need = this.#needs.get(session)?.get(core);
    if (need === undefined) return;
    for (const call of need.calls.keys()) if (call.state === "done") need.calls.delete(call);
    if (need.calls.size > 0) return;
    if (session.phase === "ready") this.#withdraw(need, "nothing waits for the login any more");
    this.#close(need);
  }

  #withdraw(need: Need, reason: string): void {
    if (need.askId === undefined) return;
    this.#send(need, notificationFrame("notifications/cancelled", { requestId: need.askId, reason }));
    need.askId = undefined;
  }

  #isOpen(need: Need): boolean {
    return this.#needs.get(need.session)?.get(need.core) === need;
  }

  /** Takes it out of the table; returns the calls that it had. */
  #close(need: Need): Map<Call, Waiting> {
    const needs = this.#needs.get(need.session);
    needs?.delete(need.core);
    if (needs?.size === 0) this.#needs.delete(need.session);
    return need.calls;
  }

  /** On the response of a call that waits, where that takes more than an answer; else on what belongs to no request, if it is heard. */
  #send({ session, calls }: Need, frame: Frame): boolean {
    const [first] = calls.keys();
    if (first !== undefined && first.replies.isHeard !== false && first.replies.send(frame, noSplices) === "ok")
      return true;
    return session.sink.isHeard !== false && session.sink.send(frame, noSplices) === "ok";
  }
}

function wordsFor(core: string): string {
  return `[${core}] Sign in to ${core}, so that this client can use it with your account.`;
}

/** Of the tool that stands in for a Core's. */
export function signedInResult(core: string): Buffer {
  const text = `Signed in to ${core}. What it offers is in the lists of this client now.`;
  return resultOf({ content: [{ type: "text", text }] });
}

function signedIn(core: string): HubError {
  return new HubError("login_needed", `core "${core}" was signed in to`, { core, state: "signed_in" });
}

function isSignedIn({ data }: HubError): boolean {
  return data["state"] === "signed_in";
}

/** For who cannot be asked. A revision has a code of its own for that. */
function withLink(error: HubError, { core, session, elicitationId }: Need, url: string): HubError {
  const message = `${error.message}; or open ${url} in a browser and sign in there, then call again`;
  if (!hasUrlRequired(session.revision)) return new HubError("login_needed", message, { ...error.data, url });
  const elicitation = { mode: "url", elicitationId, url, message: wordsFor(core) };
  return new HubError("login_at_url", message, { ...error.data, url, elicitations: [elicitation] });
}

/** It may have been sent, and nobody has it any more. */
function again({ data }: HubError): HubError {
  return new HubError("login_needed", "the login is there now; call again", data);
}

function actionIn(frame: Frame, { resultStart, resultEnd }: Scan): string {
  if (resultStart < 0) return "";
  const bytes = flatten(frame);
  const range = findMember(bytes, resultStart, resultEnd, "action");
  return range === undefined || bytes[range.start] !== 0x22 ? "" : stringAt(bytes, range.start, range.end);
}
