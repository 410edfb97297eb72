// How a hub that serves comes by another manifest: its files are watched, and read again as they were at the start.
import { resolve } from "node:path";
import { systemClock } from "../base/clock.ts";
import { createReloader, type Reloader } from "../hub/reloader.ts";
import type { Hub } from "../hub.ts";
import type { Settings } from "../manifest/settings.ts";
import { watchManifest } from "../manifest/watch.ts";
import type { Log } from "../telemetry/log.ts";
import { type Prepared, type PrepareOptions, prepare } from "./prepare.ts";
import type { Terminal } from "./terminal.ts";

export interface Reloading {
  readonly reloader: Reloader;
  /** No change of the manifest's files is noticed any more. */
  close(): void;
}

/** `settle`: what else the start makes of the settings. */
export function openReloading(
  terminal: Terminal,
  options: PrepareOptions,
  prepared: Prepared,
  hub: Hub,
  hubLog: Log,
  settle: (again: Prepared) => Promise<Settings> = async ({ settings }) => settings,
): Reloading {
  const { manifestPath, builtIn, print } = prepared;
  const log = hubLog.child({ component: "manifest" });
  const reloader = createReloader({
    hub,
    clock: systemClock,
    log,
    async read() {
      // The same one: where it is gone, the hub does not fall back on another.
      const preparation = prepare(terminal, { ...options, manifest: manifestPath });
      if (preparation.t === "invalid") return preparation;
      const { manifest, warnings } = preparation.prepared;
      return { t: "ok", setup: { manifest, settings: await settle(preparation.prepared) }, warnings };
    },
  });
  if (builtIn || !prepared.settings.watch) return { reloader, close: () => {} };
  const watch = watchManifest(resolve(terminal.cwd, manifestPath), print, {
    clock: systemClock,
    changed: () => void reloader.reload("file"),
    unwatched: (folder, reason) => {
      const fix =
        "changes are seen a few seconds late; raise fs.inotify.max_user_watches or max_user_instances where it is ENOSPC or EMFILE";
      log.warn("manifest_unwatched", { folder, reason, fix });
    },
  });
  return { reloader, close: () => watch.close() };
}
