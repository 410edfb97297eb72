// Sees to it that no process outlives the hub, however the hub ends. How, and where it ends:
// docs/decisions/0003-nothing-outlives-the-hub.md.
import type { Clock } from "../base/clock.ts";
import type { Log } from "../telemetry/log.ts";
import { Guardian } from "./guardian.ts";
import { type RunsDeps, recordRun, sweepOldRuns } from "./runs.ts";

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
  /** To be called last, when every Core has been stopped. */
  dismiss(): Promise<void>;
}

/** To be called before the first Core is started. Ends what earlier hubs left; a state folder that fails is only logged. */
export async function openReaper(deps: ReaperDeps): Promise<Reaper> {
  const forget = await openRun(deps);
  const guardian = deps.platform === "win32" ? undefined : new Guardian(deps);
  return {
    async dismiss() {
      await guardian?.dismiss();
      await forget();
    },
  };
}

async function openRun(deps: ReaperDeps): Promise<() => Promise<void>> {
  const { stateDir, hubId, log } = deps;
  const nothing = () => Promise.resolve();
  if (stateDir === undefined) return nothing;
  const runs: RunsDeps = { ...deps, stateDir };
  try {
    await sweepOldRuns(runs);
    return await recordRun(hubId, runs);
  } catch (error) {
    log.warn("run_file_failed", { stateDir, error: error instanceof Error ? error.message : String(error) });
    return nothing;
  }
}
