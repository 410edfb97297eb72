// Which login a Core's instance goes with, whom it may serve, and who may sign in by the hub's own pages. The logins themselves are loaded where a
// Core has one.
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../base/clock.ts";
import { type Credential, lackOf } from "../base/credential.ts";
import { HubError } from "../base/errors.ts";
import { LoginCounts, loginEvents, loginStates } from "../base/login-counts.ts";
import type { Page } from "../base/page.ts";
import type { Secret } from "../base/secret.ts";
import { actsFor } from "../identity/rights.ts";
import type { ShownToken } from "../identity/shown-tokens.ts";
import type { DoorRequest } from "../logins/door.ts";
import type { Subject } from "../logins/exchange.ts";
import type { Logins, LoginsDeps } from "../logins/logins.ts";
import { type LoginOwner, mayUse, operator } from "../logins/owner.ts";
import { type LoginTarget, loginTarget } from "../logins/target.ts";
import { clientTokenHashes } from "../manifest/client-tokens.ts";
import type { Setup } from "../manifest/diff.ts";
import type { LoginSpec, ResolvedCore, SecretSpec } from "../manifest/manifest.ts";
import { explainSecret, resolveSecrets } from "../manifest/secrets.ts";
import type { SignIn } from "../relay/login-asks.ts";
import type { Principal } from "../sessions/principal.ts";
import type { Log } from "../telemetry/log.ts";
import type { Reading } from "../telemetry/metrics.ts";
import type { Masker } from "../wire/mask.ts";

export interface CoreLoginsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly masker: Pick<Masker, "add">;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the one client of the hub is who started it. */
  readonly isOwnClient: boolean;
  /** In force. */
  setup(): Setup;
  /** What this caller let itself in with, if it was a token of an identity provider. */
  shownBy(id: string): ShownToken | undefined;
  /** What is withheld from some callers may be other than before. */
  changed(): void;
}

export class CoreLogins {
  readonly #deps: CoreLoginsDeps;
  /** By what a page ends with: however many wait for it, the login is watched once. */
  readonly #waits = new WeakMap<Promise<void>, Promise<void>>();
  /** By the Core's key: the one in use, and what of the manifest it was made of. */
  readonly #targets = new Map<string, { readonly spec: object; readonly target: Promise<LoginTarget> }>();
  /** The operator's, by the Core's key. */
  readonly #operators = new Map<string, { readonly credential: Credential; readonly endWatch: () => void }>();
  #addresses: readonly string[] = [];
  #logins: Promise<Logins> | undefined;
  /** Once they are loaded. */
  #loaded: Logins | undefined;
  /** Apart from those of the operator's logins, which are nobody's business where each client has its own. */
  readonly #counts = new LoginCounts();
  readonly #operatorsCounts = new LoginCounts();

  constructor(deps: CoreLoginsDeps) {
    this.#deps = deps;
  }

  /** Where the hub listens. */
  listensOn(addresses: readonly string[]): void {
    this.#addresses = addresses;
  }

  /** Undefined for a Core that needs none. `principal`: whom the instance is for alone. Rejects with secret_missing. */
  async credential(core: ResolvedCore, principal: Principal | undefined): Promise<Credential | undefined> {
    const { login, key } = core;
    if (login === undefined) return undefined;
    const [logins, target] = await Promise.all([this.#load(), this.#target(core, login)]);
    if (login.grant === "token-exchange")
      return logins.exchanged(target, principal?.id, () => this.#subjectOf(principal));
    const owner = this.#ownerOf(core, login, principal);
    const credential = logins.credential(target, owner);
    const known = this.#operators.get(key);
    if (owner.t === "operator" && known?.credential !== credential) {
      known?.endWatch();
      this.#operators.set(key, { credential, endWatch: credential.watch(() => this.#deps.changed()) });
    }
    return credential;
  }

  /** Throws what the client is told whose calls may not go with the login that the Core has. */
  check(core: ResolvedCore, credential: Credential | undefined, principal: Principal): void {
    const refusal = this.#refusal(core, credential, principal);
    if (refusal !== undefined) throw refusal;
  }

  /** What this caller is not shown, as `check` would refuse its calls: globs of canonical names. */
  withheld(principal: Principal): readonly string[] {
    const { cores } = this.#deps.setup().manifest;
    const isWithheld = (core: ResolvedCore) =>
      this.#refusal(core, this.#operators.get(core.key)?.credential, principal) !== undefined;
    return cores.filter(isWithheld).map(({ namespace }) => `${namespace}.*`);
  }

  /**
   * A page on which this caller's person signs in for itself. Undefined where that is not its to do, or would not help. Rejects with HubError where
   * the hub has no such page.
   */
  async signIn(core: ResolvedCore, principal: Principal): Promise<SignIn | undefined> {
    const { login, key } = core;
    // What is exchanged comes with the client's own token: there is nothing to sign in to.
    if (login === undefined || login.grant === "token-exchange") return undefined;
    // Who signs in for all is the operator.
    const credentials = login.credentials === "per-user" ? login.credentials : undefined;
    const use = mayUse({ core: key, credentials }, actsFor(principal), this.#house);
    if (use.t === "no") return undefined;
    const [logins, target] = await Promise.all([this.#load(), this.#target(core, login)]);
    const credential = logins.credential(target, use.owner);
    if (lackOf(credential.state)?.byLogin !== true) return undefined;
    // Who shows a token on the page shows that of the one whom the caller acts for.
    const asker = { ...actsFor(principal), name: principal.name };
    const { url, done } = await logins.startLogin(target, use.owner, asker);
    let either = this.#waits.get(done);
    if (either === undefined) {
      either = orElsewhere(done, credential);
      // Whoever was only given the link waits for nothing.
      either.catch(() => {});
      this.#waits.set(done, either);
    }
    return { url, done: either };
  }

  /** The pages for people who sign in. Undefined: not one of them. */
  async answer(request: DoorRequest): Promise<Page | undefined> {
    return (await this.#logins)?.answer(request);
  }

  /** By Core of the manifest and state, also those that no login is in. */
  states(): Reading[] {
    const counted = new Map(
      this.#counted.map((core) => [core.key, { ...core, none: 0, good: 0, lacking: 0, needed: 0 }]),
    );
    for (const [key, state, owner] of this.#loaded?.states() ?? []) {
      const ofCore = counted.get(key);
      if (ofCore !== undefined && (owner.t !== "operator" || ofCore.withOperators)) ofCore[state]++;
    }
    return [...counted].flatMap(([key, ofCore]) => loginStates.map((state): Reading => [[key, state], ofCore[state]]));
  }

  /** By Core of the manifest and event. */
  events(): Reading[] {
    return this.#counted.flatMap(({ key, withOperators }) => {
      const times = this.#counts.of(key);
      const operators = this.#operatorsCounts.of(key);
      return loginEvents.map((event): Reading => [[key, event], times[event] + (withOperators ? operators[event] : 0)]);
    });
  }

  /** Another manifest is in force: logins of Cores and clients that are gone are forgotten. Persons that no client's entry names are read anew. */
  review(): void {
    const isOfCore = (core: string) => this.#counted.some(({ key }) => key === core);
    for (const [key, { endWatch }] of this.#operators) {
      if (isOfCore(key)) continue;
      endWatch();
      this.#operators.delete(key);
    }
    const isClient = (id: string) => this.#deps.setup().manifest.clients.some(({ name }) => name === id);
    this.#loaded?.forget((core, owner) => !isOfCore(core) || (owner.t === "client" && !isClient(owner.id)));
  }

  async close(): Promise<void> {
    await (await this.#logins)?.close();
  }

  /**
   * The Cores that may have logins. Where each client has its own, the instance that serves nobody goes by the operator's, to which nobody need
   * ever sign in.
   */
  get #counted(): { readonly key: string; readonly withOperators: boolean }[] {
    return this.#deps
      .setup()
      .manifest.cores.flatMap(({ key, login }) =>
        login === undefined ? [] : [{ key, withOperators: login.credentials !== "per-user" }],
      );
  }

  #refusal(
    { login, key }: ResolvedCore,
    credential: Credential | undefined,
    principal: Principal,
  ): HubError | undefined {
    // Without a login there is nobody's to be careful with.
    if (login === undefined || credential === undefined || credential.state.t === "none") return undefined;
    const use = mayUse({ core: key, credentials: login.credentials }, actsFor(principal), this.#house);
    return use.t === "no" ? use.error : undefined;
  }

  #subjectOf(principal: Principal | undefined): Subject | undefined {
    const shown = principal === undefined ? undefined : this.#deps.shownBy(principal.id);
    return shown && { token: shown.token, type: "access_token", expiresAt: shown.untilMs };
  }

  /** An instance of one client has that client's login; every other one the operator's. */
  #ownerOf({ key }: ResolvedCore, { credentials }: LoginSpec, principal: Principal | undefined): LoginOwner {
    if (principal === undefined) return operator;
    const use = mayUse({ core: key, credentials }, actsFor(principal), this.#house);
    return use.t === "yes" ? use.owner : operator;
  }

  get #house() {
    return { anonymous: this.#deps.setup().settings.anonymous, isOwnClient: this.#deps.isOwnClient };
  }

  #load(): Promise<Logins> {
    this.#logins ??= import("../logins/logins.ts").then(({ Logins }) => {
      const { clock, log, masker } = this.#deps;
      const { stateDir, stateKey: key } = this.#deps.setup().settings;
      const publicUrl = () => this.#publicUrl();
      const learned = (secret: Secret) => masker.add(secret);
      const happened: LoginsDeps["happened"] = (core, event, owner) =>
        (owner?.t === "operator" ? this.#operatorsCounts : this.#counts).happened(core, event);
      this.#loaded = new Logins({ clock, log, stateDir, key, publicUrl, learned, happened });
      return this.#loaded;
    });
    return this.#logins;
  }

  /** An address that says "everywhere" is none to go to, and neither is a socket. */
  #publicUrl(): string | undefined {
    const { publicUrl, basePath } = this.#deps.setup().settings;
    if (publicUrl !== undefined) return publicUrl;
    const address = this.#addresses.find((text) => /^https?:/.test(text) && !/\/\/(0\.0\.0\.0|\[::\])(:|$)/.test(text));
    return address === undefined ? undefined : `${address}${basePath}`;
  }

  /**
   * The same one for as long as the manifest says the same of the login, whatever else of the Core it changes: an instance that goes on goes on with
   * the login that it has.
   */
  #target(core: ResolvedCore, login: LoginSpec): Promise<LoginTarget> {
    const { credentials: _, ...spec } = login;
    const known = this.#targets.get(core.key);
    if (known !== undefined && isDeepStrictEqual(known.spec, spec)) return known.target;
    const target = import("./login-way.ts").then(({ loginWay }) => {
      const way = loginWay(core.key, login, this.#deps.env);
      const isPersonal = () => this.#counted.some(({ key, withOperators }) => key === core.key && !withOperators);
      return loginTarget(core.key, login, { ...way, isPersonal, secret: (wanted) => this.#secret(core, wanted) });
    });
    this.#targets.set(core.key, { spec, target });
    // A secret that is missing now may be there at the next start.
    target.catch(() => {
      if (this.#targets.get(core.key)?.target === target) this.#targets.delete(core.key);
    });
    return target;
  }

  async #secret(core: ResolvedCore, wanted: SecretSpec): Promise<Secret> {
    const { manifest, settings } = this.#deps.setup();
    const reader = {
      env: this.#deps.env,
      secretsDir: settings.secretsDir,
      hubTokens: settings.token === undefined ? [] : [settings.token],
      clientTokenHashes: clientTokenHashes(manifest.clients),
    };
    const [found] = await resolveSecrets({ ...core, secrets: [wanted] }, reader);
    if (found?.t !== "found") {
      const why = found === undefined ? undefined : explainSecret(found, core);
      throw new HubError("secret_missing", why ?? `secret ${wanted.name} is missing`, { core: core.key });
    }
    this.#deps.masker.add(found.value);
    return found.value;
  }
}

/** Whoever was asked to sign in on a page may do it by `thehub login` as well, or from another client of theirs. */
async function orElsewhere(done: Promise<void>, credential: Credential): Promise<void> {
  const isThere = () => credential.state.t === "ok" && lackOf(credential.state) === undefined;
  let endWatch = () => {};
  const elsewhere = new Promise<void>((resolve) => {
    endWatch = credential.watch(() => {
      if (isThere()) resolve();
    });
    if (isThere()) resolve();
  });
  try {
    await Promise.race([done, elsewhere]);
  } finally {
    endWatch();
  }
}
