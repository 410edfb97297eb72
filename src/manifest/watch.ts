// Notices that a manifest has changed, however it is changed: written over, replaced by a rename, swapped by a symbolic link
// (a ConfigMap's `..data`), a file more or less in a folder of them. What counts is what the files are now; the system's word that
// something happened only makes the hub look at once, and where the system says nothing it looks every few seconds.
import { type FSWatcher, realpathSync, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import type { Clock, Timer } from "../base/clock.ts";
import { manifestFiles } from "./files.ts";

/** What changed must have been left alone for so long: half a file is not read if that can be helped. */
const quietMs = 100;
/** How soon after a word of the system; a folder in which much happens costs a look each time. */
const stirMs = 25;
/** How soon a change is seen where nothing is said of it, as on network file systems. */
const lookMs = 3000;

export interface WatchDeps {
  readonly clock: Clock;
  /** The files are not what they were when this was last called, or when the watch began. */
  changed(): void;
  /** The system does not watch this folder: changes in it are seen a few seconds late. */
  unwatched(folder: string, reason: string): void;
}

export interface ManifestWatch {
  close(): void;
}

/** Other text whenever the manifest may read otherwise. `path` is absolute, of a file or a folder of them. */
export function manifestPrint(path: string): string {
  return filesOf(path).map(printOf).join("\n");
}

/** `print`: as it was before the manifest was read. */
export function watchManifest(path: string, print: string, deps: WatchDeps): ManifestWatch {
  return new Watch(path, print, deps);
}

class Watch implements ManifestWatch {
  readonly #path: string;
  readonly #deps: WatchDeps;
  readonly #folders = new Map<string, FSWatcher>();
  readonly #refused = new Set<string>();
  /** As it was told. */
  #told: string;
  /** As it was when it was last looked at, for a change that is not told yet. */
  #seen: string | undefined;
  #timer: Timer | undefined;
  #isStirred = false;
  #closed = false;

  constructor(path: string, print: string, deps: WatchDeps) {
    this.#path = path;
    this.#deps = deps;
    this.#told = print;
    this.#watchFolders();
    this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #look(): void {
    if (this.#closed) return;
    const print = manifestPrint(this.#path);
    const isQuiet = print === this.#seen;
    this.#seen = print === this.#told ? undefined : print;
    if (this.#seen !== undefined && isQuiet) this.#tell(print);
    this.#isStirred = false;
    this.#lookAfter(this.#seen === undefined ? lookMs : quietMs);
  }

  #lookAfter(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(ms, () => this.#look());
  }

  #tell(print: string): void {
    this.#told = print;
    this.#seen = undefined;
    // Folders may be others now, or new ones under an old name.
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
    this.#watchFolders();
    this.#deps.changed();
  }

  /** Something happened in a folder; while a change is being waited out already, that goes on. */
  #stirred(): void {
    if (this.#closed || this.#isStirred || this.#seen !== undefined) return;
    this.#isStirred = true;
    this.#lookAfter(stirMs);
  }

  #watchFolders(): void {
    for (const folder of foldersOf(this.#path)) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#stirred());
        watcher.on("error", (error) => this.#lost(folder, error));
        this.#folders.set(folder, watcher);
      } catch (error) {
        this.#lost(folder, error);
      }
    }
  }

  #lost(folder: string, error: unknown): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
    const code = codeOf(error);
    // A folder that is not there any more is no news: it is looked for every time.
    if (this.#closed || code === "ENOENT" || this.#refused.has(folder)) return;
    this.#refused.add(folder);
    this.#deps.unwatched(folder, code);
  }
}

/** The path itself among them, for a folder. */
function filesOf(path: string): readonly string[] {
  try {
    return statSync(path).isDirectory() ? manifestFiles(path) : [path];
  } catch {
    return [path];
  }
}

function printOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [file, dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch (error) {
    return `${file} ${codeOf(error)}`;
  }
}

/** Where entries come and go when the manifest changes: beside its files, beside what their links lead to, and in a folder of them. */
function foldersOf(path: string): ReadonlySet<string> {
  const files = filesOf(path);
  const folders = new Set<string>();
  for (const file of [path, ...files]) {
    folders.add(dirname(file));
    try {
      folders.add(dirname(realpathSync(file)));
    } catch {
      // Not there now: it comes back beside where it was.
    }
  }
  return folders;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown error";
}
