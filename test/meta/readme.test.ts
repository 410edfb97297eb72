// What the README promises has a test that exists.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

test("readme: every row of the status table names a version and a test that exists", () => {
  const [, section = ""] = readme.split("\n## Status\n");
  const rows = section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2);
  assert.ok(rows.length > 0);
  for (const row of rows) {
    const [, feature, since, proof = ""] = row.split("|").map((cell) => cell.trim());
    assert.match(since ?? "", /^\d+\.\d+\.\d+$/, `${feature} has no version`);
    assert.ok(existsSync(join(root, proof)), `${feature}: ${proof} does not exist`);
  }
});
