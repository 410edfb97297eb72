// The last net: what a hub that is gone left behind is found by the run file that it had in the state folder.
import { rm } from "node:fs/promises";
import { findRuns, stateOf } from "../base/run-files.ts";
import type { Log } from "../telemetry/log.ts";
import { removeContainersOf } from "./container-removal.ts";
import { hubMarker } from "./environment.ts";
import { type SweepDeps, sweep } from "./sweep.ts";

export interface RunsDeps extends SweepDeps {
  readonly log: Log;
  /** The hub's state folder. */
  readonly stateDir: string;
}

/** Ends what hubs left behind that were killed together with their guardian. Rejects when the folder of run files cannot be read. */
export async function sweepOldRuns(deps: RunsDeps): Promise<void> {
  for (const { file, socket, hubId, run } of await findRuns(deps.stateDir)) {
    // A file that cannot be read belongs to nobody who could be asked.
    const state = run === undefined ? "gone" : await stateOf(run, deps.platform);
    if (state !== "gone") continue;
    const count = await sweep(hubMarker(hubId), deps);
    for (const engine of run?.engines ?? []) await removeContainersOf(hubId, engine);
    if (count > 0) deps.log.warn("stale_processes_ended", { count, hub: hubId });
    await Promise.all([file, socket].map((path) => rm(path, { force: true })));
  }
}
