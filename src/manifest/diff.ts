// What differs between what the hub runs on and what it is to run on. Pure: decides what a reload touches, touches nothing.
import { isDeepStrictEqual } from "node:util";
import type { ClientProfile } from "../base/client-profile.ts";
import { Secret } from "../base/secret.ts";
import type { ClientToken, Manifest, ResolvedClient, ResolvedCore } from "./manifest.ts";
import { defaultProfileName, type Profiles } from "./profiles.ts";
import type { Settings } from "./settings.ts";

/** What a hub runs on. Replaced as a whole, never changed. */
export interface Setup {
  readonly manifest: Manifest;
  readonly settings: Settings;
}

/** Names are Cores' keys, clients' names and manifest keys (`hub.limits.rate_limit_rps`), each list in manifest order. */
export interface SetupDiff {
  /** Of Cores that are there before and after. A changed one needs another process; one with another policy does not. */
  readonly changedCores: readonly string[];
  readonly policyCores: readonly string[];
  readonly addedCores: readonly string[];
  readonly removedCores: readonly string[];
  /** The Cores that stay stand in another order, which decides who has a name that two want. */
  readonly reordered: boolean;
  readonly addedClients: readonly string[];
  readonly removedClients: readonly string[];
  /** A token less, or another certificate or socket: whoever came in with what is gone leaves. `HUB_TOKEN` where it is the hub's own. */
  readonly rekeyedClients: readonly string[];
  /** Let in as before, with other rules or limits, or by a token more. */
  readonly changedClients: readonly string[];
  /** Settings that take effect at once, and profiles (`profiles.claude`). */
  readonly settings: readonly string[];
  /** Settings that keep their old value until the hub is started again. */
  readonly needsRestart: readonly string[];
}

export function diffSetups(before: Setup, after: Setup): SetupDiff {
  const settings = changedSettings(before.settings, after.settings);
  return {
    ...diffCores(before, after),
    ...diffClients(before, after),
    settings: [...settings.filter(isLive), ...changedProfiles(before.manifest.profiles, after.manifest.profiles)],
    needsRestart: settings.filter((key) => !isLive(key)),
  };
}

export function isSame(diff: SetupDiff): boolean {
  return Object.values(diff).every((part) => part === false || (Array.isArray(part) && part.length === 0));
}

/** The settings to run on after a reload: what needs a restart stays as it is. */
export function liveSettings(before: Settings, after: Settings): Settings {
  const merge = (old: object, fresh: object, path: string): object =>
    Object.fromEntries(
      Object.entries({ ...old, ...fresh }).map(([name, value]) => {
        const key = keyOf(path, name);
        if (isLive(key)) return [name, value];
        const kept = (old as Record<string, unknown>)[name];
        return [name, isGroup(kept) && isGroup(value) ? merge(kept, value, key) : kept];
      }),
    );
  return merge(before, after, "hub") as Settings;
}

function diffCores(before: Setup, after: Setup) {
  const old = new Map(before.manifest.cores.map((core) => [core.key, core]));
  const fresh = new Map(after.manifest.cores.map((core) => [core.key, core]));
  const kept = [...fresh.values()].filter((core) => old.has(core.key));
  const isChanged = (core: ResolvedCore) => {
    const was = old.get(core.key);
    return was === undefined || !isDeepStrictEqual(launchOf(was, before.settings), launchOf(core, after.settings));
  };
  const changed = kept.filter(isChanged);
  const policy = kept.filter((core) => !changed.includes(core) && !isDeepStrictEqual(old.get(core.key), core));
  const keysOf = (cores: readonly ResolvedCore[]) => cores.map((core) => core.key);
  const stayed = [...old.keys()].filter((key) => fresh.has(key));
  return {
    changedCores: keysOf(changed),
    policyCores: keysOf(policy),
    addedCores: [...fresh.keys()].filter((key) => !old.has(key)),
    removedCores: [...old.keys()].filter((key) => !fresh.has(key)),
    reordered: !isDeepStrictEqual(stayed, keysOf(kept)),
  };
}

/** What a Core's process is made of: with another one of these it has to be another process. */
function launchOf(core: ResolvedCore, { secretsDir }: Settings): unknown {
  const { key, namespace, folder, command, args, cwd, env, inheritEnv, secrets, framing, era } = core;
  const { isolation, interactive, roots, remote, container, fenced } = core;
  const sought = secrets.some(({ from }) => from.t === "search");
  const run = secrets.some(({ from }) => from.t === "command");
  return {
    ...{
      remote,
      container,
      command,
      args,
      cwd,
      env,
      inheritEnv,
      secrets,
      framing,
      era,
      isolation,
      interactive,
      hasRoots: roots.length > 0,
      fenced,
    },
    // Where its secrets are looked for, as far as it has any that are.
    place: [sought ? secretsDir : undefined, sought ? key : undefined, sought ? namespace : undefined],
    folder: run ? folder : undefined,
  };
}

function diffClients(before: Setup, after: Setup) {
  const old = new Map(before.manifest.clients.map((client) => [client.name, client]));
  const fresh = new Map(after.manifest.clients.map((client) => [client.name, client]));
  const kept = [...fresh.values()].filter(({ name }) => old.has(name));
  const hasOldToken = (client: ResolvedClient) => isLetInAsBefore(old.get(client.name), client);
  const names = (clients: readonly ResolvedClient[]) => clients.map(({ name }) => name);
  const isRekeyed = before.settings.token?.reveal() !== after.settings.token?.reveal();
  return {
    addedClients: [...fresh.keys()].filter((name) => !old.has(name)),
    removedClients: [...old.keys()].filter((name) => !fresh.has(name)),
    rekeyedClients: [...names(kept.filter((client) => !hasOldToken(client))), ...(isRekeyed ? ["HUB_TOKEN"] : [])],
    changedClients: names(
      kept.filter((client) => hasOldToken(client) && !isDeepStrictEqual(old.get(client.name), client)),
    ),
  };
}

/** Whether whoever was let in before still is, as far as the manifest can tell: tokens may have come, none has gone. */
function isLetInAsBefore(before: ResolvedClient | undefined, { tokens, certificate, socket }: ResolvedClient): boolean {
  if (before === undefined) return false;
  const named = new Set(tokens.map(tokenName));
  return (
    before.tokens.every((token) => named.has(tokenName(token))) &&
    (before.certificate === undefined || isDeepStrictEqual(before.certificate, certificate)) &&
    (before.socket === undefined || before.socket.path === socket?.path)
  );
}

function tokenName(token: ClientToken): string {
  return token.t === "hash" ? token.sha256 : `file ${token.path}`;
}

/** What `hub.names` says of `default` is told of there. `profiles`: in another order, which decides whose a client is. */
function changedProfiles(before: Profiles, after: Profiles): string[] {
  const named = new Set([...before.keys(), ...after.keys()]);
  const withoutNames = (profile: ClientProfile | undefined) => {
    return profile?.name === defaultProfileName ? { ...profile, separator: "", maxLength: 0 } : profile;
  };
  const changed = [...named].filter((name) => {
    return !isDeepStrictEqual(withoutNames(before.get(name)), withoutNames(after.get(name)));
  });
  if (changed.length === 0 && !isDeepStrictEqual([...before.keys()], [...after.keys()])) return ["profiles"];
  return changed.map((name) => `profiles.${name}`);
}

/** Everything else is read once, when the hub starts: a listener's address, what the doors check, the log's level. */
const live: readonly string[] = [
  "hub.names",
  "hub.policy",
  "hub.decision",
  "hub.limits.max_concurrency_per_client",
  "hub.limits.max_queue_per_client",
  "hub.limits.rate_limit_rps",
  "hub.limits.rate_limit_bytes",
  "hub.allow_ips",
  "hub.list_wait_ms",
  "hub.search_tools",
  "hub.drain_timeout_ms",
  "hub.secrets_dir",
  "hub.anonymous",
  "hub.token",
  "hub.state_key",
  "hub.auth.builtin",
  "hub.auth.issuers",
];

function isLive(key: string): boolean {
  return live.some((one) => key === one || key.startsWith(`${one}.`));
}

/** The token is told of among the clients: it is one. */
function changedSettings(before: Settings, after: Settings): string[] {
  return changedKeys(before, after, "hub").filter((key) => key !== "hub.token");
}

function changedKeys(before: object, after: object, path: string): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const old = (before as Record<string, unknown>)[name];
    const fresh = (after as Record<string, unknown>)[name];
    const key = keyOf(path, name);
    if (isGroup(old) && isGroup(fresh)) return changedKeys(old, fresh, key);
    return same(old, fresh) ? [] : [key];
  });
}

function same(old: unknown, fresh: unknown): boolean {
  return old instanceof Secret && fresh instanceof Secret
    ? old.reveal() === fresh.reveal()
    : isDeepStrictEqual(old, fresh);
}

/** A map of settings, such as `limits`. */
function isGroup(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** `limits`, `rateLimitRps` → `limits.rate_limit_rps`. */
function keyOf(path: string, name: string): string {
  return `${path}.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
