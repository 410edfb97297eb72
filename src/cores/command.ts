// Finds the program of a Core before it is started, so that "not found" can say where it was sought and what to write.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, resolve } from "node:path";

export type FoundCommand =
  | { readonly t: "found"; readonly file: string }
  | { readonly t: "missing"; readonly reason: string };

export interface CommandQuery {
  /** A name to find on PATH, or a path relative to `cwd`. */
  readonly command: string;
  readonly cwd: string;
  /** The environment that the child will have. */
  readonly env: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
}

export function findCommand(query: CommandQuery): FoundCommand {
  const { command, cwd } = query;
  if (!isFolder(cwd)) return missing(`cwd ${cwd} is not a folder; create it, or change cwd in the manifest`);
  const suffixes = suffixesOf(query);
  if (isAbsolute(command) || /[/\\]/.test(command)) {
    const file = firstRunnable(suffixes.map((suffix) => resolve(cwd, command) + suffix));
    if (file !== undefined) return { t: "found", file };
    return missing(notRunnable(resolve(cwd, command)));
  }
  const path = query.env["PATH"] ?? "";
  for (const folder of path.split(delimiter)) {
    if (folder === "") continue;
    const file = firstRunnable(suffixes.map((suffix) => resolve(cwd, folder, command) + suffix));
    if (file !== undefined) return { t: "found", file };
  }
  return missing(
    `command "${command}" was not found on PATH (${path === "" ? "which is empty" : path}); ` +
      "install it, write its full path as command, or set env.PATH for this Core",
  );
}

function missing(reason: string): FoundCommand {
  return { t: "missing", reason };
}

function suffixesOf({ platform, env }: CommandQuery): string[] {
  if (platform !== "win32") return [""];
  return [...(env["PATHEXT"] ?? ".COM;.EXE;.BAT;.CMD").split(";"), ""];
}

function firstRunnable(files: readonly string[]): string | undefined {
  return files.find((file) => isFile(file) && isRunnable(file));
}

function notRunnable(file: string): string {
  const kind = kindOf(file);
  if (kind === "folder") return `command ${file} is a folder, not a program`;
  if (kind === "nothing") return `command ${file} does not exist; a path in command is relative to cwd`;
  if (kind !== "file") return `command ${file} cannot be looked at (${kind.code})`;
  return `command ${file} may not be executed; make it executable (chmod +x), or run it by its interpreter`;
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // No permission is an answer here, not a failure.
    return false;
  }
}

function isFile(path: string): boolean {
  return kindOf(path) === "file";
}

function isFolder(path: string): boolean {
  return kindOf(path) === "folder";
}

/** `code`: why the system does not say: a folder on the way that this user may not enter, a loop of links. */
function kindOf(path: string): "file" | "folder" | "nothing" | { readonly code: string } {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return "folder";
    return found?.isFile() === true ? "file" : "nothing";
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? "unknown" };
  }
}
