// Sees to it that no process outlives the hub, however the hub ends. How, and where it ends:
// docs/decisions/0003-nothing-outlives-the-hub.md.
import type { Clock } from "../base/clock.ts";
import { type OwnRun, recordRun } from "../base/run-files.ts";
import type { Log } from "../telemetry/log.ts";
import { Guardian } from "./guardian.ts";
import { type RunsDeps, sweepOldRuns } from "./runs.ts";

export interface ReaperDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  /** Random hexadecimal digits, of this run only. */
  readonly hubId: string;
  /** Undefined: there is no folder to write to, so nothing is left for the next start to find. */
  readonly stateDir: string | undefined;
  readonly path: string;
}

export interface Reaper {
  /** Where a socket for the hub's own user may be made; undefined without a state folder that can be written to. */
  readonly privateSocket: OwnRun["socket"] | undefined;
  /** Notes where the hub listens and with which certificate (SHA-256), for `thehub health` and the commands that speak to the admin API. */
  listensOn(addresses: readonly string[], adminSockets: readonly string[], certificate?: string): Promise<void>;
  /** Containers that this engine runs for the hub are to end with it, however it ends. */
  usesEngine(file: string, env: Readonly<Record<string, string>>): void;
  /** To be called last, when every Core has been stopped. */
  dismiss(): Promise<void>;
}

/** To be called before the first Core is started. Ends what earlier hubs left; a state folder that fails is only logged. */
export async function openReaper(deps: ReaperDeps): Promise<Reaper> {
  const opening = openRun(deps);
  // The shell is started while the files are read and written.
  const guardian = deps.platform === "win32" ? undefined : new Guardian(deps);
  const run = await opening;
  return {
    privateSocket: run?.socket,
    async listensOn(addresses, adminSockets, certificate) {
      await run?.listensOn(addresses, adminSockets, certificate).catch((error) => logFailure(deps, error));
    },
    usesEngine(file, env) {
      guardian?.endsContainersOf(file, env);
      run?.usesEngine({ file, env }).catch((error) => logFailure(deps, error));
    },
    async dismiss() {
      await guardian?.dismiss();
      await run?.forget();
    },
  };
}

async function openRun(deps: ReaperDeps): Promise<OwnRun | undefined> {
  const { stateDir, hubId, platform } = deps;
  if (stateDir === undefined) return undefined;
  const runs: RunsDeps = { ...deps, stateDir };
  try {
    await sweepOldRuns(runs);
    return await recordRun(stateDir, hubId, platform);
  } catch (error) {
    logFailure(deps, error);
    return undefined;
  }
}

function logFailure({ log, stateDir }: ReaperDeps, error: unknown): void {
  const fix =
    "let the hub's user write to HUB_STATE_DIR: without its run file no command finds this hub, and the next start does not end what it leaves behind when it is killed";
  log.warn("run_file_failed", { stateDir, error: error instanceof Error ? error.message : String(error), fix });
}
