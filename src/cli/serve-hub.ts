// What `thehub serve` does with a hub that is starting: opens its doors, says what it serves, and closes them when it is told to.
import { resolve } from "node:path";
import { systemClock } from "../base/clock.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import type { Reloader } from "../hub/reloader.ts";
import type { Hub } from "../hub.ts";
import { openNetworkDoors } from "../library/network-doors.ts";
import type { Log } from "../telemetry/log.ts";
import { banner } from "./banner.ts";
import type { MadeToken } from "./made-token.ts";
import { ownCommand } from "./own-command.ts";
import type { Prepared } from "./prepare.ts";
import type { Terminal } from "./terminal.ts";

/** Resolves when `stop` has, and every client is gone. Rejects when an address cannot be had. */
export async function serveHub(
  terminal: Terminal,
  { settings, manifestPath, builtIn }: Prepared,
  hub: Hub,
  addresses: readonly ListenAddress[],
  log: Log,
  stop: Promise<string>,
  made: MadeToken | undefined,
  reloader: Reloader,
): Promise<void> {
  const manifestFile = builtIn ? null : resolve(terminal.cwd, manifestPath);
  const source = { manifest: manifestFile, reloader };
  const doors = await openNetworkDoors({ hub, addresses, clock: systemClock, log, source });
  let stopping = false;
  const settled = hub.settled().then(() => {
    if (stopping) return;
    for (const { line } of hub.summaries()) log.info("core_summary", { summary: line });
    if (terminal.stdout.isTTY !== true && !builtIn) return;
    const tools = hub.toolNames();
    const madeToken = made?.file === undefined ? made?.token.reveal() : undefined;
    const facts = { addresses: doors.addresses, basePath: settings.basePath, summaries: hub.summaries(), tools };
    terminal.stdout.write(
      banner(terminal, {
        ...facts,
        publicUrl: settings.publicUrl,
        manifest: manifestFile ?? "the built-in manifest",
        manifestFile: manifestFile ?? undefined,
        command: ownCommand(process.argv[1] ?? ""),
        tokenNeeded: doors.tokenNeeded,
        madeToken,
      }),
    );
  });

  const signal = await Promise.race([stop, settled.then(() => stop)]);
  log.info("draining", { signal });
  stopping = true;
  await doors.close();
}
