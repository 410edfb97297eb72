// Another manifest for a hub that runs: what each kind of change touches, and that nothing else is.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { tokenDigest } from "../../src/base/bearer.ts";
import { type HubOptions, type HubProcess, inline, root, startHub } from "../helpers/hub-process.ts";
import { ManifestFile } from "../helpers/manifest-file.ts";
import { WsClient } from "../helpers/ws-client.ts";

const echo = (more = "") => `{ ${inline("echo.mjs")}${more === "" ? "" : `, ${more}`} }`;

async function running(manifest: string, options: HubOptions = {}): Promise<{ hub: HubProcess; file: ManifestFile }> {
  const hub = await startHub({ manifest, ...options, env: { HUB_LOG_LEVEL: "debug", ...options.env } });
  await hub.logged("core_summary");
  return { hub, file: new ManifestFile(hub) };
}

const pid = async (client: WsClient, core: string): Promise<number> =>
  Number((await client.call(`${core}__pid`)).result?.content[0].text);

test("reload: a changed Core is another process, an unchanged one the same, and each answers the calls that it has", async () => {
  const { hub, file } = await running(`cores:\n  a: ${echo()}\n  b: ${echo()}\n`);
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const before = { a: await pid(client, "a"), b: await pid(client, "b") };
  const onA = client.start("tools/call", { name: "a__slow", arguments: { key: "a" } });
  const onB = client.start("tools/call", { name: "b__slow", arguments: { key: "b" } });
  await client.request("ping");

  const line = await file.write(`cores:\n  a: ${echo()}\n  b: ${echo("env: { X: '1' }")}\n`);
  assert.deepEqual(line["cores_changed"], ["b"]);
  assert.equal(await pid(client, "a"), before.a);
  assert.notEqual(await pid(client, "b"), before.b);
  assert.equal((await client.call("b__env", { name: "X" })).result?.content[0].text, "1");

  await client.call("a__release", { key: "a" });
  assert.equal((await onA.answer).result?.content[0].text, "released");
  process.kill(before.b, "SIGUSR1");
  assert.equal((await onB.answer).result?.content[0].text, "released by signal");
  await hub.logged("core_stopped", (entry) => entry["core"] === "b");
  const told = client.notifications.filter(({ method }) => method === "notifications/tools/list_changed");
  assert.deepEqual(told, [], "the list is the same: nobody is told");
  assert.deepEqual(client.strays, []);
  await hub.stop();
});

test("reload: another policy restarts nothing and applies to the next call", async () => {
  const { hub, file } = await running(`cores:\n  a: ${echo()}\n`);
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const before = await pid(client, "a");
  const policy = "policy: { deny_tools: [crash], max_concurrency: 1, max_queue: 0, timeout_ms: 300 }";
  const line = await file.replace(
    `hub: { names: { separator: "-" } }\ncores:\n  a: ${echo(`namespace: z, ${policy}`)}\n`,
  );
  assert.deepEqual(
    [line["cores_policy"], line["cores_changed"], line["settings"]],
    [["a"], undefined, ["hub.names.separator"]],
  );
  await client.notified("notifications/tools/list_changed");
  const { result } = await client.request("tools/list");
  const names = result.tools.map(({ name }: { name: string }) => name);
  assert.ok(names.includes("z-pid") && !names.includes("z-crash") && !names.includes("a__pid"), names.join());
  assert.equal(Number((await client.call("z-pid")).result?.content[0].text), before);
  assert.equal((await client.call("a__pid")).error?.data?.["code"], "name_unknown");
  const { answer } = client.start("tools/call", { name: "z.slow", arguments: {} });
  assert.equal((await client.call("z.pid")).error?.data?.["code"], "overloaded");
  assert.equal((await answer).error?.data?.["code"], "core_timeout");
  await hub.stop();
});

test("reload: an added Core comes, a removed one goes, and a call that it has is answered first", async () => {
  const { hub, file } = await running(`cores:\n  a: ${echo()}\n  b: ${echo()}\n`);
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const old = await pid(client, "b");
  const slow = client.start("tools/call", { name: "b__slow", arguments: {} });
  await client.request("ping");
  const line = await file.write(`cores:\n  a: ${echo()}\n  c: ${echo()}\n`);
  assert.deepEqual([line["cores_added"], line["cores_removed"]], [["c"], ["b"]]);
  await client.notified("notifications/tools/list_changed");
  assert.equal((await client.call("b__pid")).error?.data?.["code"], "name_unknown");
  assert.ok((await pid(client, "c")) > 0);
  process.kill(old, "SIGUSR1");
  assert.equal((await slow.answer).result?.content[0].text, "released by signal");
  await hub.logged("core_stopped", (entry) => entry["core"] === "b");
  const metrics = await (await fetch(`${await hub.url()}/metrics`)).text();
  assert.ok(!metrics.includes('core="b"'), "nothing is counted for it any more");
  assert.match(metrics, /^thehub_reloads_total\{outcome="applied"\} 1$/m);
  assert.match(metrics, /^thehub_reload_last_success_timestamp_seconds \d{10}/m);
  assert.match(metrics, /^thehub_reload_last_successful 1$/m);
  await hub.stop();
});

test("reload: an instance that is started for the last call of a removed Core brings none of its numbers back", async () => {
  const kept = `cores:\n  a: ${echo()}\n`;
  const pool = "isolation: pool, scaling: { max: 2 }, policy: { max_concurrency: 1 }";
  const { hub, file } = await running(`${kept}  b: ${echo(pool)}\n`);
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  await using other = await WsClient.connect(await hub.wsUrl(), {}, {}, { sampling: {} });
  const held = client.start("tools/call", { name: "b__hang", arguments: {} });
  await client.request("ping");
  const waiting = other.call("b__pid");
  await other.request("ping");
  await file.write(kept);
  client.notify("notifications/cancelled", { requestId: held.id });
  assert.equal((await waiting).error, undefined);
  const metrics = await (await fetch(`${await hub.url()}/metrics`)).text();
  assert.ok(!metrics.includes('core="b"'), "it is not there any more");
  await hub.stop();
});

test("reload: a manifest with a flaw, or with a Core that does not come up, changes nothing", async () => {
  const good = `cores:\n  a: ${echo()}\n`;
  const { hub, file } = await running(good);
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const before = await pid(client, "a");
  for (const bad of ["cores:\n  a: { comand: x }\n", "cores: [", "", "\0\0", `clients: { x: {} }\n${good}`]) {
    const { reason } = await file.spoil(bad);
    assert.match(String(reason), /manifest_problem/);
    assert.equal(await pid(client, "a"), before);
  }
  // Whatever else is in it is held back with the Core that falls.
  const start = `node: { command: ${JSON.stringify(process.execPath)}, args: ["-e", "console.error('no database'); process.exit(3)"] }`;
  const failed = await file.spoil(
    `hub: { policy: { deny_tools: ["a.pid"] } }\ncores:\n  a: ${echo("env: { X: '1' }")}\n  ${start}\n`,
  );
  assert.match(
    String(failed["reason"]),
    /core "node" did not come up: exited with code 3; the old manifest stays in force/,
  );
  const fallen = await hub.logged("core_reload_failed");
  assert.deepEqual([fallen["core"], fallen["stderr"]], ["node", ["no database"]]);
  assert.equal(await pid(client, "a"), before);
  const silent = `b: { ${inline("silent.mjs")}, framing: newline, health: { startup_timeout_ms: 200, stop_timeout_ms: 200 } }`;
  await file.spoil(`cores:\n  a: ${echo()}\n  ${silent}\n`);
  assert.equal(await pid(client, "a"), before);
  const metrics = await (await fetch(`${await hub.url()}/metrics`)).text();
  assert.ok(!metrics.includes('core="node"'));
  assert.match(metrics, /^thehub_reloads_total\{outcome="invalid"\} 5$/m);
  assert.match(metrics, /^thehub_reloads_total\{outcome="failed"\} 2$/m);
  await hub.stop();
});

const hash = (token: string): string => tokenDigest(token).toString("hex");

test("reload: who lost its token leaves with 4401, who has other rules has another view, the others notice nothing", async () => {
  const clients = (map: string) => `clients: { ${map} }\ncores:\n  a: ${echo()}\n  b: ${echo()}\n`;
  const one = (name: string, token: string, rules = "") => `${name}: { token_sha256: "${hash(token)}"${rules} }`;
  const { hub, file } = await running(
    clients(
      [
        one("gone", "t-gone-1234567890"),
        one("keyed", "t-old-1234567890"),
        one("ruled", "t-ruled-1234567890"),
        one("same", "t-same-1234567890"),
      ].join(", "),
    ),
  );
  await using _ = hub;
  const url = await hub.wsUrl();
  const connect = (token: string) => WsClient.connect(url, { authorization: `Bearer ${token}` });
  const gone = await connect("t-gone-1234567890");
  const keyed = await connect("t-old-1234567890");
  await using ruled = await connect("t-ruled-1234567890");
  await using same = await connect("t-same-1234567890");
  for (const client of [gone, keyed, ruled, same]) await client.request("tools/list");
  // Of the start it may have heard between its first message and its list.
  const heard = same.notifications.length;
  const closed = [gone, keyed].map(({ socket }) => once(socket, "close"));
  const line = await file.write(
    clients(
      [
        one("keyed", "t-new-1234567890"),
        one("ruled", "t-ruled-1234567890", ", allow: [a.*]"),
        one("same", "t-same-1234567890"),
        one("fresh", "t-fresh-1234567890"),
      ].join(", "),
    ),
  );
  assert.deepEqual(
    [line["clients_removed"], line["clients_rekeyed"], line["clients_changed"], line["clients_added"]],
    [["gone"], ["keyed"], ["ruled"], ["fresh"]],
  );
  for (const [code] of await Promise.all(closed)) assert.equal(code, 4401);
  await ruled.notified("notifications/tools/list_changed");
  assert.equal((await ruled.call("b__pid")).error?.data?.["code"], "name_unknown");
  assert.ok((await pid(ruled, "a")) > 0);
  assert.ok((await pid(same, "b")) > 0);
  assert.deepEqual(
    same.notifications.slice(heard).filter(({ method }) => method === "notifications/tools/list_changed"),
    [],
  );
  await assert.rejects(connect("t-old-1234567890"), /401/);
  await assert.rejects(connect("t-gone-1234567890"), /401/);
  await (await connect("t-new-1234567890"))[Symbol.asyncDispose]();
  await (await connect("t-fresh-1234567890"))[Symbol.asyncDispose]();
  await hub.stop();
});

test("reload: settings that are read once keep their value, are named, and hold nothing else back", async () => {
  const { hub, file } = await running(`cores:\n  a: ${echo()}\n`);
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  const restart = `allow_hosts: [hub.example], limits: { max_message_bytes: 2048, rate_limit_rps: 1 }`;
  const line = await file.write(`hub: { ${restart}, log_level: error }\ncores:\n  a: ${echo()}\n`);
  assert.deepEqual(line["settings"], ["hub.limits.rate_limit_rps"]);
  const { settings } = await hub.logged("reload_needs_restart");
  assert.deepEqual(settings, ["hub.allow_hosts", "hub.limits.max_message_bytes"]);
  await client.call("a__echo", { text: "x".repeat(4096) });
  const late = client.start("tools/call", { name: "a__pid", arguments: {} });
  client.notify("notifications/cancelled", { requestId: late.id });
  const { error } = await client.call("a__pid");
  assert.equal(error, undefined, "it waits for its turn, one a second");
  await hub.stop();
});

test("reload: a call that waits for a Core which is down is answered by the one that takes its place", async () => {
  const { hub, file } = await running(`cores:\n  a: ${echo("health: { restart_backoff_ms: 4900 }")}\n`);
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  await client.call("a__crash");
  await hub.logged("core_down");
  const held = client.start("tools/call", { name: "a__env", arguments: { name: "X" } });
  await client.request("ping");
  await file.write(`cores:\n  a: ${echo("env: { X: new }, health: { restart_backoff_ms: 60000 }")}\n`);
  assert.equal((await held.answer).result?.content[0].text, "new");
  await hub.stop();
});

test("reload: a call in the queue of a Core that is changed goes to the new one, once there is room", async () => {
  const policy = "policy: { max_concurrency: 1 }";
  const { hub, file } = await running(`cores:\n  a: ${echo(policy)}\n`);
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const old = await pid(client, "a");
  const slow = client.start("tools/call", { name: "a__slow", arguments: {} });
  const waits = client.start("tools/call", { name: "a__env", arguments: { name: "X" } });
  await client.request("ping");
  await file.write(`cores:\n  a: ${echo(`env: { X: new }, ${policy}`)}\n`);
  process.kill(old, "SIGUSR1");
  assert.equal((await slow.answer).result?.content[0].text, "released by signal");
  assert.equal((await waits.answer).result?.content[0].text, "new");
  assert.deepEqual(client.strays, []);
  await hub.stop();
});

test("reload: a Core that dies while it finishes its last calls fails those, and is not started again", async () => {
  const { hub, file } = await running(`cores:\n  a: ${echo("health: { restart_backoff_ms: 1 }")}\n`);
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const old = await pid(client, "a");
  const slow = client.start("tools/call", { name: "a__slow", arguments: {} });
  await client.request("ping");
  await file.write(`cores:\n  a: ${echo("env: { X: new }")}\n`);
  const stopped = hub.logged("core_stopped");
  process.kill(old, "SIGKILL");
  const { error } = await slow.answer;
  assert.deepEqual([error?.data?.["code"], error?.data?.["may_have_run"]], ["core_down", true]);
  await stopped;
  assert.equal(hub.logs.filter(({ msg }) => msg === "core_starting").length, 2);
  await hub.stop();
});

test("reload: a hub that is told to end in the middle of one gives it up and leaves nothing", async () => {
  const { hub, file } = await running(`cores:\n  a: ${echo()}\n`);
  await using _ = hub;
  const silent = `b: { ${inline("silent.mjs")}, framing: newline, health: { startup_timeout_ms: 60000 } }`;
  const failed = file.spoil(`cores:\n  a: ${echo()}\n  ${silent}\n`);
  const { pid: tried } = await hub.logged("core_spawned", (entry) => entry["core"] === "b");
  hub.child.kill("SIGTERM");
  assert.match(String((await failed)["reason"]), /the hub is shutting down/);
  assert.equal((await hub.exited).code, 0);
  assert.throws(() => process.kill(Number(tried), 0), /ESRCH/);
});

test("reload: an official server is changed in the middle of a call that reports its progress", async () => {
  const everything = (n: number) =>
    `cores:\n  e:\n    command: ${JSON.stringify(process.execPath)}\n    args: [node_modules/@modelcontextprotocol/server-everything/dist/index.js]\n    cwd: ${JSON.stringify(root)}\n    env: { N: "${n}" }\n`;
  const { hub, file } = await running(everything(1));
  await using _ = hub;
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const params = { name: "e__trigger-long-running-operation", arguments: { duration: 2, steps: 4 } };
  const long = client.start("tools/call", { ...params, _meta: { progressToken: "p" } });
  await client.notified("notifications/progress");
  await file.write(everything(2));
  assert.equal((await client.call("e__echo", { message: "new" })).result?.content[0].text, "Echo: new");
  const { result } = await long.answer;
  assert.match(result.content[0].text, /completed/);
  assert.equal(client.notifications.filter(({ method }) => method === "notifications/progress").length, 4);
  assert.deepEqual(client.strays, []);
  await hub.stop();
});
