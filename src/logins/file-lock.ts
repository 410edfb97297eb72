// One at a time among the processes of a user: a refresh token that is used twice is revoked by careful authorization servers, and the login
// is lost. The lock is a file that only one can make. A process that died with it is not waited for.
import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import type { Clock } from "../base/clock.ts";
import { type Run, stateOf, thisRun } from "../base/run-files.ts";

/** Longer than whoever holds it may take, a few requests of 15 s each: for processes that cannot be looked for from here. */
const staleMs = 90_000;
const lookMs = 50;

/** Resolves with how to let go. Rejects with the system's error where no file can be made. */
export async function takeFileLock(file: string, clock: Clock): Promise<() => Promise<void>> {
  const run = await thisRun(process.platform);
  const mark = JSON.stringify({ ...run, mark: randomBytes(8).toString("hex") });
  while (!(await take(file, mark, clock))) await new Promise<void>((resolve) => clock.after(lookMs, resolve));
  return async () => {
    // Taken from under a holder that was too slow, it is another's now.
    if ((await markOf(file)) === mark) await rm(file, { force: true });
  };
}

async function take(file: string, mark: string, clock: Clock): Promise<boolean> {
  try {
    await writeFile(file, mark, { mode: 0o600, flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      // Of a disk that is full there may be a file, and nothing in it that says whose it is.
      await rm(file, { force: true }).catch(() => {});
      throw error;
    }
  }
  await dropStale(file, clock);
  return false;
}

async function dropStale(file: string, clock: Clock): Promise<void> {
  const holder = await markOf(file);
  const made = await stat(file).catch(() => undefined);
  if (holder === undefined || made === undefined) return;
  const isOld = Date.parse(clock.iso()) - made.mtimeMs >= staleMs;
  if (!isOld && !(await isGone(holder))) return;
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(file, aside);
    // Somebody else was quicker, and what was moved is the lock of one that is at work.
    if ((await markOf(aside)) !== holder) await link(aside, file);
  } catch {
    // Gone, or made anew: the next look tells.
  }
  await rm(aside, { force: true });
}

/** Whether the process that wrote this is known to be no more. */
async function isGone(mark: string): Promise<boolean> {
  try {
    return (await stateOf(JSON.parse(mark) as Run, process.platform)) === "gone";
  } catch {
    // Only half of it is there yet.
    return false;
  }
}

async function markOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}
