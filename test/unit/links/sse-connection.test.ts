// Connections over HTTP+SSE: to the SDK's own server, and to one that does what a test tells it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { CallToolRequestSchema, CreateMessageResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { helloResult } from "../../helpers/bridge-client.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { LinkClient, type LinkOptions } from "../../helpers/link-client.ts";
import { type HttpRequest, ScriptedHttpHub } from "../../helpers/scripted-http-hub.ts";

const endpoint = "event: endpoint\ndata: /messages?sessionId=s-1\n\n";
const call = (id: number) => ({ id, method: "tools/call", params: { name: "x" } });
const result = (id: number, text: string) => ({ id, result: { content: [{ type: "text", text }] } });

async function opened(hub: ScriptedHttpHub, options: LinkOptions = {}, first = endpoint) {
  const client = new LinkClient("sse", hub.url, options);
  const stream = await hub.next("GET");
  stream.stream();
  stream.write(first);
  await client.expect("opened");
  return { client, stream };
}

async function lossOf(answer: (stream: HttpRequest) => void, options: LinkOptions = {}) {
  await using hub = await ScriptedHttpHub.open();
  const client = new LinkClient("sse", hub.url, options);
  answer(await hub.next("GET"));
  const { loss } = await client.expect("lost");
  assert.equal(hub.waiting, 0);
  return loss;
}

test("sse-connection: a session of the SDK's server: handshake, calls side by side, a question of the server, and the end", async () => {
  const transports = new Map<string, SSEServerTransport>();
  let asked: () => void = () => {};
  await using http = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    if (request.method === "GET") {
      const transport = new SSEServerTransport("/messages", response);
      transports.set(transport.sessionId, transport);
      const server = new Server({ name: "sdk", version: "1" }, { capabilities: { tools: {} } });
      server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
        if (params.name !== "ask") return { content: [{ type: "text", text: params.name }] };
        const params_ = { messages: [], maxTokens: 1 };
        const { model } = await server.request(
          { method: "sampling/createMessage", params: params_ },
          CreateMessageResultSchema,
        );
        return { content: [{ type: "text", text: model }] };
      });
      server.onclose = () => asked();
      await server.connect(transport);
    } else await transports.get(url.searchParams.get("sessionId") ?? "")?.handlePostMessage(request, response);
  }).listen(0, "127.0.0.1");
  await once(http, "listening");
  const closed = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const client = await LinkClient.open("sse", `http://127.0.0.1:${(http.address() as AddressInfo).port}/sse`);
  client.say({
    id: 0,
    method: "initialize",
    params: { protocolVersion: "2024-11-05", capabilities: { sampling: {} }, clientInfo: { name: "c", version: "1" } },
  });
  const hello = await client.expect("message");
  assert.equal((hello.message.result as { protocolVersion: string }).protocolVersion, "2024-11-05");
  client.initialized();
  client.say({ id: 1, method: "tools/call", params: { name: "ask" } });
  const ask = (await client.expect("message")).message;
  assert.equal(ask.method, "sampling/createMessage");
  client.say({ id: 2, method: "tools/call", params: { name: "plain" } });
  assert.deepEqual((await client.expect("message")).message, { jsonrpc: "2.0", ...result(2, "plain") });
  const answer = { role: "assistant", model: "m", content: { type: "text", text: "x" } };
  client.say({ id: ask.id as number, result: answer });
  assert.deepEqual((await client.expect("message")).message, { jsonrpc: "2.0", ...result(1, "m") });
  client.connection.close();
  await client.expect("lost");
  await closed;
});

test("sse-connection: messages go to the endpoint with the headers of each request, what is no request alone and in its order", async () => {
  await using hub = await ScriptedHttpHub.open();
  const { client, stream } = await opened(hub);
  assert.equal(stream.header("accept"), "text/event-stream");
  client.hello();
  const hello = await hub.next("POST initialize");
  assert.equal(hello.request.url, "/messages?sessionId=s-1");
  hello.refuse(202, "Accepted");
  stream.event({ id: 0, result: helloResult });
  await client.expect("message");
  client.initialized();
  client.say(call(1));
  const note = await hub.next("POST notifications/initialized");
  assert.equal(note.header("mcp-protocol-version"), "2025-11-25");
  assert.equal(hub.waiting, 0);
  note.refuse(202);
  const called = await hub.next("POST tools/call");
  // Its answer may be there before the POST has one.
  stream.event(result(1, "early"));
  await client.expect("message");
  client.say({ method: "notifications/cancelled" });
  client.connection.close();
  const last = await hub.next("POST notifications/cancelled");
  called.refuse(202);
  last.refuse(202);
  await client.expect("lost");
  await stream.closed;
});

test("sse-connection: no request waits for what takes another back, and that is behind its own", async () => {
  await using hub = await ScriptedHttpHub.open();
  let authorized: undefined | Promise<undefined>;
  let go = () => {};
  const { client, stream } = await opened(hub, { authorization: () => authorized });
  authorized = new Promise((resolve) => (go = () => resolve(undefined)));
  client.say(call(1));
  client.say({ method: "notifications/cancelled", params: { requestId: 1 } });
  authorized = undefined;
  client.say(call(2));
  const second = await hub.next("POST tools/call");
  assert.equal(second.message.id, 2);
  go();
  const first = await hub.next("POST tools/call");
  const slow = await hub.next("POST notifications/cancelled");
  client.say(call(3));
  for (const it of [await hub.next("POST tools/call"), second, first, slow]) it.refuse(202);
  client.connection.close();
  await client.expect("lost");
  await stream.closed;
});

test("sse-connection: an endpoint elsewhere is not posted to", async () => {
  for (const data of [
    "http://169.254.169.254/messages",
    "//evil.example/m",
    "http://[",
    "http://u:p@HOST/m",
    "https://HOST/m",
    `/${"x".repeat(9000)}`,
  ]) {
    const loss = await lossOf((stream) => {
      stream.stream();
      stream.write(`event: endpoint\ndata: ${data.replace("HOST", stream.header("host") ?? "")}\n\n`);
    });
    assert.equal(loss.kind, "wrong");
    assert.match(loss.reason, /another origin, or to no address$/);
    assert.doesNotMatch(loss.reason, /evil|169/);
  }
});

test("sse-connection: what is no stream, or says no endpoint in time, is lost with the reason", async () => {
  const html = await lossOf((stream) => stream.refuse(200, "<html>", { "content-type": "text/html" }));
  assert.equal(html.kind, "wrong");
  assert.match(html.reason, /without a stream of events; is it an MCP server\?$/);
  const unknown = await lossOf((stream) => stream.refuse(405));
  assert.deepEqual([unknown.kind, unknown.status], ["wrong", 405]);
  const locked = await lossOf((stream) => stream.refuse(401));
  assert.deepEqual([locked.kind, locked.code], ["refused", "unauthenticated"]);
  const busy = await lossOf((stream) => stream.refuse(503));
  assert.equal(busy.kind, "away");
  const clock = new FakeClock();
  const silent = await lossOf(
    (stream) => {
      stream.stream();
      clock.advance(10_000);
    },
    { clock },
  );
  assert.equal(silent.kind, "away");
  assert.match(silent.reason, /did not say within 10 s where messages go/);
});

test("sse-connection: a stream that breaks loses the session, with how long the server asked to wait", async () => {
  await using hub = await ScriptedHttpHub.open();
  const { client, stream } = await opened(hub, {}, `retry: 1234\n${endpoint}`);
  client.say(call(1));
  (await hub.next("POST tools/call")).refuse(202);
  stream.cut();
  const { loss } = await client.expect("lost");
  assert.deepEqual([loss.kind, loss.retryMs], ["away", 1234]);
  assert.match(loss.reason, /the session with \S+ is lost: the connection broke/);
  assert.equal(client.connection.send({ chunks: [], size: 0 }), "closed");
});

test("sse-connection: a stream whose events have ids is gone on with after the time asked for, if it is the same session", async () => {
  await using hub = await ScriptedHttpHub.open();
  const clock = new FakeClock();
  const { client, stream } = await opened(hub, { clock });
  stream.write("retry: 5000\n");
  stream.event({ method: "notifications/a" }, "id: 7\n");
  await client.expect("message");
  const timers = clock.timers;
  stream.cut();
  while (clock.timers === timers) await new Promise(setImmediate);
  clock.advance(4999);
  assert.equal(hub.waiting, 0);
  clock.advance(1);
  const second = await hub.next("GET");
  assert.equal(second.header("last-event-id"), "7");
  second.stream();
  second.write(endpoint);
  second.event({ method: "notifications/b" }, "id: 8\n");
  await client.expect("message");
  second.cut();
  while (clock.timers === timers) await new Promise(setImmediate);
  clock.advance(5000);
  const third = await hub.next("GET");
  third.stream();
  third.write(endpoint.replace("s-1", "s-2"));
  const { loss } = await client.expect("lost");
  assert.match(loss.reason, /does not know the session any more/);
});

test("sse-connection: refusals of a message fail it alone, and say whether it may have run; a session that is gone ends all", async () => {
  await using hub = await ScriptedHttpHub.open();
  const { client } = await opened(hub);
  const refuse = async (id: number, status: number, body = "", headers: Record<string, string> = {}) => {
    client.say(call(id));
    (await hub.next("POST tools/call")).refuse(status, body, headers);
    const { error } = await client.expect("unanswered");
    return [error.code, error.data["may_have_run"], error.data.retry_after_ms];
  };
  assert.deepEqual(await refuse(1, 429, "", { "retry-after": "7" }), ["overloaded", false, 7000]);
  assert.deepEqual(await refuse(2, 503), ["overloaded", false, 1000]);
  assert.deepEqual(await refuse(3, 500), ["hub_unreachable", true, 1000]);
  assert.deepEqual(await refuse(4, 403), ["hub_unreachable", false, undefined]);
  assert.deepEqual(await refuse(5, 413), ["too_large", false, undefined]);
  client.say(call(6));
  (await hub.next("POST tools/call")).cut();
  assert.equal((await client.expect("unanswered")).error.data["may_have_run"], true);
  client.say(call(7));
  (await hub.next("POST tools/call")).refuse(404);
  assert.equal((await client.expect("returned")).id, "7");
  assert.match((await client.expect("lost")).loss.reason, /does not know the session/);
});

test("sse-connection: an event without an end is not kept beyond the largest message", async () => {
  await using hub = await ScriptedHttpHub.open();
  const { client, stream } = await opened(hub, { limits: { maxMessageBytes: 100_000 } });
  stream.write(`data: "${"x".repeat(200_000)}`);
  assert.match((await client.expect("lost")).loss.reason, /sent more than is taken: a message may have 100000 bytes$/);
  await stream.closed;
});
