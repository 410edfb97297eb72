// Which login a Core's instance goes with, and whom it may serve. The logins themselves are loaded where a Core has one.
import type { Clock } from "../base/clock.ts";
import type { Credential } from "../base/credential.ts";
import { HubError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { reachOf } from "../links/reach.ts";
import type { Logins } from "../logins/logins.ts";
import { type LoginOwner, mayUse, operator } from "../logins/owner.ts";
import { type LoginTarget, loginTarget } from "../logins/target.ts";
import type { Setup } from "../manifest/diff.ts";
import type { LoginSpec, ResolvedCore, SecretSpec } from "../manifest/manifest.ts";
import { explainSecret, resolveSecrets } from "../manifest/secrets.ts";
import type { Principal } from "../sessions/principal.ts";
import type { Log } from "../telemetry/log.ts";

export interface CoreLoginsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly masker: { add(secret: Secret): void };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the one client of the hub is who started it. */
  readonly isOwnClient: boolean;
  /** In force. */
  setup(): Setup;
}

export class CoreLogins {
  readonly #deps: CoreLoginsDeps;
  readonly #targets = new WeakMap<ResolvedCore, Promise<LoginTarget>>();
  #logins: Promise<Logins> | undefined;

  constructor(deps: CoreLoginsDeps) {
    this.#deps = deps;
  }

  /** Undefined for a Core that needs none. `principal`: whom the instance is for alone. Rejects with secret_missing. */
  async credential(core: ResolvedCore, principal: Principal | undefined): Promise<Credential | undefined> {
    const { login } = core;
    if (login === undefined) return undefined;
    const [logins, target] = await Promise.all([this.#load(), this.#target(core, login)]);
    return logins.credential(target, this.#ownerOf(core, login, principal));
  }

  /** Throws what the client is told whose calls may not go with the login that the Core has. */
  check(core: ResolvedCore, credential: Credential | undefined, principal: Principal): void {
    const { login, key } = core;
    // Without a login there is nobody's to be careful with.
    if (login === undefined || credential?.state.t !== "ok") return;
    const use = mayUse({ core: key, credentials: login.credentials }, principal, this.#house);
    if (use.t === "no") throw use.error;
  }

  /** An instance of one client has that client's login; every other one the operator's. */
  #ownerOf({ key }: ResolvedCore, { credentials }: LoginSpec, principal: Principal | undefined): LoginOwner {
    if (principal === undefined) return operator;
    const use = mayUse({ core: key, credentials }, principal, this.#house);
    return use.t === "yes" ? use.owner : operator;
  }

  get #house() {
    return { anonymous: this.#deps.setup().settings.anonymous, isOwnClient: this.#deps.isOwnClient };
  }

  #load(): Promise<Logins> {
    this.#logins ??= import("../logins/logins.ts").then(({ Logins }) => {
      const { clock, log, masker } = this.#deps;
      const { stateDir, stateKey: key } = this.#deps.setup().settings;
      return new Logins({ clock, log, stateDir, key, publicUrl: undefined, learned: (secret) => masker.add(secret) });
    });
    return this.#logins;
  }

  /** The same one for the same entry of the manifest, as the same login belongs to it. */
  #target(core: ResolvedCore, login: LoginSpec): Promise<LoginTarget> {
    const known = this.#targets.get(core);
    if (known !== undefined) return known;
    const reach = reachOf(login.allowPrivate);
    const made = loginTarget(core.key, login, { reach, secret: (wanted) => this.#secret(core, wanted) });
    this.#targets.set(core, made);
    // A secret that is missing now may be there at the next start.
    made.catch(() => this.#targets.delete(core));
    return made;
  }

  async #secret(core: ResolvedCore, wanted: SecretSpec): Promise<Secret> {
    const { manifest, settings } = this.#deps.setup();
    const reader = {
      env: this.#deps.env,
      secretsDir: settings.secretsDir,
      hubTokens: settings.token === undefined ? [] : [settings.token],
      clientTokenHashes: manifest.clients.map(({ tokenSha256 }) => tokenSha256),
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
