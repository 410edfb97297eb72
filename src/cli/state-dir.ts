// Where the hub of this environment keeps its state, found without reading a manifest where a variable says it.
import { resolve } from "node:path";
import { HubError } from "../base/errors.ts";
import { variable } from "../manifest/environment.ts";
import type { Terminal } from "./terminal.ts";

/** Absolute. Throws `manifest_invalid` when only the manifest could say it, and cannot be used. */
export async function findStateDir(terminal: Terminal): Promise<string> {
  const given = variable(terminal.env, "HUB_STATE_DIR");
  if (given !== undefined) return resolve(terminal.cwd, given);
  const { prepareOrThrow } = await import("./prepare.ts");
  return prepareOrThrow(terminal, {}).settings.stateDir;
}

export function isSystems(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

/** `code`: whether it was wrong to ask, or a hub was looked for there in vain. */
export function unusable(
  stateDir: string,
  error: NodeJS.ErrnoException,
  code: "usage" | "hub_unreachable" = "usage",
): HubError {
  const fix = "run this as the hub's user, with the HUB_STATE_DIR that the hub has";
  return new HubError(code, `the state folder ${stateDir} cannot be used (${error.code}): ${fix}`);
}
