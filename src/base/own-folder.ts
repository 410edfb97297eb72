// Folders for the hub's user alone. Not by Node's `recursive`, which tries for ever where the system denies that there is the folder above, as /proc does.
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** With those above it, as far as they are missing. Rejects with the system's error. */
export async function makeOwnFolder(path: string): Promise<void> {
  for (const above of [dirname(path), path]) {
    try {
      await mkdir(path, 0o700);
      return;
    } catch (error) {
      // Another process may have been faster.
      if ((await stat(path).catch(() => undefined))?.isDirectory() === true) return;
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || above === path) throw error;
      await makeOwnFolder(above);
    }
  }
}
