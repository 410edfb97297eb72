import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { loadManifest } from "../../../src/manifest/load.ts";
import {
  formatPath,
  type Problem,
  renderProblems,
  reportProblems,
  sortProblems,
} from "../../../src/manifest/problems.ts";
import { problemsOf } from "./load-text.ts";

const beside = (name: string) => new URL(name, import.meta.url);

test("problems: a really bad manifest gets every problem in one run, each with what to write", async () => {
  const text = await readFile(beside("bad-manifest.yaml"), "utf8");
  const loaded = await loadManifest({ text, file: "hub.yaml", folder: "/" });
  assert.ok(loaded.t === "invalid");
  assert.equal(`${renderProblems(loaded.problems)}\n`, await readFile(beside("bad-manifest.txt"), "utf8"));
});

test("problems: what may be a secret is not repeated", async () => {
  const found = await problemsOf(`
clients: { a: { token_sha256: hunter2-hunter2 } }
cores: { a: { command: x, secrets: ["API_KEY=hunter2-hunter2"] }, b: { command: x, secrets: { K: hunter2-hunter2 } } }
`);
  assert.equal(found.length, 3);
  assert.ok(!found.join().includes("hunter2"), found.join());
});

test("problems: a path quotes what is not a plain word", () => {
  assert.equal(formatPath(["cores", "files", "args", 0]), "cores.files.args[0]");
  assert.equal(formatPath(["cores", "my core", "env"]), 'cores["my core"].env');
  assert.equal(formatPath([]), "");
});

const problem = (file: string, line: number, column: number, severity: Problem["severity"] = "error"): Problem => {
  return { severity, file, line, column, path: "", message: "m", hint: "" };
};

test("problems: are in the order of files, lines and columns", () => {
  const sorted = sortProblems([problem("b", 9, 1), problem("a", 2, 1), problem("b", 1, 7), problem("b", 1, 2)]);
  assert.deepEqual(
    sorted.map((p) => `${p.file}${p.line}${p.column}`),
    ["a21", "b12", "b17", "b91"],
  );
});

test("problems: the JSON form counts by severity and is ok with warnings alone", () => {
  assert.deepEqual(reportProblems([]), { ok: true, errors: 0, warnings: 0, problems: [] });
  const mixed = [problem("a", 1, 1), problem("a", 1, 1, "warning"), problem("a", 1, 1, "info")];
  assert.deepEqual(reportProblems(mixed), { ok: false, errors: 1, warnings: 1, problems: mixed });
  assert.equal(reportProblems(mixed.slice(1)).ok, true);
});

test("problems: a problem without a line names only the file", () => {
  assert.equal(renderProblems([problem("hub.yaml", 0, 0)]), "hub.yaml: error: m\n1 error, 0 warnings");
  assert.equal(renderProblems([]), "");
});
