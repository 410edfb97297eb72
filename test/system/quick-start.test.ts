// What a quick command must do without: each of these takes longer to load than a manifest to check.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { root, startHub } from "../helpers/hub-process.ts";
import { thehub } from "../helpers/thehub.ts";

const manifestFile = join(root, "examples/manifests/hub.yaml");
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

test("serve: loads nothing of Node's for TLS and clients while all Cores are processes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-quick-"));
  const file = join(folder, "modules");
  const env = { NODE_OPTIONS: `--require ${recorder}`, OWN_MODULES: file };
  try {
    await using hub = await startHub({ manifestFile, env });
    await hub.logged("core_up");
    await hub.stop();
    const loaded = new Set((await readFile(file, "utf8")).split("\n"));
    assert.ok(loaded.has("http"));
    for (const name of ["https", "tls", "zlib", "readline"]) assert.ok(!loaded.has(name), name);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("serve, check: run what V8 compiled of them when they were built", async () => {
  for (const part of ["serving", "check"]) {
    // Rejected: another version of V8, or other flags; undefined: there was none to try.
    const look = `const vm = require("node:vm"), { Script } = vm;
      vm.Script = class extends Script { constructor(...given) { super(...given); console.log(this.cachedDataRejected); } };
      require(${JSON.stringify(join(root, "dist/cli", part))});`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", look]);
    assert.equal(stdout.trim(), "false", part);
  }
});

test("check: runs without what V8 compiled, and with what another V8 did", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-quick-"));
  try {
    await cp(join(root, "dist"), join(folder, "dist"), { recursive: true });
    for (const part of ["schemas", "package.json"]) {
      await cp(join(root, part), join(folder, part), { recursive: true });
    }
    const cli = join(folder, "dist/cli");
    const [cache = ""] = (await readdir(cli)).filter((name) => name.startsWith("check-") && name.endsWith(".cache"));
    const check = () => promisify(execFile)(process.execPath, [join(cli, "main.js"), "check", manifestFile]);
    await writeFile(join(cli, cache), "compiled by another V8");
    assert.match((await check()).stdout, /: ok$/m);
    await rm(join(cli, cache));
    assert.match((await check()).stdout, /: ok$/m);
  } finally {
    await rm(folder, { recursive: true });
  }
});
