// Modern Cores over WebSocket: a server that does what a test says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOfText } from "../../../src/wire/frame.ts";
import { CoreRun, type RunOptions } from "../../helpers/core-run.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { type Connection, ScriptedHub } from "../../helpers/scripted-hub.ts";

function remote(server: ScriptedHub, options: RunOptions = {}): CoreRun {
  const transport = "websocket" as const;
  const place = { url: server.url, transport, headers: {}, bearer: undefined, tls: undefined, allowPrivate: true };
  const run = new CoreRun({ ...options, definition: { remote: place, command: "", args: [] } });
  run.core.start();
  return run;
}

const capabilities = { resources: { subscribe: true, listChanged: true } };
const discovered = { supportedVersions: ["2026-07-28"], capabilities };
const greeting = { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "x", version: "1" } };
const subscribed = (id: unknown) => ({ "io.modelcontextprotocol/subscriptionId": id });

async function greeted(connection: Connection, run: CoreRun): Promise<void> {
  await connection.answer("initialize", greeting);
  assert.equal((await connection.next()).method, "notifications/initialized");
  await run.reach("up");
  assert.equal(run.core.era, "legacy");
}

test("modern ws: what is asked carries the envelope, is listened to, and taken back by a message", async () => {
  await using server = await ScriptedHub.open();
  await using run = remote(server);
  const connection = await server.connection();
  await connection.answer("server/discover", discovered);
  const listen = await connection.next();
  assert.equal(listen.method, "subscriptions/listen");
  assert.deepEqual(listen.params?.["notifications"], { resourcesListChanged: true });
  const acknowledge = ({ id, params }: typeof listen) =>
    connection.send({
      method: "notifications/subscriptions/acknowledged",
      // Some say the id of a request as a text.
      params: { _meta: subscribed(String(id)), notifications: params?.["notifications"] },
    });
  acknowledge(listen);
  await connection.answer("resources/list", { resources: [] });
  await connection.answer("resources/templates/list", { resourceTemplates: [] });
  await run.reach("up");
  run.core.watch(new Set(["a:1"]));
  const next = await connection.next();
  assert.deepEqual(next.params?.["notifications"], { resourcesListChanged: true, resourceSubscriptions: ["a:1"] });
  acknowledge(next);
  const taken = await connection.next();
  assert.deepEqual([taken.method, taken.params], ["notifications/cancelled", { requestId: listen.id }]);
  const update = (id: unknown, more: object = {}) =>
    connection.send({
      method: "notifications/resources/updated",
      params: { _meta: { ...subscribed(id), ...more }, uri: "a:1" },
    });
  update(listen.id);
  update(next.id, { "acme/x": 1 });
  await run.until(() => run.upward.length === 2);
  // It may have changed before the Core knew that somebody waits for that.
  assert.deepEqual(JSON.parse(run.upward[0] ?? "").params, { uri: "a:1" });
  assert.deepEqual(JSON.parse(run.upward[1] ?? "").params, { _meta: { "acme/x": 1 }, uri: "a:1" });
  const id = run.send("tools/call", { name: "x" });
  const call = await connection.next();
  assert.deepEqual(Object.keys(call.params?.["_meta"] ?? {}).length, 3);
  run.core.send(frameOfText(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`), []);
  assert.equal((await connection.next()).method, "notifications/cancelled");
});

test("modern ws: a stream that the server ends by a message is asked for again", async () => {
  const clock = new FakeClock();
  await using server = await ScriptedHub.open();
  await using run = remote(server, { clock });
  const connection = await server.connection();
  await connection.answer("server/discover", discovered);
  const listen = await connection.next();
  const { notifications } = listen.params as { notifications: object };
  const params = { _meta: subscribed(listen.id), notifications };
  connection.send({ method: "notifications/subscriptions/acknowledged", params });
  await connection.answer("resources/list", { resources: [] });
  await connection.answer("resources/templates/list", { resourceTemplates: [] });
  await run.reach("up");
  const call = run.send("tools/call", { name: "x" });
  await connection.next();
  // Only what stays open can be ended so: another request is the client's to take back.
  for (const requestId of [call, listen.id])
    connection.send({ method: "notifications/cancelled", params: { requestId } });
  await run.record.line("core_listen_lost");
  clock.advance(1000);
  const again = await connection.next();
  assert.equal(again.method, "subscriptions/listen");
  assert.deepEqual(again.params?.["notifications"], notifications);
  assert.deepEqual(
    run.upward.map((text) => JSON.parse(text).params.requestId),
    [call],
  );
});

test("modern ws: a server that refuses the question is greeted on the same connection", async () => {
  await using server = await ScriptedHub.open();
  await using run = remote(server);
  const connection = await server.connection();
  const { id } = await connection.next();
  connection.send({ id, error: { code: -32601, message: "no" } });
  await greeted(connection, run);
});

test("modern ws: a server that closes on the question is greeted on another connection", async () => {
  await using server = await ScriptedHub.open();
  await using run = remote(server);
  const first = await server.connection();
  await first.next();
  first.socket.close(1002);
  await greeted(await server.connection(), run);
});

test("modern ws: a server that says nothing to the question is greeted behind it", async () => {
  await using server = await ScriptedHub.open();
  await using run = remote(server, { health: { startupTimeoutMs: 1500 } });
  const connection = await server.connection();
  await connection.next();
  await greeted(connection, run);
});
