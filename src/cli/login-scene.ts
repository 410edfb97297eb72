// What `login` and `logout` have in common: the Core as the manifest says it, whose login it is to be, and where logins are kept.
import { systemClock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { loginWay } from "../hub/login-way.ts";
import { type LoginOwner, operator } from "../logins/owner.ts";
import type { SignInDeps } from "../logins/preparing.ts";
import { type LoginTarget, loginTarget } from "../logins/target.ts";
import { Vault } from "../logins/vault.ts";
import { clientTokenHashes } from "../manifest/client-tokens.ts";
import type { LoginSpec, Manifest, ResolvedCore, SecretSpec } from "../manifest/manifest.ts";
import { nearest } from "../manifest/nearest.ts";
import { explainSecret, resolveSecrets, type SecretReader } from "../manifest/secrets.ts";
import { findClient } from "./find-client.ts";
import { prepareOrThrow } from "./prepare.ts";
import type { Terminal } from "./terminal.ts";

export interface LoginOptions {
  readonly manifest?: string;
  readonly for?: string;
  readonly device?: boolean;
  /** false: none is opened. */
  readonly browser?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
}

export interface LoginScene {
  readonly deps: SignInDeps;
  readonly target: LoginTarget;
  readonly owner: LoginOwner;
}

/** Throws `usage` where there is no such Core, or nothing to sign in to. */
export async function loginScene(terminal: Terminal, key: string, options: LoginOptions): Promise<LoginScene> {
  const { manifest, settings } = prepareOrThrow(terminal, options);
  const core = findCore(manifest, key);
  const spec = specOf(core);
  const owner = ownerOf(manifest, core, spec, options.for);
  const { stateDir, stateKey, secretsDir, token } = settings;
  const hubTokens = token === undefined ? [] : [token];
  const reader = { env: terminal.env, secretsDir, hubTokens, clientTokenHashes: clientTokenHashes(manifest.clients) };
  const way = loginWay(core.key, spec, terminal.env);
  const target = await loginTarget(core.key, spec, { ...way, secret: (wanted) => secretOf(core, wanted, reader) });
  const vault = new Vault({ clock: systemClock, stateDir, key: stateKey });
  return { deps: { clock: systemClock, vault }, target, owner };
}

function findCore({ cores, disabled }: Manifest, key: string): ResolvedCore {
  const core = cores.find((one) => one.key === key) ?? cores.find((one) => one.namespace === key);
  if (core !== undefined) return core;
  if (disabled.includes(key)) throw new HubError("usage", `Core ${key} is disabled in the manifest`);
  const known = cores.filter((one) => one.login !== undefined).map((one) => one.key);
  const near = nearest(key, known);
  const hint = near === undefined ? `Cores to sign in to: ${known.join(", ") || "none"}` : `did you mean ${near}?`;
  throw new HubError("usage", `the manifest has no Core ${JSON.stringify(key)}; ${hint}`);
}

function specOf({ key, login }: ResolvedCore): LoginSpec {
  if (login !== undefined) return login;
  throw new HubError("usage", `Core ${key} is none to sign in to: it has no url, or a bearer of its own`);
}

function ownerOf(manifest: Manifest, core: ResolvedCore, spec: LoginSpec, client: string | undefined): LoginOwner {
  if (client === undefined) return operator;
  if (spec.credentials !== "per-user") {
    const fix = `write credentials: per-user for it`;
    throw new HubError(
      "usage",
      `Core ${core.key} has one login for all that may use it, so --for means nothing: ${fix}`,
    );
  }
  return { t: "client", id: findClient(manifest, client).name };
}

async function secretOf(core: ResolvedCore, wanted: SecretSpec, reader: SecretReader): Promise<Secret> {
  const [found] = await resolveSecrets({ ...core, secrets: [wanted] }, reader);
  if (found?.t === "found") return found.value;
  const why = found === undefined ? "not found" : explainSecret(found, core);
  throw new HubError("secret_missing", why ?? "not found", { core: core.key });
}
