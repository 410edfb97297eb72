// A client that can use ten tools, in front of Cores that have over three hundred: over a real door, with real processes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { fixture, type HubProcess, startHub } from "../helpers/hub-process.ts";
import { mirrored } from "../helpers/mirrored.ts";
import { OtlpReceiver } from "../helpers/otlp-receiver.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const manifest = `profiles:
  small: { tool_cap: 10, pinned: [work.create_issue, "echo.*"] }
  plain: { extends: small, downgrade: { kinds: [structured_content] } }
cores:
  work:
    ${fixture("many.mjs")}
    tags: [prod]
  echo:
    ${fixture("echo.mjs")}
  mirror:
    ${fixture("mirror.mjs")}
`;

let hub: HubProcess;
let client: WsClient;
let receiver: OtlpReceiver;

before(async () => {
  receiver = await OtlpReceiver.http();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: "20" };
  hub = await startHub({ manifest, env });
  client = await WsClient.connect(await hub.wsUrl("/mcp/p/small"));
});

after(async () => {
  await client[Symbol.asyncDispose]();
  await hub.stop();
  await hub[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const search = (args: object) => client.call("hub__search_tools", args);
const through = (name: string, args?: object, meta?: object) =>
  client.call("hub__call_tool", args === undefined ? { name } : { name, arguments: args }, meta);
const textOf = (message: Message): string => message.result?.content?.[0]?.text;

test("tool search: a client with a cap is shown what is pinned and the hub's tools, and the log says so", async () => {
  const { result } = await client.request("tools/list");
  const names = result.tools.map(({ name }: { name: string }) => name);
  assert.equal(names.length, 10);
  assert.equal(names[0], "work__create_issue");
  assert.ok(names.slice(1, 7).every((name: string) => name.startsWith("echo__")));
  assert.deepEqual(names.slice(7), ["hub__search_tools", "hub__describe_tool", "hub__call_tool"]);
  const { listed, tool_cap } = await hub.logged("tools_capped");
  assert.deepEqual({ listed, tool_cap }, { listed: 7, tool_cap: 10 });
  const { left_out } = await hub.logged("pinned_left_out");
  assert.ok((left_out as string[]).length > 10 && (left_out as string[]).every((name) => name.startsWith("echo.")));
});

test("tool search: another client of the same hub is shown all tools, and none of the hub's", async () => {
  await using other = await WsClient.connect(await hub.wsUrl());
  const { result } = await other.request("tools/list");
  const { tools } = await hub.logged("tools_capped");
  assert.equal(result.tools.length, tools);
  // Of work's 300, 20 are hidden as destructive.
  assert.ok(result.tools.length > 300);
  const { error } = await other.call("hub__search_tools", { query: "issue" });
  assert.match(String(error?.message), /unknown tool "hub__search_tools"; tools\/list shows/);
});

test("tool search: finds, describes and calls a tool that is not listed", async () => {
  const found = await search({ query: "refund a payment", tag: "prod", limit: 5 });
  const { tools, total } = found.result.structuredContent;
  assert.equal(tools.length, 5);
  assert.ok(total > 5);
  assert.match(tools[0].name, /^work__\w+_(refund|payment)$/);
  assert.deepEqual(tools[0].required.length, 1);
  assert.match(textOf(found), new RegExp(`- ${tools[0].name} \\(work\\): `));

  const described = await client.call("hub__describe_tool", { name: "work.create_refund" });
  assert.match(textOf(described), /^\{"name":"work__create_refund",.*"x-kept":9007199254740993\}$/);
  assert.ok(client.lastText.includes(`"structuredContent":{"tool":${textOf(described)}}`));

  const called = await through("work__create_refund", { title: "x" });
  assert.deepEqual(called.result, {
    content: [{ type: "text", text: "create_refund" }],
    structuredContent: { title: "x" },
  });
});

test("tool search: a client that takes no structured content is answered in text", async () => {
  await using plain = await WsClient.connect(await hub.wsUrl("/mcp/p/plain"));
  for (const answer of [
    await plain.call("hub__search_tools", { query: "work.get_report", limit: 1 }),
    await plain.call("hub__describe_tool", { name: "work.get_report" }),
  ]) {
    assert.deepEqual(Object.keys(answer.result), ["content"]);
    assert.match(textOf(answer), /work__get_report/);
  }
});

test("tool search: the official client takes the answers for what the definitions promise, over HTTP", async () => {
  const sdk = new Client({ name: "sdk", version: "1" });
  await sdk.connect(new StreamableHTTPClientTransport(new URL(`${await hub.url()}/mcp/p/small`)));
  // It holds results to the output schemas of the list that it has read.
  await sdk.listTools();
  const found = await sdk.callTool({ name: "hub__search_tools", arguments: { query: "assign ticket", limit: 2 } });
  const [first] = (found.structuredContent as { tools: { name: string }[] }).tools;
  assert.equal(first?.name, "work__assign_ticket");
  const described = await sdk.callTool({ name: "hub__describe_tool", arguments: { name: first.name } });
  assert.equal((described.structuredContent as { tool: { name: string } }).tool.name, first.name);
  const args = { name: first.name, arguments: { ticketId: "7" } };
  const called = await sdk.callTool({ name: "hub__call_tool", arguments: args });
  assert.deepEqual(called.structuredContent, { ticketId: "7" });
  await sdk.close();
});

test("tool search: what is searched for by its name comes first", async () => {
  const { result } = await search({ query: "work.get_report", limit: 1 });
  assert.equal(result.structuredContent.tools[0].name, "work__get_report");
});

test("tool search: what policy hides is not found, not described and not called", async () => {
  const { result } = await search({ query: "delete issue", limit: 50 });
  assert.doesNotMatch(JSON.stringify(result), /delete_/);
  assert.equal((await search({ query: "", core: "work", limit: 50 })).result.structuredContent.total, 280);
  for (const answer of [
    await client.call("hub__describe_tool", { name: "work__delete_issue" }),
    await through("work__delete_issue", {}),
  ]) {
    assert.equal(answer.result.isError, true);
    assert.match(textOf(answer), /there is no tool "work__delete_issue"; the nearest are work__\w+_issue, /);
    assert.match(textOf(answer), /hub__search_tools finds what there is/);
  }
});

test("tool search: tools that are not listed can be called by their own names as well", async () => {
  const { result } = await client.call("work__list_ticket", { ticketId: "7" });
  assert.deepEqual(result.structuredContent, { ticketId: "7" });
});

/** The name of the tool and its arguments as they are written, answered with what reached the Core. */
async function throughHub(args: string): Promise<string> {
  const answered = client.answerTo("m");
  client.socket.send(
    `{"jsonrpc":"2.0","id":"m","method":"tools/call","params":{"name":"hub__call_tool","arguments":${args}}}`,
  );
  await answered;
  return client.lastText;
}

for (const [what, raw] of Object.entries({
  "numbers beyond a double": '{"n":9007199254740993,"m":1e400}',
  "duplicate keys and spaces": '{ "a" :\t1, "a":2 }',
  "what looks like a call": '{"name":"x","arguments":{"name":"y"}}',
  "3 MiB, which stay in their chunks": `{"s":"${"x".repeat(3 * 1024 * 1024)}","n":[${"1,".repeat(1000)}2]}`,
})) {
  test(`tool search: arguments reach the Core byte for byte: ${what}`, async () => {
    const expected = mirrored('"m"', raw);
    for (const args of [
      `{"name":"mirror__mirror","arguments":${raw}}`,
      `{\t"arguments" : ${raw} , "name": "mirror\\u002emirror" }`,
    ]) {
      const text = await throughHub(args);
      // Not assert.equal: its difference of two long texts would be longer still.
      assert.ok(text === expected, `got ${text.slice(0, 200)}`);
    }
  });
}

test("tool search: a call through reports progress under the client's token", async () => {
  const { result } = await through("echo__progress", { steps: 2 }, { progressToken: "mine" });
  assert.match(result.content[0].text, /^\d+$/);
  const steps = client.notifications.filter(({ params }) => params?.["progressToken"] === "mine");
  assert.deepEqual(
    steps.map(({ params }) => params?.["progress"]),
    [1, 2],
  );
});

test("tool search: a call through is cancelled as any other", async () => {
  const { id } = client.start("tools/call", {
    name: "hub__call_tool",
    arguments: { name: "echo__slow", arguments: { key: "k" } },
  });
  await through("echo__until-held", { key: "k" });
  client.notify("notifications/cancelled", { requestId: id });
  assert.equal(textOf(await through("echo__until-cancelled", { key: "k" })), "cancelled");
});

test("tool search: an error of the Core is the answer of a call through", async () => {
  const { error } = await through("echo__fail", { code: -32099, message: "mine", data: { x: 1 } });
  assert.deepEqual(error, { code: -32099, message: "mine", data: { x: 1 } });
});

test("tool search: metrics count a call through as one of its Core", async () => {
  const count = async () => {
    const text = await (await fetch(`${await hub.url()}/metrics`)).text();
    return Number(/thehub_requests_total\{[^}]*core="work"[^}]*method="tools\/call"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
  };
  const before = await count();
  await through("work__get_folder", { folderId: "1" });
  assert.equal(await count(), before + 1);
});

test("tool search: a trace has what the client called, and the tool that it reached, which is told of its place", async () => {
  for (const meta of [undefined, { mine: 1 }]) {
    const told = JSON.parse(textOf(await through("echo__meta", {}, meta))) as Record<string, unknown>;
    const [, traceId, spanId] = String(told["traceparent"]).split("-");
    const core = await receiver.span((span) => span.spanId === spanId);
    assert.deepEqual([core.name, core.traceId], ["tools/call meta", traceId]);
    const server = await receiver.span((span) => span.spanId === core.parentSpanId);
    assert.equal(server.name, "tools/call hub__call_tool");
    assert.equal(told["mine"], meta?.mine);
  }
});

test("tool search: what is wrong with a request is said where a model reads it", async () => {
  const cases: [Message, RegExp][] = [
    [await search({}), /hub__search_tools: say in query what the tool should do/],
    [await search({ query: "zzzqqq" }), /No tool matches "zzzqqq"\. Cores and their tools: /],
    [await through("hub__search_tools", {}), /is a tool of the hub itself: call it directly/],
    [await client.call("hub__call_tool", { name: "echo__echo", args: {} }), /there is no argument "args"/],
    [await client.call("hub__describe_tool", { tool: "x" }), /there is no argument "tool"; it takes name/],
  ];
  for (const [answer, message] of cases) assert.match(textOf(answer), message);
});

test("tool search: searches that come at once, before there is an index, are all answered, and one is taken back", async () => {
  await using other = await WsClient.connect(await hub.wsUrl("/mcp/p/small"));
  const waits = Array.from({ length: 20 }, (_, at) => {
    return other.start("tools/call", { name: "hub__search_tools", arguments: { query: `issue ${at}` } });
  });
  const [taken, ...rest] = waits;
  other.notify("notifications/cancelled", { requestId: taken?.id });
  for (const { answer } of rest) assert.ok((await answer).result.structuredContent.total > 0);
  assert.deepEqual(other.strays, []);
});

test("tool search: a tool that comes is found, and only clients that see it in their list are told", async () => {
  await using other = await WsClient.connect(await hub.wsUrl());
  await other.request("tools/list");
  await search({ query: "zebra" });
  // While the Cores were starting it may have been told.
  const told = () => client.notifications.filter(({ method }) => method === "notifications/tools/list_changed").length;
  const before = told();
  await through("echo__grow", { name: "stripe_zebra" });
  await other.notified("notifications/tools/list_changed");
  const { tools } = (await search({ query: "zebra" })).result.structuredContent;
  assert.deepEqual(
    tools.map(({ name }: { name: string }) => name),
    ["echo__stripe_zebra"],
  );
  assert.equal(told(), before);
});
