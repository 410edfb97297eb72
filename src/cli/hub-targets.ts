// Where the hub of this environment can be asked: what HUB_LISTEN says, else what the running hubs noted in the state folder.
import { HubError } from "../base/errors.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import { findRuns, type Run, stateOf } from "../base/run-files.ts";
import { parseListen } from "../manifest/addresses.ts";
import { variable } from "../manifest/environment.ts";
import { findStateDir, isSystems, unusable } from "./state-dir.ts";
import type { Terminal } from "./terminal.ts";

/** One way to connect from this machine. */
export type Way = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** It listens: the first way that answers is enough. */
export interface AddressTarget {
  readonly t: "address";
  readonly address: string;
  readonly ways: readonly Way[];
  /** Over TLS: SHA-256 of the certificates that are the hub's. Undefined: it is plain. */
  readonly certificates?: readonly string[] | undefined;
}

export type Target =
  | AddressTarget
  /** A running process that does not listen: it speaks STDIO, or is still starting. */
  | { readonly t: "process"; readonly pid: number };

export interface Targets {
  readonly targets: readonly Target[];
  /** What was looked at, for a message that there is nothing. */
  readonly lookedAt: string;
}

/** Throws `usage` for a HUB_LISTEN that cannot be read. */
export async function findTargets(terminal: Terminal): Promise<Targets> {
  const asked = waysOfVariable(terminal, "HUB_LISTEN");
  if (asked.length > 0) return { targets: await withCertificates(terminal, asked), lookedAt: "HUB_LISTEN" };
  const stateDir = await findStateDir(terminal);
  return { targets: await runningTargets(stateDir), lookedAt: `the state folder ${stateDir}` };
}

/** The same, over TLS where the hub has it: known by what its certificate file or its run file says. */
async function withCertificates(terminal: Terminal, targets: readonly AddressTarget[]): Promise<readonly Target[]> {
  if (targets.every(({ address }) => address.startsWith("unix:"))) return targets;
  const { certificateFile, ownCertificates } = await import("./own-certificate.ts");
  const file = certificateFile(terminal);
  if (file === undefined) return targets;
  const certificates = await ownCertificates(file, await findStateDir(terminal).catch(() => undefined));
  return targets.map((target) => {
    const isTcp = target.address.startsWith("http:");
    return isTcp ? { ...target, address: target.address.replace("http:", "https:"), certificates } : target;
  });
}

export interface AdminWays {
  /** One for each hub that runs here: where its admin API is. */
  readonly hubs: readonly {
    readonly pid: number;
    readonly name: string;
    readonly ways: readonly Way[];
    readonly needsToken: boolean;
  }[];
  /** Processes without an admin API: they speak STDIO, or do not listen yet. */
  readonly others: readonly number[];
}

/** By what the running hubs noted in the state folder: their private socket, else where they listen. */
export async function findAdminWays(stateDir: string): Promise<AdminWays> {
  const hubs: AdminWays["hubs"][number][] = [];
  const others: number[] = [];
  for (const run of await runningHubs(stateDir)) {
    const { pid, adminSockets = [], addresses = [] } = run;
    const known = [...adminSockets, ...addresses].map((address) => boundTarget(address, run.certificate));
    const [first] = known;
    if (first === undefined) others.push(pid);
    else hubs.push({ pid, name: first.address, ways: first.ways, needsToken: adminSockets.length === 0 });
  }
  return { hubs, others };
}

/** Where a variable such as HUB_LISTEN says that the hub of this environment is. Throws `usage` for one that cannot be read. */
export function waysOfVariable(terminal: Terminal, name: string): readonly AddressTarget[] {
  const listen = variable(terminal.env, name);
  if (listen === undefined) return [];
  const parsed = parseListen([listen]);
  if (parsed.t === "bad") throw new HubError("usage", `${name}: ${parsed.message}; ${parsed.hint}`);
  // A picked port is known to the hub alone; what goes with another address needs no question of its own.
  return parsed.value
    .filter((address) => address.t === "unix" || !(address.optional || address.port === 0))
    .map((address) => targetOf(address));
}

/** Throws `hub_unreachable` where the state folder cannot be read: then it is not known whether one runs. */
async function runningHubs(stateDir: string): Promise<readonly Run[]> {
  const running: Run[] = [];
  const found = await findRuns(stateDir).catch((error) => {
    throw isSystems(error) ? unusable(stateDir, error, "hub_unreachable") : error;
  });
  for (const { run } of found) {
    if (run !== undefined && (await stateOf(run, process.platform)) === "running") running.push(run);
  }
  return running;
}

async function runningTargets(stateDir: string): Promise<Target[]> {
  const targets: Target[] = [];
  for (const run of await runningHubs(stateDir)) {
    if (run.addresses === undefined) targets.push({ t: "process", pid: run.pid });
    else targets.push(...run.addresses.map((address) => boundTarget(address, run.certificate)));
  }
  return targets;
}

/** An address as a running hub notes it: `http://127.0.0.1:3000`, `https://[::]:3000`, `unix:/run/hub.sock`. */
function boundTarget(text: string, certificate: string | undefined): AddressTarget {
  if (text.startsWith("unix:")) return targetOf({ t: "unix", path: text.slice("unix:".length) });
  const { protocol, hostname, port } = new URL(text);
  const isTls = protocol === "https:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const address: ListenAddress = { t: "tcp", host, port: Number(port || (isTls ? 443 : 80)), optional: false };
  return targetOf(address, isTls ? [certificate ?? ""] : undefined);
}

function targetOf(address: ListenAddress, certificates?: readonly string[]): AddressTarget {
  if (address.t === "unix") {
    return { t: "address", address: `unix:${address.path}`, ways: [{ socketPath: address.path }] };
  }
  const { port } = address;
  const hosts = loopbackOf(address.host);
  const shown = hosts[0]?.includes(":") ? `[${hosts[0]}]` : hosts[0];
  const scheme = certificates === undefined ? "http" : "https";
  const ways = hosts.map((host) => ({ host, port }));
  return { t: "address", address: `${scheme}://${shown}:${port}`, ways, certificates };
}

/** Every address of the machine includes its loopback ones; an IPv6 socket takes IPv4 as well, where there is no ::1. */
function loopbackOf(host: string | undefined): readonly string[] {
  if (host === undefined || host === "::") return ["127.0.0.1", "::1"];
  return [host === "0.0.0.0" ? "127.0.0.1" : host];
}
