// What a hub says and does not say: its log, and the masker that everything goes through.
import { systemClock } from "../base/clock.ts";
import type { Settings } from "../manifest/settings.ts";
import { createLog, type Log, type LogTap } from "../telemetry/log.ts";
import { createMasker, type Masker } from "../wire/mask.ts";
import type { Terminal } from "./terminal.ts";

export interface Voice {
  readonly log: Log;
  readonly masker: Masker;
  readonly tap: LogTap;
}

/** The log of a hub that serves, and the masker that everything it says goes through. */
export function openVoice(
  terminal: Terminal,
  settings: Pick<Settings, "logFormat"> & { readonly logLevel: Settings["logLevel"] | "silent" },
): Voice {
  const masker = createMasker();
  const tap: LogTap = { take: undefined };
  const log = createLog({
    clock: systemClock,
    level: settings.logLevel,
    format: settings.logFormat,
    mask: masker,
    colour: terminal.stderr.isTTY === true && (terminal.env["NO_COLOR"] ?? "") === "",
    tap,
  });
  return { log, masker, tap };
}
