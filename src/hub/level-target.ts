// A Core as the log levels of sessions see it.
import type { Core } from "../cores/core.ts";
import type { LevelTarget } from "../relay/log-levels.ts";

/** A Core without logging is told nothing; one that refuses keeps the level it has. */
export function levelTarget(core: Core): LevelTarget {
  return {
    setLogLevel: (level) => {
      if (core.state.t !== "up" || core.capabilities["logging"] === undefined) return;
      core.request("logging/setLevel", { level }, 10_000).catch(() => {
        // Its messages are still filtered by each session's own level.
      });
    },
  };
}
