// The modern HTTP door in front of a hub with a Core: what the relay reads of a request, and what becomes of calls.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DoorScene, type Doors } from "../../helpers/door-scene.ts";
import { ask, EventReader, HttpMcp, textOf } from "../../helpers/http-mcp.ts";
import { type ModernMessage, modernBody, revision } from "../../helpers/modern-http.ts";
import type { Message } from "../../helpers/ws-client.ts";

let scene: DoorScene;
let doors: Doors;

before(async () => {
  scene = await DoorScene.open();
  doors = await scene.doors();
});

after(async () => {
  await doors[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

type Headers = Readonly<Record<string, string>>;

function headersOf({ method, params }: ModernMessage): Headers {
  const name = params?.["name"];
  return {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": revision,
    "mcp-method": method,
    ...(typeof name === "string" ? { "mcp-name": name } : {}),
  };
}

function post(message: ModernMessage, more: Headers = {}) {
  const headers = { ...headersOf(message), ...more };
  return ask(doors.mcp, { method: "POST", headers }, modernBody(message));
}

async function answerTo(message: ModernMessage, more: Headers = {}): Promise<{ status: number; answer: Message }> {
  const response = await post(message, more);
  const answer = JSON.parse(await textOf(response)) as Message;
  assert.equal(answer.id, message.id);
  return { status: response.statusCode ?? 0, answer };
}

const call = (id: number, name: string, args: object = {}, meta: object = {}): ModernMessage => {
  return { id, method: "tools/call", params: { name: `a__${name}`, arguments: args, _meta: meta } };
};

test("modern http: a client asks what the hub is and has, and calls a tool, without a word before", async () => {
  const { answer: discovered } = await answerTo({ id: 1, method: "server/discover" });
  assert.deepEqual(discovered.result?.["supportedVersions"], [revision]);
  const { answer: listed } = await answerTo({ id: 2, method: "tools/list" });
  assert.equal(listed.result?.["resultType"], "complete");
  const { status, answer } = await answerTo(call(3, "echo", { text: "x" }));
  assert.equal(status, 200);
  assert.deepEqual(answer.result?.["structuredContent"], { text: "x" });
});

test("modern http: what a request says of itself is read by the relay, and refused with its status", async () => {
  const list = (meta: object): ModernMessage => ({ id: 1, method: "tools/list", params: { _meta: meta } });
  const capabilities = "io.modelcontextprotocol/clientCapabilities";
  const version = "io.modelcontextprotocol/protocolVersion";
  const outcomes: [message: ModernMessage, headers: Headers, status: number, rpc: number][] = [
    [list({ [capabilities]: undefined }), {}, 400, -32602],
    [list({ [capabilities]: [] }), {}, 400, -32602],
    [list({ [version]: 7 }), {}, 400, -32602],
    [list({ [version]: "2099-01-01" }), { "mcp-protocol-version": "2099-01-01" }, 400, -32022],
    [list({ [version]: "2025-11-25" }), { "mcp-protocol-version": "2025-11-25" }, 400, -32022],
    [{ id: 1, method: "ping" }, {}, 404, -32601],
    [{ id: 1, method: "initialize" }, {}, 404, -32601],
    [{ id: 1, method: "no/such" }, {}, 404, -32601],
    [call(1, "nobody"), {}, 200, -32602],
    [{ id: 1, method: "tools/call", params: {} }, {}, 200, -32602],
  ];
  for (const [message, headers, status, rpc] of outcomes) {
    const outcome = await answerTo(message, headers);
    assert.deepEqual([outcome.status, outcome.answer.error?.code], [status, rpc], JSON.stringify(message));
    if (rpc === -32022) assert.deepEqual(outcome.answer.error?.data?.["supported"], [revision]);
  }
  const withoutClient = list({ "io.modelcontextprotocol/clientInfo": undefined });
  assert.equal((await answerTo(withoutClient)).status, 200);
});

test("modern http: progress comes on the response of its request, before the answer", async () => {
  const response = await post(call(1, "progress", { steps: 2 }, { progressToken: "p" }));
  const { answer, before: told } = await new EventReader(response).answer(1);
  assert.deepEqual(
    told.map(({ params }) => params?.["progressToken"]),
    ["p", "p"],
  );
  assert.ok(answer.result);
});

test("modern http: a client that closes its response has cancelled the call", async () => {
  const response = await post(call(1, "report-and-hold", { key: "gone" }, { progressToken: 1 }));
  const reader = new EventReader(response);
  await reader.message();
  const watching = answerTo(call(2, "until-cancelled", { key: "gone" }));
  reader.close();
  assert.ok((await watching).answer.result);
});

test("modern http: calls of one client that have the same id do not meet", async () => {
  const first = await post(call(1, "report-and-hold", { key: "twin" }, { progressToken: 1 }));
  const reader = new EventReader(first);
  await reader.message();
  assert.ok((await answerTo(call(1, "echo", { n: 2 }))).answer.result);
  assert.ok((await answerTo(call(2, "release", { key: "twin" }))).answer.result);
  assert.ok((await reader.answer(1)).answer.result);
});

test("modern http: what headers repeat of a call's arguments must be what the arguments say", async () => {
  const old = await HttpMcp.open(doors.mcp);
  const property = (type: string, header: string) => ({ type, "x-mcp-header": header });
  const properties = { region: property("string", "Region"), count: property("integer", "Count") };
  const name = await scene.grow(old, { inputSchema: { type: "object", properties } });
  const bad = await scene.grow(old, { inputSchema: { type: "object", properties: { x: property("number", "X") } } });
  const { answer } = await answerTo({ id: 1, method: "tools/list" });
  const names = ((answer.result?.["tools"] ?? []) as { name: string }[]).map((tool) => tool.name);
  assert.deepEqual([names.includes(name), names.includes(bad)], [true, false]);
  const args = { region: "Zürich", count: 42 };
  const message: ModernMessage = { id: 2, method: "tools/call", params: { name, arguments: args } };
  const right = await answerTo(message, {
    "mcp-param-region": "=?base64?WsO8cmljaA==?=",
    "mcp-param-count": "42.0",
  });
  assert.deepEqual([right.status, right.answer.result?.["structuredContent"]], [200, args]);
  const wrong: Headers[] = [
    {},
    { "mcp-param-region": "Z", "mcp-param-count": "42" },
    { "mcp-param-region": "=?base64?WsO8cmljaA?=", "mcp-param-count": "42" },
  ];
  for (const headers of wrong) {
    const outcome = await answerTo(message, headers);
    assert.deepEqual([outcome.status, outcome.answer.error?.code], [400, -32020]);
    assert.match(String(outcome.answer.error?.message), /Mcp-Param-Region/);
  }
  // Of the other era nobody asks for them.
  assert.ok((await old.call(name, args)).result);
  await old.close();
});

test("modern http: a client listens by a request that stays open, and hears what it asked for", async () => {
  const old = await HttpMcp.open(doors.mcp);
  const listen = { id: 9, method: "subscriptions/listen", params: { notifications: { toolsListChanged: true } } };
  const reader = new EventReader(await post(listen));
  const acknowledged = await reader.message();
  assert.equal(acknowledged.method, "notifications/subscriptions/acknowledged");
  await scene.grow(old);
  const changed = await reader.message();
  assert.equal(changed.method, "notifications/tools/list_changed");
  const meta = changed.params?.["_meta"] as Record<string, unknown>;
  assert.equal(meta["io.modelcontextprotocol/subscriptionId"], 9);
  reader.close();
  await old.close();
  while (doors.http.modernRequests > 0) await new Promise((resolve) => setImmediate(resolve));
});

test("modern http: nothing is left of requests that are over", () => {
  assert.equal(doors.http.modernRequests, 0);
  assert.deepEqual(scene.hub.oversight.sessions(), []);
});
