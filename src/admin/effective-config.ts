// What the hub runs on, spelt as a manifest spells it: every default filled in, the environment merged over it. No secret and no
// token's hash is in it.
import type { ListenAddress } from "../base/listen-address.ts";
import { Secret } from "../base/secret.ts";
import type {
  ClientToken,
  LoginSpec,
  Manifest,
  RemotePlace,
  ResolvedClient,
  ResolvedCore,
  SecretOrigin,
  SecretSpec,
} from "../manifest/manifest.ts";
import type { Settings } from "../manifest/settings.ts";
import { redactArguments, redactText, redactVariables } from "./redact.ts";

export function effectiveConfig({ manifest, settings }: { manifest: Manifest; settings: Settings }): object {
  return {
    files: manifest.files,
    hub: spelt({
      ...settings,
      listen: settings.listen.map(addressText),
      adminListen: settings.adminListen.map(addressText),
    }),
    clients: Object.fromEntries(manifest.clients.map((client) => [client.name, clientConfig(client)])),
    profiles: Object.fromEntries([...manifest.profiles].map(([name, { name: _, ...rest }]) => [name, spelt(rest)])),
    cores: Object.fromEntries(manifest.cores.map((core) => [core.key, coreConfig(core)])),
    disabled: manifest.disabled,
  };
}

function clientConfig(client: ResolvedClient): object {
  const { tokens, expires, jwt, certificate, socket } = client;
  const { allow, deny, readOnly, arguments: rules, admin, profile, limits } = client;
  return {
    tokens: tokens.map(tokenConfig),
    expires: momentText(expires),
    jwt: jwt === undefined ? null : { ...(spelt({ ...jwt, claims: {} }) as object), claims: jwt.claims },
    certificate: certificate === undefined ? null : spelt(certificate),
    socket: socket === undefined ? null : { ...socket, mode: socket.mode.toString(8), group: socket.group ?? null },
    allow: allow ?? null,
    deny,
    read_only: readOnly,
    arguments: Object.fromEntries(rules.map(({ tools, schema }) => [tools, schema])),
    admin,
    profile: profile ?? null,
    limits: spelt(limits),
  };
}

function tokenConfig(token: ClientToken): object {
  const from = token.t === "hash" ? { sha256: "[secret]" } : { file: token.path };
  return { ...from, expires: momentText(token.expires), note: token.note ?? null };
}

function momentText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function coreConfig(core: ResolvedCore): object {
  const { key: _, remote, args, env, secrets, tools, policy, health, login, ...rest } = core;
  return {
    ...(spelt(rest) as object),
    remote: remote === undefined ? null : remoteConfig(remote),
    args: redactArguments(args),
    env: redactVariables(env),
    secrets: secrets.map(secretConfig),
    login: login === undefined ? null : loginConfig(login),
    policy: spelt(policy),
    health: spelt(health),
    tools: Object.fromEntries([...tools].map(([name, override]) => [name, spelt(override)])),
  };
}

function remoteConfig({ headers, ...rest }: RemotePlace): object {
  return { ...(spelt(rest) as object), headers: redactVariables(headers) };
}

function loginConfig({ clientSecret, privateKey, ...rest }: LoginSpec): object {
  return {
    ...(spelt(rest) as object),
    client_secret: clientSecret === undefined ? null : secretConfig(clientSecret),
    private_key:
      privateKey === undefined ? null : { ...secretConfig(privateKey.secret), algorithm: privateKey.algorithm },
  };
}

function secretConfig({ name, from }: SecretSpec): object {
  return { name, from: originConfig(from) };
}

function originConfig(from: SecretOrigin): unknown {
  if (from.t === "env") return { env: from.variable };
  if (from.t === "file") return { file: from.path };
  return from.t === "command" ? { command: redactArguments(from.argv) } : "search";
}

/** For objects whose keys are the hub's own: `maxQueue` → `max_queue`. What is not set is null. */
function spelt(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === "string") return redactText(value);
  if (value instanceof Secret || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(spelt);
  const spell = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [spell(key), spelt(part)]));
}

function addressText(address: ListenAddress): string {
  if (address.t === "unix") return `unix:${address.path}`;
  const { host = "", port } = address;
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
