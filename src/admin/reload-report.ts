// What came of a reload, for programs.
import type { ErrorCode } from "../base/errors.ts";
import type { ReloadOutcome } from "../hub/reloader.ts";
import type { SetupDiff } from "../manifest/diff.ts";
import { reportProblems } from "../manifest/problems.ts";

export interface ReloadReport {
  readonly status: number;
  readonly body: object;
}

/** `problems` are as `thehub check --json` prints them. */
export function reloadReport(outcome: ReloadOutcome, file: string | null): ReloadReport {
  switch (outcome.t) {
    case "unchanged":
      return { status: 200, body: { outcome: "unchanged", file } };
    case "applied":
      return { status: 200, body: { outcome: "applied", file, changes: changesOf(outcome.changes) } };
    case "invalid": {
      const error = errorOf("manifest_invalid", "the manifest is not right; the old one stays in force");
      return { status: 422, body: { outcome: "invalid", file, ...reportProblems(outcome.problems), error } };
    }
    case "failed": {
      const error = errorOf("core_down", `${outcome.reason}; the old manifest stays in force`);
      return { status: 503, body: { outcome: "failed", file, error } };
    }
  }
}

function errorOf(code: ErrorCode, message: string): object {
  return { code, message };
}

function changesOf(diff: SetupDiff): object {
  return {
    cores: {
      added: diff.addedCores,
      changed: diff.changedCores,
      policy: diff.policyCores,
      removed: diff.removedCores,
      reordered: diff.reordered,
    },
    clients: {
      added: diff.addedClients,
      changed: diff.changedClients,
      rekeyed: diff.rekeyedClients,
      removed: diff.removedClients,
    },
    settings: diff.settings,
    needs_restart: diff.needsRestart,
  };
}
