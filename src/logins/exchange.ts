// Token exchange (RFC 8693): what a client's person proved to the hub, into a token of that person for one Core, by the hand of the identity provider that
// both trust. The client's own token is never sent to a Core, and goes to the one issuer that the manifest names; what comes of it is kept in memory,
// for that person and Core alone, as long as it is good and what it came of is.
import type { Challenge, Credential, CredentialState, Lack } from "../base/credential.ts";
import type { HubError } from "../base/errors.ts";
import { PassingSecrets } from "../base/passing-secrets.ts";
import { Secret } from "../base/secret.ts";
import { type LoginDeps, LoginState, loginNotNow } from "./login-state.ts";
import type { LoginTarget } from "./target.ts";
import type { Tokens } from "./vault.ts";

/** Of the instance that serves no client. */
const ofNobody: Lack = {
  why: "the hub itself has no token that could be exchanged, as each client's person has",
  fix: "nothing is to be done: clients that come with a token of their identity provider are served",
  byLogin: false,
};

/** What a person showed to the hub. */
export interface Subject {
  readonly token: Secret;
  readonly type: "access_token" | "id_token" | "jwt";
  /** Milliseconds since 1970; undefined: nobody said. */
  readonly expiresAt: number | undefined;
}

/** So long before its end a token is exchanged anew on the side, or a quarter of its life if that is less. */
const aheadMs = 30_000;
/** A token that is refused so soon after it was got is refused for good. */
const freshMs = 10_000;
/** Between two attempts that failed for a passing reason. */
const pauseMs = 5000;
/** What the issuer does not exchange is not shown to it again for so long. */
const refusedMs = 60_000;

/** One person's token at one Core. */
export class ExchangedLogin implements Credential {
  readonly target: LoginTarget;
  readonly #deps: LoginDeps;
  readonly #subject: () => Subject | undefined;
  readonly #state: LoginState;
  readonly #masked: PassingSecrets;
  /** With what it was made of: another subject is another token. */
  #got: { readonly tokens: Tokens; readonly of: string } | undefined;
  #exchanging: { readonly of: string; readonly done: Promise<void> } | undefined;
  #pause: { readonly untilMs: number; readonly why: string } | undefined;
  #refused: { readonly of: string; readonly untilMs: number } | undefined;

  readonly #isOfNobody: boolean;

  /** `subject` is asked for at each request: a client's token is renewed by the client. `isOfNobody`: there is none, and need not be. */
  constructor(target: LoginTarget, deps: LoginDeps, subject: () => Subject | undefined, isOfNobody = false) {
    this.#isOfNobody = isOfNobody;
    this.target = target;
    this.#deps = deps;
    this.#subject = subject;
    this.#state = new LoginState(deps, { core: target.core });
    this.#masked = new PassingSecrets(deps.learned);
  }

  get state(): CredentialState {
    return this.#state.now;
  }

  watch(changed: (state: CredentialState) => void): () => void {
    return this.#state.watch(changed);
  }

  async authorization(): Promise<string | undefined> {
    const subject = this.#subject();
    if (subject === undefined || (subject.expiresAt ?? Number.POSITIVE_INFINITY) <= this.#wallMs()) {
      this.#got = undefined;
      if (this.#isOfNobody) this.#state.needs(ofNobody);
      else this.#needs("the client has shown no token that could be exchanged, or one that has ended");
      return undefined;
    }
    const leftMs = this.#leftMs(subject);
    if (leftMs <= 0) await this.#exchange(subject);
    else if (leftMs <= this.#aheadMs()) this.#exchange(subject).catch(() => {});
    return this.#header;
  }

  async refused({ status, sent }: Challenge): Promise<boolean> {
    if (status !== 401) return false;
    const before = this.#header;
    if (sent !== undefined && before !== undefined && sent !== before) return true;
    const subject = this.#subject();
    if (subject === undefined) return false;
    if (this.#got !== undefined && this.#wallMs() - this.#got.tokens.at < freshMs) {
      this.#needs("the server refuses a token that is new");
      return false;
    }
    this.#got = undefined;
    try {
      await this.#exchange(subject);
    } catch {
      // `authorization` tells of it.
      return false;
    }
    return this.#header !== undefined && this.#header !== before;
  }

  get #header(): string | undefined {
    return this.#got === undefined ? undefined : `Bearer ${this.#got.tokens.access}`;
  }

  #wallMs(): number {
    return Date.parse(this.#deps.clock.iso());
  }

  #leftMs({ token }: Subject): number {
    // What was made of another token is nothing here.
    if (this.#got?.of !== token.reveal()) this.#got = undefined;
    if (this.#got === undefined) return 0;
    return (this.#got.tokens.expiresAt ?? Number.POSITIVE_INFINITY) - this.#wallMs();
  }

  #aheadMs(): number {
    const { at, expiresAt = 0 } = this.#got?.tokens ?? { at: 0 };
    return Math.min(aheadMs, (expiresAt - at) / 4);
  }

  /** One at a time for one subject. Rejects with `core_down` where it may go well later. */
  #exchange(subject: Subject): Promise<void> {
    const of = subject.token.reveal();
    if (this.#exchanging?.of === of) return this.#exchanging.done;
    const done = this.#exchangeOnce(subject, of).finally(() => {
      if (this.#exchanging?.of === of) this.#exchanging = undefined;
    });
    this.#exchanging = { of, done };
    return done;
  }

  async #exchangeOnce(subject: Subject, of: string): Promise<void> {
    const nowMs = this.#deps.clock.now();
    if (this.#refused?.of === of && nowMs < this.#refused.untilMs) return;
    if (this.#pause !== undefined && nowMs < this.#pause.untilMs) throw this.#notNow(this.#pause.why);
    const { exchange } = await import("./renewal.ts");
    const outcome = await exchange(this.#deps, this.target, subject);
    // Who is somebody else by now gets nothing of it.
    if (this.#subject()?.token.reveal() !== of) return;
    if (outcome.t === "tokens") {
      this.#got = { tokens: outcome.tokens, of };
      this.#pause = undefined;
      this.#masked.change([new Secret(outcome.tokens.access)]);
      this.#state.change({ t: "ok" });
      this.#deps.happened(this.target.core, "renewed");
      return;
    }
    if (outcome.t === "refused") {
      this.#got = undefined;
      this.#refused = { of, untilMs: this.#deps.clock.now() + refusedMs };
      this.#needs(outcome.why);
      return;
    }
    this.#pause = { untilMs: this.#deps.clock.now() + pauseMs, why: outcome.why };
    this.#deps.log.warn("login_renewal_failed", { core: this.target.core, reason: outcome.why, again_in_ms: pauseMs });
    this.#deps.happened(this.target.core, "failed");
    throw this.#notNow(outcome.why);
  }

  #notNow(why: string): HubError {
    return loginNotNow(this.target.core, `token could not be got: ${why}`);
  }

  /** Signing in at the hub does not help: it is the client's own sign-in that counts. */
  #needs(why: string): void {
    this.#state.needs({ why, fix: "sign in to the client anew, or correct auth.oauth of the Core", byLogin: false });
  }
}
