// A start of a Core that ended for a reason of its own.
import { type ErrorCode, HubError } from "../base/errors.ts";
import type { Log } from "../telemetry/log.ts";
import { CoreRefusal } from "./own-requests.ts";
import type { Fall } from "./supervisor.ts";

export class StartFailed extends Error {
  readonly fall: Fall;

  constructor(fall: Fall) {
    super(fall.reason);
    this.fall = fall;
  }
}

export function startFailed(code: ErrorCode, reason: string, fatal: boolean): StartFailed {
  return new StartFailed({ code, reason, fatal });
}

/** A reason is shown to whoever calls the Core while it is down, and may repeat what the Core says. */
const reasonChars = 500;

/** What it means for the Core that its start ended so. */
export function fallOf(error: unknown, coreName: string, log: Log): Fall {
  const fall = error instanceof StartFailed ? error.fall : unnamedFall(error, coreName, log);
  const { reason } = fall;
  return reason.length > reasonChars ? { ...fall, reason: `${reason.slice(0, reasonChars)}… (cut)` } : fall;
}

function unnamedFall(error: unknown, coreName: string, log: Log): Fall {
  const { code, message } = HubError.from(error);
  // The reason follows the Core's name wherever it is shown.
  const reason = message.replace(`core "${coreName}" `, "");
  if (error instanceof CoreRefusal) return { code: "core_down", reason, fatal: false };
  if (code === "internal") log.error("core_start_failed", { error });
  return { code, reason, fatal: false };
}
