// The manifest of a hub that runs, changed as people and tools change files; waits for what the hub says of it.
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HubProcess, LogLine } from "./hub-process.ts";

/** What a reload may be over with. */
const ends: readonly string[] = ["reloaded", "reload_failed"];

export class ManifestFile {
  readonly path: string;
  readonly #hub: HubProcess;

  constructor(hub: HubProcess, path: string = join(hub.folder, "hub.yaml")) {
    this.#hub = hub;
    this.path = path;
  }

  /** Written over, as editors do without asking. Resolves to the log line of a reload that changed something. */
  write(text: string): Promise<LogLine> {
    return this.reloads(() => writeFile(this.path, text));
  }

  /** Another file in its place. */
  replace(text: string): Promise<LogLine> {
    return this.reloads(async () => {
      await writeFile(`${this.path}.new`, text);
      await rename(`${this.path}.new`, this.path);
    });
  }

  /** Written over with what cannot be put in force. */
  spoil(text: string): Promise<LogLine> {
    return this.fails(() => writeFile(this.path, text));
  }

  /** Changed in any way, to what is put in force. */
  reloads(change: () => Promise<void>): Promise<LogLine> {
    return this.#after("reloaded", change);
  }

  /** Changed in any way, to what cannot be put in force. */
  fails(change: () => Promise<void>): Promise<LogLine> {
    return this.#after("reload_failed", change);
  }

  async #after(msg: string, change: () => Promise<void>): Promise<LogLine> {
    const [ended] = await Promise.all([this.#hub.loggedNext(msg, (line) => ends.includes(line.msg)), change()]);
    return ended;
  }
}
