// Which files of a folder are one manifest.
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Paths of the *.yaml and *.yml files, hidden ones left out, by name. Throws what the system says. */
export function manifestFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
