// Removes containers, and with them whatever runs in them: one by its name, or all that a hub had.
import { execFile } from "node:child_process";
import type { Engine } from "../base/run-files.ts";
import { hubLabel } from "./container.ts";

const removeMs = 30_000;

/** Undefined: there is none of that name any more. Else why the engine has not removed it, in its own words. Never rejects. */
export async function removeContainer(name: string, engine: Engine): Promise<string | undefined> {
  const failure = await run(engine, ["rm", "--force", "--volumes", name]);
  // That it is gone already is how it should be.
  return failure.error === undefined || /no such container|no container with name/i.test(failure.error)
    ? undefined
    : failure.error;
}

/** All that were this hub's. Never rejects: an engine that is not there runs nothing. */
export async function removeContainersOf(hubId: string, engine: Engine): Promise<void> {
  const { output } = await run(engine, ["ps", "--all", "--quiet", "--filter", `label=${hubLabel}=${hubId}`]);
  const ids = output.split("\n").filter((id) => /^[0-9a-f]+$/.test(id));
  if (ids.length > 0) await run(engine, ["rm", "--force", "--volumes", ...ids]);
}

function run(engine: Engine, args: readonly string[]): Promise<{ output: string; error: string | undefined }> {
  return new Promise((resolve) => {
    const options = { env: engine.env, timeout: removeMs, killSignal: "SIGKILL" } as const;
    execFile(engine.file, args, options, (error, stdout, stderr) => {
      resolve({ output: stdout, error: error === null ? undefined : (stderr.trim() || error.message).slice(0, 500) });
    });
  });
}
