// docs/environment.md names every variable that the hub knows, and no other.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { knownVariables } from "../../src/manifest/environment.ts";

test("environment: docs/environment.md lists what is read", () => {
  const text = readFileSync(new URL("../../docs/environment.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(HUB_[A-Z_]+)` *\|/gm)].map(([, name]) => name ?? "");
  assert.deepEqual(rows.sort(), [...knownVariables].sort());
});
