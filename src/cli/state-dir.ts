// Where the hub of this environment keeps its state, found without reading a manifest where a variable says it.
import { resolve } from "node:path";
import { variable } from "../manifest/environment.ts";
import type { Terminal } from "./terminal.ts";

/** Absolute. Throws `manifest_invalid` when only the manifest could say it, and cannot be used. */
export async function findStateDir(terminal: Terminal): Promise<string> {
  const given = variable(terminal.env, "HUB_STATE_DIR");
  if (given !== undefined) return resolve(terminal.cwd, given);
  const { prepareOrThrow } = await import("./prepare.ts");
  return prepareOrThrow(terminal, {}).settings.stateDir;
}
