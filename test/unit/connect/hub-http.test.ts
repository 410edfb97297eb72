// The bridge between a client of the test's own and a hub that the test plays, over real HTTP. Time is real where the hub says how
// long to wait, and stands still otherwise.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { systemClock } from "../../../src/base/clock.ts";
import type { defaultConnectionLimits } from "../../../src/links/connection.ts";
import { BridgeClient, helloParams, helloResult } from "../../helpers/bridge-client.ts";
import { type HttpRequest, ScriptedHttpHub } from "../../helpers/scripted-http-hub.ts";

const session = { "mcp-session-id": "s-1" };

/** The handshake, as clients have it, and the stream of what belongs to no request. */
async function hello(client: BridgeClient, hub: ScriptedHttpHub): Promise<HttpRequest> {
  client.say({ id: 0, method: "initialize", params: helloParams });
  (await hub.next("POST initialize")).answer(helloResult, session);
  assert.equal((await client.next()).id, 0);
  client.say({ method: "notifications/initialized" });
  (await hub.next("POST notifications/initialized")).refuse(202);
  return hub.next("GET");
}

/** One whose clock is real. */
function inRealTime(url: string, limits: Partial<typeof defaultConnectionLimits> = { closeMs: 20 }): BridgeClient {
  return new BridgeClient(url, {}, limits, systemClock);
}

const call = (id: number) => ({ id, method: "tools/call", params: { name: "x" } });

test("hub-http: a session's id and revision go with each message after the handshake, and its end is said", async () => {
  await using hub = await ScriptedHttpHub.open();
  const client = new BridgeClient(hub.url);
  client.say({ id: 0, method: "initialize", params: helloParams });
  const first = await hub.next("POST initialize");
  assert.equal(first.header("accept"), "application/json, text/event-stream");
  assert.equal(first.header("content-type"), "application/json");
  assert.equal(first.header("mcp-session-id"), undefined);
  assert.equal(first.header("mcp-protocol-version"), undefined);
  first.answer(helloResult, session);
  await client.next();
  client.say({ method: "notifications/initialized" });
  const initialized = await hub.next("POST notifications/initialized");
  initialized.refuse(202);
  const standing = await hub.next("GET");
  assert.equal(standing.header("accept"), "text/event-stream");
  standing.stream();
  standing.event({ method: "notifications/tools/list_changed" });
  assert.equal((await client.next()).method, "notifications/tools/list_changed");
  client.say(call(1));
  const called = await hub.next("POST tools/call");
  called.answer({ content: [] });
  assert.deepEqual((await client.next()).result, { content: [] });
  const ended = client.bridge.close();
  const goodbye = await hub.next("DELETE");
  for (const request of [initialized, standing, called, goodbye]) {
    assert.equal(request.header("mcp-session-id"), "s-1");
    assert.equal(request.header("mcp-protocol-version"), "2025-11-25");
  }
  goodbye.refuse(204);
  await ended;
  await standing.closed;
});

test("hub-http: requests go side by side; what is no request goes in its order, and alone where others may depend on it", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  await hello(client, hub);
  for (const id of [1, 2]) client.say(call(id));
  client.say({ method: "notifications/cancelled", params: { requestId: 1 } });
  client.say({ method: "notifications/progress", params: { progressToken: 1, progress: 1 } });
  client.say(call(3));
  client.say({ method: "notifications/roots/list_changed" });
  client.say(call(4));
  const first: HttpRequest[] = [];
  while (first.length < 4) first.push(await hub.any());
  const cancelled = first.find(({ what }) => what === "POST notifications/cancelled");
  assert.deepEqual(first.flatMap(({ message }) => message.id ?? []).sort(), [1, 2, 3]);
  assert.equal(hub.waiting, 0);
  cancelled?.refuse(202);
  const progress = await hub.next("POST notifications/progress");
  assert.equal(hub.waiting, 0);
  progress.refuse(202);
  const changed = await hub.next("POST notifications/roots/list_changed");
  assert.equal(hub.waiting, 0);
  changed.refuse(202);
  (await hub.next("POST tools/call")).answer({ of: 4 });
  assert.equal((await client.next()).id, 4);
});

test("hub-http: an answer as events brings what belongs to the call before it, and the hub's requests are answered by POST", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  await hello(client, hub);
  client.say(call(1));
  const called = await hub.next("POST tools/call");
  called.stream();
  called.write(': hello\n\nid: 1\nretry: 100\ndata:\n\nevent: other\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
  called.event({ method: "notifications/progress", params: { progressToken: 1, progress: 1 } });
  called.event({ id: "q", method: "roots/list" });
  assert.equal((await client.next()).method, "notifications/progress");
  assert.equal((await client.next()).method, "roots/list");
  client.say({ id: "q", result: { roots: [] } });
  const answer = await hub.next("POST answer");
  assert.deepEqual(answer.message.result, { roots: [] });
  answer.refuse(202);
  called.write('data: {"jsonrpc":"2.0",\r\ndata: "id":1,\rdata: "result":{"n":9007199254740993}}\n\n');
  assert.equal((await client.next()).id, 1);
  called.response.end();
});

test("hub-http: a stream that is cut goes on after its last event, and the answer comes once", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = inRealTime(hub.url);
  await hello(client, hub);
  client.say(call(1));
  const called = await hub.next("POST tools/call");
  called.stream();
  called.event({ method: "notifications/progress", params: { progressToken: 1, progress: 1 } }, "id: é-1\nretry: 50\n");
  assert.equal((await client.next()).method, "notifications/progress");
  called.cut();
  // An overloaded hub is asked again.
  (await hub.next("GET")).refuse(503);
  const resumed = await hub.next("GET");
  assert.equal(Buffer.from(resumed.header("last-event-id") ?? "", "latin1").toString(), "é-1");
  assert.equal(resumed.header("mcp-session-id"), "s-1");
  resumed.stream();
  resumed.write("id: 2\ndata:\n\n");
  resumed.response.end();
  const again = await hub.next("GET");
  assert.equal(again.header("last-event-id"), "2");
  again.stream();
  again.event({ id: 1, result: { done: true } });
  assert.deepEqual((await client.next()).result, { done: true });
  assert.equal(client.inbox.length, 0);
});

test("hub-http: a stream that ends with no id to come back with leaves its call unanswered, and the session as it is", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  await hello(client, hub);
  for (const end of ["cut", "end"] as const) {
    client.say(call(1));
    const called = await hub.next("POST tools/call");
    called.stream();
    called.event({ method: "notifications/progress", params: { progressToken: 1, progress: 1 } });
    await client.next();
    if (end === "cut") called.cut();
    else called.response.end();
    const { error } = await client.next();
    assert.equal(error?.data?.["code"], "hub_unreachable");
    assert.equal(error?.data?.["may_have_run"], true);
  }
  client.say(call(2));
  (await hub.next("POST tools/call")).answer({});
  assert.equal((await client.next()).id, 2);
});

test("hub-http: a stream that the hub cannot go on with is an unanswered call at once", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = inRealTime(hub.url);
  await hello(client, hub);
  for (const status of [400, 204, 405]) {
    client.say(call(1));
    const called = await hub.next("POST tools/call");
    called.stream();
    called.write("id: 1\nretry: 50\ndata:\n\n");
    called.response.end();
    (await hub.next("GET")).refuse(status);
    const { error } = await client.next();
    assert.match(error?.message ?? "", new RegExp(`answered ${status}`));
    assert.equal(error?.data?.["may_have_run"], true);
  }
});

test("hub-http: a hub that does not know the session is told the handshake again, and asked again what it has not run", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  await hello(client, hub);
  client.say(call(1));
  const running = await hub.next("POST tools/call");
  running.stream({});
  client.say(call(2));
  const body = { error: { code: -32001, message: "Session not found" }, id: null };
  (await hub.next("POST tools/call")).json(body, {}, 404);
  // Until then it might have been answered.
  running.response.end();
  const lost = await client.next();
  assert.equal(lost.id, 1);
  assert.equal(lost.error?.data?.["may_have_run"], true);
  await client.log.losses.next();
  client.clock.advance(1000);
  const again = await hub.next("POST initialize");
  assert.equal(again.header("mcp-session-id"), undefined);
  assert.deepEqual(again.message.params, helloParams);
  // On a stream that stays open behind it.
  again.stream({ "mcp-session-id": "s-2" });
  again.event({ id: again.message.id, result: helloResult }, "id: 1\n");
  const initialized = await hub.next("POST notifications/initialized");
  assert.equal(initialized.header("mcp-session-id"), "s-2");
  initialized.refuse(202);
  for (const what of [await hub.next("GET"), await hub.next("POST tools/call")]) {
    assert.equal(what.header("mcp-session-id"), "s-2");
    if (what.what !== "GET") what.answer({ of: what.message.id });
  }
  const seen = [await client.next(), await client.next(), await client.next()];
  assert.deepEqual(
    seen.map(({ method, result }) => method ?? result),
    ["notifications/tools/list_changed", "notifications/prompts/list_changed", { of: 2 }],
  );
});

test("hub-http: a session that ends is noticed by its standing stream, which a hub may have or not", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = inRealTime(hub.url);
  const standing = await hello(client, hub);
  standing.stream();
  standing.write("retry: 50\nid: 1\ndata:\n\n");
  standing.response.end();
  const resumed = await hub.next("GET");
  assert.equal(resumed.header("last-event-id"), "1");
  resumed.refuse(404);
  (await hub.next("POST initialize")).answer(helloResult, { "mcp-session-id": "s-2" });
  (await hub.next("POST notifications/initialized")).refuse(202);
  // One that was not there before is none, whatever the hub says.
  (await hub.next("GET")).refuse(404);
  assert.equal((await client.next()).method, "notifications/tools/list_changed");
  assert.equal((await client.next()).method, "notifications/prompts/list_changed");
  client.say(call(1));
  (await hub.next("POST tools/call")).answer({});
  assert.equal((await client.next()).id, 1);
});

test("hub-http: what is no hub ends the bridge with the reason, at once", async () => {
  for (const [refuse, code, says] of [
    [(it: HttpRequest) => it.refuse(401), "unauthenticated", /HUB_TOKEN/],
    [(it: HttpRequest) => it.refuse(403), "hub_unreachable", /403/],
    [(it: HttpRequest) => it.refuse(404), "hub_unreachable", /404.*at \/mcp/],
    [(it: HttpRequest) => it.refuse(405), "hub_unreachable", /no MCP endpoint \(405\)/],
    [
      (it: HttpRequest) => it.refuse(307, "", { location: "/hub/mcp?secret=1" }),
      "hub_unreachable",
      /connect to http:\/\/127\.0\.0\.1:\d+\/hub\/mcp$/,
    ],
    [
      (it: HttpRequest) => it.refuse(200, "<html>", { "content-type": "text/html; charset=utf-8" }),
      "hub_unreachable",
      /answered with text\/html instead of JSON or events.*\/mcp\?/,
    ],
    [(it: HttpRequest) => it.refuse(200), "hub_unreachable", /without a Content-Type/],
    [
      (it: HttpRequest) => it.refuse(200, "x", { "content-type": "application/json", "content-encoding": "gzip" }),
      "hub_unreachable",
      /encoding that was not asked for \(gzip\)/,
    ],
    [(it: HttpRequest) => it.answer(helloResult, { "mcp-session-id": "a b" }), "hub_unreachable", /session id/],
  ] as const) {
    await using hub = await ScriptedHttpHub.open();
    await using client = new BridgeClient(hub.url);
    client.say({ id: 0, method: "initialize", params: helloParams });
    refuse(await hub.next("POST initialize"));
    assert.equal(await client.ended, "shutdown");
    assert.equal(client.bridge.failure?.code, code);
    assert.match(client.bridge.failure?.reason ?? "", says);
    const { id, error } = await client.next();
    assert.equal(id, 0);
    assert.equal(error?.data?.["code"], code);
  }
});

test("hub-http: a hub that is busy at first is tried again, with the client's own handshake", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  client.say({ id: 0, method: "initialize", params: helloParams });
  for (const status of [503, 502, 429]) {
    (await hub.next("POST initialize")).refuse(status);
    await client.log.losses.next();
    client.clock.advance(1000);
  }
  (await hub.next("POST initialize")).cut();
  await client.log.losses.next();
  client.clock.advance(2000);
  (await hub.next("POST initialize")).answer(helloResult, session);
  const { id, result } = await client.next();
  assert.equal(id, 0);
  assert.deepEqual(result, helloResult);
});

test("hub-http: a first request other than the handshake is passed on, and its refusal is the hub's own", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  client.say({ id: "d", method: "server/discover", params: {} });
  client.say({ id: 0, method: "initialize", params: helloParams });
  const body = { error: { code: -32600, message: "no session", data: { big: 1 } }, id: null };
  (await hub.next("POST server/discover")).json(body, {}, 400);
  const refused = await client.next();
  assert.equal(refused.id, "d");
  assert.deepEqual(refused.error, body.error);
  (await hub.next("POST initialize")).answer(helloResult, session);
  assert.equal((await client.next()).id, 0);
});

test("hub-http: a call that is refused alone is answered alone, and says whether it may have run", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  await hello(client, hub);
  const own = { error: { code: -32054, message: "too many", data: { code: "overloaded" } } };
  for (const [refuse, expected] of [
    [(it: HttpRequest) => it.json({ ...own, id: null }, {}, 429), own.error],
    [(it: HttpRequest) => it.json({ ...own, id: it.message.id }, {}, 404), own.error],
    [(it: HttpRequest) => it.json(own, {}, 400), own.error],
    [
      (it: HttpRequest) => it.refuse(429, "", { "retry-after": "7" }),
      { code: "overloaded", may_have_run: false, retry_after_ms: 7000 },
    ],
    [(it: HttpRequest) => it.refuse(413), { code: "too_large", may_have_run: false }],
    [(it: HttpRequest) => it.refuse(403), { code: "hub_unreachable", may_have_run: false }],
    [
      (it: HttpRequest) => it.refuse(502, "<html>"),
      { code: "hub_unreachable", may_have_run: true, retry_after_ms: 1000 },
    ],
    [(it: HttpRequest) => it.refuse(202), { code: "hub_unreachable", may_have_run: true }],
    [
      (it: HttpRequest) => it.refuse(200, "<html>", { "content-type": "text/html" }),
      { code: "hub_unreachable", may_have_run: true },
    ],
    [(it: HttpRequest) => it.cut(), { code: "hub_unreachable", may_have_run: true, retry_after_ms: 1000 }],
    [
      (it: HttpRequest) => it.json({ id: "another", result: {} }),
      { code: "hub_unreachable", may_have_run: true, retry_after_ms: 1000 },
    ],
  ] as const) {
    client.say(call(1));
    refuse(await hub.next("POST tools/call"));
    const { id, error } = await client.next();
    assert.equal(id, 1);
    assert.deepEqual("message" in expected ? error : error?.data, expected);
    assert.doesNotMatch(error?.message ?? "", /<html>/);
  }
  assert.equal(client.bridge.busy, 0);
});

test("hub-http: a token that is not valid any more ends the bridge", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  await hello(client, hub);
  client.say(call(1));
  (await hub.next("POST tools/call")).refuse(401);
  assert.equal(await client.ended, "shutdown");
  const { error } = await client.next();
  assert.equal(error?.data?.["code"], "unauthenticated");
  assert.equal(error?.data?.["may_have_run"], false);
});

test("hub-http: an answer over the limit, as JSON or as an event, is refused, and the next one is taken", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url, {}, { maxMessageBytes: 1024 });
  await hello(client, hub);
  const text = "x".repeat(2000);
  for (const answer of [
    (it: HttpRequest) => it.answer({ text }),
    (it: HttpRequest) => {
      it.stream();
      it.event({ id: 1, result: { text } });
    },
  ]) {
    client.say(call(1));
    answer(await hub.next("POST tools/call"));
    const { error } = await client.next();
    assert.equal(error?.data?.["code"], "too_large");
    assert.equal(error?.data?.["may_have_run"], true);
  }
  client.say(call(2));
  (await hub.next("POST tools/call")).answer({});
  assert.equal((await client.next()).id, 2);
});

test("hub-http: messages that are coming in are limited together, too", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url, {}, { maxMessageBytes: 1000 });
  await hello(client, hub);
  const ids = [1, 2, 3, 4, 5];
  for (const id of ids) client.say(call(id));
  const calls: HttpRequest[] = [];
  for (const _ of ids) calls.push(await hub.next("POST tools/call"));
  for (const [at, it] of calls.entries()) {
    if (at % 2 === 0) it.stream();
    else it.response.writeHead(200, { "content-type": "application/json" });
    it.write(`${at % 2 === 0 ? "data: " : ""}{"jsonrpc":"2.0","id":${it.message.id},"result":"${"x".repeat(850)}`);
  }
  const { id, error } = await client.next();
  assert.equal(error?.data?.["code"], "too_large");
  for (const it of calls.filter(({ message }) => message.id !== id)) {
    it.response.end('"}\n\n');
    const answer = await client.next();
    assert.equal(String(answer.result).length, 850);
  }
});

test("hub-http: a stream that does not end after its answer is ended here, and so is that of a cancelled call", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = inRealTime(hub.url, { closeMs: 20 });
  await hello(client, hub);
  client.say(call(1));
  const answered = await hub.next("POST tools/call");
  answered.stream();
  answered.event({ id: 1, result: {} });
  assert.equal((await client.next()).id, 1);
  await answered.closed;
  client.say(call(2));
  const cancelled = await hub.next("POST tools/call");
  client.say({ method: "notifications/cancelled", params: { requestId: 2 } });
  (await hub.next("POST notifications/cancelled")).refuse(202);
  await cancelled.closed;
  assert.equal(client.bridge.busy, 0);
  assert.equal(client.inbox.length, 0);
});

test("hub-http: a stream that ends behind its answer is not asked for again", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  await hello(client, hub);
  for (const id of [1, 2, 3]) {
    client.say(call(id));
    const answered = await hub.next("POST tools/call");
    answered.stream();
    answered.event({ id, result: {} }, "id: 1\nretry: 50\n");
    answered.response.end();
    assert.equal((await client.next()).id, id);
    client.clock.advance(100);
  }
});

test("hub-http: a head that does not end, or that is too long, is no answer", async () => {
  const sockets: Socket[] = [];
  let drip = "HTTP/1.1 200 OK\r\nX-Slow: ";
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => socket.write(drip));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  try {
    await using client = inRealTime(url, { handshakeMs: 50 });
    client.say({ id: 0, method: "initialize", params: helloParams });
    assert.match(String(await client.log.losses.next()), /nobody answered in time/);
    drip = `HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(100_000)}`;
    await using other = inRealTime(url);
    other.say({ id: 0, method: "initialize", params: helloParams });
    assert.equal(await other.ended, "shutdown");
    assert.match(other.bridge.failure?.reason ?? "", /does not speak HTTP \(HPE_HEADER_OVERFLOW\)/);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

test("hub-http: while the client takes nothing its hub is not read", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  await hello(client, hub);
  for (const id of [1, 2]) client.say(call(id));
  const calls = [await hub.next("POST tools/call"), await hub.next("POST tools/call")];
  calls[0]?.stream();
  calls[0]?.event({ method: "notifications/progress", params: { progressToken: 1, progress: 1 } });
  await client.next();
  client.bridge.hold(true);
  const part = Buffer.alloc(64 * 1024, "x");
  const { response } = calls[0] as HttpRequest;
  response.write('data: {"jsonrpc":"2.0","id":1,"result":"');
  // Taken by nobody: the sockets' buffers fill up.
  let written = 0;
  while (response.write(part) || response.writableLength < 1024 * 1024) written++;
  response.write(`"}\n\n`);
  response.end();
  client.bridge.hold(false);
  const { result } = await client.next();
  assert.ok(typeof result === "string" && result.length >= written * part.length);
});

test("hub-http: a hub that takes nothing makes the client's input wait, until it takes again", async () => {
  await using hub = await ScriptedHttpHub.open();
  await using client = new BridgeClient(hub.url);
  await hello(client, hub);
  let takes = () => {};
  const taken = new Promise<void>((resolve) => {
    takes = resolve;
  });
  hub.server.removeAllListeners("request");
  hub.server.on("request", (request, response) => {
    void taken.then(() => request.resume());
    request.on("end", () => response.writeHead(202).end());
  });
  const text = "x".repeat(4 * 1024 * 1024);
  for (let id = 1; client.held.length === 0; id++) client.say({ id, method: "tools/call", params: { text } });
  assert.deepEqual(client.held, [true]);
  const arrived = once(hub.server, "request");
  await arrived;
  assert.deepEqual(client.held, [true]);
  takes();
  await client.next();
  assert.deepEqual(client.held, [true, false]);
});

test("hub-http: a goodbye that is not answered takes a limited time", async () => {
  await using hub = await ScriptedHttpHub.open();
  const client = inRealTime(hub.url, { closeMs: 20 });
  await hello(client, hub);
  const closed = client.bridge.close();
  await hub.next("DELETE");
  await closed;
});

test("hub-http: a server without sessions is spoken to without an id, and not said goodbye to", async () => {
  await using hub = await ScriptedHttpHub.open();
  const client = new BridgeClient(hub.url);
  client.say({ id: 0, method: "initialize", params: helloParams });
  (await hub.next("POST initialize")).answer(helloResult);
  await client.next();
  client.say(call(1));
  const called = await hub.next("POST tools/call");
  assert.equal(called.header("mcp-session-id"), undefined);
  called.answer({});
  await client.next();
  await client.bridge.close();
  assert.equal(hub.waiting, 0);
});
