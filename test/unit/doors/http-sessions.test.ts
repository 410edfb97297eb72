// Sessions over Streamable HTTP: who may use one, how they end, and how many there may be.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DoorScene, NamedClient } from "../../helpers/door-scene.ts";
import { ask, HttpMcp, textOf } from "../../helpers/http-mcp.ts";
import type { Message } from "../../helpers/ws-client.ts";

const alice = new NamedClient("alice");
const bob = new NamedClient("bob");
let scene: DoorScene;

before(async () => {
  scene = await DoorScene.open([alice, bob]);
});

after(() => scene[Symbol.asyncDispose]());

const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
const initialize = JSON.stringify({
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } },
});

/** Status, code and message of an answer that is a JSON-RPC error. */
async function refusal(response: Awaited<ReturnType<typeof ask>>): Promise<[number | undefined, string, string]> {
  const { error } = JSON.parse(await textOf(response)) as Message;
  return [response.statusCode, String(error?.data?.["code"]), String(error?.message)];
}

test("http-sessions: the id comes with the initialize response alone, and has 128 bits", async () => {
  await using doors = await scene.doors();
  const headers = { ...alice.options.headers, "content-type": "application/json" } as never;
  const opened = await ask(doors.mcp, { method: "POST", headers }, initialize);
  assert.match(String(opened.headers["mcp-session-id"]), /^[0-9a-f]{32}$/);
  assert.equal(opened.headers["content-type"], "application/json");
  opened.resume();
  const client = await HttpMcp.open(doors.mcp, alice.options);
  assert.notEqual(client.sessionId, opened.headers["mcp-session-id"]);
  const answered = await client.send("POST", {}, ping);
  assert.equal(answered.headers["mcp-session-id"], undefined);
  assert.deepEqual(JSON.parse(await textOf(answered)), { jsonrpc: "2.0", id: 1, result: {} });
  assert.equal(doors.http.sessions, 2);
});

test("http-sessions: a client that takes events only is told its id as well", async () => {
  await using doors = await scene.doors();
  const headers = {
    ...alice.options.headers,
    "content-type": "application/json",
    accept: "text/event-stream",
  } as never;
  const response = await ask(doors.mcp, { method: "POST", headers }, initialize);
  assert.equal(response.headers["content-type"], "text/event-stream");
  assert.match(String(response.headers["mcp-session-id"]), /^[0-9a-f]{32}$/);
  assert.match(await textOf(response), /^id: 1-1\ndata: \{.*"protocolVersion":"2025-06-18"/);
});

test("http-sessions: an initialize that is refused opens none", async () => {
  await using doors = await scene.doors();
  const headers = { ...alice.options.headers, "content-type": "application/json" } as never;
  const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: 7 } });
  const response = await ask(doors.mcp, { method: "POST", headers }, body);
  assert.equal(response.headers["mcp-session-id"], undefined);
  assert.ok((JSON.parse(await textOf(response)) as Message).error);
  assert.equal(doors.http.sessions, 0);
});

test("http-sessions: without an id a request gets 400, with an unknown one or another principal's 404", async () => {
  await using doors = await scene.doors();
  const client = await HttpMcp.open(doors.mcp, alice.options);
  const foreign = bob.options.headers as Record<string, string>;
  for (const [method, body] of [["POST", ping], ["GET"], ["DELETE"]] as const) {
    const missing = await refusal(await client.send(method, { "mcp-session-id": undefined }, body));
    assert.deepEqual(missing.slice(0, 2), [400, "not_initialized"], method);
    const unknown = await refusal(await client.send(method, { "mcp-session-id": "0".repeat(32) }, body));
    assert.deepEqual(unknown.slice(0, 2), [404, "not_initialized"], method);
    assert.deepEqual(await refusal(await client.send(method, foreign, body)), unknown, method);
  }
  assert.equal((await client.send("POST", {}, ping)).statusCode, 200);
  const lines = doors.log.lines.filter((line) => line.includes("http_refused"));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /"status":404,"reason":"session","peer":"127\.0\.0\.1"/);
  doors.clock.advance(10_000);
  assert.match(doors.log.lines.at(-1) ?? "", /http_refused .*"times":5/);
  assert.doesNotMatch(doors.log.lines.join(), new RegExp(`${client.sessionId}|the-token`));
});

test("http-sessions: DELETE ends one: 204, its stream ends, then 404", async () => {
  await using doors = await scene.doors();
  const client = await HttpMcp.open(doors.mcp, alice.options);
  const stream = await client.listen();
  assert.equal(await client.close(), 204);
  assert.equal(await stream.any(), undefined);
  assert.equal((await client.send("POST", {}, ping)).statusCode, 404);
  assert.equal(await client.close(), 404);
  assert.equal(doors.http.sessions, 0);
});

test("http-sessions: a protocol version that no session can have gets 400, a missing one is taken", async () => {
  await using doors = await scene.doors();
  const client = await HttpMcp.open(doors.mcp, alice.options);
  const version = (value: string | undefined) => client.send("POST", { "mcp-protocol-version": value }, ping);
  assert.deepEqual((await refusal(await version("1999-01-01"))).slice(0, 2), [400, "request_invalid"]);
  assert.equal((await version("")).statusCode, 400);
  for (const good of [undefined, "2025-03-26", "2025-06-18"]) assert.equal((await version(good)).statusCode, 200);
});

test("http-sessions: one that nobody uses is reaped after half an hour, one with a stream or a call is not", async () => {
  await using doors = await scene.doors();
  const idle = await HttpMcp.open(doors.mcp, alice.options);
  const listening = await HttpMcp.open(doors.mcp, alice.options);
  const busy = await HttpMcp.open(doors.mcp, alice.options);
  const used = await HttpMcp.open(doors.mcp, alice.options);
  const stream = await listening.listen();
  const call = busy.start("a__slow", { key: "reaped" });
  await busy.call("a__until-held", { key: "reaped" });
  doors.clock.advance(29 * 60_000);
  assert.equal(doors.http.sessions, 4);
  assert.equal((await used.send("POST", {}, ping)).statusCode, 200);
  doors.clock.advance(61_000);
  assert.equal(doors.http.sessions, 3);
  assert.equal((await idle.send("POST", {}, ping)).statusCode, 404);
  assert.deepEqual(
    doors.log.lines.filter((line) => line.includes("session_expired")),
    ['info session_expired {"client":"alice","idle_ms":1800000}'],
  );
  await busy.call("a__release", { key: "reaped" });
  assert.match(await textOf(await call), /released/);
  assert.equal((await listening.send("POST", {}, ping)).statusCode, 200);
  stream.close();
});

test("http-sessions: a full house ends the one that was idle longest, if that was for a minute, and never a busy one", async () => {
  await using doors = await scene.doors({ http: { maxSessions: 3 } });
  const headers = { ...alice.options.headers, "content-type": "application/json" } as never;
  const knock = () => ask(doors.mcp, { method: "POST", headers }, initialize);
  const busy = await HttpMcp.open(doors.mcp, alice.options);
  const call = busy.start("a__slow", { key: "evicted" });
  await busy.call("a__until-held", { key: "evicted" });
  const first = await HttpMcp.open(doors.mcp, alice.options);
  doors.clock.advance(30_000);
  const second = await HttpMcp.open(doors.mcp, alice.options);
  const full = await knock();
  assert.equal(full.headers["retry-after"], "5");
  assert.deepEqual((await refusal(full)).slice(0, 2), [503, "overloaded"]);
  assert.match(doors.log.lines.join(), /http_refused .*"status":503,"reason":"sessions"/);
  doors.clock.advance(30_000);
  assert.equal((await knock()).statusCode, 200);
  assert.match(doors.log.lines.join(), /session_evicted \{"client":"alice","idle_ms":60000\}/);
  assert.equal((await first.send("POST", {}, ping)).statusCode, 404);
  assert.equal((await second.send("POST", {}, ping)).statusCode, 200);
  await busy.call("a__release", { key: "evicted" });
  assert.match(await textOf(await call), /released/);
});

test("http-sessions: draining refuses new ones, lets calls finish, and ends streams", async () => {
  await using doors = await scene.doors();
  const idle = await HttpMcp.open(doors.mcp, alice.options);
  const idleStream = await idle.listen();
  const busy = await HttpMcp.open(doors.mcp, alice.options);
  const busyStream = await busy.listen();
  const call = busy.start("a__slow", { key: "drained" });
  await busy.call("a__until-held", { key: "drained" });
  const closed = doors.http.close(60_000);
  assert.equal(await idleStream.any(), undefined);
  const headers = { ...alice.options.headers, "content-type": "application/json" } as never;
  assert.deepEqual((await refusal(await ask(doors.mcp, { method: "POST", headers }, initialize))).slice(0, 2), [
    503,
    "draining",
  ]);
  assert.equal((await idle.send("POST", {}, ping)).statusCode, 404);
  assert.equal((await busy.send("GET", { accept: "text/event-stream" })).statusCode, 503);
  assert.match(doors.log.lines.join(), /http_refused .*"status":503,"reason":"draining"/);
  await busy.call("a__release", { key: "drained" });
  assert.match(await textOf(await call), /released/);
  assert.equal(await busyStream.any(), undefined);
  await closed;
  assert.equal(doors.clock.timers, 0);
});

test("http-sessions: when the time for draining is up, calls that still wait are refused as what comes later", async () => {
  await using doors = await scene.doors();
  const client = await HttpMcp.open(doors.mcp, alice.options);
  const call = client.start("a__slow", { key: "late" });
  await client.call("a__until-held", { key: "late" });
  const closed = doors.http.close(5_000);
  doors.clock.advance(5_000);
  await closed;
  assert.equal((await call).statusCode, 404);
});

test("http-sessions: a reload that takes a client's token ends its sessions, and no others", async () => {
  await using doors = await scene.doors();
  const leaving = await HttpMcp.open(doors.mcp, bob.options);
  const stream = await leaving.listen();
  const staying = await HttpMcp.open(doors.mcp, alice.options);
  await scene.letIn([alice]);
  assert.equal(await stream.any(), undefined);
  assert.equal((await leaving.send("POST", {}, ping)).statusCode, 401);
  assert.equal(doors.http.sessions, 1);
  assert.equal((await staying.send("POST", {}, ping)).statusCode, 200);
  // Let in again, it finds its session gone.
  await scene.letIn([alice, bob]);
  assert.equal((await leaving.send("POST", {}, ping)).statusCode, 404);
});

test("http-sessions: a page of an allowed origin may send MCP's headers and read its own", async () => {
  await using doors = await scene.doors();
  const origin = "https://page.example";
  const asked = "authorization, mcp-param-region, Mcp-Param-Big_One, mcp-param-, mcp-param-a/b, x-other";
  const preflight = await ask(doors.mcp, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": asked },
  });
  preflight.resume();
  assert.equal(preflight.statusCode, 204);
  assert.equal(preflight.headers["access-control-allow-origin"], origin);
  assert.equal(preflight.headers["access-control-allow-methods"], "POST, GET, DELETE");
  const allowed = String(preflight.headers["access-control-allow-headers"]).split(", ");
  for (const name of [
    "authorization",
    "content-type",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
  ]) {
    assert.ok(allowed.includes(name), name);
  }
  assert.deepEqual(
    allowed.filter((name) => name.startsWith("mcp-param") || name.startsWith("x-")),
    ["mcp-param-region", "mcp-param-big_one"],
  );
  const client = await HttpMcp.open(doors.mcp, { headers: { ...alice.options.headers, origin } as never });
  for (const response of [
    await client.send("POST", {}, ping),
    await client.send("POST", { "mcp-session-id": "none" }, ping),
    await client.send("POST", { authorization: "Bearer wrong" }, ping),
    await client.send("GET", { accept: "text/event-stream" }),
  ]) {
    assert.equal(response.headers["access-control-allow-origin"], origin);
    assert.match(String(response.headers["access-control-expose-headers"]), /Mcp-Session-Id/);
    assert.match(String(response.headers.vary), /Origin/);
    response.destroy();
  }
  const foreign = await ask(doors.mcp, { method: "OPTIONS", headers: { origin: "https://evil.example" } });
  assert.equal(foreign.statusCode, 403);
  assert.equal(foreign.headers["access-control-allow-origin"], undefined);
});
