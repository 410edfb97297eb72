// Finds the secrets of one Core. Values leave only as `Secret`; what is said about them names places, never values.
import { promises as files } from "node:fs";
import { join } from "node:path";
import { Secret } from "../base/secret.ts";
import type { Environment } from "./environment.ts";
import type { ResolvedCore, SecretSpec } from "./manifest.ts";
import { isHubCredential } from "./secret-names.ts";

/** Where secrets come from, and which values no Core may have. */
export interface SecretReader {
  /** The hub's own environment. */
  readonly env: Environment;
  /** Absolute; undefined: no folder of secrets. */
  readonly secretsDir: string | undefined;
  /** The hub's own tokens: a secret with one of these values is refused. */
  readonly hubTokens?: readonly Secret[];
  /** SHA-256 of clients' tokens, small hexadecimal: refused likewise. */
  readonly clientTokenHashes?: readonly string[];
}

export type FoundSecret =
  /** `source` says which place won: `HUB_SECRET_API_TOKEN`, a file's path, `command vault`. */
  | { readonly t: "found"; readonly name: string; readonly value: Secret; readonly source: string }
  /** `looked`: every place tried, in order. `fix`: how to put it into one of them. */
  | { readonly t: "missing"; readonly name: string; readonly looked: readonly string[]; readonly fix: string }
  /** A value is there but must not be used; the Core must not start with it or without it. */
  | { readonly t: "refused"; readonly name: string; readonly source: string; readonly reason: string };

/** Shorter values occur by chance in ordinary text, so they could not be masked without harm. */
const minSecretBytes = 8;

const commandTimeoutMs = 10_000;
const maxSecretBytes = 64 * 1024;

/** One answer per entry of `core.secrets`, in order. Never rejects. */
export function resolveSecrets(core: ResolvedCore, reader: SecretReader): Promise<FoundSecret[]> {
  return Promise.all(core.secrets.map((spec) => resolveSecret(spec, core, reader)));
}

/** One line for a log or an error; undefined for a secret that was found. */
export function explainSecret(secret: FoundSecret, core: ResolvedCore): string | undefined {
  const lack = lackOf(secret, core);
  if (lack === undefined) return undefined;
  return lack.fix === "" ? lack.what : `${lack.what}; ${lack.fix}`;
}

/** The same in its two parts; an empty `fix` is in `what`. */
export function lackOf(secret: FoundSecret, core: ResolvedCore): { what: string; fix: string } | undefined {
  if (secret.t === "found") return undefined;
  const which = `secret ${secret.name} of Core ${core.key}`;
  return secret.t === "refused"
    ? { what: `${which} is refused: ${secret.reason} (${secret.source})`, fix: "" }
    : { what: `${which} is missing: looked in ${secret.looked.join(", ")}`, fix: secret.fix };
}

async function resolveSecret(spec: SecretSpec, core: ResolvedCore, reader: SecretReader): Promise<FoundSecret> {
  const { name } = spec;
  if (isHubCredential(name)) return { t: "refused", name, source: name, reason: "it is the hub's own" };
  const looked: string[] = [];
  for (const place of placesOf(spec, core, reader)) {
    const got = await place.read();
    if (got.t === "value") return judge(name, got.value, place.source, reader);
    if (got.t === "refused") return { t: "refused", name, source: place.source, reason: got.reason };
    looked.push(got.why === "" ? place.source : `${place.source} (${got.why})`);
  }
  return { t: "missing", name, looked, fix: fixOf(spec, core, reader) };
}

function fixOf({ name, from }: SecretSpec, core: ResolvedCore, { secretsDir }: SecretReader): string {
  switch (from.t) {
    case "env":
      return `set ${from.variable}`;
    case "file":
      return `write it into ${from.path}, for the hub's user to read`;
    case "command":
      return `run ${from.argv[0] ?? "it"} as the hub's user to see what it says`;
    case "search": {
      const own = `set ${ownVariable(name, scopeOf(core))}`;
      if (secretsDir === undefined) return `${own}, or HUB_SECRETS_DIR to a folder with a file ${name}`;
      return `${own}, or write it into ${join(secretsDir, name)}`;
    }
  }
}

function judge(name: string, value: string, source: string, reader: SecretReader): FoundSecret {
  const refused = (reason: string): FoundSecret => ({ t: "refused", name, source, reason });
  if (value.includes("\0")) return refused("it holds a NUL byte, which no environment variable can");
  if (Buffer.byteLength(value) < minSecretBytes) {
    return refused(
      `it is shorter than ${minSecretBytes} bytes and could not be masked; put it in env if it is not secret`,
    );
  }
  const isHubs = reader.hubTokens?.some((token) => token.reveal() === value) === true;
  if (isHubs || isClients(value, reader)) return refused("it is a token for the hub itself");
  return { t: "found", name, value: new Secret(value), source };
}

// Node's larger modules are fetched where they are needed: `check` usually does without, and loading them takes longer than its work.
function isClients(value: string, { clientTokenHashes = [] }: SecretReader): boolean {
  if (clientTokenHashes.length === 0) return false;
  const { createHash } = process.getBuiltinModule("node:crypto");
  return clientTokenHashes.includes(createHash("sha256").update(value).digest("hex"));
}

type Got =
  | { readonly t: "value"; readonly value: string }
  | { readonly t: "nothing"; readonly why: string }
  | { readonly t: "refused"; readonly reason: string };

interface PlaceToLook {
  readonly source: string;
  read(): Got | Promise<Got>;
}

function placesOf(spec: SecretSpec, core: ResolvedCore, reader: SecretReader): PlaceToLook[] {
  const { name, from } = spec;
  switch (from.t) {
    case "env":
      return [variable(from.variable, reader)];
    case "file":
      return [file(from.path)];
    case "command":
      return [command(from.argv, core.folder, reader)];
    case "search": {
      const scope = scopeOf(core);
      const dir = reader.secretsDir;
      return [
        variable(ownVariable(name, scope), reader),
        variable(`HUB_SECRET_${name}`, reader),
        ...(dir === undefined ? [] : [file(join(dir, scope, name)), file(join(dir, name))]),
        variable(name, reader),
      ];
    }
  }
}

function ownVariable(name: string, scope: string): string {
  return `HUB_SECRET_${scope.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${name}`;
}

/** The Core's key where it can name a folder and a variable, else its namespace. */
function scopeOf(core: ResolvedCore): string {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(core.key) ? core.key : core.namespace;
}

function variable(name: string, reader: SecretReader): PlaceToLook {
  const isHubs = isHubCredential(name) && !name.startsWith("HUB_SECRET_");
  return {
    source: name,
    read: () => {
      if (isHubs) return { t: "refused", reason: "it is the hub's own" };
      return gotText(reader.env[name]);
    },
  };
}

function file(path: string): PlaceToLook {
  return {
    source: path,
    read: async () => {
      try {
        const bytes = await files.readFile(path);
        if (bytes.length > maxSecretBytes) return { t: "refused", reason: `it is larger than ${maxSecretBytes} bytes` };
        const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
        return gotText(withoutNewline(text));
      } catch (error) {
        if (error instanceof TypeError) return { t: "refused", reason: "it is not UTF-8 text" };
        const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
        return { t: "nothing", why: code === "ENOENT" || code === "ENOTDIR" ? "" : code };
      }
    },
  };
}

function command(argv: readonly string[], cwd: string, reader: SecretReader): PlaceToLook {
  const [program = "", ...args] = argv;
  // The arguments may themselves be sensitive, so only the program is named.
  return {
    source: `command ${program}`,
    read: () =>
      new Promise((done) => {
        const { execFile } = process.getBuiltinModule("node:child_process");
        const options = { cwd, env: withoutHub(reader.env), timeout: commandTimeoutMs, maxBuffer: maxSecretBytes };
        execFile(program, args, options, (error, stdout) => {
          done(error === null ? gotText(withoutNewline(stdout)) : { t: "nothing", why: whyFailed(error) });
        }).stdin?.end();
      }),
  };
}

function whyFailed(error: { code?: number | string | null; killed?: boolean }): string {
  if (error.killed === true) return `no answer within ${commandTimeoutMs} ms`;
  return typeof error.code === "number" ? `exit code ${error.code}` : String(error.code ?? "failed");
}

/** A helper program needs its own settings (VAULT_ADDR), but never the hub's. */
function withoutHub(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("HUB_")));
}

function gotText(text: string | undefined): Got {
  if (text === undefined) return { t: "nothing", why: "" };
  // As Compose passes a variable that is not set.
  return text.trim() === "" ? { t: "nothing", why: "empty" } : { t: "value", value: text };
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, "");
}
