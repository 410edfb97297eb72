// The settings the hub runs on: its environment over the manifest's `hub:` over the defaults.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Secret } from "../base/secret.ts";
import { keyLines, keyProblem } from "../base/state-keys.ts";
import type { TlsFiles } from "../base/tls-files.ts";
import {
  type Parsed,
  parseBasePath,
  parseHosts,
  parseListen,
  parseNetworks,
  parseOrigins,
  parseProxies,
  parsePublicUrl,
  splitList,
} from "./addresses.ts";
import { checkVariableNames, type Environment, variable, variableProblem } from "./environment.ts";
import type { HubConfig, RateLimits, ResolvedClient } from "./manifest.ts";
import { hasErrors, type Problem } from "./problems.ts";

export interface Settings extends HubConfig {
  /** Absolute. */
  readonly stateDir: string;
  /** What every client must present, from `HUB_TOKEN` or `HUB_TOKEN_FILE`. */
  readonly token: Secret | undefined;
  /** What logins and request states are encrypted with, a key a line, from `HUB_STATE_KEY` or its file; undefined: one is made and kept. */
  readonly stateKey: Secret | undefined;
  /** Absolute paths of the files that variables named for such things. */
  readonly secretFiles: readonly string[];
  /** What `/metrics` asks for; undefined: it is open. */
  readonly metricsToken: Secret | undefined;
}

export interface SettingsInput {
  readonly env: Environment;
  /** Where relative paths in variables start. */
  readonly cwd: string;
  readonly hub: HubConfig;
}

export type ResolvedSettings =
  | { readonly t: "ok"; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly t: "invalid"; readonly problems: readonly Problem[] };

export function resolveSettings({ env, cwd, hub }: SettingsInput): ResolvedSettings {
  const problems = checkVariableNames(env);
  const read = <T>(name: string, fallback: T, parse: (text: string) => Parsed<T>): T => {
    const text = variable(env, name);
    if (text === undefined) return fallback;
    const parsed = parse(text);
    if (parsed.t === "ok") return parsed.value;
    problems.push(variableProblem(name, "error", parsed.message, parsed.hint));
    return fallback;
  };
  const path = (text: string): Parsed<string> => ({ t: "ok", value: resolve(cwd, text) });

  const settings: Settings = {
    ...hub,
    listen: read("HUB_LISTEN", hub.listen, (text) => parseListen([text])),
    adminListen: read("HUB_ADMIN_LISTEN", hub.adminListen, (text) => parseListen([text])),
    basePath: read("HUB_BASE_PATH", hub.basePath, parseBasePath),
    publicUrl: read<string | undefined>("HUB_PUBLIC_URL", hub.publicUrl, parsePublicUrl),
    allowHosts: read("HUB_ALLOW_HOSTS", hub.allowHosts, (text) => parseHosts(splitList(text))),
    allowOrigins: read("HUB_ALLOW_ORIGINS", hub.allowOrigins, (text) => parseOrigins(splitList(text))),
    allowIps: read("HUB_ALLOW_IPS", hub.allowIps, (text) => parseNetworks(splitList(text))),
    trustedProxies: read("HUB_TRUSTED_PROXIES", hub.trustedProxies, (text) => parseProxies(splitList(text))),
    clientCertificateHeader: read<string | undefined>(
      "HUB_CLIENT_CERTIFICATE_HEADER",
      hub.clientCertificateHeader,
      headerName,
    ),
    tls: readTls(env, cwd, hub.tls, problems),
    anonymous: read("HUB_ANONYMOUS", hub.anonymous, oneOf(["loopback", "allow"])),
    logLevel: read("HUB_LOG_LEVEL", hub.logLevel, oneOf(["debug", "info", "warn", "error"])),
    logFormat: read("HUB_LOG_FORMAT", hub.logFormat, oneOf(["json", "pretty"])),
    fence: read("HUB_FENCE", hub.fence, oneOf(["auto", "required", "off"])),
    watch: read("HUB_WATCH", hub.watch, onOrOff),
    limits: {
      ...hub.limits,
      maxConcurrencyPerClient: read("HUB_MAX_CONCURRENCY_PER_CLIENT", hub.limits.maxConcurrencyPerClient, wholeNumber),
      rateLimitRps: read("HUB_RATE_LIMIT_RPS", hub.limits.rateLimitRps, rate),
      rateLimitBytes: read("HUB_RATE_LIMIT_BYTES", hub.limits.rateLimitBytes, byteRate),
      maxConnections: read("HUB_MAX_CONNECTIONS", hub.limits.maxConnections, wholeNumber),
      maxConnectionsPerAddress: read(
        "HUB_MAX_CONNECTIONS_PER_ADDRESS",
        hub.limits.maxConnectionsPerAddress,
        wholeNumber,
      ),
    },
    secretsDir: read<string | undefined>("HUB_SECRETS_DIR", hub.secretsDir, path),
    stateDir: read("HUB_STATE_DIR", hub.stateDir ?? defaultStateDir(env), path),
    token: readToken(env, cwd, problems),
    stateKey: readStateKey(env, cwd, problems),
    secretFiles: ["HUB_TOKEN_FILE", "HUB_STATE_KEY_FILE"].flatMap((name) => {
      const file = variable(env, name);
      return file === undefined ? [] : [resolve(cwd, file)];
    }),
    metricsToken: tokenOf(variable(env, "HUB_METRICS_TOKEN"), "HUB_METRICS_TOKEN", problems),
  };
  problems.push(...audienceProblems(settings));
  checkPlace(settings, problems);
  checkPublicUrl(settings, problems);
  if (hasErrors(problems)) return { t: "invalid", problems };
  return { t: "ok", settings, warnings: problems };
}

/** An authorization server is known by its URL, and what goes there is as secret as a password. */
function checkPlace({ auth, publicUrl }: Settings, problems: Problem[]): void {
  if (auth.builtin === undefined) return;
  const hint = "set it to the https URL under which clients reach the hub, or to http://localhost:PORT to try it out";
  if (publicUrl === undefined) {
    const message = "not set, but hub.auth is builtin, whose tokens and links are made for it";
    problems.push(variableProblem("HUB_PUBLIC_URL", "error", message, hint));
  } else if (!/^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$))/.test(publicUrl)) {
    const message = `${publicUrl} is not https, and hub.auth is builtin: the hub's token is typed there`;
    problems.push(variableProblem("HUB_PUBLIC_URL", "error", message, hint));
  }
}

/** What clients connect to is asked for so often that it is written where the place without it belongs. */
function checkPublicUrl({ publicUrl, basePath }: Settings, problems: Problem[]): void {
  const door = /\/(mcp|sse|ws)$/.exec(publicUrl ?? "")?.[0];
  if (door === undefined || basePath.endsWith(door)) return;
  const message = `ends in ${door}, which the hub adds itself: clients would be told of ${publicUrl}/mcp`;
  problems.push(variableProblem("HUB_PUBLIC_URL", "warning", message, "write it without, here or in hub.public_url"));
}

/** A client's limits: its own where it has them, the hub's otherwise. `client` undefined: who needs no entry of its own. */
export function limitsOf(client: ResolvedClient | undefined, settings: Settings): RateLimits {
  return {
    maxConcurrency: client?.limits.maxConcurrency ?? settings.limits.maxConcurrencyPerClient,
    maxQueue: client?.limits.maxQueue ?? settings.limits.maxQueuePerClient,
    rateLimitRps: client?.limits.rateLimitRps ?? settings.limits.rateLimitRps,
    rateLimitBytes: client?.limits.rateLimitBytes ?? settings.limits.rateLimitBytes,
  };
}

/** Tokens that are for something else let nobody in, so it has to be known what they are for. */
function audienceProblems({ publicUrl, auth: { issuers } }: Settings): Problem[] {
  if (publicUrl !== undefined) return [];
  const hint = "set it to the URL that clients have, without /mcp, or write hub.public_url";
  return issuers.map(({ url, audience }) => {
    if (audience.length === 0) {
      const message = `not set, so it is not known which tokens of ${url} are for this hub`;
      return variableProblem(
        "HUB_PUBLIC_URL",
        "error",
        message,
        `${hint}; or write hub.auth.issuers.<issuer>.audience`,
      );
    }
    const message = `not set, so clients are not told that ${url} has tokens for this hub`;
    return variableProblem("HUB_PUBLIC_URL", "warning", message, hint);
  });
}

/** Each variable wins over its key by itself. The files are read by who serves: not every command may read the key. */
function readTls(
  env: Environment,
  cwd: string,
  written: TlsFiles | undefined,
  problems: Problem[],
): TlsFiles | undefined {
  const path = (name: string): string | undefined => {
    const text = variable(env, name);
    return text === undefined ? undefined : resolve(cwd, text);
  };
  const cert = path("HUB_TLS_CERT") ?? written?.cert;
  const key = path("HUB_TLS_KEY") ?? written?.key;
  const clientCa = path("HUB_TLS_CLIENT_CA") ?? written?.clientCa;
  if (cert !== undefined && key !== undefined) return { cert, key, clientCa };
  const given = Object.entries({ HUB_TLS_CERT: cert, HUB_TLS_KEY: key, HUB_TLS_CLIENT_CA: clientCa });
  const named = given.find(([, file]) => file !== undefined)?.[0];
  if (named === undefined) return undefined;
  const lacking = cert === undefined ? "HUB_TLS_CERT" : "HUB_TLS_KEY";
  const what = cert === undefined ? "the file of the certificate" : "the file of the certificate's private key";
  problems.push(variableProblem(lacking, "error", `not set, but ${named} is`, `name ${what}, or unset ${named}`));
  return undefined;
}

function readToken(env: Environment, cwd: string, problems: Problem[]): Secret | undefined {
  const given = readGiven("HUB_TOKEN", "the token", env, cwd, problems);
  return given === undefined ? undefined : tokenOf(given.text, given.name, problems);
}

function readStateKey(env: Environment, cwd: string, problems: Problem[]): Secret | undefined {
  const given = readGiven("HUB_STATE_KEY", "the key", env, cwd, problems);
  if (given === undefined) return undefined;
  const problem = keyProblem(keyLines(given.text));
  if (problem === undefined) return new Secret(given.text);
  problems.push(variableProblem(given.name, "error", problem.message, problem.hint));
  return undefined;
}

/** The text of a variable, or of the file that its sibling names; `name` is the one that has it. */
function readGiven(
  variableName: string,
  what: string,
  env: Environment,
  cwd: string,
  problems: Problem[],
): { readonly name: string; readonly text: string } | undefined {
  const fileName = `${variableName}_FILE`;
  const file = variable(env, fileName);
  const given = variable(env, variableName);
  if (file === undefined) return given === undefined ? undefined : { name: variableName, text: given };
  const refuse = (message: string, hint: string): undefined => {
    problems.push(variableProblem(fileName, "error", message, hint));
    return undefined;
  };
  if (given !== undefined) return refuse(`${variableName} is set as well`, "unset one of them");
  const path = resolve(cwd, file);
  try {
    const text = readFileSync(path, "utf8").trim();
    return text === "" ? refuse(`${path} is empty`, `write ${what} into it`) : { name: fileName, text };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    return refuse(
      `${path} cannot be read (${code})`,
      `name a file that holds ${what} and that the hub's user can read`,
    );
  }
}

/** Long enough not to be guessed; shorter ones work, with a word about it. */
const shortToken = 16;

function tokenOf(text: string | undefined, name: string, problems: Problem[]): Secret | undefined {
  if (text === undefined) return undefined;
  if (!/^[\x21-\x7e]+$/.test(text)) {
    problems.push(
      variableProblem(
        name,
        "error",
        "a token that no header can carry",
        "use letters, digits and punctuation, with no blanks",
      ),
    );
    return undefined;
  }
  if (text.length < shortToken) {
    problems.push(
      variableProblem(
        name,
        "warning",
        `a token of less than ${shortToken} characters can be guessed`,
        "make one: openssl rand -hex 32",
      ),
    );
  }
  return new Secret(text);
}

function oneOf<const T extends string>(choices: readonly T[]): (text: string) => Parsed<T> {
  return (text) => {
    const value = choices.find((choice) => choice === text.toLowerCase());
    if (value !== undefined) return { t: "ok", value };
    return {
      t: "bad",
      message: `${JSON.stringify(text)} is not a known value`,
      hint: `set one of ${choices.join(", ")}`,
    };
  };
}

function headerName(text: string): Parsed<string> {
  if (/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(text)) return { t: "ok", value: text.toLowerCase() };
  return {
    t: "bad",
    message: `${JSON.stringify(text)} is not the name of a header`,
    hint: "set one such as X-Client-Cert",
  };
}

function onOrOff(text: string): Parsed<boolean> {
  const parsed = oneOf(["true", "false"])(text);
  return parsed.t === "ok" ? { t: "ok", value: parsed.value === "true" } : parsed;
}

function wholeNumber(text: string): Parsed<number> {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 1_000_000) return { t: "ok", value };
  return { t: "bad", message: `${JSON.stringify(text)} is out of range`, hint: "set a whole number from 1 to 1000000" };
}

function byteRate(text: string): Parsed<number> {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 1e12) return { t: "ok", value };
  const hint = "set a whole number of bytes from 0 to 1000000000000; 0 is no limit";
  return { t: "bad", message: `${JSON.stringify(text)} is out of range`, hint };
}

function rate(text: string): Parsed<number> {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= 1_000_000) return { t: "ok", value };
  return {
    t: "bad",
    message: `${JSON.stringify(text)} is out of range`,
    hint: "set a number from 0 to 1000000; 0 is no limit",
  };
}

function defaultStateDir(env: Environment): string {
  const base = variable(env, "XDG_STATE_HOME") ?? variable(env, "LOCALAPPDATA");
  return join(base ?? join(variable(env, "HOME") ?? homedir(), ".local", "state"), "thehub");
}
