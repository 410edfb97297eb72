// What a child process is given: the few variables that programs need, what the manifest adds, and the mark by which
// everything the hub ever started can be found again. Nothing else of the hub's environment passes.
import { delimiter } from "node:path";
import type { Secret } from "../base/secret.ts";
import type { Fence } from "./fence.ts";

/** Variables as the hub itself was started with. */
export type EnvReader = (name: string) => string | undefined;

/** The variable that marks every process of a hub, inherited by its children and theirs. */
export const instanceVariable = "THEHUB_INSTANCE";

const safeNames = [
  "HOME",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "TMPDIR",
  "USER",
  "LOGNAME",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
];

/** Without these, programs on Windows do not even start. */
const windowsNames = [
  "SystemRoot",
  "SystemDrive",
  "ComSpec",
  "PATHEXT",
  "TEMP",
  "TMP",
  "USERPROFILE",
  "USERNAME",
  "HOMEDRIVE",
  "HOMEPATH",
  "APPDATA",
  "LOCALAPPDATA",
  "ProgramData",
  "ProgramFiles",
  "ProgramFiles(x86)",
];

/** The hub's process, as its Cores see it. */
export interface Host {
  /** Random small hexadecimal digits, of this run only; also the reaper's. */
  readonly hubId: string;
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly env: EnvReader;
  /** Folders that children search after those of the hub's PATH: the example Cores, the Node that runs the hub. */
  readonly extraPath: readonly string[];
  /** Around every process that is a Core; undefined: there is none. */
  readonly fence?: Pick<Fence, "around" | "home"> | undefined;
  /** Numbers processes, never the same twice in a hub. */
  nextInstance(): number;
  /** Containers run by this engine, in this environment: they are to be ended with the hub, however it ends. */
  readonly usesEngine?: ((file: string, env: Readonly<Record<string, string>>) => void) | undefined;
}

export interface ChildOptions {
  readonly inheritEnv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly marker: string;
}

/** Later sources win: safe set, `inherit_env`, `env`, secrets, and the marker, which nothing can replace. */
export function childEnvironment(
  host: Pick<Host, "platform" | "env" | "extraPath">,
  options: ChildOptions,
): Record<string, string> {
  const child: Record<string, string> = {};
  const names = host.platform === "win32" ? [...safeNames, ...windowsNames] : safeNames;
  for (const name of [...names, ...options.inheritEnv]) {
    const value = host.env(name);
    if (value !== undefined) child[name] = value;
  }
  child["PATH"] = searchPath(host.env("PATH"), host.extraPath);
  Object.assign(child, options.env);
  for (const [name, secret] of options.secrets) child[name] = secret.reveal();
  child[instanceVariable] = options.marker;
  return child;
}

function searchPath(path: string | undefined, extra: readonly string[]): string {
  const folders = path === undefined || path === "" ? [] : path.split(delimiter);
  for (const folder of extra) if (!folders.includes(folder)) folders.push(folder);
  return folders.join(delimiter);
}

/** The mark of one instance. */
export function instanceMarker(hubId: string, namespace: string, n: number): string {
  return `${hubId}.${namespace}.${n}`;
}

/** How every mark of a hub begins. */
export function hubMarker(hubId: string): string {
  return `${hubId}.`;
}
