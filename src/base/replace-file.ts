// A file that is replaced as a whole: whoever reads it, also after a crash, finds the old one or the new one. For the hub's user alone.
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";

/** Rejects with the system's error; the old one is still there then. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString("hex")}.draft`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
