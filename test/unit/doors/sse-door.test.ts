// The HTTP+SSE door of MCP 2024-11-05: one stream is the session, messages are posted beside it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DoorScene, NamedClient } from "../../helpers/door-scene.ts";
import { ask, EventReader, SseMcp, textOf } from "../../helpers/http-mcp.ts";
import { envelope, revision } from "../../helpers/modern-http.ts";
import type { Message } from "../../helpers/ws-client.ts";

const alice = new NamedClient("alice");
const bob = new NamedClient("bob");
let scene: DoorScene;

before(async () => {
  scene = await DoorScene.open([alice, bob]);
});

after(() => scene[Symbol.asyncDispose]());

const ping = JSON.stringify({ jsonrpc: "2.0", id: 900, method: "ping" });
const open = (url: string) => SseMcp.open(`${url}/sse`, alice.options);

const post = (url: string, body = ping, client = alice, headers: object = {}) => {
  const all = { "content-type": "application/json", ...client.options.headers, ...headers };
  return ask(url, { method: "POST", headers: all as never }, body);
};

const versionKey = "io.modelcontextprotocol/protocolVersion";

/** Of the request that listens. */
const idOf = ({ params }: Message): unknown =>
  (params?.["_meta"] as Record<string, unknown> | undefined)?.["io.modelcontextprotocol/subscriptionId"];

async function refusal(response: Awaited<ReturnType<typeof ask>>): Promise<[number | undefined, string]> {
  const { error } = JSON.parse(await textOf(response)) as Message;
  return [response.statusCode, String(error?.data?.["code"])];
}

test("sse-door: the first event says where messages go, every message is an event, and no proxy may hold them back", async () => {
  await using doors = await scene.doors();
  const headers = { accept: "text/event-stream", ...alice.options.headers } as never;
  const response = await ask(`${doors.url}/sse`, { headers });
  assert.equal(response.headers["x-accel-buffering"], "no");
  const reader = new EventReader(response);
  const first = await reader.any();
  assert.equal(first?.event, "endpoint");
  const [, id] = /^\/messages\?sessionId=([0-9a-f]{32})$/.exec(String(first?.data)) ?? [];
  assert.deepEqual([first?.id, first?.retry], [`${id}-0`, "1000"]);
  const accepted = await post(`${doors.url}${first?.data}`);
  assert.deepEqual([accepted.statusCode, await textOf(accepted)], [202, "Accepted"]);
  const event = await reader.any();
  assert.deepEqual({ ...event }, { id: `${id}-1`, event: "message", data: '{"jsonrpc":"2.0","id":900,"result":{}}' });
  reader.close();
});

test("sse-door: the path that clients see stands in front of it", async () => {
  await using doors = await scene.doors({ publicPath: "/tools/hub" });
  const headers = { accept: "text/event-stream", ...alice.options.headers } as never;
  const reader = new EventReader(await ask(`${doors.url}/sse`, { headers }));
  assert.match(String((await reader.any())?.data), /^\/tools\/hub\/messages\?sessionId=/);
  reader.close();
});

test("sse-door: calls, their progress, and what belongs to no request come on the stream", async () => {
  await using doors = await scene.doors();
  const client = await open(doors.url);
  const params = { name: "a__progress", arguments: { steps: 2 }, _meta: { progressToken: "p" } };
  const { answer, before } = await client.request("tools/call", params);
  assert.equal(answer.result.content[0].text.length > 0, true);
  assert.deepEqual(
    before.map(({ method }) => method),
    ["notifications/progress", "notifications/progress"],
  );
  await scene.grow(client);
  assert.equal((await client.events.message()).method, "notifications/tools/list_changed");
  client.close();
});

test("sse-door: a stream that is quiet for fifteen seconds says so in a comment", async () => {
  await using doors = await scene.doors();
  const client = await open(doors.url);
  const next = client.events.any();
  doors.clock.advance(12_500);
  doors.clock.advance(2_500);
  await client.events.commented(1);
  assert.deepEqual(client.events.comments, ["keep-alive"]);
  await scene.grow(await open(doors.url));
  assert.equal((await next)?.event, "message");
});

test("sse-door: another principal's session, an unknown one and none get 404, and nothing of it reaches the session", async () => {
  await using doors = await scene.doors();
  const client = await open(doors.url);
  const { href } = new URL(client.endpoint, doors.url);
  const unknown = await refusal(await post(`${doors.url}/messages?sessionId=${"0".repeat(32)}`));
  assert.deepEqual(unknown, [404, "not_initialized"]);
  assert.deepEqual(await refusal(await post(href, ping, bob)), unknown);
  assert.deepEqual(await refusal(await post(`${doors.url}/messages`)), unknown);
  assert.match(
    doors.log.lines.join(),
    /http_refused \{"status":404,"reason":"session","peer":"127\.0\.0\.1","times":1\}/,
  );
  assert.equal(doors.log.lines.join().includes(href.slice(-32)), false);
  const { before } = await client.request("ping", {});
  assert.deepEqual(before, []);
});

test("sse-door: a GET that takes no events gets 406, a POST of another type 415, an empty one 400, a large one 413", async () => {
  await using doors = await scene.doors({ sse: { maxMessageBytes: 1_000 } });
  const headers = { accept: "application/json", ...alice.options.headers } as never;
  assert.equal((await ask(`${doors.url}/sse`, { headers })).statusCode, 406);
  const client = await open(doors.url);
  const { href } = new URL(client.endpoint, doors.url);
  assert.equal((await post(href, ping, alice, { "content-type": "text/plain" })).statusCode, 415);
  assert.equal((await post(href, ping, alice, { "content-encoding": "gzip" })).statusCode, 415);
  assert.equal((await post(href, "")).statusCode, 400);
  assert.equal((await post(href, `"${"x".repeat(1_000)}"`)).statusCode, 413);
  assert.equal(doors.sse.sessions, 1);
});

test("sse-door: what is no message is answered on the stream", async () => {
  await using doors = await scene.doors();
  const client = await open(doors.url);
  const response = await post(new URL(client.endpoint, doors.url).href, "{");
  assert.equal(response.statusCode, 202);
  assert.equal((await client.events.message()).error?.code, -32700);
});

test("sse-door: requests of the modern era need no handshake and no headers, and stand beside the other era on one stream", async () => {
  await using doors = await scene.doors();
  const client = await SseMcp.silent(`${doors.url}/sse`, alice.options);
  const modern = async (method: string, params: object = {}, meta: object = {}) => {
    const { answer } = await client.request(method, { ...params, _meta: envelope(meta) });
    return answer;
  };
  const whoami = { name: "a__echo", arguments: { n: 1 } };
  assert.deepEqual((await modern("server/discover")).result.supportedVersions, [revision]);
  assert.equal((await modern("tools/call", whoami)).result.resultType, "complete");
  // Without an envelope it is of the other era, whatever was said before it.
  const early = (await client.request("tools/list", {})).answer;
  assert.equal(early.error?.data?.["code"], "not_initialized");
  const codes = [
    await modern("tools/list", {}, { [versionKey]: "2099-01-01" }),
    await modern("tools/list", {}, { "io.modelcontextprotocol/clientCapabilities": undefined }),
    await modern("resources/subscribe", { uri: "x://y" }),
  ].map(({ error }) => error?.code);
  assert.deepEqual(codes, [-32022, -32602, -32601]);
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "c", version: "1" } };
  assert.equal((await client.request("initialize", params)).answer.result.protocolVersion, "2025-11-25");
  assert.equal((await client.request("tools/call", whoami)).answer.result.resultType, undefined);
  assert.equal((await modern("tools/call", whoami)).result.resultType, "complete");
  client.close();
});

test("sse-door: a modern request that listens is acknowledged on the stream, hears of news by its id, and is taken back", async () => {
  await using doors = await scene.doors();
  const client = await SseMcp.silent(`${doors.url}/sse`, alice.options);
  const params = { notifications: { toolsListChanged: true }, _meta: envelope() };
  await client.send({ id: 77, method: "subscriptions/listen", params });
  const told = await client.events.message();
  assert.equal(told.method, "notifications/subscriptions/acknowledged");
  const watcher = await open(doors.url);
  await scene.grow(watcher);
  const news = await client.events.message();
  assert.deepEqual([news.method, idOf(told), idOf(news)], ["notifications/tools/list_changed", 77, 77]);
  await client.send({ method: "notifications/cancelled", params: { requestId: 77 } });
  await client.request("server/discover", { _meta: envelope() });
  await scene.grow(watcher);
  assert.deepEqual((await client.request("server/discover", { _meta: envelope() })).before, []);
  client.close();
});

test("sse-door: a session whose client does not come back ends a minute after its stream, and its calls are cancelled in the Core", async () => {
  await using doors = await scene.doors();
  const watcher = await open(doors.url);
  const client = await open(doors.url);
  const { href } = new URL(client.endpoint, doors.url);
  const params = { name: "a__slow", arguments: { key: "left" } };
  await client.send({ id: 901, method: "tools/call", params });
  await watcher.call("a__until-held", { key: "left" });
  const cancelled = watcher.call("a__until-cancelled", { key: "left" });
  client.close();
  await doors.connections(1);
  doors.clock.advance(59_000);
  assert.equal(doors.sse.sessions, 2);
  doors.clock.advance(1_000);
  assert.equal((await cancelled).result.content[0].text, "cancelled");
  assert.equal(doors.sse.sessions, 1);
  assert.equal((await post(href)).statusCode, 404);
});

test("sse-door: when every session is taken, or while draining, new ones get 503", async () => {
  await using doors = await scene.doors({ sse: { maxSessions: 1 } });
  const client = await open(doors.url);
  const headers = { accept: "text/event-stream", ...alice.options.headers } as never;
  const knock = () => ask(`${doors.url}/sse`, { headers });
  const full = await knock();
  assert.equal(full.headers["retry-after"], "5");
  assert.deepEqual(await refusal(full), [503, "overloaded"]);
  await client.send({ id: 902, method: "tools/call", params: { name: "a__slow", arguments: { key: "kept" } } });
  await client.call("a__until-held", { key: "kept" });
  const closed = doors.sse.close(60_000);
  assert.deepEqual(await refusal(await knock()), [503, "draining"]);
  assert.deepEqual(
    doors.log.lines.map((line) => /"reason":"(\w+)"/.exec(line)?.[1]),
    ["sessions", "draining"],
  );
  assert.equal((await client.call("a__release", { key: "kept" })).result.content[0].text, "ok");
  await closed;
});

test("sse-door: draining ends idle streams at once, busy ones with their last answer, all when time is up", async () => {
  await using doors = await scene.doors();
  const idle = await open(doors.url);
  const busy = await open(doors.url);
  const stuck = await open(doors.url);
  const slow = (client: SseMcp, key: string) =>
    client.send({ id: 903, method: "tools/call", params: { name: "a__slow", arguments: { key } } });
  const helper = await open(doors.url);
  await slow(busy, "busy");
  await slow(stuck, "stuck");
  for (const key of ["busy", "stuck"]) await helper.call("a__until-held", { key });
  const closed = doors.sse.close(60_000);
  assert.equal(await idle.events.any(), undefined);
  const { href } = new URL(busy.endpoint, doors.url);
  const params = { name: "a__release", arguments: { key: "busy" } };
  await post(href, JSON.stringify({ jsonrpc: "2.0", id: 904, method: "tools/call", params }));
  assert.deepEqual([(await busy.events.message()).id, (await busy.events.message()).id].sort(), [903, 904]);
  assert.equal(await busy.events.any(), undefined);
  doors.clock.advance(60_000);
  assert.equal(await stuck.events.any(), undefined);
  await closed;
  assert.equal(doors.clock.timers, 0);
});

test("sse-door: a reload that takes a client's token ends its stream, and no others", async () => {
  await using doors = await scene.doors();
  const leaving = await SseMcp.open(`${doors.url}/sse`, bob.options);
  const staying = await open(doors.url);
  const { href } = new URL(leaving.endpoint, doors.url);
  await scene.letIn([alice]);
  assert.equal(await leaving.events.any(), undefined);
  assert.equal((await post(href, ping, bob)).statusCode, 401);
  assert.deepEqual((await staying.request("ping", {})).answer.result, {});
  await scene.letIn([alice, bob]);
  assert.equal((await post(href, ping, bob)).statusCode, 404);
  assert.equal(doors.sse.sessions, 1);
});
