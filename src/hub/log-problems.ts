// Problems of a manifest as log lines.
import type { Problem } from "../manifest/problems.ts";
import type { Log } from "../telemetry/log.ts";

export function logProblems(log: Log, problems: readonly Problem[]): void {
  for (const problem of problems) {
    const { severity, message, ...place } = problem;
    if (severity === "error") log.error("manifest_problem", { problem: message, ...place });
    else if (severity === "warning") log.warn("manifest_problem", { problem: message, ...place });
    else log.info("manifest_note", { problem: message, ...place });
  }
}
