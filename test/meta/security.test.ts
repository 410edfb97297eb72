// What docs/security.md promises is held by tests that exist, and whose names say so.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs/security.md"), "utf8");

test("security: every promise names tests that exist", () => {
  const [, section = ""] = page.split("\n## What the hub promises\n");
  const rows = (section.split("\n## ")[0] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\| (promise|---) /.test(line));
  assert.ok(rows.length > 20);
  for (const row of rows) {
    const [, promise = "", proof = ""] = row.split("|").map((cell) => cell.trim());
    assert.match(proof, /^`test\/[^`]+`(, `test\/[^`]+`)*$/, `${promise}: no test`);
  }
});

test("security: every test that the page names is there, and tests something", () => {
  const named = new Set([...page.matchAll(/`(test\/[^`]+)`/g)].map(([, file = ""]) => file));
  for (const file of named) {
    assert.match(file, /^test\/(unit|system|chaos|fuzz|matrix|deploy|meta)\/.+\.test\.ts$/, file);
    assert.ok(existsSync(join(root, file)), `${file} does not exist`);
    assert.match(readFileSync(join(root, file), "utf8"), /\btest\(|runMatrix\(/, `${file} has no test`);
  }
});
