// Modern Cores over Streamable HTTP: the SDK's own server, and one that does what a test says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOfText } from "../../../src/wire/frame.ts";
import { CoreRun, type RunOptions } from "../../helpers/core-run.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { ModernServer } from "../../helpers/modern-server.ts";
import { ScriptedHttpHub } from "../../helpers/scripted-http-hub.ts";
import { SdkHttpServer } from "../../helpers/sdk-http-server.ts";

type Transport = "auto" | "streamable-http" | "sse";

function remote(url: string, transport: Transport = "auto", options: RunOptions = {}): CoreRun {
  const place = { url, transport, headers: {}, bearer: undefined, tls: undefined, allowPrivate: true };
  return new CoreRun({ ...options, definition: { remote: place, command: "", args: [] } });
}

const cancelled = (requestId: number) =>
  frameOfText(JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } }));

for (const legacy of ["stateless", "reject"] as const) {
  test(`modern http: the SDK's server (${legacy}) is asked for its era once, then spoken to without a session`, async () => {
    await using server = await ModernServer.open(legacy);
    await using run = await remote(server.url).up();
    assert.equal(run.core.era, "modern");
    assert.equal(run.core.instructions, "both eras");
    assert.equal(run.core.serverInfo?.["name"], "modern-server");
    assert.equal(await run.call("era"), '"modern"');
    for (const { method, headers, params } of server.asked) {
      assert.equal(headers["mcp-protocol-version"], "2026-07-28");
      assert.equal(headers["mcp-method"], method);
      assert.equal(headers["mcp-session-id"], undefined);
      const meta = params["_meta"] as Record<string, unknown>;
      assert.equal(meta["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
      assert.deepEqual(meta["io.modelcontextprotocol/clientCapabilities"], {});
    }
    assert.equal(server.asked.filter(({ method }) => method === "server/discover").length, 1);
    await run.core.stop();
    assert.ok(!server.methods().some((method) => ["initialize", "DELETE", "GET"].includes(method)));
  });
}

test("modern http: headers say the native name, and the arguments that a tool wants repeated", async () => {
  await using server = await ModernServer.open("reject");
  await using run = await remote(server.url).up();
  await run.call("era");
  await run.call("place", { region: "eu west", other: 1 });
  await run.core.request("resources/read", { uri: "test://a" }, 10_000);
  await run.core.request("prompts/get", { name: "sälut" }, 10_000);
  const named = (test: string) => server.asked.filter(({ method }) => method === test).map(({ headers }) => headers);
  assert.deepEqual(
    named("tools/call").map((headers) => [headers["mcp-name"], headers["mcp-param-region"]]),
    [
      ["era", undefined],
      ["place", "eu west"],
    ],
  );
  assert.equal(named("resources/read")[0]?.["mcp-name"], "test://a");
  assert.equal(named("prompts/get")[0]?.["mcp-name"], "=?base64?c8OkbHV0?=");
  assert.equal(named("tools/list")[0]?.["mcp-name"], undefined);
});

test("modern http: what comes on a response is told with its request, and taking that back closes the response", async () => {
  await using server = await ModernServer.open("reject");
  await using run = await remote(server.url).up();
  const ids = [1, 2].map((token) => run.send("tools/call", { name: "steps", _meta: { progressToken: token } }));
  await run.until(() => run.upward.length === 2);
  const told = run.upward.map((text, at) => [JSON.parse(text).params.progressToken, run.origins[at]]);
  assert.deepEqual(
    told.toSorted(([a], [b]) => a - b),
    [
      [1, ids[0]],
      [2, ids[1]],
    ],
  );
  run.core.send(cancelled(ids[0] ?? 0), []);
  // The server lets both go on once it has noticed.
  await run.until(() => run.upward.some((text) => text.includes('"result"')));
  assert.deepEqual(server.aborted, [1]);
  assert.ok(!server.methods().includes("notifications/cancelled"));
  assert.equal(run.upward.filter((text) => text.includes('"result"')).length, 1);
  assert.equal(run.lost.length, 0);
});

test("modern http: a response that breaks loses its request, which may have run, and nothing else", async () => {
  await using server = await ScriptedHttpHub.open();
  await using run = await scripted(server);
  run.send("tools/call", { name: "x" });
  const call = await server.next("POST tools/call");
  call.stream();
  call.event({ method: "notifications/message", params: { level: "info", data: 1 } }, "id: 7\nretry: 1\n");
  await run.until(() => run.upward.length === 1);
  call.response.end();
  await run.until(() => run.lost.length === 1);
  assert.equal(run.lost[0]?.code, "core_down");
  assert.equal(run.lost[0]?.data["may_have_run"], true);
  assert.equal(run.core.state.t, "up");
  assert.equal(server.waiting, 0);
  run.send("tools/call", { name: "y" });
  (await server.next("POST tools/call")).answer({ content: [] });
  await run.until(() => run.upward.length === 2);
});

test("modern http: one stream tells of lists and resources, and comes back after it was cut with what was missed", async () => {
  await using server = await ModernServer.open("reject");
  await using run = remote(server.url);
  run.core.watch(new Set(["test://a"]));
  await run.up();
  await run.record.line("core_listening", ({ lists, resources }) => lists === 3 && resources === 1);
  const listens = () => server.asked.filter(({ method }) => method === "subscriptions/listen");
  assert.equal(listens().length, 1);
  server.hasGrown = true;
  server.handler.notify.toolsChanged();
  await run.until(() => run.toolNames().includes("grown"));
  server.handler.notify.resourceUpdated("test://b");
  server.handler.notify.resourceUpdated("test://a");
  await run.until(() => run.upward.length === 1);
  const updated = '{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"test://a"}}';
  assert.deepEqual(
    run.upward.map((text) => JSON.stringify(JSON.parse(text))),
    [updated],
  );
  server.hasGrown = false;
  server.cut();
  await run.record.line("core_listen_lost");
  await run.until(() => !run.toolNames().includes("grown"));
  assert.equal(listens().length, 2);
  await run.until(() => run.upward.length === 2);
  assert.equal(run.upward[1], updated);
  assert.equal(run.core.state.t, "up");
});

test("modern http: how long lists may be kept is known, of all pages the strictest", async () => {
  await using server = await ScriptedHttpHub.open();
  await using run = remote(server.url);
  run.core.start();
  const capabilities = { tools: {}, prompts: {} };
  (await server.next("POST server/discover")).answer({ supportedVersions: ["2026-07-28"], capabilities });
  const page = (cacheScope: string, ttlMs: number) => ({ resultType: "complete", tools: [], cacheScope, ttlMs });
  const first = await server.next("POST tools/list");
  first.answer({ ...page("public", 60_000), nextCursor: "2" });
  const mismatched = await server.next("POST tools/list");
  mismatched.json({ id: mismatched.message.id, error: { code: -32020, message: "mismatch" } }, {}, 400);
  (await server.next("POST tools/list")).answer(page("private", 90_000));
  (await server.next("POST prompts/list")).answer({ prompts: [] });
  await run.reach("up");
  assert.deepEqual(run.core.lists?.caching, { tools: { ttlMs: 60_000, scope: "private" } });
});

const placed = (header: string) => ({
  name: "place",
  inputSchema: { type: "object", properties: { region: { type: "string", "x-mcp-header": header } } },
});

test("modern http: a call whose headers are not what the tool wants any more is sent once more, with what the list says now", async () => {
  await using server = await ScriptedHttpHub.open();
  await using run = remote(server.url);
  run.core.start();
  (await server.next("POST server/discover")).answer({
    supportedVersions: ["2026-07-28"],
    capabilities: { tools: {} },
  });
  (await server.next("POST tools/list")).answer({ tools: [placed("Old")] });
  await run.reach("up");
  const refuse = async (header: string) => {
    const call = await server.next("POST tools/call");
    assert.equal(call.header(`mcp-param-${header}`), "eu");
    call.json({ id: call.message.id, error: { code: -32020, message: "mismatch" } }, {}, 400);
  };
  const id = run.send("tools/call", { name: "place", arguments: { region: "eu" } });
  await refuse("old");
  (await server.next("POST tools/list")).answer({ tools: [placed("New")] });
  // A second refusal stands.
  await refuse("new");
  await run.until(() => run.upward.length === 1);
  assert.deepEqual(JSON.parse(run.upward[0] ?? ""), {
    jsonrpc: "2.0",
    id,
    error: { code: -32020, message: "mismatch" },
  });
  // One that is taken back meanwhile is not sent again.
  const gone = run.send("tools/call", { name: "place", arguments: { region: "eu" } });
  await refuse("new");
  const list = await server.next("POST tools/list");
  run.core.send(cancelled(gone), []);
  list.answer({ tools: [placed("Newer")] });
  await run.until(() => run.listings === 3);
  run.send("tools/call", { name: "other" });
  assert.equal((await server.next("POST tools/call")).header("mcp-name"), "other");
});

test("modern http: a session id that the server gives is not sent back, and no stream is asked for", async () => {
  await using server = await ScriptedHttpHub.open();
  await using run = await scripted(server, { "mcp-session-id": "s" });
  run.send("tools/call", { name: "x" });
  const call = await server.next("POST tools/call");
  assert.equal(call.header("mcp-session-id"), undefined);
  call.answer({ content: [] });
  await run.until(() => run.upward.length === 1);
});

/** A modern Core that has nothing but what a test answers. */
async function scripted(
  server: ScriptedHttpHub,
  headers: Record<string, string> = {},
  options: RunOptions = {},
): Promise<CoreRun> {
  const run = remote(server.url, "auto", options);
  run.core.start();
  const discover = await server.next("POST server/discover");
  discover.answer({ resultType: "complete", supportedVersions: ["2026-07-28"], capabilities: {} }, headers);
  await run.reach("up");
  return run;
}

const rpcError = (code: number, id: unknown = null) =>
  JSON.stringify({ jsonrpc: "2.0", id, error: { code, message: "no" } });
const json = { "content-type": "application/json" };
const greeting = { protocolVersion: "2025-06-18", capabilities: {}, serverInfo: { name: "x", version: "1" } };

for (const [name, status, body] of [
  ["400 and an error of the other era", 400, rpcError(-32000)],
  ["400 and nothing", 400, ""],
  ["404", 404, "not found"],
  ["405", 405, ""],
  ["500 and an error of JSON-RPC", 500, rpcError(-32603)],
  ["200 and a page", 200, "<html>"],
] as const) {
  test(`modern http: a server that answers the question with ${name} is greeted in the other era`, async () => {
    await using server = await ScriptedHttpHub.open();
    await using run = remote(server.url);
    run.core.start();
    (await server.next("POST server/discover")).refuse(status, body, status === 200 ? {} : json);
    const initialize = await server.next("POST initialize");
    assert.equal(initialize.header("mcp-protocol-version"), undefined);
    assert.equal(initialize.header("mcp-method"), undefined);
    initialize.answer(greeting);
    (await server.next("POST notifications/initialized")).refuse(202);
    await run.reach("up");
    assert.equal(run.core.era, "legacy");
    await server.next("GET");
  });
}

for (const status of [401, 403, 429, 503]) {
  test(`modern http: ${status} settles nothing, and the next start asks again`, async () => {
    await using server = await ScriptedHttpHub.open();
    await using run = remote(server.url);
    run.core.start();
    (await server.next("POST server/discover")).refuse(status);
    (await server.next("POST server/discover")).answer({ supportedVersions: ["2026-07-28"], capabilities: {} });
    await run.reach("up");
    assert.equal(run.core.era, "modern");
  });
}

test("modern http: where nothing is said the other era is tried beside it, and not taken for granted", async () => {
  await using server = await ScriptedHttpHub.open();
  await using run = remote(server.url, "streamable-http", { health: { startupTimeoutMs: 3000 } });
  run.core.start();
  const discover = await server.next("POST server/discover");
  (await server.next("POST initialize")).answer(greeting);
  await run.reach("up");
  assert.equal(run.core.era, "legacy");
  discover.refuse(500);
  (await server.next("POST notifications/initialized")).refuse(202);
  (await server.next("GET")).refuse(405);
  await run.core.stop();
  run.core.start();
  (await server.next("POST server/discover")).answer({ supportedVersions: ["2026-07-28"], capabilities: {} });
  await run.reach("up");
  assert.equal(run.core.era, "modern");
});

test("modern http: a Core of HTTP+SSE is not asked", async () => {
  await using server = await ScriptedHttpHub.open();
  await using run = remote(server.url, "sse");
  run.core.start();
  const stream = await server.next("GET");
  stream.stream();
  stream.write("event: endpoint\ndata: /messages\n\n");
  const initialize = await server.next("POST initialize");
  initialize.refuse(202);
  stream.event({ id: initialize.message.id, result: greeting });
  (await server.next("POST notifications/initialized")).refuse(202);
  await run.reach("up");
});

for (const version of ["v1", "v2"] as const) {
  test(`modern http: the SDK's ${version} server with sessions is greeted on the connection that was asked`, async () => {
    await using server = await SdkHttpServer.open(version);
    await using run = await remote(`http://127.0.0.1:${server.port}/mcp`).up();
    assert.equal(run.core.era, "legacy");
    assert.equal(await run.call("echo", { a: 1 }), '{"a":1}');
    assert.equal(server.sessions, 1);
  });
}

test("modern http: a server that has become one of the other era is greeted anew", async () => {
  const clock = new FakeClock();
  const health = { pingIntervalMs: 30_000, maxRestarts: 2 };
  await using server = await ScriptedHttpHub.open();
  await using run = await scripted(server, {}, { clock, health });
  clock.advance(30_000);
  (await server.next("POST server/discover")).refuse(404, rpcError(-32601), json);
  const { reason } = await run.reach("backoff");
  assert.match(reason, /is not what it was when it was greeted: .*refused server\/discover/);
  clock.advance(1);
  (await server.next("POST server/discover")).refuse(400, rpcError(-32000), json);
  (await server.next("POST initialize")).answer(greeting);
  (await server.next("POST notifications/initialized")).refuse(202);
  await run.reach("up");
  assert.equal(run.core.era, "legacy");
  // And back: nothing else would show it for a day.
  clock.advance(30_000);
  const data = { supported: ["2026-07-28"], requested: "2025-11-25" };
  const unsupported = { jsonrpc: "2.0", id: null, error: { code: -32022, message: "unsupported", data } };
  (await server.next("POST ping")).refuse(400, JSON.stringify(unsupported), json);
  await run.reach("backoff");
  clock.advance(2);
  const discover = await server.next("POST server/discover");
  discover.answer({ resultType: "complete", supportedVersions: ["2026-07-28"], capabilities: {} });
  await run.reach("up");
  assert.equal(run.core.era, "modern");
});
