// Child processes of the benchmark and what /proc says of them. Everything started here is stopped by its own pid.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

const running = new Set<ChildProcess>();

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Pipes on stdin and stdout; otherwise both are closed. */
  readonly pipes?: boolean;
  /** Node unless given. */
  readonly program?: string;
}

/** The same small environment for everything that is measured; nothing of the caller's `HUB_*` or `NODE_OPTIONS`. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const base: NodeJS.ProcessEnv = {};
  for (const name of ["PATH", "HOME", "LANG", "TMPDIR"]) {
    const value = process.env[name];
    if (value !== undefined) base[name] = value;
  }
  return { ...base, ...extra };
}

export function start(args: readonly string[], options: StartOptions = {}): ChildProcess {
  const io = options.pipes === true ? "pipe" : "ignore";
  const child = spawn(options.program ?? process.execPath, args, {
    stdio: [io, io, "pipe"],
    env: environment(options.env ?? {}),
  });
  running.add(child);
  child.on("exit", () => running.delete(child));
  // The end of what it said on stderr explains a failed start.
  child.stderr?.on("data", (chunk: Buffer) => {
    const said = (lastWords.get(child) ?? "") + chunk.toString("utf8");
    lastWords.set(child, said.slice(-2000));
  });
  return child;
}

const lastWords = new WeakMap<ChildProcess, string>();

export function lastWordsOf(child: ChildProcess): string {
  return lastWords.get(child)?.trim() ?? "";
}

/**
 * Ends stdin, then SIGTERM, then SIGKILL. Processes that it leaves behind are killed by pid, and the number of them is
 * returned.
 */
export async function stop(child: ChildProcess): Promise<number> {
  const pid = child.pid;
  if (pid === undefined) return 0;
  const below = descendants(pid).map((entry) => entry.pid);
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.stdin?.end();
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), 8000);
    await gone;
    clearTimeout(force);
  }
  for (let tries = 0; tries < 50 && below.some(isAlive); tries++) await delay(20);
  const left = below.filter(isAlive);
  for (const orphan of left) process.kill(orphan, "SIGKILL");
  return left.length;
}

/** For an interrupted run: no waiting, nothing left. */
export function killAll(): void {
  for (const child of running) {
    const below = child.pid === undefined ? [] : descendants(child.pid);
    child.kill("SIGKILL");
    for (const { pid } of below) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
}

/** Milliseconds from spawn to exit of `node ARGS`; rejects unless it exits 0. */
export function exitTime(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const before = performance.now();
    const child = start(args, { env });
    child.on("error", reject);
    child.on("exit", (code) => {
      const took = performance.now() - before;
      if (code === 0) resolve(took);
      else reject(new Error(`node ${args.join(" ")} exited ${code}: ${lastWordsOf(child).slice(-300)}`));
    });
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// /proc ------------------------------------------------------------------------------------------------------------

export const hasProc = process.platform === "linux";

interface ProcEntry {
  readonly pid: number;
  readonly commandLine: string;
}

function descendants(root: number): ProcEntry[] {
  if (!hasProc) return [];
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readProc(`/proc/${pid}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: ProcEntry[] = [];
  const queue = [root];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    for (const child of children.get(pid) ?? []) {
      found.push({ pid: child, commandLine: readProc(`/proc/${child}/cmdline`).replaceAll("\0", " ") });
      queue.push(child);
    }
  }
  return found;
}

/** The process itself and the helpers it runs, without the Cores: what a hub costs. */
export function ownPids(root: number): number[] {
  const isCore = (entry: ProcEntry) => /^\S*node \S*core\.mjs/.test(entry.commandLine);
  return [
    root,
    ...descendants(root)
      .filter((entry) => !isCore(entry))
      .map((entry) => entry.pid),
  ];
}

/** Resident MiB of all `pids` together. */
export function residentMiB(pids: readonly number[]): number {
  if (!hasProc) return Number.NaN;
  const kib = pids.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0));
  return kib.reduce((sum, value) => sum + value, 0) / 1024;
}

/** User and system time of all `pids` in ms; the kernel counts in steps of 10 ms. */
export function cpuMs(pids: readonly number[]): number {
  if (!hasProc) return Number.NaN;
  let ticks = 0;
  for (const pid of pids) {
    const stat = readProc(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks * 10;
}

function readProc(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // Gone since the listing.
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readProc(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
