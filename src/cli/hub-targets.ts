// Where the hub of this environment can be asked: what HUB_LISTEN says, else what the running hubs noted in the state folder.
import { HubError } from "../base/errors.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import { findRuns, type Run, stateOf } from "../base/run-files.ts";
import { parseListen } from "../manifest/addresses.ts";
import { variable } from "../manifest/environment.ts";
import { findStateDir } from "./state-dir.ts";
import type { Terminal } from "./terminal.ts";

/** One way to connect from this machine. */
export type Way = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** It listens: the first way that answers is enough. */
export interface AddressTarget {
  readonly t: "address";
  readonly address: string;
  readonly ways: readonly Way[];
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
  if (asked.length > 0) return { targets: asked, lookedAt: "HUB_LISTEN" };
  const stateDir = await findStateDir(terminal);
  return { targets: await runningTargets(stateDir), lookedAt: `the state folder ${stateDir}` };
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
    const known = [...adminSockets, ...addresses].map((address) => targetOf(boundAddress(address)));
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
    .map(targetOf);
}

async function runningHubs(stateDir: string): Promise<readonly Run[]> {
  const running: Run[] = [];
  for (const { run } of await findRuns(stateDir)) {
    if (run !== undefined && (await stateOf(run, process.platform)) === "running") running.push(run);
  }
  return running;
}

async function runningTargets(stateDir: string): Promise<Target[]> {
  const targets: Target[] = [];
  for (const run of await runningHubs(stateDir)) {
    if (run.addresses === undefined) targets.push({ t: "process", pid: run.pid });
    else targets.push(...run.addresses.map((address) => targetOf(boundAddress(address))));
  }
  return targets;
}

/** An address as a running hub notes it: `http://127.0.0.1:3000`, `http://[::]:3000`, `unix:/run/hub.sock`. */
function boundAddress(text: string): ListenAddress {
  if (text.startsWith("unix:")) return { t: "unix", path: text.slice("unix:".length) };
  const { hostname, port } = new URL(text);
  return { t: "tcp", host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80), optional: false };
}

function targetOf(address: ListenAddress): AddressTarget {
  if (address.t === "unix") {
    return { t: "address", address: `unix:${address.path}`, ways: [{ socketPath: address.path }] };
  }
  const { port } = address;
  const hosts = loopbackOf(address.host);
  const shown = hosts[0]?.includes(":") ? `[${hosts[0]}]` : hosts[0];
  return { t: "address", address: `http://${shown}:${port}`, ways: hosts.map((host) => ({ host, port })) };
}

/** Every address of the machine includes its loopback ones; an IPv6 socket takes IPv4 as well, where there is no ::1. */
function loopbackOf(host: string | undefined): readonly string[] {
  if (host === undefined || host === "::") return ["127.0.0.1", "::1"];
  return [host === "0.0.0.0" ? "127.0.0.1" : host];
}
