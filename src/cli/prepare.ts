// What every command does first: find the manifest and merge the environment over it. Shared, so that `check`, `list` and
// `serve` agree on what they read. Loads nothing that `check` does not need.
import { resolve } from "node:path";
import { HubError } from "../base/errors.ts";
import { findManifest, loadManifest } from "../manifest/load.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { type Problem, renderProblems } from "../manifest/problems.ts";
import { profileProblem } from "../manifest/profiles.ts";
import { resolveSettings, type Settings } from "../manifest/settings.ts";
import { manifestPrint } from "../manifest/watch.ts";
import { wayProblems } from "../manifest/way-problems.ts";
import type { Terminal } from "./terminal.ts";

export interface Prepared {
  /** As the user named it. */
  readonly manifestPath: string;
  readonly builtIn: boolean;
  /** Of the manifest's files, taken before they were read. */
  readonly print: string;
  readonly manifest: Manifest;
  readonly settings: Settings;
  readonly warnings: readonly Problem[];
}

export type Preparation =
  | { readonly t: "ok"; readonly prepared: Prepared }
  | { readonly t: "invalid"; readonly manifestPath: string; readonly problems: readonly Problem[] };

export interface PrepareOptions {
  readonly manifest?: string | undefined;
  /** Overrides HUB_LISTEN. */
  readonly listen?: string | undefined;
}

export function prepare(terminal: Terminal, options: PrepareOptions): Preparation {
  const env = options.listen === undefined ? terminal.env : { ...terminal.env, HUB_LISTEN: options.listen };
  const { path, builtIn } = findManifest(options.manifest, env["HUB_MANIFEST"], terminal.cwd);
  const print = manifestPrint(resolve(terminal.cwd, path));
  const loaded = loadManifest({ path, cwd: terminal.cwd });
  if (loaded.t === "invalid") return { t: "invalid", manifestPath: path, problems: loaded.problems };
  const resolved = resolveSettings({ env, cwd: terminal.cwd, hub: loaded.manifest.hub });
  if (resolved.t === "invalid") {
    const problems = options.listen === undefined ? resolved.problems : resolved.problems.map(ofOption);
    return { t: "invalid", manifestPath: path, problems: [...loaded.warnings, ...problems] };
  }
  const { manifest } = loaded;
  const warnings = [...loaded.warnings, ...resolved.warnings, ...wayProblems(manifest, resolved.settings)];
  const prepared = { manifestPath: path, builtIn, print, manifest, settings: resolved.settings, warnings };
  return { t: "ok", prepared };
}

/** What stands in HUB_LISTEN is what --listen says. */
function ofOption(problem: Problem): Problem {
  return problem.path === "HUB_LISTEN" ? { ...problem, file: "command line", path: "--listen" } : problem;
}

/** Throws `usage` for a profile that there is not. */
export function checkProfile(profile: string | undefined, { manifest }: Prepared): void {
  const problem = profileProblem(profile, manifest.profiles.keys());
  if (problem !== undefined) throw new HubError("usage", `--profile: ${problem}`);
}

/** For commands that a person runs: problems as text, in one error with exit code 2. */
export function prepareOrThrow(terminal: Terminal, options: PrepareOptions): Prepared {
  const preparation = prepare(terminal, options);
  if (preparation.t === "ok") return preparation.prepared;
  throw new HubError("manifest_invalid", `the manifest cannot be used\n${renderProblems(preparation.problems)}`);
}
