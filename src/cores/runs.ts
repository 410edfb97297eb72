// The last net: a file per running hub in the state folder. A file whose hub is gone names processes that may be left.
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../telemetry/log.ts";
import { hubMarker } from "./environment.ts";
import { type SweepDeps, sweep } from "./sweep.ts";

export interface RunsDeps extends SweepDeps {
  readonly log: Log;
  /** The hub's state folder; files go to `run/` in it. */
  readonly stateDir: string;
}

/** The process that a run belongs to. A number alone may be another process's by now; number and start time may not. */
interface Run {
  readonly pid: number;
  readonly started: string;
}

/** Writes this process's file. Returns what removes it again. */
export async function recordRun(hubId: string, deps: RunsDeps): Promise<() => Promise<void>> {
  const file = join(deps.stateDir, "run", hubId);
  const run: Run = { pid: process.pid, started: (await startOf(process.pid, deps.platform)) ?? "" };
  await mkdir(join(deps.stateDir, "run"), { recursive: true, mode: 0o700 });
  // Written beside it and renamed: another hub that starts now must not find half a file and take it for an old one.
  const draft = `${file}.draft`;
  await writeFile(draft, JSON.stringify(run), { mode: 0o600 });
  await rename(draft, file);
  return () => rm(file, { force: true });
}

/** Ends what hubs left behind that were killed together with their guardian. Never throws. */
export async function sweepOldRuns(deps: RunsDeps): Promise<void> {
  const folder = join(deps.stateDir, "run");
  const hubIds = await readdir(folder).catch(() => [] as string[]);
  for (const hubId of hubIds) {
    const file = join(folder, hubId);
    if (!/^[0-9a-f]+$/.test(hubId) || (await isRunning(file, deps.platform))) continue;
    const count = await sweep(hubMarker(hubId), deps);
    if (count > 0) deps.log.warn("stale_processes_ended", { count, hub: hubId });
    await rm(file, { force: true });
  }
}

async function isRunning(file: string, platform: NodeJS.Platform): Promise<boolean> {
  try {
    const { pid, started } = JSON.parse(await readFile(file, "utf8")) as Run;
    return started !== "" && (await startOf(pid, platform)) === started;
  } catch {
    // A file that cannot be read belongs to nobody who could be asked.
    return false;
  }
}

/** When a process started, in words that only serve comparison; undefined when there is none with this id. */
async function startOf(pid: number, platform: NodeJS.Platform): Promise<string | undefined> {
  if (platform === "linux") {
    try {
      const [stat, boot] = await Promise.all([
        readFile(`/proc/${pid}/stat`, "latin1"),
        readFile("/proc/sys/kernel/random/boot_id", "latin1"),
      ]);
      // The name in parentheses may hold spaces; the start time is the 20th field behind it.
      const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
      return ticks === undefined ? undefined : `${boot.trim()}/${ticks}`;
    } catch {
      return undefined;
    }
  }
  if (platform === "win32") return undefined;
  return new Promise((resolve) => {
    execFile(
      "ps",
      ["-o", "lstart=", "-p", String(pid)],
      { env: { LC_ALL: "C", PATH: "/bin:/usr/bin" } },
      (error, out) => {
        resolve(error === null && out.trim() !== "" ? out.trim() : undefined);
      },
    );
  });
}
