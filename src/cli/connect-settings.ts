// What `thehub connect` is told: the hub, its token, further headers. No secret comes in by an argument.
import { isCredentialName } from "../base/credential-name.ts";
import { Secret } from "../base/secret.ts";
import { parseTarget, withProfile } from "../connect/target.ts";
import { isLoopbackHost } from "../doors/listen.ts";
import type { Target } from "../links/connection.ts";
import { proxyFor } from "../links/proxy.ts";
import { variable } from "../manifest/environment.ts";
import { hasErrors, type Problem } from "../manifest/problems.ts";
import { resolveHub } from "../manifest/resolve.ts";
import { resolveSettings, type Settings } from "../manifest/settings.ts";
import type { Terminal } from "./terminal.ts";

export interface ConnectOptions {
  readonly tokenEnv?: string;
  readonly tokenFile?: string;
  /** `Name: value`, with `${env:NAME}` in the value for what must not be an argument. */
  readonly header?: readonly string[];
  readonly maxMessageBytes?: string;
  readonly profile?: string;
}

export interface ConnectSettings extends Pick<Settings, "token" | "logLevel" | "logFormat"> {
  readonly target: Target;
  /** Where the token came from, for people. */
  readonly credential: string | undefined;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly maxMessageBytes: number;
  /** Of the environment; undefined: straight. */
  readonly proxy: Secret | undefined;
  /** Whether the hub is sent a token, or another header that is secret. */
  readonly sendsSecrets: boolean;
  /** What must never be in a log. */
  readonly secrets: readonly Secret[];
  readonly warnings: readonly Problem[];
}

export type ReadConnectSettings =
  | { readonly t: "ok"; readonly settings: ConnectSettings }
  | { readonly t: "invalid"; readonly problems: readonly Problem[] };

export async function readConnectSettings(
  { env, cwd }: Terminal,
  url: string | undefined,
  options: ConnectOptions,
): Promise<ReadConnectSettings> {
  const problems: Problem[] = [];
  const wrong = (path: string, message: string, hint: string): undefined => {
    problems.push({ severity: "error", file: "arguments", line: 0, column: 0, path, message, hint });
    return undefined;
  };
  const target = readTarget(url ?? variable(env, "HUB_URL"), options.profile, wrong);
  const source = tokenSource(env, options, wrong);
  const resolved = resolveSettings({
    env: { ...source.env, HUB_LOG_LEVEL: env["HUB_LOG_LEVEL"], HUB_LOG_FORMAT: env["HUB_LOG_FORMAT"] },
    cwd,
    hub: resolveHub({}, ""),
  });
  const found = resolved.t === "ok" ? resolved.warnings : resolved.problems;
  // The token's variable under the name that the user gave it.
  problems.push(...found.map((problem) => (problem.path in source.env ? { ...problem, path: source.name } : problem)));
  const { headers, secrets } = readHeaders(options.header ?? [], env, wrong);
  const maxMessageBytes = readBytes(options.maxMessageBytes, wrong);
  const proxy = target === undefined ? undefined : readProxy(target, env, wrong);
  if (target === undefined || resolved.t === "invalid" || hasErrors(problems)) return { t: "invalid", problems };
  const { token, logLevel, logFormat } = resolved.settings;
  const settings: ConnectSettings = {
    target,
    token,
    credential: token === undefined ? undefined : source.name,
    headers,
    maxMessageBytes,
    proxy,
    sendsSecrets: token !== undefined || secrets.length > 0,
    secrets: [...secrets, ...[token, passwordOf(proxy)].filter((secret) => secret !== undefined)],
    logLevel,
    logFormat,
    warnings: problems,
  };
  return { t: "ok", settings };
}

/** Whether a secret goes out that can be read on the way. */
export function isSentInClear({ sendsSecrets, target }: ConnectSettings): boolean {
  const { protocol, hostname } = new URL(target.url);
  const isPlain = target.socketPath === undefined && (protocol === "ws:" || protocol === "http:");
  return sendsSecrets && isPlain && !isLoopbackHost(hostname);
}

type Wrong = (path: string, message: string, hint: string) => undefined;

function readTarget(url: string | undefined, profile: string | undefined, wrong: Wrong): Target | undefined {
  const hint = "thehub connect ws://localhost:3000";
  if (url === undefined) return wrong("URL", "no hub is named", `write ${hint}, or set HUB_URL`);
  const parsed = parseTarget(url);
  if (parsed.t === "bad") return wrong("URL", parsed.message, hint);
  if (profile === undefined) return parsed.target;
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(profile)) {
    return wrong("--profile", "not a profile's name", "write small letters, digits and -: --profile claude");
  }
  return (
    withProfile(parsed.target, profile) ?? wrong("--profile", "the URL names a profile as well", "name one of them")
  );
}

function readProxy({ url, socketPath }: Target, env: Terminal["env"], wrong: Wrong): Secret | undefined {
  if (socketPath !== undefined) return undefined;
  const chosen = proxyFor(new URL(url), env);
  if (chosen.t === "bad") return wrong("environment", chosen.message, "correct it, or name the hub in NO_PROXY");
  return chosen.t === "proxy" ? chosen.url : undefined;
}

function passwordOf(proxy: Secret | undefined): Secret | undefined {
  const { password } = proxy === undefined ? { password: "" } : new URL(proxy.reveal());
  return password === "" ? undefined : new Secret(decodeURIComponent(password));
}

/** The variable or file that holds the token, as the one that settings are read from. */
function tokenSource(
  env: Terminal["env"],
  { tokenEnv, tokenFile }: ConnectOptions,
  wrong: Wrong,
): { readonly name: string; readonly env: Readonly<Record<string, string>> } {
  if (tokenEnv !== undefined && tokenFile !== undefined) {
    wrong("--token-file", "--token-env is given as well", "name one of them");
  }
  if (tokenFile !== undefined) return { name: tokenFile, env: { HUB_TOKEN_FILE: tokenFile } };
  if (tokenEnv !== undefined) {
    const value = variable(env, tokenEnv);
    if (value === undefined) {
      // Whoever writes the token itself here should not find it in a log.
      const known = /^[A-Z_][A-Z0-9_]*$/.test(tokenEnv);
      const name = known ? `the variable ${tokenEnv}` : "the variable it names";
      wrong("--token-env", `${name} is not set`, "give the name of a variable that holds the token");
    }
    return { name: tokenEnv, env: { HUB_TOKEN: value ?? "" } };
  }
  const file = variable(env, "HUB_TOKEN_FILE");
  const given = variable(env, "HUB_TOKEN");
  return {
    name: file === undefined ? "HUB_TOKEN" : "HUB_TOKEN_FILE",
    env: {
      ...(file === undefined ? {} : { HUB_TOKEN_FILE: file }),
      ...(given === undefined ? {} : { HUB_TOKEN: given }),
    },
  };
}

/** What the connection itself sets. */
const ownHeaders =
  /^(host|connection|upgrade|origin|sec-websocket-.*|accept|accept-encoding|content-.*|transfer-encoding|last-event-id|mcp-.*)$/i;

function readHeaders(
  written: readonly string[],
  env: Terminal["env"],
  wrong: Wrong,
): { readonly headers: Record<string, Secret>; readonly secrets: readonly Secret[] } {
  const headers: Record<string, Secret> = {};
  const secrets: Secret[] = [];
  for (const text of written) {
    const [, name = "", value = ""] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/.exec(text) ?? [];
    if (name === "") {
      wrong("--header", "not a header", "write --header 'Name: value'");
      continue;
    }
    if (ownHeaders.test(name)) {
      wrong("--header", `${name} is set by the connection itself`, "leave it out");
      continue;
    }
    if (name.toLowerCase() === "authorization") {
      wrong("--header", "Authorization carries the hub's token", "put the token into HUB_TOKEN");
      continue;
    }
    const fromEnv = /\$\{env:[^}]*\}/.test(value);
    if (isCredentialName(name) && !fromEnv) {
      const hint = `put the value into a variable: --header '${name}: \${env:NAME}'`;
      wrong("--header", `${name} holds a credential, and arguments are seen by everybody on this machine`, hint);
      continue;
    }
    let isWhole = true;
    const filled = value.replaceAll(/\$\{env:([^}]*)\}/g, (_, variableName: string) => {
      const found = variable(env, variableName);
      if (found === undefined) {
        isWhole = false;
        wrong("--header", `${name}: the variable ${variableName} is not set`, "set it, or leave the header out");
      }
      return found ?? "";
    });
    if (!isWhole) continue;
    if (!/^[\x20-\x7e]*$/.test(filled)) {
      wrong("--header", `the value of ${name} cannot be sent in a header`, "use printable ASCII");
      continue;
    }
    headers[name] = new Secret(filled);
    if (fromEnv) secrets.push(headers[name]);
  }
  return { headers, secrets };
}

/** As the hub's own default. */
const defaultMaxMessageBytes = 10 * 1024 * 1024;
/** As much as may wait to be sent. */
const mostMessageBytes = 32 * 1024 * 1024;

function readBytes(text: string | undefined, wrong: Wrong): number {
  if (text === undefined) return defaultMaxMessageBytes;
  const bytes = Number(text);
  if (/^\d+$/.test(text) && bytes >= 1024 && bytes <= mostMessageBytes) return bytes;
  wrong("--max-message-bytes", `${JSON.stringify(text)} is out of range`, `from 1024 to ${mostMessageBytes}`);
  return defaultMaxMessageBytes;
}
