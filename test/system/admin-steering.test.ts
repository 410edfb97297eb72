// Restart and drain by the admin API, while clients call: no call is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, privateSocket } from "../helpers/admin-api.ts";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

const manifest = `
hub: { watch: false }
cores:
  echo:
    ${fixture("echo.mjs")}
    policy: { max_concurrency: 4 }
  other:
    ${fixture("echo.mjs")}
`;

const core = async (hub: HubProcess) => (await ask(await privateSocket(hub), "GET", "/api/cores/echo")).body;
const steer = async (hub: HubProcess, action: string) =>
  ask(await privateSocket(hub), "POST", `/api/cores/echo/${action}`);

test("restart: while calls run and wait, each gets its answer, and those after it the new process", async () => {
  await using hub = await startHub({ manifest });
  await hub.logged("core_summary");
  await using client = await WsClient.connect(await hub.wsUrl());
  const pids = new Set<string>();
  for (let round = 0; round < 5; round++) {
    const before = (await core(hub)).pid;
    const held = client.start("tools/call", { name: "echo__slow", arguments: { key: "held" } });
    // More than may run at once: some wait in the hub while the Core changes.
    const calls = Array.from({ length: 40 }, () => client.call("echo__pid"));
    const restarted = steer(hub, "restart");
    const more = Array.from({ length: 40 }, () => client.call("echo__pid"));
    assert.equal((await restarted).body.outcome, "restarted");
    for (const answer of await Promise.all([...calls, ...more])) {
      assert.equal(answer.error, undefined, JSON.stringify(answer.error));
      pids.add(answer.result.content[0].text);
    }
    const after = await core(hub);
    assert.notEqual(after.pid, before);
    assert.equal((await client.call("echo__pid")).result.content[0].text, String(after.pid));
    // The old process still owes this one, and nothing else can reach it any more: it ends with its last call.
    assert.equal((await core(hub)).in_use, 1);
    client.notify("notifications/cancelled", { requestId: held.id });
  }
  assert.ok(pids.size >= 2);
  assert.deepEqual(client.strays, []);
});

test("restart: no call of a session's next instance has the name of one of the last", async () => {
  const own = `cores:\n  echo:\n    ${fixture("echo.mjs")}\n    isolation: session\n`;
  await using hub = await startHub({ manifest: own, env: { HUB_LOG_LEVEL: "debug" } });
  await hub.logged("core_summary");
  await using client = await WsClient.connect(await hub.wsUrl());
  for (let round = 0; round < 2; round++) {
    for (let call = 0; call < 3; call++) await client.call("echo__pid");
    if (round === 0) await steer(hub, "restart");
  }
  await hub.stop();
  const names = hub.logs.filter(({ msg }) => msg === "call_answered").map((line) => line["req_id"]);
  assert.equal(names.length, 6);
  assert.equal(new Set(names).size, 6, names.join(" "));
});

test("drain: running and waiting calls finish, new ones are refused at once, and a restart brings the Core back", async () => {
  await using hub = await startHub({ manifest });
  await hub.logged("core_summary");
  await using client = await WsClient.connect(await hub.wsUrl());
  const names = ["a", "b", "c"];
  const held = names.map((key) => client.call("echo__slow", { key }));
  const given = client.start("tools/call", { name: "echo__slow", arguments: { key: "d" } });
  const waiting = names.map((key) => client.call("echo__release", { key }));
  // All four places are taken: the releases wait, and run as soon as one is free.
  assert.equal((await client.call("other__pid")).error, undefined);
  assert.deepEqual([(await core(hub)).in_use, (await core(hub)).queued], [4, 3]);
  let isDrained = false;
  const drained = steer(hub, "drain").then((said) => {
    isDrained = true;
    return said;
  });
  await hub.logged("admin_request");
  for (;;) if ((await core(hub)).state === "draining") break;
  const refused = await client.call("echo__pid");
  assert.equal(refused.error?.data?.["code"], "core_down");
  assert.equal(refused.error?.data?.["may_have_run"], false);
  assert.match(String(refused.error?.message), /drained.*restarts/);
  assert.equal((await client.call("other__pid")).error, undefined, "other Cores are as they were");
  assert.equal(isDrained, false);
  client.notify("notifications/cancelled", { requestId: given.id });
  for (const answer of await Promise.all([...held, ...waiting])) assert.equal(answer.error, undefined);
  assert.equal((await drained).body.outcome, "drained");
  const stopped = await core(hub);
  assert.deepEqual([stopped.state, stopped.pid, stopped.in_use, stopped.queued], ["stopped", null, 0, 0]);
  assert.equal((await client.call("echo__pid")).error?.data?.["state"], "stopped");
  assert.equal((await steer(hub, "drain")).body.state, "stopped", "draining what is drained is no error");
  const listed = (await client.request("tools/list")).result.tools as { name: string }[];
  assert.ok(
    listed.some(({ name }) => name === "echo__pid"),
    "its tools stay listed: it is expected back",
  );
  assert.equal((await steer(hub, "restart")).body.state, "up");
  assert.equal((await client.call("echo__pid")).error, undefined);
  assert.deepEqual(client.strays, []);
});

test("drain, restart: under load, each call has one answer, and one that is refused was not run", async () => {
  await using hub = await startHub({ manifest });
  await hub.logged("core_summary");
  const counts = { ok: 0, refused: 0 };
  let isOver = false;
  const pump = async (client: WsClient) => {
    while (!isOver) {
      for (const { error } of await Promise.all(Array.from({ length: 16 }, () => client.call("echo__pid")))) {
        if (error === undefined) counts.ok++;
        else {
          assert.deepEqual([error.data?.["code"], error.data?.["may_have_run"]], ["core_down", false], error.message);
          counts.refused++;
        }
      }
    }
  };
  const url = await hub.wsUrl();
  const clients = await Promise.all(["a", "b", "c"].map(() => WsClient.connect(url)));
  const pumps = clients.map(pump);
  for (let round = 0; round < 8; round++) {
    for (const action of ["drain", "restart", "restart"]) {
      const said = await steer(hub, action);
      assert.equal(said.status, 200, said.text);
    }
  }
  isOver = true;
  await Promise.all(pumps);
  assert.ok(counts.ok > 100 && counts.refused > 0, JSON.stringify(counts));
  for (const client of clients) {
    assert.deepEqual(client.strays, []);
    await client[Symbol.asyncDispose]();
  }
  const { in_use: inUse, queued, state } = await core(hub);
  assert.deepEqual([inUse, queued, state], [0, 0, "up"]);
  await hub.stop();
});

test("drain: a restart in the middle of it starts the Core anew, and the calls of the old one still finish", async () => {
  await using hub = await startHub({ manifest });
  await hub.logged("core_summary");
  await using client = await WsClient.connect(await hub.wsUrl());
  const held = client.start("tools/call", { name: "echo__slow", arguments: { key: "k" } });
  assert.equal((await client.call("echo__pid")).error, undefined);
  const drained = steer(hub, "drain");
  for (;;) if ((await core(hub)).state === "draining") break;
  assert.equal((await steer(hub, "restart")).body.outcome, "restarted");
  assert.equal((await client.call("echo__pid")).error, undefined);
  client.notify("notifications/cancelled", { requestId: held.id });
  assert.equal((await drained).status, 200);
  assert.equal((await core(hub)).state, "up");
});

test("restart: a Core that does not come up any more leaves the one before it at work", async () => {
  await using hub = await startHub({
    manifest: `
hub: { watch: false }
cores:
  echo:
    command: sh
    args: ["-c", "[ -e up-once ] && { echo 'no database' >&2; exit 3; }; touch up-once; exec ${process.execPath} '${fixture("echo.mjs").match(/"([^"]*echo\.mjs)"/)?.[1]}'"]
`,
  });
  await hub.logged("core_summary");
  await using client = await WsClient.connect(await hub.wsUrl());
  const said = await steer(hub, "restart");
  assert.equal(said.status, 503);
  assert.equal(said.body.error.code, "core_down");
  assert.match(said.body.error.message, /did not come up: exited with code 3; the one before it goes on/);
  assert.deepEqual(said.body.stderr, ["no database"]);
  assert.equal((await client.call("echo__pid")).error, undefined);
  assert.equal((await core(hub)).state, "up");
  await hub.stop();
});
