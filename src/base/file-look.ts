// Whether a file is still the one that was read: looked at, not watched, since a look follows every link on the way and works where no event comes
// (network file systems, single-file mounts, Kubernetes' links).
import { stat } from "node:fs/promises";

/** Other text whenever the file changes, or is replaced, or a link on the way leads elsewhere. `ENOENT`: there is none. Never rejects. */
export async function lookAt(path: string): Promise<string> {
  try {
    const { dev, ino, size, mode, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mode, mtimeNs, ctimeNs].join(":");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unreadable";
  }
}
