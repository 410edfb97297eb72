// A start of a Core that ended for a reason of its own.
import { type ErrorCode, HubError } from "../base/errors.ts";
import type { Log } from "../telemetry/log.ts";
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

/** What it means for the Core that its start ended so. */
export function fallOf(error: unknown, coreName: string, log: Log): Fall {
  if (error instanceof StartFailed) return error.fall;
  const { code, message } = HubError.from(error);
  if (code === "internal") log.error("core_start_failed", { error });
  // The reason follows the Core's name wherever it is shown.
  return { code, reason: message.replace(`core "${coreName}" `, ""), fatal: false };
}
