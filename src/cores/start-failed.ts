// A start of a Core that ended for a reason of its own.
import type { ErrorCode } from "../base/errors.ts";
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
