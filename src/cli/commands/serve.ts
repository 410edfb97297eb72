// `thehub serve`: Cores, network doors, and a good end on SIGTERM or SIGINT.
import { HubError } from "../../base/errors.ts";
import type { ListenAddress } from "../../base/listen-address.ts";
import { isLoopback } from "../../doors/listen.ts";
import { type Hub, openHub } from "../../hub.ts";
import { coreEnvironment } from "../../library/core-environment.ts";
import type { Settings } from "../../manifest/settings.ts";
import type { Log } from "../../telemetry/log.ts";
import { keptToken, type MadeToken, passingToken } from "../made-token.ts";
import { type Prepared, prepare } from "../prepare.ts";
import { serveHub } from "../serve-hub.ts";
import { endOfService, logCrashes } from "../service.ts";
import { closeTelemetry, openTelemetry } from "../telemetry.ts";
import type { Terminal } from "../terminal.ts";
import { logProblems, openVoice } from "../voice.ts";

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
  try {
    const made = await tokenFor(terminal, prepared, addresses, log);
    const settings: Settings = made === undefined ? prepared.settings : { ...prepared.settings, token: made.token };
    hub = await openHub({
      ...prepared,
      settings,
      ...voice,
      telemetry,
      ...coreEnvironment(terminal),
      exclusive: false,
    });
    await serveHub(terminal, { ...prepared, settings }, hub, addresses, log, stop, made);
    return 0;
  } catch (error) {
    const known = HubError.from(error);
    log.error("start_failed", { error: known, cause: known.cause });
    return known.facts.exit;
  } finally {
    await hub?.stop();
    log.info("stopped", {});
    await closeTelemetry(telemetry);
  }
}

/** Beyond this machine nobody gets in without a token, unless HUB_ANONYMOUS=allow says so. */
async function tokenFor(
  terminal: Terminal,
  { settings, manifest }: Prepared,
  addresses: readonly ListenAddress[],
  log: Log,
): Promise<MadeToken | undefined> {
  const guarded = settings.token !== undefined || manifest.clients.length > 0;
  if (guarded || settings.anonymous === "allow" || addresses.every(isLoopback)) return undefined;
  if (terminal.stdout.isTTY === true) return passingToken();
  try {
    const made = await keptToken(settings.stateDir);
    log.warn("token_made", {
      file: made.file,
      fix: "clients present the token in this file, which thehub token show prints; set HUB_TOKEN to choose one",
    });
    return made;
  } catch (error) {
    throw new HubError(
      "usage",
      `listening beyond loopback needs a token, and none could be kept in ${settings.stateDir}: set HUB_TOKEN, or HUB_STATE_DIR to a folder that can be written to`,
      {},
      error,
    );
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
