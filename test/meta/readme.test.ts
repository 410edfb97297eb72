// What the README promises has a test that exists, and its links lead somewhere.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

test("readme: every relative link of the documents leads to a file", () => {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const pages = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "bench/README.md",
    "examples/cores/template/README.md",
  ];
  for (const file of [...pages, ...docs.filter((name) => name.endsWith(".md")).map((name) => join("docs", name))]) {
    for (const [, target = ""] of readFileSync(join(root, file), "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      assert.ok(existsSync(join(root, dirname(file), target)), `${file} links to ${target}, which does not exist`);
    }
  }
});
