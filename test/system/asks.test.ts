// What a Core asks its client, on the built hub: over doors of one connection and of many responses.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { ask, EventReader } from "../helpers/http-mcp.ts";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

let hub: HubProcess;

before(async () => {
  const asker = fixture("asker.mjs");
  hub = await startHub({
    manifest: `cores:\n  serial:\n    ${asker}\n    interactive: serialize\n  shared:\n    ${asker}\n  rooted:\n    ${asker}\n    roots: [/srv/docs, "file:///x"]\n`,
  });
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

const form = { message: "your name?", requestedSchema: { type: "object", properties: {} } };
const elicit = { method: "elicitation/create", params: form };
const hello = (capabilities: object) => ({
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities, clientInfo: { name: "raw", version: "1" } },
});

/** A client on WebSocket that can be asked. */
async function askable(capabilities: object): Promise<WsClient> {
  const socket = new WebSocket(await hub.wsUrl(), ["mcp"]);
  const client = new WsClient(socket);
  await once(socket, "open");
  const greeted = client.answerTo(0);
  socket.send(JSON.stringify(hello(capabilities)));
  await greeted;
  client.notify("notifications/initialized");
  return client;
}

/** What a Core said to this client: Cores that are late to start change the lists. */
const said = ({ notifications }: WsClient) => notifications.filter(({ method }) => !method?.endsWith("/list_changed"));

test("asks: a Core with one call at a time asks the client of that call, and gets its answer as it is", async () => {
  await using client = await askable({ elicitation: {} });
  await using other = await askable({ elicitation: {} });
  const call = client.call("serial__ask", elicit);
  const question = await client.notified("elicitation/create");
  assert.deepEqual(question.params, { ...form, message: "[serial] your name?" });
  client.socket.send(`{"jsonrpc":"2.0","id":${question.id},"result":{"action":"accept","content":{"n":1e2}}}`);
  assert.equal((await call).result?.content[0].text, '{"action":"accept","content":{"n":100}}');
  const log = await client.notified("notifications/message");
  assert.equal(log.params?.["data"], "about to ask");
  assert.deepEqual(said(other), []);
});

test("asks: a shared Core is told why nobody is asked, and its client gets what it makes of that", async () => {
  await using client = await askable({ elicitation: {} });
  assert.equal((await client.call("shared__told")).result?.content[0].text, "{}");
  const { result } = await client.call("shared__ask", elicit);
  assert.match(result?.content[0].text, /shared by several clients.*isolation: session/);
  assert.deepEqual(said(client), []);
});

test("asks: over Streamable HTTP the question comes on the response of the call, before the result", async () => {
  const url = `${await hub.url()}/mcp`;
  const plain = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const opened = await ask(url, { method: "POST", headers: plain }, JSON.stringify(hello({ elicitation: {} })));
  opened.resume();
  const headers = { ...plain, "mcp-session-id": String(opened.headers["mcp-session-id"]) };
  const post = (message: object) =>
    ask(url, { method: "POST", headers }, JSON.stringify({ jsonrpc: "2.0", ...message }));
  (await post({ method: "notifications/initialized" })).resume();
  const call = { id: 7, method: "tools/call", params: { name: "serial__ask", arguments: elicit } };
  const events = new EventReader(await post(call));
  assert.equal((await events.message()).method, "notifications/message");
  const question = await events.message();
  assert.equal(question.method, "elicitation/create");
  const taken = await post({ id: question.id, result: { action: "decline" } });
  assert.equal(taken.statusCode, 202);
  taken.resume();
  const { result } = await events.message();
  assert.equal(result?.content[0].text, '{"action":"decline"}');
});

test("asks: a client that leaves in the middle costs the Core nothing: it is told, and the next call runs", async () => {
  const leaving = await askable({ elicitation: {} });
  void leaving.call("serial__ask", elicit);
  await leaving.notified("elicitation/create");
  await leaving[Symbol.asyncDispose]();
  await using next = await askable({ elicitation: {} });
  assert.match((await next.call("serial__told")).result?.content[0].text, /"elicitation"/);
});

test("asks: a shared Core is told the roots that the manifest has for it", async () => {
  await using client = await askable({ roots: {} });
  assert.equal((await client.call("rooted__told")).result?.content[0].text, '{"roots":{}}');
  const { result } = await client.call("rooted__ask", { method: "roots/list" });
  assert.equal(result?.content[0].text, '{"roots":[{"uri":"file:///srv/docs"},{"uri":"file:///x"}]}');
  assert.deepEqual(said(client), []);
});

test("asks: after a call that was cancelled a Core with one call at a time asks its client at once, and others when it is over", async () => {
  await using client = await askable({ elicitation: {} });
  await using other = await askable({ elicitation: {} });
  const { id } = client.start("tools/call", { name: "serial__hold" });
  client.notify("notifications/cancelled", { requestId: id });
  const own = client.call("serial__ask", elicit);
  client.answer(await client.notified("elicitation/create"), { action: "decline" });
  assert.equal((await own).result?.content[0].text, '{"action":"decline"}');
  const { result } = await other.call("serial__ask", elicit);
  assert.match(result?.content[0].text, /nothing says for certain which client this is for/);
  await client.call("serial__let-go");
  const others = other.call("serial__ask", elicit);
  other.answer(await other.notified("elicitation/create"), { action: "accept" });
  assert.equal((await others).result?.content[0].text, '{"action":"accept"}');
});
