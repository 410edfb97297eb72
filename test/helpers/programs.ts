// Programs that some tests need beside Node: whether they are there, and how to run them. `test/deploy` skips by name where
// one is missing.
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Where a program is; undefined when no folder of PATH, and none of `more`, has it. */
export function findProgram(name: string, more: readonly string[] = []): string | undefined {
  const folders = [...more, ...(process.env["PATH"] ?? "").split(delimiter)].filter((folder) => folder !== "");
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What to give a test as `skip`: false when all programs are there, else which are missing and where they come from. */
export function skipWithout(programs: readonly string[], comesFrom: string): string | false {
  const missing = programs.filter((name) => findProgram(name) === undefined);
  return missing.length === 0 ? false : `needs ${missing.join(" and ")} (${comesFrom})`;
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], options: { input?: string; cwd?: string } = {}): Ran {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** A port of 127.0.0.1 that was free a moment ago, for programs that cannot say which one they were given. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Asks a foreign program that tells nobody when it is ready, until it has an answer. The test's own timeout is the limit. */
export async function eventually<T>(ask: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await delay(100, undefined, { signal });
  }
}
