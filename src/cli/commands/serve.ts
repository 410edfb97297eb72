// `thehub serve`: Cores, network doors, and a good end on SIGTERM or SIGINT.
import { HubError } from "../../base/errors.ts";
import { logProblems } from "../../hub/log-problems.ts";
import { type Hub, openHub } from "../../hub.ts";
import { coreEnvironment } from "../../library/core-environment.ts";
import { createGuard } from "../guard.ts";
import { type Prepared, prepare } from "../prepare.ts";
import { openReloading, type Reloading } from "../reloading.ts";
import { serveHub } from "../serve-hub.ts";
import { endOfService, logCrashes, onHangup } from "../service.ts";
import { hasSpareProcessor } from "../spare-processor.ts";
import { closeTelemetry, openTelemetry } from "../telemetry.ts";
import type { Terminal } from "../terminal.ts";
import { openVoice } from "../voice.ts";

interface ServeOptions {
  readonly manifest?: string;
  readonly listen?: string;
}

/** Serves until it is told to stop. Exit 2: the manifest or a setting is wrong; 1: an address could not be had. */
export async function serve(terminal: Terminal, options: ServeOptions): Promise<number> {
  const preparation = prepare(terminal, options);
  if (preparation.t === "invalid") {
    const { log } = openVoice(terminal, { logLevel: "info", logFormat: defaultFormat(terminal) });
    logProblems(log, preparation.problems);
    return 2;
  }
  const { prepared } = preparation;
  const addresses = prepared.settings.listen;
  const voice = openVoice(terminal, { ...prepared.settings, logFormat: formatFor(terminal, prepared) });
  const { log } = voice;
  logCrashes(log);
  const telemetry = await openTelemetry(terminal, voice);
  logProblems(log, prepared.warnings);

  const stop = endOfService();
  let hub: Hub | undefined;
  let reloading: Reloading | undefined;
  onHangup(() => void reloading?.reloader.reload("SIGHUP"));
  try {
    const guard = createGuard(terminal, addresses, log);
    const settings = await guard.settingsFor(prepared);
    hub = await openHub({
      ...prepared,
      settings,
      ...voice,
      telemetry,
      ...coreEnvironment(terminal),
      exclusive: false,
      busyPoll: hasSpareProcessor(),
    });
    reloading = openReloading(terminal, options, prepared, hub, log, (again) => guard.settingsFor(again));
    await serveHub(terminal, { ...prepared, settings }, hub, addresses, log, stop, guard.made, reloading.reloader);
    return 0;
  } catch (error) {
    const known = HubError.from(error);
    log.error("start_failed", { error: known });
    return known.facts.exit;
  } finally {
    reloading?.close();
    await hub?.stop();
    log.info("stopped", {});
    await closeTelemetry(telemetry);
  }
}

function defaultFormat(terminal: Terminal): "json" | "pretty" {
  return terminal.stderr.isTTY === true ? "pretty" : "json";
}

/** JSON wherever a program may read it; a person at a terminal who chose nothing gets lines to read. */
function formatFor(terminal: Terminal, { settings }: Prepared): "json" | "pretty" {
  const chosen = (terminal.env["HUB_LOG_FORMAT"] ?? "").trim() !== "";
  return chosen || terminal.stderr.isTTY !== true ? settings.logFormat : "pretty";
}
