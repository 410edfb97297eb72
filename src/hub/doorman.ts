// Who may come in, under the rules in force; and who those inside are when the rules change.

import { bearerToken } from "../base/bearer.ts";
import type { Clock } from "../base/clock.ts";
import { ipNetworks } from "../base/ip-networks.ts";
import { Secret } from "../base/secret.ts";
import { SpacedLog } from "../base/spaced-log.ts";
import { Attempts } from "../identity/attempts.ts";
import { type Auth, type AuthResult, createAuth, type Evidence, type Way } from "../identity/auth.ts";
import { SignedTokens } from "../identity/jwt-way.ts";
import { type ShownToken, ShownTokens } from "../identity/shown-tokens.ts";
import type { DoorRequest } from "../logins/door.ts";
import type { Setup } from "../manifest/diff.ts";
import type { Principal } from "../sessions/principal.ts";
import type { Log } from "../telemetry/log.ts";
import type { Masker } from "../wire/mask.ts";
import { Credentials } from "./credentials.ts";

/** What a person's browser asks of the pages for logins. `peer`: as in Evidence. */
export type SignInRequest = Omit<DoorRequest, "person"> & Pick<Evidence, "peer">;

export interface DoormanDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly masker: Pick<Masker, "add">;
  /** Where proxies are named. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Those inside are to be judged anew, by no rule of the manifest. */
  changed(): void;
}

/** By what the hub's authorization server has granted. `isOn`: under the setup in force. */
export type OwnWay = Way & { readonly isOn: boolean };

export class Doorman implements Auth {
  readonly attempts: Attempts;
  readonly #masker: Pick<Masker, "add">;
  readonly #credentials: Credentials;
  readonly #signed: SignedTokens;
  readonly #refusals: SpacedLog;
  readonly #clock: Clock;
  readonly #shown = new ShownTokens();
  /** Whether some Core's login is made of what clients show; nothing of it is kept otherwise. */
  #isShownKept = false;
  readonly #own: OwnWay | undefined;
  readonly #watchers: ((setup: Setup) => void)[] = [];
  #setup: Setup;
  #auth: Auth;
  /** Whose tokens are masked already. */
  readonly #masked = new WeakSet<Principal>();

  constructor({ masker, clock, env, changed, ...deps }: DoormanDeps, setup: Setup, own?: OwnWay) {
    this.#masker = masker;
    this.#own = own;
    this.#clock = clock;
    const log = deps.log.child({ component: "identity" });
    this.attempts = new Attempts(clock, log);
    this.#refusals = new SpacedLog(clock, (context) => log.info("jwt_refused", context));
    this.#signed = new SignedTokens({
      clock,
      verifier: async (issuer) => (await import("./provider-keys.ts")).jwtVerifier(issuer, { clock, log, env }),
      shown: (principal, token) => {
        if (this.#isShownKept) this.#shown.add(principal, token, clock.wall());
      },
      refused: (issuer, { kind, reason }) => this.#refusals.say(kind, { issuer, reason }),
    });
    this.#credentials = new Credentials({
      ...{ clock, log, stateDir: setup.settings.stateDir, further: [this.#signed] },
      learned: (token) => masker.add(token),
      changed: () => {
        this.change(this.#setup);
        changed();
      },
    });
    this.#setup = setup;
    this.#auth = this.#rulesOf(setup, 0);
  }

  /** Resolves once everybody is known who may come in. Never rejects. */
  open(): Promise<void> {
    return this.#credentials.open();
  }

  close(): void {
    this.#credentials.close();
  }

  get required(): boolean {
    return this.#auth.required;
  }

  get version(): number {
    return this.#auth.version;
  }

  /** Whatever listed token a named client gets in with is masked from then on: it is known only when it is presented. */
  authenticate(evidence: Evidence): AuthResult | Promise<AuthResult> {
    const result = this.#auth.authenticate(evidence);
    if (result instanceof Promise || result.t !== "ok" || result.principal.shared) return result;
    const { principal } = result;
    if (principal.proof.t !== "token" || this.#masked.has(principal)) return result;
    const token = bearerToken(evidence.authorization);
    if (token === undefined) return result;
    this.#masked.add(principal);
    this.#masker.add(new Secret(token));
    return result;
  }

  /** For pages that ask for a token themselves: who it lets in, or for how long (ms) none from there is looked at. */
  async person(token: Secret | undefined, peer: string | undefined): Promise<Principal | undefined | number> {
    const authorization = token === undefined ? undefined : `Bearer ${token.reveal()}`;
    const result = await this.authenticate({ authorization, peer });
    if (result.t === "ok") return result.principal;
    return result.reason === "slowed" ? result.waitMs : undefined;
  }

  /** What was given out, and what of it counts. */
  get given(): Pick<Credentials, "ledger" | "live"> {
    return this.#credentials;
  }

  admits(peer: string | undefined): boolean {
    return this.#auth.admits(peer);
  }

  again(principal: Principal, peer?: string): Principal | undefined {
    return this.#auth.again(principal, peer);
  }

  /** The token that this caller showed last, where Cores need it; undefined for one that has ended. */
  shownBy(id: string): ShownToken | undefined {
    return this.#shown.of(id, this.#clock.wall());
  }

  /** Called from now on whenever the manifest's rules have changed. */
  watch(changed: (setup: Setup) => void): void {
    this.#watchers.push(changed);
  }

  /** Other rules from now on; to be followed by judging those inside. */
  change(setup: Setup): void {
    const isOther = setup !== this.#setup;
    this.#setup = setup;
    this.#auth = this.#rulesOf(setup, this.#auth.version + 1);
    if (isOther) for (const changed of this.#watchers) changed(setup);
  }

  #rulesOf(setup: Setup, version: number): Auth {
    const { settings } = setup;
    for (const token of [settings.token, settings.metricsToken]) if (token !== undefined) this.#masker.add(token);
    const { clients, cores } = setup.manifest;
    this.#isShownKept = cores.some(({ login }) => login?.grant === "token-exchange");
    if (!this.#isShownKept) this.#shown.clear();
    const jwt = this.#signed.way({ issuers: settings.auth.issuers, clients, publicUrl: settings.publicUrl });
    // The hub's own grants last: while they are being loaded, no token is told from one of theirs.
    const own = this.#own?.isOn === true ? this.#own : undefined;
    const ways = [...this.#credentials.ways(setup), jwt, own].filter((way) => way !== undefined);
    const from = settings.allowIps.length === 0 ? undefined : ipNetworks(settings.allowIps);
    return createAuth(ways, { version, attempts: this.attempts, from });
  }
}
