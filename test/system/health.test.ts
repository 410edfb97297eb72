// `thehub health` and `thehub token show`, against real hubs.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { thehub } from "../helpers/thehub.ts";
import { WsClient } from "../helpers/ws-client.ts";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "thehub-health-"));
});

after(() => rm(folder, { recursive: true, force: true }));

const stateOf = (hub: HubProcess) => join(hub.folder, "state");
const portOf = async (hub: HubProcess) => new URL(await hub.url()).port;
const settled = (hub: HubProcess) => hub.logged("core_summary");
const onSocket = { skip: process.platform === "win32" ? "there are no Unix sockets" : false };

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("health: answers for the address that HUB_LISTEN names, also for one that means every address", async () => {
  await using hub = await startHub({
    args: ["serve", "--listen", "0.0.0.0:0"],
    env: { HUB_TOKEN: "a-token-of-sixteen" },
  });
  await settled(hub);
  const port = await portOf(hub);
  for (const listen of [`127.0.0.1:${port}`, `0.0.0.0:${port}`, `:${port}`, `localhost:${port}`]) {
    const { code, stdout, stderr } = await thehub(["health"], { HUB_LISTEN: listen, HUB_STATE_DIR: folder });
    assert.equal(stdout, `http://127.0.0.1:${port}: ok (Cores up: 1, tools: 3)\n`, listen + stderr);
    assert.equal(code, 0);
  }
  await hub.stop();
});

test(
  "health: follows a comma list with a Unix socket, a base path and rules about hosts, and prints JSON",
  onSocket,
  async () => {
    const socket = join(folder, "hub.sock");
    const env = { HUB_BASE_PATH: "/hub/", HUB_ALLOW_HOSTS: "hub.example" };
    await using hub = await startHub({ args: ["serve", "--listen", `127.0.0.1:0,unix:${socket}`], env });
    await settled(hub);
    const port = await portOf(hub);
    const both = await thehub(["health", "--json"], { ...env, HUB_LISTEN: `127.0.0.1:${port}, unix:${socket}` });
    assert.equal(both.code, 0, both.stderr);
    assert.deepEqual(JSON.parse(both.stdout), {
      ok: true,
      checked: [
        { address: `http://127.0.0.1:${port}`, ok: true, cores: 1, tools: 3 },
        { address: `unix:${socket}`, ok: true, cores: 1, tools: 3 },
      ],
    });
    await hub.stop();
    const gone = await thehub(["health"], { HUB_LISTEN: `127.0.0.1:${port},unix:${socket}` });
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, new RegExp(`http://127.0.0.1:${port}: no answer \\(ECONNREFUSED\\)`));
    assert.match(gone.stderr, /hub\.sock: no answer \(ENOENT\)/);
  },
);

test("health: without HUB_LISTEN asks where the running hub noted that it listens", async () => {
  await using hub = await startHub({ args: ["serve", "--listen", "127.0.0.1:0"] });
  await settled(hub);
  const port = await portOf(hub);
  // A port that the hub picked is known to nobody else either.
  for (const env of [{}, { HUB_LISTEN: "127.0.0.1:0" }]) {
    const { code, stdout, stderr } = await thehub(["health"], { ...env, HUB_STATE_DIR: stateOf(hub) });
    assert.equal(stdout, `http://127.0.0.1:${port}: ok (Cores up: 1, tools: 3)\n`, stderr);
    assert.equal(code, 0);
  }
  await hub.stop();
  const gone = await thehub(["health", "--json"], { HUB_STATE_DIR: stateOf(hub) });
  assert.deepEqual(JSON.parse(gone.stdout), { ok: false, checked: [] });
  assert.equal(gone.code, 1);
});

test("health: a hub on STDIO is well while its process runs", async () => {
  await using hub = await startHub({ args: ["stdio"] });
  await settled(hub);
  const { code, stdout } = await thehub(["health"], { HUB_STATE_DIR: stateOf(hub) });
  assert.equal(stdout, `process ${hub.child.pid}: runs, and listens nowhere\n`);
  assert.equal(code, 0);
  hub.child.kill("SIGKILL");
  await hub.exited;
  assert.equal((await readdir(join(stateOf(hub), "run"))).length, 1, "what it noted is still there");
  const gone = await thehub(["health"], { HUB_STATE_DIR: stateOf(hub) });
  assert.equal(gone.code, 1);
  assert.match(
    gone.stderr,
    /no hub is running, by the state folder .*state; start one, or set HUB_LISTEN or HUB_STATE_DIR/,
  );
});

test("health: a hub of which no Core comes up is not well", async () => {
  const manifest = `cores:\n  gone:\n    ${fixture("exit-at-once.mjs")}\n    health: { max_restarts: 0 }\n`;
  await using hub = await startHub({ manifest });
  await hub.logged("core_failed");
  const { code, stderr } = await thehub(["health"], { HUB_LISTEN: `127.0.0.1:${await portOf(hub)}` });
  assert.match(stderr, /the hub answers, but no Core is up: its log says why/);
  assert.equal(code, 1);
  await hub.stop();
});

test("health: something else on the port is not taken for a hub, and silence ends at the time limit", async () => {
  const page = createServer((_, response) => response.end("<html>"));
  const silent = createTcpServer();
  const [pagePort, silentPort] = [await listening(page), await listening(silent)];
  const other = await thehub(["health"], { HUB_LISTEN: `127.0.0.1:${pagePort}` });
  assert.match(other.stderr, /what answers is not the hub's \/healthz \(status 200\)/);
  assert.equal(other.code, 1);
  const late = await thehub(["health", "--timeout-ms", "50"], { HUB_LISTEN: `127.0.0.1:${silentPort}` });
  assert.match(late.stderr, /no answer \(none within 50 ms\)/);
  assert.equal(late.code, 1);
  page.close();
  silent.close();
});

test("health: settings that cannot be read are exit 2, with what to write", async () => {
  const address = await thehub(["health"], { HUB_LISTEN: "3000" });
  assert.match(address.stderr, /HUB_LISTEN: "3000" is not an address to listen on; write localhost:3000/);
  const path = await thehub(["health"], { HUB_LISTEN: "127.0.0.1:1", HUB_BASE_PATH: "/../x" });
  assert.match(path.stderr, /HUB_BASE_PATH: /);
  const time = await thehub(["health", "--timeout-ms=soon"], { HUB_LISTEN: "127.0.0.1:1" });
  assert.match(time.stderr, /--timeout-ms soon: write a whole number/);
  assert.deepEqual([address.code, path.code, time.code], [2, 2, 2]);
});

test("token show: prints the token that the hub made, which clients get in with", async () => {
  await using hub = await startHub({ args: ["serve", "--listen", "0.0.0.0:0"] });
  const line = await hub.logged("token_made");
  assert.match(String(line["fix"]), /thehub token show/);
  const env = { HUB_STATE_DIR: stateOf(hub) };
  const { code, stdout, stderr } = await thehub(["token", "show"], env);
  assert.equal(code, 0, stderr);
  const token = stdout.trim();
  assert.ok(!JSON.stringify(hub.logs).includes(token), "the token is in the log");
  await using client = await WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${token}` });
  assert.deepEqual((await client.request("ping")).result, {});
  await hub.stop();
  if (process.platform !== "win32") assert.equal((await stat(join(stateOf(hub), "token"))).mode & 0o777, 0o600);

  const set = await thehub(["token", "show"], { ...env, HUB_TOKEN: "another" });
  assert.equal(set.stdout, "");
  assert.match(set.stderr, /HUB_TOKEN is set: clients present that one/);
  assert.equal(set.code, 1);
});

test("token show: where none was made it says when one is", async () => {
  const none = await thehub(["token", "show"], { HUB_STATE_DIR: join(folder, "nothing") });
  assert.equal(none.stdout, "");
  assert.match(none.stderr, /no token is kept in .*nothing: .*HUB_STATE_DIR/);
  assert.equal(none.code, 1);
  const misspelt = await thehub(["token", "shwo"]);
  assert.equal(misspelt.code, 2);
});
