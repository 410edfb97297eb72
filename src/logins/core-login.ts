// The login of one owner at one Core, as the links use it: which token goes along, when it is renewed, and what is missing. However many calls
// need a new one, one request gets it, also beside other processes; and what another process did (`thehub login`) is taken up.
import type { Challenge, Credential, CredentialState, Lack } from "../base/credential.ts";
import { HubError } from "../base/errors.ts";
import type { LoginEvent } from "../base/login-counts.ts";
import { PassingSecrets } from "../base/passing-secrets.ts";
import { Secret } from "../base/secret.ts";
import { type LoginAbout, type LoginDeps, LoginState, loginNotNow } from "./login-state.ts";
import { isPerson, type LoginOwner } from "./owner.ts";
import type { Renewed } from "./renewal.ts";
import { type LoginTarget, resourceOf } from "./target.ts";
import type { LoginRecord, Tokens } from "./vault.ts";

/** So long before its end a token is renewed on the side, or a quarter of its life if that is less. */
const aheadMs = 60_000;
/** A token that is refused so soon after it was got is refused for good. */
const freshMs = 10_000;
/** Besides the first login, so often a call may have a person or a server asked for more. */
const maxStepUps = 2;
const stepUpWindowMs = 10 * 60_000;
/** Between two attempts that failed for a passing reason. */
const firstPauseMs = 1000;
const maxPauseMs = 60_000;
/** How often the file is looked at where there is no login. */
const lookMs = 1000;

export class CoreLogin implements Credential {
  readonly target: LoginTarget;
  readonly owner: LoginOwner;
  readonly #deps: LoginDeps;
  readonly #state: LoginState;
  readonly #masked: PassingSecrets;
  /** With its tokens apart: those of the hub itself have no record. */
  #record: LoginRecord | undefined;
  #tokens: Tokens | undefined;
  /** The last one that came to its end: what is kept may still have it. */
  #ended: string | undefined;
  #lookedAt: number | undefined;
  #looking: Promise<void> | undefined;
  #renewing: Promise<void> | undefined;
  #pause: { readonly untilMs: number; readonly ms: number; readonly why: string } | undefined;
  /** `token`: with which the last one was found wanting. */
  #stepUps: { readonly sinceMs: number; readonly times: number; readonly token: string | undefined } | undefined;
  #moreScope: string | undefined;

  constructor(target: LoginTarget, owner: LoginOwner, deps: LoginDeps) {
    this.target = target;
    this.owner = owner;
    this.#deps = deps;
    this.#state = new LoginState({ log: deps.log, happened: (_core, event) => this.#happened(event) }, this.#about);
    this.#masked = new PassingSecrets(deps.learned);
  }

  get state(): CredentialState {
    return this.#state.now;
  }

  watch(changed: (state: CredentialState) => void): () => void {
    return this.#state.watch(changed);
  }

  /** Calls back when no instance goes by it any more: now, or each time that the last one ends its watch. */
  whenUnused(call: () => void): void {
    this.#state.whenUnwatched(call);
  }

  async authorization(): Promise<string | undefined> {
    if (this.#lookedAt === undefined || this.#tokens === undefined) await this.#lookNowAndThen();
    if (this.#isUnattended && this.#tokens === undefined && this.state.t !== "needs_login") await this.#renew();
    if (this.#tokens === undefined) return undefined;
    const leftMs = this.#leftMs(this.#tokens);
    if (leftMs <= 0) await this.#renew();
    else if (this.#canRenew(this.#tokens) && leftMs <= this.#aheadMs(this.#tokens)) this.#renew().catch(() => {});
    return this.#header;
  }

  async refused(challenge: Challenge): Promise<boolean> {
    try {
      if (this.#isPast(challenge)) return true;
      return challenge.status === 403 ? await this.#wantsMore(challenge) : await this.#wantsOther(challenge);
    } catch (error) {
      // Renewing did not come about; `authorization` tells of it where there is no token left.
      if (!(error instanceof HubError)) this.#deps.log.error("login_failed", { ...this.#about, err: error });
      return false;
    }
  }

  /** Reads what is kept: something in the folder has changed. */
  async look(): Promise<void> {
    this.#looking ??= this.#read().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  get #isUnattended(): boolean {
    return this.target.oauth.grant === "client_credentials";
  }

  /** Where nothing else can be had, a token is good until its end. */
  #canRenew({ refresh }: Tokens): boolean {
    return this.#isUnattended || refresh !== undefined;
  }

  get #header(): string | undefined {
    return this.#tokens === undefined ? undefined : `Bearer ${this.#tokens.access}`;
  }

  get #about(): LoginAbout {
    return { core: this.target.core, owner: this.owner.t === "client" ? this.owner.id : this.owner.t };
  }

  #happened(event: LoginEvent): void {
    this.#deps.happened(this.target.core, event, this.owner);
  }

  #leftMs({ expiresAt }: Tokens): number {
    return expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt - this.#wallMs();
  }

  #aheadMs({ at, expiresAt = 0 }: Tokens): number {
    return Math.min(aheadMs, (expiresAt - at) / 4);
  }

  #wallMs(): number {
    return Date.parse(this.#deps.clock.iso());
  }

  async #lookNowAndThen(): Promise<void> {
    const isDue = this.#lookedAt === undefined || this.#deps.clock.now() - this.#lookedAt >= lookMs;
    if (isDue || this.#looking !== undefined) await this.look();
  }

  async #read(): Promise<void> {
    const { core } = this.target;
    const isFirst = this.#lookedAt === undefined;
    this.#lookedAt = this.#deps.clock.now();
    if (this.#isUnattended) return;
    const found = await this.#deps.vault.read(core, this.owner);
    if (found.t === "unreadable") return this.#unusable(`its login cannot be read: ${found.why}`);
    if (found.t === "nothing") {
      if (this.#record !== undefined) this.#signedOut();
      return;
    }
    const { record } = found;
    if (record.url !== resourceOf(this.target).href) {
      // Its token would go to a server that it was never meant for.
      return this.#unusable(`its login is for ${record.url}`);
    }
    if (record.tokens === undefined) {
      this.#record = record;
      this.#tokens = undefined;
      if (this.state.t !== "needs_login") this.#needs("the authorization server ended its login", this.#signIn());
      return;
    }
    if (record.tokens.access === this.#tokens?.access || record.tokens.access === this.#ended) return;
    // Read before a newer one was written, or the newer one could not be.
    if (this.#tokens !== undefined && record.tokens.at < this.#tokens.at) return;
    this.#adopt(record, record.tokens);
    if (isFirst) return;
    this.#deps.log.info("login_taken_up", { ...this.#about });
    this.#happened("taken_up");
  }

  /** Of what is kept. What is in use is good for as long as it would be otherwise. */
  #unusable(why: string): void {
    if (this.#tokens === undefined) this.#needs(why, this.#signIn());
  }

  #signedOut(): void {
    this.#record = undefined;
    this.#tokens = undefined;
    this.#masked.end();
    this.#state.change({ t: "none" });
  }

  #adopt(record: LoginRecord | undefined, tokens: Tokens): void {
    this.#record = record;
    this.#tokens = tokens;
    this.#pause = undefined;
    const { access, refresh } = tokens;
    this.#masked.change([access, refresh].flatMap((token) => (token === undefined ? [] : [new Secret(token)])));
    this.#state.change({ t: "ok" });
  }

  /** What was refused is not what would be sent now. */
  #isPast({ sent }: Challenge): boolean {
    return sent !== undefined && this.#header !== undefined && sent !== this.#header;
  }

  /** 401: the token is none that the server takes. */
  async #wantsOther(challenge: Challenge): Promise<boolean> {
    const before = this.#header;
    if (this.#renewing !== undefined) {
      await this.#renewing;
      return this.#header !== before;
    }
    await this.look();
    if (this.#header !== before) return this.#header !== undefined;
    const tokens = this.#tokens;
    if (tokens === undefined && !this.#isUnattended) {
      if (this.state.t !== "needs_login") this.#needs("it answers nobody without one", this.#signIn());
      return false;
    }
    if (tokens !== undefined && this.#wallMs() - tokens.at < freshMs) {
      // Whether it was this one that was refused, or one before it, is not known then.
      if (challenge.sent === undefined) return true;
      this.#needs("the server refuses a login that is new", this.#signIn());
      return false;
    }
    await this.#renew(challenge);
    return this.#header !== undefined && this.#header !== before;
  }

  /** 403: the token is good, but not for this. However many calls find that out with one token, it is one step. */
  async #wantsMore(challenge: Challenge): Promise<boolean> {
    const { readChallenge, computeScopeUnion } = await import("./renewal.ts");
    // While that was loaded another call may have taken the step.
    if (this.#isPast(challenge)) return true;
    const { error, scope } = readChallenge(challenge);
    if (error !== "insufficient_scope") return false;
    const before = this.#header;
    const why = scope === undefined ? "it asks for more access" : `it asks for more access: ${scope.slice(0, 200)}`;
    if (!this.#mayStepUp()) {
      const fix = "sign in with an account that may do this";
      this.#state.lacks({ why: `${why}, also after it was given`, fix, byLogin: false });
      return false;
    }
    if (this.#isUnattended) {
      this.#moreScope = computeScopeUnion(this.#moreScope, this.#tokens?.scope, scope);
      await this.#renew(challenge);
      return this.#header !== before;
    }
    await this.#note(computeScopeUnion(this.#record?.wantedScope, scope));
    this.#state.lacks({ why, ...this.#signIn() });
    return false;
  }

  #mayStepUp(): boolean {
    const nowMs = this.#deps.clock.now();
    const token = this.#tokens?.access;
    const last = this.#stepUps;
    if (last === undefined || nowMs - last.sinceMs > stepUpWindowMs) {
      this.#stepUps = { sinceMs: nowMs, times: 1, token };
      return true;
    }
    if (last.token === token) return last.times <= maxStepUps;
    this.#stepUps = { ...last, times: last.times + 1, token };
    return last.times < maxStepUps;
  }

  /** So that whoever signs in next is asked for it. */
  async #note(wantedScope: string | undefined): Promise<void> {
    const record = this.#record;
    if (record === undefined || record.wantedScope === wantedScope) return;
    this.#record = { ...record, wantedScope };
    const { vault } = this.#deps;
    await vault.alone(this.target.core, this.owner, async () => {
      const found = await vault.read(this.target.core, this.owner);
      if (found.t === "login") await this.#write({ ...found.record, wantedScope });
    });
  }

  /** One at a time; resolves when tokens are there or nothing can be done about it. Rejects with `core_down` where it may go well later. */
  #renew(challenge?: Challenge): Promise<void> {
    this.#renewing ??= this.#renewOnce(challenge).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewOnce(challenge: Challenge | undefined): Promise<void> {
    if (this.#pause !== undefined && this.#deps.clock.now() < this.#pause.untilMs) throw this.#notNow(this.#pause.why);
    if (this.#isUnattended) return this.#takeTokens(await this.#obtain(challenge), undefined);
    const { core } = this.target;
    const before = this.#tokens?.access;
    await this.#deps.vault.alone(core, this.owner, async () => {
      // Another process may have been quicker.
      await this.look();
      if (this.#tokens === undefined || this.#tokens.access !== before) return;
      await this.#renewKept(challenge);
    });
  }

  async #obtain(challenge: Challenge | undefined): Promise<Renewed> {
    const { obtain, readChallenge } = await import("./renewal.ts");
    const asked = challenge === undefined ? undefined : readChallenge(challenge);
    return obtain(this.#deps, this.target, asked, this.#moreScope);
  }

  async #renewKept(challenge: Challenge | undefined): Promise<void> {
    const record = this.#record;
    const tokens = this.#tokens;
    if (record === undefined || tokens === undefined) return;
    const { refresh } = tokens;
    if (refresh === undefined) return this.#over("its login has ended, and cannot be renewed");
    const { renew, hasMoved, readChallenge } = await import("./renewal.ts");
    if (challenge !== undefined && (await hasMoved(this.#deps, this.target, record, readChallenge(challenge)))) {
      return this.#over("it trusts another authorization server now");
    }
    await this.#takeTokens(await renew(this.#deps, this.target, record, { ...tokens, refresh }), record);
  }

  async #takeTokens(renewed: Renewed, record: LoginRecord | undefined): Promise<void> {
    const { log, clock } = this.#deps;
    switch (renewed.t) {
      case "tokens": {
        const { tokens } = renewed;
        const kept = record === undefined ? undefined : { ...record, tokens };
        // First, so that what is seen to have changed in the folder is not taken for another's doing.
        this.#adopt(kept, tokens);
        if (kept !== undefined) await this.#write(kept);
        log.debug("login_renewed", { ...this.#about });
        this.#happened("renewed");
        return;
      }
      case "refused":
        // As above.
        this.#over(renewed.why);
        if (record !== undefined) {
          const { tokens: _, client, ...rest } = record;
          // What it does not know any more is registered anew.
          const known = renewed.isClientGone ? { ...client, isRegistered: false } : client;
          await this.#write({ ...rest, client: known });
        }
        return;
      case "passing": {
        const ms = Math.min(maxPauseMs, this.#pause === undefined ? firstPauseMs : this.#pause.ms * 2);
        this.#pause = { untilMs: clock.now() + ms, ms, why: renewed.why };
        log.warn("login_renewal_failed", { ...this.#about, reason: renewed.why, again_in_ms: ms });
        this.#happened("failed");
        throw this.#notNow(renewed.why);
      }
    }
  }

  /** A disk that is full does not take the login from the calls; after a restart it is gone, where the old token counts no more. */
  async #write(record: LoginRecord): Promise<void> {
    try {
      await this.#deps.vault.write(record);
    } catch (error) {
      this.#deps.log.error("login_not_kept", { ...this.#about, reason: (error as NodeJS.ErrnoException).code });
    }
  }

  #notNow(why: string): HubError {
    return loginNotNow(this.target.core, `login could not be renewed: ${why}`);
  }

  #over(why: string): void {
    const isForMore = this.#moreScope !== undefined;
    this.#moreScope = undefined;
    // More was asked for than it may have: what it has is as good as it was.
    if (isForMore && this.#tokens !== undefined) {
      this.#state.lacks({ why, ...this.#signIn() });
      return;
    }
    this.#ended = this.#tokens?.access;
    this.#tokens = undefined;
    // Nobody is told to sign in, so nothing says when it is worth asking again.
    if (this.#isUnattended) this.#pause = { untilMs: this.#deps.clock.now() + maxPauseMs, ms: maxPauseMs, why };
    this.#needs(why, this.#signIn());
  }

  #signIn(): Omit<Lack, "why"> {
    if (this.#isUnattended) return { fix: "correct auth.oauth of the Core", byLogin: false };
    if (this.owner.t === "client" && isPerson(this.owner.id)) {
      return { fix: "sign in on the hub's page, whose link the client gets when it calls", byLogin: true };
    }
    const core = /^[\w.-]+$/.test(this.target.core) ? this.target.core : JSON.stringify(this.target.core);
    const whose = this.owner.t === "client" ? ` --for ${this.owner.id}` : "";
    if (whose === "" && this.target.isPersonal?.() === true) {
      const each = `clients sign in for themselves, at first use or by: thehub login ${core} --for CLIENT`;
      return { fix: `${each} (without --for it is the operator's own, which nobody else needs)`, byLogin: true };
    }
    return { fix: `run: thehub login ${core}${whose}`, byLogin: true };
  }

  #needs(why: string, rest: Omit<Lack, "why">): void {
    this.#state.needs({ why, ...rest });
  }
}
