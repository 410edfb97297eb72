// Calls of modern clients that need a login: their person is sent to the hub's page by the answer of the call (`input_required`, elicitation in mode url),
// and the call that comes back waits for them, as long as it is sure to be waited for itself.
//
//   failed ──► answered with the page ──comes back──► waits ──signed in──► goes on
//                                          │            └──still not──► answered, to come back at once
//                                          └──declined──► the error
import { declares } from "../base/client-capabilities.ts";
import type { Clock, Timer } from "../base/clock.ts";
import { type ByteString, byteString, type Frame } from "../wire/frame.ts";
import { findMember } from "../wire/json.ts";
import { paramAt } from "../wire/params.ts";
import { textAt } from "./bridge/input-required.ts";
import type { Call } from "./call.ts";
import type { Request } from "./request.ts";

/** What a login needs, as `SignIn` of login-asks.ts. */
interface Page {
  readonly url: string;
  readonly done: Promise<void>;
}

/** Who waits for a request gives it a minute, as a rule. */
const waitMs = 25_000;
/** The hub's own name for what it asks. */
const key = "login";
/** Whose answers may be questions. */
const methods: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"]);

export interface LoginRoundsDeps {
  readonly clock: Clock;
  /** The answer by which this client is asked for input, as members of an object, or only told to come back; undefined: it cannot be. */
  inputRequired(call: Call, requests: ByteString | undefined): Frame | undefined;
  /** That is the answer to the call. */
  finish(call: Call, frame: Frame): void;
}

export class LoginRounds {
  readonly #deps: LoginRoundsDeps;
  readonly #timers = new Map<Call, Timer>();

  constructor(deps: LoginRoundsDeps) {
    this.#deps = deps;
  }

  /** Whether this call's client is asked so. */
  takes({ session, method }: Call): boolean {
    return session.era === "modern" && methods.has(method) && declares(session.capabilities, "elicitation", "url");
  }

  /** False where it cannot be sent there. */
  send(call: Call, { url }: Page, message: string): boolean {
    const params = { mode: "url", message, url };
    const request = byteString(JSON.stringify({ method: "elicitation/create", params }));
    return this.#answer(call, `"${key}":${request}`);
  }

  /** Resolves to whether the call goes on; false: it has come to its end meanwhile. Rejects as the login does. */
  async wait(call: Call, { done }: Page): Promise<boolean> {
    const late = new Promise<"late">((resolve) => {
      this.#timers.set(
        call,
        this.#deps.clock.after(waitMs, () => resolve("late")),
      );
    });
    const outcome = await Promise.race([done, late]).finally(() => this.over(call));
    if (call.state !== "taken") return false;
    if (outcome !== "late") return true;
    return !this.sendBack(call);
  }

  /** Its client is to come again, and is asked nothing. False where it cannot be told. */
  sendBack(call: Call): boolean {
    return this.#answer(call, undefined);
  }

  over(call: Call): void {
    this.#timers.get(call)?.cancel();
    this.#timers.delete(call);
  }

  #answer(call: Call, requests: ByteString | undefined): boolean {
    const frame = this.#deps.inputRequired(call, requests);
    if (frame !== undefined) this.#deps.finish(call, frame);
    return frame !== undefined;
  }
}

/** What the person did that was sent to the page, as the client says when it comes back. */
export function broughtAction({ bytes, scan }: Request): string | undefined {
  const responses = paramAt(bytes, scan, "inputResponses");
  const own = responses && findMember(bytes, responses.start, responses.end, key);
  const action = own && findMember(bytes, own.start, own.end, "action");
  // Who was told to come back and brings nothing went there before.
  return responses === undefined ? "accept" : textAt(bytes, action);
}

export function declined(action: string | undefined): boolean {
  return action === "decline" || action === "cancel";
}
