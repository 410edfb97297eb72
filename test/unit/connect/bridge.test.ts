// The bridge between a client of the test's own and a hub that the test plays, over a real WebSocket; time is the test's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultBridgeLimits } from "../../../src/connect/bridge.ts";
import { defaultLinkPolicy } from "../../../src/connect/link-state.ts";
import { defaultConnectionLimits } from "../../../src/links/connection.ts";
import { frameOfText } from "../../../src/wire/frame.ts";
import { BridgeClient as Client, helloParams, helloResult } from "../../helpers/bridge-client.ts";
import { ScriptedHub } from "../../helpers/scripted-hub.ts";

test("bridge: relays both ways, and answers only what was asked", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  client.say({ id: "a", method: "tools/call", params: { name: "x" } });
  assert.deepEqual((await connection.next()).params, { name: "x" });
  assert.equal(client.bridge.busy, 1);
  connection.send({ method: "notifications/progress", params: { progressToken: 1, progress: 1 } });
  connection.send({ id: "nobody", result: {} });
  connection.send({ id: "a", result: { ok: true } });
  connection.send({ id: "a", result: { ok: "twice" } });
  connection.send({ id: null, error: { code: -32700, message: "of no request" } });
  assert.equal((await client.next()).method, "notifications/progress");
  assert.deepEqual((await client.next()).result, { ok: true });
  assert.equal((await client.next()).error?.message, "of no request");
  assert.equal(client.bridge.busy, 0);
});

test("bridge: what was under way when the hub went is answered once, with may_have_run", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  for (const id of [1, "1"]) client.say({ id, method: "tools/call", params: { name: "x" } });
  await connection.next();
  await connection.next();
  connection.socket.terminate();
  for (const id of [1, "1"]) {
    const answer = await client.next();
    assert.equal(answer.id, id);
    assert.equal(answer.error?.data?.["code"], "hub_unreachable");
    assert.equal(answer.error?.data?.["may_have_run"], true);
  }
  assert.equal(client.bridge.busy, 0);
});

test("bridge: a new hub is told the client's handshake, log level and subscriptions, and the client to list and read again", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const first = await hub.connection();
  await client.hello(first);
  for (const level of ["info", "error"]) {
    client.say({ id: level, method: "logging/setLevel", params: { level } });
    await first.answer("logging/setLevel", {});
    await client.next();
  }
  const watch = async (method: string, uri: string) => {
    client.say({ id: `${method} ${uri}`, method, params: { uri } });
    await first.answer(method, {});
    await client.next();
  };
  for (const uri of ["a://1", "a://2", "a://3"]) await watch("resources/subscribe", uri);
  await watch("resources/unsubscribe", "a://2");
  first.socket.close(1001);

  const second = await client.again(hub);
  client.say({ id: 7, method: "tools/list", params: {} });
  const hello = await second.answer("initialize", helloResult);
  assert.deepEqual(hello.params, helloParams);
  assert.equal((await second.next()).method, "notifications/initialized");
  const level = await second.answer("logging/setLevel", {});
  assert.deepEqual(level.params, { level: "error" });
  assert.deepEqual((await second.answer("resources/subscribe", {})).params, { uri: "a://1" });
  assert.deepEqual((await second.answer("resources/subscribe", {})).params, { uri: "a://3" });
  // Nothing of the client's own came before the handshake was over.
  const list = await second.answer("tools/list", { tools: [] });
  assert.equal(list.id, 7);
  assert.equal((await client.next()).method, "notifications/tools/list_changed");
  assert.equal((await client.next()).method, "notifications/prompts/list_changed");
  assert.deepEqual((await client.next()).params, { uri: "a://1" });
  assert.deepEqual((await client.next()).params, { uri: "a://3" });
  assert.equal((await client.next()).id, 7);
  assert.equal(client.inbox.length, 0);
});

test("bridge: an initialize that was not answered is said again to the next hub, and answered once", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const first = await hub.connection();
  client.say({ id: 5, method: "initialize", params: helloParams });
  await first.next();
  first.socket.terminate();
  const second = await client.again(hub);
  const hello = await second.answer("initialize", helloResult);
  assert.equal(hello.id, 5);
  assert.deepEqual(hello.params, helloParams);
  const answer = await client.next();
  assert.equal(answer.id, 5);
  assert.deepEqual(answer.result, helloResult);
});

test("bridge: a hub of another revision ends the bridge, since the client cannot be told", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const first = await hub.connection();
  await client.hello(first);
  first.socket.close(1001);
  const second = await client.again(hub);
  await second.answer("initialize", { ...helloResult, protocolVersion: "2025-06-18" });
  assert.equal(await client.ended, "shutdown");
  assert.match(client.bridge.failure?.reason ?? "", /2025-06-18.*2025-11-25/);
});

test("bridge: a handshake that is answered with what is none is passed on, and the next request goes its way", async () => {
  for (const result of [null, 5, [], { capabilities: null }, { protocolVersion: 7, capabilities: { tools: null } }]) {
    await using hub = await ScriptedHub.open();
    await using client = new Client(hub.url);
    const connection = await hub.connection();
    client.say({ id: 0, method: "initialize", params: helloParams });
    await connection.next();
    connection.send({ id: 0, result });
    assert.deepEqual((await client.next()).result, result);
    client.say({ id: 1, method: "ping" });
    assert.equal((await connection.next()).method, "ping");
  }
});

test("bridge: a hub that refuses the handshake, or does not answer it, is tried again", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const first = await hub.connection();
  await client.hello(first);
  first.socket.close(1001);
  const second = await client.again(hub);
  const { id } = await second.next();
  second.send({ id, error: { code: -32055, message: "draining" } });
  const third = await client.again(hub);
  await third.next();
  client.clock.advance(defaultBridgeLimits.greetMs);
  const fourth = await client.again(hub);
  await fourth.answer("initialize", helloResult);
  assert.equal((await client.next()).method, "notifications/tools/list_changed");
});

test("bridge: requests wait for a hub that is away, so long and so many, and a cancelled one is forgotten", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url, { maxRequests: 2 });
  const first = await hub.connection();
  await client.hello(first);
  first.socket.close(1001);
  await client.log.losses.next();
  client.say({ id: 1, method: "tools/call", params: { name: "cancelled" } });
  client.say({ id: 2, method: "tools/call", params: { name: "waits" } });
  client.say({ id: 3, method: "tools/call", params: { name: "too many" } });
  const refused = await client.next();
  assert.equal(refused.id, 3);
  assert.equal(refused.error?.data?.["code"], "hub_unreachable");
  assert.equal(refused.error?.data?.["may_have_run"], false);
  client.say({ method: "notifications/cancelled", params: { requestId: 1 } });
  assert.equal(client.bridge.busy, 1);
  // No hub comes back in time: its listener is gone before the next attempt.
  await hub[Symbol.asyncDispose]();
  client.clock.advance(defaultBridgeLimits.waitMs);
  const late = await client.next();
  assert.equal(late.id, 2);
  assert.equal(late.error?.data?.["may_have_run"], false);
  await client.bridge.whenIdle();
});

test("bridge: an id in use is refused, and the first request still gets its answer", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  client.say({ id: 1, method: "tools/call", params: { name: "x" } });
  client.say({ id: 1, method: "tools/call", params: { name: "y" } });
  assert.equal((await client.next()).error?.data?.["code"], "request_invalid");
  await connection.answer("tools/call", { of: "x" });
  assert.deepEqual((await client.next()).result, { of: "x" });
});

test("bridge: what is no message is answered here, and the hub does not hear of it", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  client.bridge.receive(frameOfText('{"jsonrpc":"2.0","id":9,"method":'));
  const answer = await client.next();
  assert.equal(answer.id, 9);
  assert.equal(answer.error?.code, -32700);
  await client.hello(connection);
});

test("bridge: a cancelled request is the hub's to forget, and nothing is owed for it", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  client.say({ id: 1, method: "tools/call", params: { name: "x" } });
  await connection.next();
  client.say({ method: "notifications/cancelled", params: { requestId: 1 } });
  assert.deepEqual((await connection.next()).params, { requestId: 1 });
  assert.equal(client.bridge.busy, 0);
  connection.socket.terminate();
  const second = await client.again(hub);
  await second.answer("initialize", helloResult);
  // The first thing that the client hears again is not an answer.
  assert.equal((await client.next()).method, "notifications/tools/list_changed");
});

test("bridge: the hub's requests are answered on the connection they came by, and taken back when it is lost", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url, { maxAsked: 2 });
  const first = await hub.connection();
  await client.hello(first);
  for (const id of ["q1", "q2", "q3"]) first.send({ id, method: "roots/list" });
  assert.equal((await client.next()).id, "q1");
  assert.equal((await client.next()).id, "q2");
  assert.equal((await first.next()).error?.data?.["code"], "overloaded");
  client.say({ id: "q1", result: { roots: [] } });
  assert.deepEqual((await first.next()).result, { roots: [] });
  first.socket.terminate();
  const cancelled = await client.next();
  assert.equal(cancelled.method, "notifications/cancelled");
  assert.equal(cancelled.params?.["requestId"], "q2");
  const second = await client.again(hub);
  client.say({ id: "q2", result: { roots: ["of another hub"] } });
  await second.answer("initialize", helloResult);
  assert.equal((await second.next()).method, "notifications/initialized");
  client.say({ id: 1, method: "ping" });
  assert.equal((await second.next()).method, "ping");
});

test("bridge: a question that the hub took back makes room for another, and only it does", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url, { maxAsked: 2 });
  const connection = await hub.connection();
  await client.hello(connection);
  for (const id of ["q1", "q2"]) {
    connection.send({ id, method: "roots/list" });
    assert.equal((await client.next()).id, id);
  }
  connection.send({ method: "notifications/progress", params: { progressToken: 1, progress: 1, requestId: "q2" } });
  assert.equal((await client.next()).method, "notifications/progress");
  connection.send({ method: "notifications/cancelled", params: { requestId: "q1" } });
  assert.deepEqual((await client.next()).params, { requestId: "q1" });
  for (const id of ["q3", "q4"]) connection.send({ id, method: "roots/list" });
  const refused = await connection.next();
  assert.equal(refused.id, "q4");
  assert.equal(refused.error?.data?.["code"], "overloaded");
  assert.equal((await client.next()).id, "q3");
  // The client's answer to what was taken back goes nowhere; the one that is still asked gets its own.
  for (const id of ["q1", "q2"]) client.say({ id, result: { roots: [] } });
  assert.equal((await connection.next()).id, "q2");
});

test("bridge: before the first connection requests wait as long as it is tried, then all are answered and the bridge ends", async () => {
  const hub = await ScriptedHub.open();
  const { url } = hub;
  await hub[Symbol.asyncDispose]();
  await using client = new Client(url);
  client.say({ id: 0, method: "initialize", params: helloParams });
  let over = false;
  const ended = client.ended.finally(() => {
    over = true;
  });
  while (!over) {
    await Promise.race([client.log.losses.next(), ended]);
    client.clock.advance(defaultLinkPolicy.maxBackoffMs);
  }
  assert.equal(await ended, "shutdown");
  const answer = await client.next();
  assert.equal(answer.id, 0);
  assert.match(answer.error?.message ?? "", /cannot be reached/);
  assert.match(client.bridge.failure?.reason ?? "", /thehub serve/);
});

test("bridge: a session that the hub ends with 4401 is not tried again", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  connection.socket.close(4401, "expired");
  assert.equal(await client.ended, "shutdown");
  assert.equal(client.bridge.failure?.code, "unauthenticated");
});

test("bridge: leaving closes with 1000; what is still open at the last moment is answered as draining", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  client.say({ id: 1, method: "tools/call", params: { name: "x" } });
  await connection.next();
  client.bridge.failCalls();
  const answer = await client.next();
  assert.equal(answer.error?.data?.["code"], "draining");
  assert.equal(answer.error?.data?.["may_have_run"], true);
  await client.bridge.whenIdle();
  await client.bridge.close();
  assert.equal(await connection.closed, 1000);
});

test("bridge: a hub that says nothing any more is pinged, then given up; one that answers pings is not", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  client.clock.advance(defaultConnectionLimits.pingMs);
  const pinged = new Promise((resolve) => connection.socket.once("ping", resolve));
  client.clock.advance(defaultConnectionLimits.pingMs);
  await pinged;
  // Its pong is on the way, and the next message behind it.
  connection.send({ method: "notifications/message", params: {} });
  await client.next();
  client.clock.advance(defaultConnectionLimits.pingMs);
  connection.socket.pause();
  client.clock.advance(2 * defaultConnectionLimits.pingMs);
  const again = client.again(hub);
  await (await again).answer("initialize", helloResult);
  assert.match(client.log.lines.join("\n"), /hub_lost .*silent for 50 s/);
});

test("bridge: a hub that takes nothing makes the client's input wait, until it takes again", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  connection.socket.pause();
  const text = "x".repeat(4 * 1024 * 1024);
  for (let id = 1; client.held.length === 0; id++) client.say({ id, method: "tools/call", params: { text } });
  assert.deepEqual(client.held, [true]);
  connection.socket.resume();
  while (client.held.length === 1) await connection.next();
  assert.deepEqual(client.held, [true, false]);
});

test("bridge: while the client takes nothing the hub is not read, and not blamed for its silence", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  client.bridge.hold(true);
  connection.send({ method: "notifications/message", params: { level: "info" } });
  client.clock.advance(4 * defaultConnectionLimits.pingMs);
  assert.equal(client.inbox.length, 0);
  client.bridge.hold(false);
  assert.equal((await client.next()).method, "notifications/message");
  assert.equal(connection.socket.readyState, connection.socket.OPEN);
});

test("bridge: at the end a request that listens for news is not waited for, and a call beside it is", async () => {
  await using hub = await ScriptedHub.open();
  await using client = new Client(hub.url);
  const connection = await hub.connection();
  await client.hello(connection);
  client.say({ id: 1, method: "subscriptions/listen", params: { notifications: { toolsListChanged: true } } });
  client.say({ id: 2, method: "tools/call", params: { name: "x" } });
  await connection.next();
  assert.equal(client.bridge.busy, 1);
  const idle = client.bridge.whenIdle();
  await connection.answer("tools/call", { ok: true });
  assert.deepEqual((await client.next()).result, { ok: true });
  await idle;
  // It is open all the same: news come, and the hub may end it.
  connection.send({ id: 1, result: {} });
  assert.equal((await client.next()).id, 1);
});
