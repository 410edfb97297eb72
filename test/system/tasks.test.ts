// Tasks of 2025-11-25 on the built hub: the official SDK on both sides of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { WebSocketClientTransport } from "@modelcontextprotocol/sdk/client/websocket.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { WebSocket } from "ws";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { WsClient } from "../helpers/ws-client.ts";

let hub: HubProcess;

before(async () => {
  hub = await startHub({
    manifest: `profiles:\n  few: { tool_cap: 4 }\ncores:\n  jobs:\n    ${fixture("sdk-tasks.mjs")}\n    interactive: serialize\n  more:\n    ${fixture("sdk-tasks.mjs")}\n  echo:\n    ${fixture("echo.mjs")}\n`,
  });
  globalThis.WebSocket ??= WebSocket as never;
});

after(async () => {
  await hub.stop();
  await hub[Symbol.asyncDispose]();
});

async function sdkClient(over: "websocket" | "http"): Promise<Client> {
  const client = new Client({ name: "sdk", version: "1" }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({
    action: "accept",
    content: { said: params.message },
  }));
  const transport =
    over === "http"
      ? new StreamableHTTPClientTransport(new URL(`${await hub.url()}/mcp`))
      : new WebSocketClientTransport(new URL(await hub.wsUrl()));
  await client.connect(transport as never);
  await client.listTools();
  return client;
}

/** Runs a tool as a task to its end: what the SDK says on the way, and its result. */
async function run(client: Client, name: string, onprogress?: (progress: { progress: number }) => void) {
  const said: string[] = [];
  const options = { task: { ttl: 60_000 }, ...(onprogress === undefined ? {} : { onprogress }) };
  for await (const message of client.experimental.tasks.callToolStream({ name, arguments: {} }, undefined, options)) {
    if (message.type === "taskCreated") said.push(message.task.taskId);
    if (message.type === "error") throw message.error;
    if (message.type === "result") return { said, text: (message.result.content as { text: string }[])[0]?.text };
  }
  throw new Error("it had no result");
}

for (const over of ["websocket", "http"] as const) {
  test(`tasks: over ${over} the official client runs a task of the official server that asks it something`, async () => {
    const client = await sdkClient(over);
    const { said, text } = await run(client, "jobs__ask");
    assert.match(said[0] ?? "", /^jobs~/);
    assert.equal(text, '{"said":"[jobs] your name?"}');
    await client.close();
  });
}

test("tasks: progress of a task comes under the client's own token, also after the call was answered", async () => {
  const client = await sdkClient("websocket");
  const seen: number[] = [];
  await run(client, "more__steps", ({ progress }) => seen.push(progress));
  assert.deepEqual(seen, [1, 2, 3]);
  await client.close();
});

test("tasks: each client has its own list, over all Cores, and can end what it started", async () => {
  await using one = await WsClient.connect(await hub.wsUrl());
  await using other = await WsClient.connect(await hub.wsUrl());
  const start = async (client: WsClient, name: string) => {
    const { result } = await client.request("tools/call", { name, arguments: {}, task: { ttl: 60_000 } });
    return result.task.taskId as string;
  };
  const mine = [await start(one, "jobs__hold"), await start(one, "more__hold")];
  const theirs = await start(other, "more__hold");
  const list = async (client: WsClient) =>
    ((await client.request("tasks/list")).result.tasks as { taskId: string }[]).map(({ taskId }) => taskId);
  assert.deepEqual(await list(one), mine);
  assert.deepEqual(await list(other), [theirs]);
  for (const method of ["tasks/get", "tasks/result", "tasks/cancel"]) {
    const { error } = await other.request(method, { taskId: mine[0] });
    assert.deepEqual([error?.code, error?.data?.["code"]], [-32602, "name_unknown"], method);
    const nobodys = await other.request(method, { taskId: "jobs~nobody" });
    assert.equal(nobodys.error?.message, error?.message, method);
  }
  const waiting = one.request("tasks/result", { taskId: mine[0] });
  const cancelled = await one.request("tasks/cancel", { taskId: mine[0] });
  assert.deepEqual([cancelled.result.taskId, cancelled.result.status], [mine[0], "cancelled"]);
  const after = await waiting;
  assert.ok(after.result !== undefined || after.error !== undefined);
  assert.equal((await one.request("tasks/get", { taskId: mine[0] })).result.status, "cancelled");
});

test("tasks: a tool says that it can be run as one where its Core knows tasks, and nowhere else", async () => {
  await using client = await WsClient.connect(await hub.wsUrl());
  const { result } = await client.request("tools/list");
  const tools = new Map(result.tools.map((tool: { name: string; execution?: object }) => [tool.name, tool.execution]));
  assert.deepEqual(tools.get("jobs__ask"), { taskSupport: "required" });
  assert.equal(tools.get("echo__echo"), undefined);
  assert.equal((await client.request("tools/call", { name: "echo__pid", task: {} })).result.content.length, 1);
});

test("tasks: a call through hub__call_tool goes on as a task of the tool that it reaches", async () => {
  await using client = await WsClient.connect(await hub.wsUrl("/mcp/p/few"));
  const { tools } = (await client.request("tools/list")).result as { tools: { name: string; execution?: object }[] };
  assert.deepEqual(tools.find(({ name }) => name === "hub__call_tool")?.execution, { taskSupport: "optional" });
  const params = { name: "hub__call_tool", arguments: { name: "more__steps", arguments: {} }, task: { ttl: 60_000 } };
  const { taskId } = (await client.request("tools/call", params)).result.task;
  assert.match(taskId, /^more~/);
  const { result } = await client.request("tasks/result", { taskId });
  assert.equal(result.content[0].text, "done");
});

test("tasks: clients that know none have one answer from a tool that is run as one only, and are asked what it asks", async () => {
  await using old = await WsClient.connect(await hub.wsUrl(), {}, {}, {}, "2025-06-18");
  assert.equal((await old.request("tools/call", { name: "more__steps" })).result.content[0].text, "done");
  const key = "io.modelcontextprotocol/";
  const _meta = {
    [`${key}protocolVersion`]: "2026-07-28",
    [`${key}clientCapabilities`]: { elicitation: { form: {} } },
  };
  const plain = await old.request("tools/call", { name: "more__steps", _meta });
  assert.deepEqual([plain.result.resultType, plain.result.content[0].text], ["complete", "done"]);
  const ask = { name: "jobs__ask", arguments: {}, _meta };
  const { result } = await old.request("tools/call", ask);
  assert.deepEqual(Object.keys(result.inputRequests), ["k1"]);
  const inputResponses = { k1: { action: "accept", content: { name: "Ann" } } };
  const answered = await old.request("tools/call", { ...ask, inputResponses, requestState: result.requestState });
  assert.equal(answered.result.content[0].text, '{"name":"Ann"}');
});
