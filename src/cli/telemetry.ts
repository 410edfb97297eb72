// OpenTelemetry for a hub that serves: loaded where the standard variables ask for it, and ended with the hub.
import { systemClock } from "../base/clock.ts";
import { version } from "../library/version.ts";
import { readOtelSettings } from "../telemetry/otel-settings.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Terminal } from "./terminal.ts";
import type { Voice } from "./voice.ts";

/** Undefined where it is off, and where it could not be started: a hub serves without it all the same. */
export async function openTelemetry(terminal: Terminal, { log, masker, tap }: Voice): Promise<Telemetry | undefined> {
  const settings = readOtelSettings(terminal.env);
  if (settings === undefined) return undefined;
  try {
    const { startOtel } = await import("../telemetry/otel/start.ts");
    return await startOtel({
      settings,
      env: terminal.env,
      version,
      clock: systemClock,
      log,
      maskText: (text) => masker.maskText(text),
      tapLog: (take) => {
        tap.take = take;
      },
    });
  } catch (error) {
    log.error("telemetry_failed", { error });
    return undefined;
  }
}

/** What the hub has to say last is sent, as far as a collector takes it in a short time. */
export async function closeTelemetry(telemetry: Telemetry | undefined): Promise<void> {
  if (telemetry === undefined || (await telemetry.close()) === "done") return;
  // Attempts that are still under way must not keep the process: it ends as soon as nothing else does.
  setTimeout(() => process.exit(), 10).unref();
}
