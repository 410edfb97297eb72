// However a manifest is changed, the hub takes it up: written over, replaced, swapped by a link, in pieces, in a folder; and when it
// is told to.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inline, startHub } from "../helpers/hub-process.ts";
import { ManifestFile } from "../helpers/manifest-file.ts";
import { NewlineClient } from "../helpers/newline-client.ts";
import { WsClient } from "../helpers/ws-client.ts";

const echo = inline("echo.mjs");
const withTags = (tags: string): string => `cores:\n  a: { ${echo}, tags: [${tags}] }\n`;

test("reload triggers: a file that is written in pieces, taken away and put back is taken up when it is whole", async () => {
  await using hub = await startHub({ manifest: withTags("one") });
  const file = new ManifestFile(hub);
  await hub.logged("core_summary");
  const whole = withTags("two");
  await file.spoil(whole.slice(0, whole.length - 6));
  assert.deepEqual((await file.write(whole))["cores_policy"], ["a"]);
  await file.fails(() => rm(file.path));
  await file.reloads(() => writeFile(file.path, withTags("three")));
  await file.replace(withTags("four"));
  await file.replace(withTags("five"));
  await hub.stop();
});

test("reload triggers: a ConfigMap whose link to the data is swapped", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-configmap-"));
  const publish = async (name: string, text: string) => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "hub.yaml"), text);
    await symlink(name, join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
  };
  await publish("..2026_01", withTags("one"));
  await symlink("..data/hub.yaml", join(folder, "hub.yaml"));
  await using hub = await startHub({ manifestFile: join(folder, "hub.yaml") });
  const file = new ManifestFile(hub, join(folder, "hub.yaml"));
  await hub.logged("core_summary");
  await file.reloads(() => publish("..2026_02", withTags("two")));
  await rm(join(folder, "..2026_01"), { recursive: true });
  await file.reloads(() => publish("..2026_03", withTags("three")));
  await hub.stop();
  await rm(folder, { recursive: true });
});

test("reload triggers: a folder that gets and loses a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-folder-"));
  await writeFile(join(folder, "one.yaml"), withTags("one"));
  await using hub = await startHub({ manifestFile: folder });
  const second = new ManifestFile(hub, join(folder, "two.yaml"));
  await hub.logged("core_summary");
  const added = await second.write(`cores:\n  b: { ${echo} }\n`);
  assert.deepEqual(added["cores_added"], ["b"]);
  const removed = await second.reloads(() => rm(second.path));
  assert.deepEqual(removed["cores_removed"], ["b"]);
  await hub.stop();
  await rm(folder, { recursive: true });
});

test("reload triggers: SIGHUP, and nothing else where the manifest is not watched", async () => {
  await using hub = await startHub({ manifest: withTags("one"), env: { HUB_WATCH: "false", HUB_LOG_LEVEL: "debug" } });
  const file = new ManifestFile(hub);
  await hub.logged("core_summary");
  await writeFile(file.path, withTags("two"));
  const line = await file.reloads(async () => void hub.child.kill("SIGHUP"));
  assert.equal(line["cause"], "SIGHUP");
  hub.child.kill("SIGHUP");
  await hub.logged("reload_unchanged");
  await hub.stop();
});

test("reload triggers: a hub on STDIO takes its manifest up too", async () => {
  await using hub = await startHub({ manifest: withTags("one"), args: ["stdio"] });
  const client = new NewlineClient(hub.child.stdout, hub.child.stdin);
  await client.hello();
  await hub.logged("core_summary");
  const file = new ManifestFile(hub);
  await file.write(`cores:\n  a: { ${echo} }\n  b: { ${echo} }\n`);
  const { result } = await client.request("tools/call", { name: "b__pid", arguments: {} });
  assert.match(result.content[0].text, /^\d+$/);
  hub.child.stdin.end();
  assert.equal((await hub.exited).code, 0);
});

test("reload triggers: a hub that has the token of a file takes another one up", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-token-"));
  const tokenFile = join(folder, "token");
  await writeFile(tokenFile, "first-token-123456");
  await using hub = await startHub({ manifest: withTags("one"), env: { HUB_TOKEN_FILE: tokenFile } });
  const url = await hub.wsUrl();
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const client = await WsClient.connect(url, bearer("first-token-123456"));
  const closed = new Promise((resolve) => client.socket.once("close", resolve));
  await writeFile(tokenFile, "second-token-123456");
  const line = await new ManifestFile(hub).reloads(async () => void hub.child.kill("SIGHUP"));
  assert.deepEqual(line["clients_rekeyed"], ["HUB_TOKEN"]);
  assert.equal(await closed, 4401);
  await assert.rejects(WsClient.connect(url, bearer("first-token-123456")), /401/);
  await (await WsClient.connect(url, bearer("second-token-123456")))[Symbol.asyncDispose]();
  await hub.stop();
  await rm(folder, { recursive: true });
});
