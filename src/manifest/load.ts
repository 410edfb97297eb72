// From files to a Manifest, or to every problem in them at once. Reads files; starts nothing, resolves no secret.
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { manifestFiles } from "./files.ts";
import type { Manifest } from "./manifest.ts";
import type { Manifest as Written } from "./model.ts";
import { type FoundPlace, gather, type Parts, placeIn, type Report } from "./parts.ts";
import { formatPath, hasErrors, type Path, type Problem, sortProblems } from "./problems.ts";
import { resolveProfiles } from "./profiles.ts";
import { isDisabled, resolveCore, resolveHub } from "./resolve.ts";
import { resolveClient } from "./resolve-client.ts";
import { checkParts } from "./rules.ts";
import { checkShape } from "./shape.ts";
import { readSource, type Source } from "./source.ts";

export type ManifestSource =
  /** A file, or a folder whose *.yaml and *.yml files are one manifest. Relative to `cwd`; shown as written. */
  | { readonly path: string; readonly cwd: string }
  /** A text that is not in a file; relative paths in it start at `folder` (absolute). */
  | { readonly text: string; readonly file: string; readonly folder: string };

export type LoadedManifest =
  /** `warnings`: nothing that stops the hub. Of severity `warning` or `info`. */
  | { readonly t: "ok"; readonly manifest: Manifest; readonly warnings: readonly Problem[] }
  | { readonly t: "invalid"; readonly problems: readonly Problem[] };

/** The one that comes with the package: the template Core, so that a first run needs nothing. */
export const builtInManifest = fileURLToPath(new URL("../../examples/manifests/hub.yaml", import.meta.url));

/** Which manifest to load: the one named, else `HUB_MANIFEST`, else ./hub.yaml, else the built-in one. */
export function findManifest(
  named: string | undefined,
  hubManifest: string | undefined,
  cwd: string,
): { path: string; builtIn: boolean } {
  const wanted = [named, hubManifest].find((path) => path !== undefined && path.trim() !== "");
  if (wanted !== undefined) return { path: wanted, builtIn: false };
  if (existsSync(join(cwd, "hub.yaml"))) return { path: "hub.yaml", builtIn: false };
  return { path: builtInManifest, builtIn: true };
}

export function loadManifest(from: ManifestSource): LoadedManifest {
  const problems: Problem[] = [];
  const { files, sources } = readSources(from, problems);
  const report: Report = ({ source, path, on = "key" }, severity, message, hint) => {
    problems.push({ severity, file: source.file, ...source.place(path, on), path: formatPath(path), message, hint });
  };
  for (const source of sources) {
    for (const { path, at, message, hint } of checkShape(source))
      report({ source, path, on: at }, "error", message, hint);
  }
  const parts = gather(sources, report);
  checkParts(parts, report);
  // Where a file could not be read, its Cores are unknown, not missing.
  if (!hasErrors(problems) || sources.length > 0) checkNotEmpty(parts, sources, hasErrors(problems), report);

  if (hasErrors(problems)) return { t: "invalid", problems: sortProblems(problems) };
  return { t: "ok", manifest: resolveParts(parts, files), warnings: sortProblems(problems) };
}

/** Where parts of a manifest stand, in its files as they are now. */
export function manifestPlaces(from: ManifestSource): (path: Path, on?: "key" | "value") => FoundPlace | undefined {
  const parts = gather(readSources(from, []).sources, () => {});
  return (path, on = "value") => placeIn(parts, path, on);
}

function readSources(
  from: ManifestSource,
  problems: Problem[],
): { files: readonly string[]; sources: readonly Source[] } {
  const files: string[] = [];
  const sources: Source[] = [];
  for (const item of "path" in from ? listFiles(from.path, from.cwd, problems) : [from]) {
    const text = "text" in item ? item.text : readText(item.path, item.file, problems);
    if (text === undefined) continue;
    const folder = "folder" in item ? item.folder : dirname(item.path);
    const read = readSource(text, item.file, folder);
    if ("path" in item) files.push(item.path);
    if (read.t === "read") sources.push(read.source);
    else for (const problem of read.problems) problems.push(problem);
  }
  return { files, sources };
}

function checkNotEmpty(parts: Parts, sources: readonly Source[], isBroken: boolean, report: Report): void {
  const [first] = sources;
  if (first === undefined || parts.cores.length > 0) return;
  if (parts.hasCores) {
    if (!isBroken)
      report(
        { source: first, path: ["cores"] },
        "warning",
        "no Cores: the hub serves nothing",
        "add one: files: { command: npx, args: […] }",
      );
  } else {
    report(
      { source: first, path: [] },
      "error",
      "cores is missing",
      "write at least: cores: { template: { command: thehub-template-core } }",
    );
  }
}

function resolveParts(parts: Parts, files: readonly string[]): Manifest {
  // The validator has said that the values have this shape.
  type Cores = NonNullable<Written["cores"]>;
  type Clients = NonNullable<Written["clients"]>;
  type Profiles = NonNullable<Written["profiles"]>;
  const profiles = Object.fromEntries(parts.profiles.map(({ key, value }) => [key, value])) as Profiles;
  const clients = parts.clients.map((entry) =>
    resolveClient(entry.key, entry.value as Clients[string], entry.source.folder),
  );
  const written = (parts.hub?.value ?? {}) as NonNullable<Written["hub"]>;
  const rules = clients.flatMap(({ jwt }) => jwt ?? []);
  const hub = resolveHub(written, parts.hub?.source.folder ?? "", rules);
  const cores = parts.cores.map((entry) => ({ entry, core: entry.value as Cores[string] }));
  return {
    files,
    hub,
    clients,
    profiles: resolveProfiles(profiles, hub.names),
    cores: cores
      .filter(({ core }) => !isDisabled(core))
      .map(({ entry, core }) =>
        resolveCore(core, { key: entry.key, file: entry.source.file, folder: entry.source.folder }),
      ),
    disabled: cores.filter(({ core }) => isDisabled(core)).map(({ entry }) => entry.key),
  };
}

interface ManifestFile {
  /** Absolute. */
  readonly path: string;
  /** As shown to people. */
  readonly file: string;
}

function listFiles(shown: string, cwd: string, problems: Problem[]): ManifestFile[] {
  const path = resolve(cwd, shown);
  try {
    if (!statSync(path).isDirectory()) return [{ path, file: shown }];
    const files = manifestFiles(path);
    if (files.length === 0) {
      problems.push(
        fileProblem(
          shown,
          "the folder holds no *.yaml or *.yml file",
          "put a manifest into it, or name another with HUB_MANIFEST",
        ),
      );
    }
    return files.map((file) => ({ path: file, file: join(shown, basename(file)) }));
  } catch (error) {
    problems.push(unreadable(shown, error));
    return [];
  }
}

/** A manifest is written by hand; one larger than this is some other file. */
const maxFileBytes = 1024 * 1024;

function readText(path: string, shown: string, problems: Problem[]): string | undefined {
  try {
    const found = statSync(path);
    if (!found.isFile()) {
      problems.push(fileProblem(shown, "not a file", "name a YAML file, or a folder of them"));
      return undefined;
    }
    if (found.size > maxFileBytes) {
      problems.push(
        fileProblem(
          shown,
          `${found.size} bytes: more than 1 MiB`,
          "a manifest is smaller: check that this is the right file",
        ),
      );
      return undefined;
    }
    const bytes = readFileSync(path);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    problems.push(
      error instanceof TypeError ? fileProblem(shown, "not UTF-8 text", "save it as UTF-8") : unreadable(shown, error),
    );
    return undefined;
  }
}

function unreadable(shown: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  if (code === "ENOENT" || code === "ENOTDIR") {
    const hint =
      "create it, starting with: cores: { template: { command: thehub-template-core } }; or name another with HUB_MANIFEST or --manifest";
    return fileProblem(shown, "no such file", hint);
  }
  return fileProblem(shown, `cannot be read (${code})`, "let the hub's user read it");
}

function fileProblem(file: string, message: string, hint: string): Problem {
  return { severity: "error", file, line: 0, column: 0, path: "", message, hint };
}
