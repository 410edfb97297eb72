// Loads a manifest given as text, for the tests of this folder.
import assert from "node:assert/strict";
import { type LoadedManifest, loadManifest } from "../../../src/manifest/load.ts";
import type { Manifest } from "../../../src/manifest/manifest.ts";
import type { Problem } from "../../../src/manifest/problems.ts";

const folder = "/srv/hub";

export function load(text: string): LoadedManifest {
  return loadManifest({ text, file: "hub.yaml", folder });
}

export async function loadGood(text: string): Promise<Manifest> {
  const loaded = await load(text);
  assert.equal(loaded.t, "ok", JSON.stringify(loaded));
  return (loaded as Extract<LoadedManifest, { t: "ok" }>).manifest;
}

/** Every problem, as `line:column severity path: message`. */
export async function problemsOf(text: string): Promise<string[]> {
  return lines(await load(text));
}

export function lines(loaded: LoadedManifest): string[] {
  const problems: readonly Problem[] = loaded.t === "ok" ? loaded.warnings : loaded.problems;
  return problems.map((p) => `${p.line}:${p.column} ${p.severity} ${p.path}: ${p.message}`);
}
