// What is in a folder that need not be there.
import { readdir } from "node:fs/promises";

/** None where there is no such folder. Rejects for one that cannot be read: that nothing is in it is not known then. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
