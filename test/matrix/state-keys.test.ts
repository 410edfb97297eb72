// The keys of request states over a restart, and as they are changed while the hub runs.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type HubProcess, startHub, twoWay } from "../helpers/hub-process.ts";
import { ModernClient } from "../helpers/modern-client.ts";

const timeout = 30_000;
const manifest = `cores:
  new:
    ${twoWay("sdk-2-eras.mjs", "new", "newline", "modern")}
`;
const args = { marker: "kept" };
const tool = "new__elicit";

async function started(env: Record<string, string>): Promise<HubProcess> {
  // What hubs that serve the same clients have in common; each has a folder of its own here.
  const hub = await startHub({ manifest, env: { ...env, HUB_PUBLIC_URL: "https://hub.example" } });
  await hub.logged("core_summary");
  return hub;
}

async function stopped(hub: HubProcess): Promise<void> {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
}

async function asked(hub: HubProcess): Promise<string> {
  await using client = ModernClient.overHttp(await hub.httpUrl());
  const { result, error } = await client.call(tool, args);
  assert.equal(result?.resultType, "input_required", JSON.stringify(error ?? result));
  return result.requestState as string;
}

/** Whether the hub takes a request that brings it back. What the Core says of its own state is another matter: it may have been another process. */
async function isGood(hub: HubProcess, requestState: string): Promise<boolean> {
  await using client = ModernClient.overHttp(await hub.httpUrl());
  const { error } = await client.call(tool, args, { requestState, inputResponses: {} });
  return error?.message !== "invalid or expired requestState";
}

test("state keys: what a hub sealed it opens after a restart, with the key that it kept", { timeout }, async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "thehub-keys-"));
  try {
    const first = await started({ HUB_STATE_DIR: stateDir });
    const state = await asked(first);
    await stopped(first);
    assert.equal((await stat(join(stateDir, "key"))).mode & 0o777, 0o600);
    const second = await started({ HUB_STATE_DIR: stateDir });
    const isKept = await isGood(second, state);
    await stopped(second);
    assert.equal(isKept, true, second.tail());
    await rm(join(stateDir, "key"));
    const third = await started({ HUB_STATE_DIR: stateDir });
    const isLost = !(await isGood(third, state));
    await stopped(third);
    assert.equal(isLost, true);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
});

test("state keys: a key file is read again with each reload: the new key seals, the old one opens until it is gone", {
  timeout,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-keys-"));
  const file = join(folder, "keys");
  const [old, fresh] = ["o".repeat(32), "n".repeat(32)];
  const kidOf = (state: string) => state.split(".")[1];
  await writeFile(file, old, { mode: 0o600 });
  const hub = await started({ HUB_STATE_KEY_FILE: file });
  try {
    const reloaded = async (keys: string) => {
      await writeFile(file, keys);
      const done = hub.loggedNext("reloaded", ({ msg }) => msg === "reloaded" || msg === "reload_unchanged");
      hub.child.kill("SIGHUP");
      await done;
    };
    const before = await asked(hub);
    await reloaded(`${fresh}\n${old}\n`);
    const after = await asked(hub);
    assert.notEqual(kidOf(after), kidOf(before));
    assert.equal(await isGood(hub, before), true);
    await reloaded(fresh);
    assert.equal(await isGood(hub, after), true);
    assert.equal(await isGood(hub, before), false);
    const logs = JSON.stringify(hub.logs);
    for (const key of [old, fresh, await readFile(file, "utf8")]) assert.ok(!logs.includes(key));
  } finally {
    await stopped(hub);
    await rm(folder, { recursive: true, force: true });
  }
});
