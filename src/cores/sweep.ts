// Finds and ends processes by the mark in their environment: the only trace of a child that left its group and session.
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import type { Clock } from "../base/clock.ts";
import { keepAwake } from "../base/keep-awake.ts";
import { instanceVariable } from "./environment.ts";

/** Ids of the processes whose environment, as they were started, carries the mark. Never this process. Empty on Windows. */
export async function markedProcesses(marker: string, platform: NodeJS.Platform): Promise<number[]> {
  const wanted = `${instanceVariable}=${marker}`;
  if (platform === "win32") return [];
  const found = platform === "linux" ? await fromProc(wanted) : await fromPs(wanted);
  return found.filter((pid) => pid !== process.pid);
}

async function fromProc(wanted: string): Promise<number[]> {
  const bytes = Buffer.from(wanted);
  const pids: number[] = [];
  // Without a /proc there are no environments to read; groups still are signalled.
  for (const entry of await readdir("/proc").catch(() => [] as string[])) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    try {
      if (carries(await readFile(`/proc/${entry}/environ`), bytes)) pids.push(pid);
    } catch {
      // Gone meanwhile, or another user's: neither is ours to end.
    }
  }
  return pids;
}

/** macOS shows a process's environment behind its arguments, to the same user only. */
function fromPs(wanted: string): Promise<number[]> {
  const options = { maxBuffer: 64 * 1024 * 1024, encoding: "buffer" } as const;
  return new Promise((resolve) => {
    execFile("ps", ["-axww", "-E", "-o", "pid=,command="], options, (error, stdout) => {
      if (error !== null) {
        resolve([]);
        return;
      }
      const bytes = Buffer.from(wanted);
      const lines = stdout.toString("latin1").split("\n");
      const marked = lines.filter((line) => carries(Buffer.from(line, "latin1"), bytes));
      resolve(marked.map((line) => Number.parseInt(line, 10)).filter((pid) => pid > 0));
    });
  });
}

/** A mark ends where its number ends: `.1` is not `.10`. */
function carries(environment: Buffer, wanted: Buffer): boolean {
  for (let at = environment.indexOf(wanted); at >= 0; at = environment.indexOf(wanted, at + 1)) {
    const after = environment[at + wanted.length] ?? 0;
    if (after < 0x30 || after > 0x39) return true;
  }
  return false;
}

/** How long strays get between SIGTERM and SIGKILL. */
const politeMs = 500;
const lookAgainMs = 25;
/** A process that SIGKILL does not end is stuck in the kernel; the hub does not wait for it. */
const lastLooks = 40;

export interface SweepDeps {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
}

/** Ends every process with this mark: SIGTERM, then SIGKILL. Returns how many there were. */
export async function sweep(marker: string, deps: SweepDeps): Promise<number> {
  const first = await markedProcesses(marker, deps.platform);
  if (first.length === 0) return 0;
  const release = keepAwake();
  try {
    signalEach(first, "SIGTERM");
    await untilGone(marker, deps);
  } finally {
    release();
  }
  return first.length;
}

async function untilGone(marker: string, { clock, platform }: SweepDeps): Promise<void> {
  const killAtMs = clock.now() + politeMs;
  for (let looks = 0; looks < lastLooks; ) {
    await pause(clock, lookAgainMs);
    const left = await markedProcesses(marker, platform);
    if (left.length === 0) return;
    if (clock.now() < killAtMs) continue;
    signalEach(left, "SIGKILL");
    looks++;
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

function signalEach(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself.
    }
  }
}
