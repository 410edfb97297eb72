// Which files are inside a fence. Landlock knows no "all but this": everything beside a closed path is listed, at each folder on the way down to it.
import { accessSync, constants, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The file system, as far as it matters here. */
export interface FileTree {
  /** Without links; undefined where there is nothing. */
  real(path: string): string | undefined;
  /** Its entries can be listed, and are not this user's to make and remove. */
  isFixed(folder: string): boolean;
  /** Without links: what a link leads to is a place of its own. */
  entries(folder: string): readonly string[];
}

export interface FencedFiles {
  /** What is outside of every closed path, and what is open within them. Empty: nothing is closed. */
  readonly open: readonly string[];
  readonly closed: readonly string[];
  /**
   * Could not be closed: a folder on the way to it is the hub's user's to write to. What a Core makes there would be closed to itself, since the list
   * is made before.
   */
  readonly inReach: readonly string[];
}

/** `wanted`: also what is not there yet. `within`: folders that stay open although they may be within a closed one. */
export function fencedFiles(wanted: readonly string[], within: readonly string[], tree: FileTree): FencedFiles {
  const closed = new Set<string>();
  const inReach = new Set<string>();
  for (const path of wanted) {
    const place = placeOf(path, tree);
    if (place === "/") continue;
    // A folder that is not there is made by whoever may write to the one above.
    const isFixed = foldersAbove(place).every((folder) => tree.isFixed(folder) || tree.real(folder) === undefined);
    (isFixed ? closed : inReach).add(place);
  }
  if (closed.size === 0) return { open: [], closed: [], inReach: [...inReach] };
  const open: string[] = [];
  const walk = (folder: string) => {
    for (const name of tree.entries(folder)) {
      const path = join(folder, name);
      if (closed.has(path)) continue;
      if ([...closed].some((one) => one.startsWith(`${path}/`))) walk(path);
      else open.push(path);
    }
  };
  walk("/");
  for (const path of within) {
    const real = tree.real(path);
    // The whole of a closed path, or one above it, is no exception from it.
    if (real !== undefined && ![...closed].some((one) => `${one}/`.startsWith(join(real, "/")))) open.push(real);
  }
  return { open, closed: [...closed], inReach: [...inReach] };
}

/** Without links; of what is not there, where it would be. */
function placeOf(path: string, tree: FileTree): string {
  return tree.real(path) ?? join(placeOf(dirname(path), tree), basename(path));
}

function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === "/") return folders;
  }
}

export const fileTree: FileTree = {
  real(path) {
    try {
      return realpathSync(path);
    } catch {
      return undefined;
    }
  },
  isFixed(folder) {
    return may(folder, constants.R_OK) && !may(folder, constants.W_OK);
  },
  entries(folder) {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isSymbolicLink())
      .map(({ name }) => name);
  },
};

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
