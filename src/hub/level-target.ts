// A Core as the log levels of sessions see it.
import type { Core } from "../cores/core.ts";
import type { LevelTarget, LogLevelsDeps } from "../relay/log-levels.ts";
import type { Fleet } from "./fleet.ts";

/** A Core without logging is told nothing, and a modern one with each request; one that refuses keeps the level it has. */
export function levelTarget(core: Core): LevelTarget {
  return {
    setLogLevel: (level) => {
      if (core.state.t !== "up" || core.era === "modern" || core.capabilities["logging"] === undefined) return;
      core.request("logging/setLevel", { level }, 10_000).catch(() => {
        // Its messages are still filtered by each session's own level.
      });
    },
  };
}

export function levelTargets(fleet: Fleet): Omit<LogLevelsDeps, "clock"> {
  const shared = (core: Core) => [core, ...fleet.further(core.name)];
  return {
    // Those of one session alone are told what it wants, and nothing of others.
    shared: () =>
      fleet.cores.flatMap((core) => (fleet.owners(core.name).length > 0 ? [core] : shared(core))).map(levelTarget),
    own: (session) => fleet.coresOf(session).map(levelTarget),
  };
}
