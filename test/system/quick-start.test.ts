// What a quick command must do without: each of these takes longer to load than a manifest to check.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../helpers/hub-process.ts";
import { thehub } from "../helpers/thehub.ts";

const recorder = join(root, "test/helpers/own-module-recorder.cjs");

async function loadedBy(args: readonly string[]): Promise<Set<string>> {
  const folder = await mkdtemp(join(tmpdir(), "thehub-quick-"));
  const file = join(folder, "modules");
  try {
    const { code, stderr } = await thehub(args, { NODE_OPTIONS: `--require ${recorder}`, OWN_MODULES: file });
    assert.equal(code, 0, stderr);
    return new Set((await readFile(file, "utf8")).split("\n"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("check: loads nothing of Node's for processes, hashes and HTTP", async () => {
  const loaded = await loadedBy(["check", "examples/manifests/hub.yaml"]);
  assert.ok(loaded.has("fs"));
  for (const name of ["child_process", "crypto", "http"]) assert.ok(!loaded.has(name), name);
});

test("check: runs the command that a secret comes from", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-quick-"));
  const manifest = join(folder, "hub.yaml");
  const from = `{ command: [${process.execPath}, -e, "process.stdout.write('a secret of some length')"] }`;
  const core = `{ command: node, secrets: [{ name: API_TOKEN, from: ${from} }] }`;
  await writeFile(manifest, `clients: { one: { token_sha256: "${"0".repeat(64)}" } }\ncores: { files: ${core} }\n`);
  try {
    const loaded = await loadedBy(["check", manifest]);
    for (const name of ["child_process", "crypto"]) assert.ok(loaded.has(name), name);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("--version: loads no network, and no stream", async () => {
  const loaded = await loadedBy(["--version"]);
  for (const name of ["net", "stream", "crypto"]) assert.ok(!loaded.has(name), name);
});
