// Folders for the hub's user alone. Not by Node's `recursive`, which tries for ever where the system denies that there is the folder above, as /proc does.
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** With those above it, as far as they are missing. Rejects with the system's error. */
export async function makeOwnFolder(path: string): Promise<void> {
  try {
    if (await isFolder(path)) return;
    if (dirname(path) !== path) await makeOwnFolder(dirname(path));
    await mkdir(path, 0o700);
  } catch (error) {
    // Another process may have been faster.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
