// OpenTelemetry from end to end: a client that traces, the hub, a Core, and a collector that reads what the hub exports.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { fixture, type HubProcess, root, startHub } from "../helpers/hub-process.ts";
import { OtlpReceiver, type ReceivedSpan } from "../helpers/otlp-receiver.ts";
import { type Message, WsClient } from "../helpers/ws-client.ts";

const manifest = `cores:\n  e:\n    ${fixture("echo.mjs")}\n`;
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const clientSpan = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${clientSpan}-01`;

function startTracedHub(
  receiver: { url: string },
  env: Record<string, string> = {},
  yaml = manifest,
): Promise<HubProcess> {
  const otel = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: "20",
    OTEL_BLRP_SCHEDULE_DELAY: "20",
  };
  return startHub({ manifest: yaml, env: { ...otel, ...env } });
}

const textIn = (message: Message): string => message.result?.content[0].text as string;

/** The two spans of the first call of this kind. */
async function spansOf(receiver: OtlpReceiver, test: (span: ReceivedSpan) => boolean) {
  const server = await receiver.span((span) => span.kind === "server" && test(span));
  const client = await receiver.span((span) => span.kind === "client" && span.parentSpanId === server.spanId);
  return { server, client };
}

for (const protocol of ["http/protobuf", "grpc"] as const) {
  test(`telemetry: one call's spans are connected from its client to its Core, over ${protocol}`, async () => {
    await using receiver = protocol === "grpc" ? await OtlpReceiver.grpc() : await OtlpReceiver.http();
    await using hub = await startTracedHub(receiver, {
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=blue",
      OTEL_SERVICE_NAME: "hub-of-mine",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=lab",
    });
    await using client = await WsClient.connect(await hub.wsUrl());
    const meta = { progressToken: "p", traceparent, tracestate: "vendor=1", baggage: "who=me", mine: { deep: [1] } };
    const seen = JSON.parse(textIn(await client.call("e__meta", { a: 1 }, meta)));

    const { server, client: toCore } = await spansOf(receiver, (span) => span.name === "tools/call e__meta");
    assert.equal(server.traceId, traceId);
    assert.equal(server.parentSpanId, clientSpan);
    assert.equal(server.traceState, "vendor=1");
    assert.equal(toCore.name, "tools/call meta");
    assert.equal(seen.traceparent, `00-${traceId}-${toCore.spanId}-01`);
    assert.deepEqual({ ...seen, progressToken: undefined, traceparent }, { ...meta, progressToken: undefined });
    assert.ok(server.startNs <= toCore.startNs && toCore.startNs <= toCore.endNs && toCore.endNs <= server.endNs);

    const both = { "mcp.method.name": "tools/call", "gen_ai.operation.name": "execute_tool" };
    const hubs = { "thehub.core": "e", "thehub.req_id": server.attributes["thehub.req_id"] };
    assert.match(String(hubs["thehub.req_id"]), /^s1\.e\.\d+$/);
    const { "client.address": address, ...attributes } = server.attributes;
    assert.match(String(address), /^(127\.0\.0\.1|::1)$/);
    assert.deepEqual(attributes, {
      ...both,
      ...hubs,
      "gen_ai.tool.name": "e__meta",
      "jsonrpc.request.id": "2",
      "mcp.session.id": "s1",
      "mcp.protocol.version": "2025-11-25",
      "network.transport": "tcp",
      "network.protocol.name": "websocket",
      "thehub.client": "anonymous",
    });
    assert.deepEqual(toCore.attributes, {
      ...both,
      ...hubs,
      "gen_ai.tool.name": "meta",
      "jsonrpc.request.id": String(hubs["thehub.req_id"]).split(".")[2],
      "mcp.protocol.version": "2025-11-25",
      "network.transport": "pipe",
    });
    assert.equal(server.resource["service.name"], "hub-of-mine");
    assert.equal(server.resource["deployment.environment.name"], "lab");
    assert.ok(receiver.headers.every((headers) => headers["x-tenant"] === "blue"));
    await hub.stop();
    const sums = await receiver.metric((metric) => metric.name === "thehub_requests_total");
    assert.ok(sums.points.some(({ attributes, value }) => attributes["method"] === "tools/call" && value === 1));
    await receiver.log((log) => log.body === "stopped");
  });
}

for (const [path, Transport] of [
  ["/mcp", StreamableHTTPClientTransport],
  ["/sse", SSEClientTransport],
] as const) {
  test(`telemetry: at ${path} the traceparent header that came with a call is its parent`, async () => {
    await using receiver = await OtlpReceiver.http();
    await using hub = await startTracedHub(receiver);
    const client = new Client({ name: "client", version: "1" });
    const requestInit = { headers: { traceparent } };
    await client.connect(new Transport(new URL((await hub.url()) + path), { requestInit }));
    await client.callTool({ name: "e__meta" });
    await client.close();
    const { server } = await spansOf(receiver, (span) => span.name === "tools/call e__meta");
    assert.deepEqual([server.traceId, server.parentSpanId], [traceId, clientSpan]);
    assert.equal(server.attributes["network.transport"], "tcp");
    assert.equal(server.attributes["network.protocol.name"], "http");
  });
}

test("telemetry: the span of a call to a remote Core says that it went over the network, and the log which tool it was", async () => {
  await using receiver = await OtlpReceiver.http();
  await using far = await startHub({ manifest });
  const yaml = `cores:\n  far:\n    url: ${await far.httpUrl()}\n    allow_private: true\n`;
  await using hub = await startTracedHub(receiver, { HUB_LOG_LEVEL: "debug", OTEL_METRICS_EXPORTER: "none" }, yaml);
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.call("far__e__echo");
  const { server, client: toCore } = await spansOf(receiver, (span) => span.name === "tools/call far__e__echo");
  assert.equal(toCore.attributes["network.transport"], "tcp");
  const line = await hub.logged("call_answered", ({ req_id }) => req_id === server.attributes["thehub.req_id"]);
  assert.equal(line["name"], "far__e__echo");
});

test("telemetry: a call without a context begins a trace, and a broken one counts as none", async () => {
  await using receiver = await OtlpReceiver.http();
  await using hub = await startTracedHub(receiver);
  await using client = await WsClient.connect(await hub.wsUrl());
  const bare = JSON.parse(textIn(await client.call("e__meta")));
  const emptyMeta = JSON.parse(textIn(await client.call("e__meta", {}, {})));
  const broken = { traceparent: `${traceparent}-x`, tracestate: "stale=1", kept: true };
  const mended = JSON.parse(textIn(await client.call("e__meta", {}, broken)));
  for (const seen of [bare, emptyMeta, mended]) {
    assert.match(seen.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    const [, trace = "", span] = String(seen.traceparent).split("-");
    assert.notEqual(trace, traceId);
    const { server, client: toCore } = await spansOf(receiver, (one) => one.traceId === trace);
    assert.equal(server.parentSpanId, "");
    assert.equal(toCore.spanId, span);
  }
  assert.deepEqual(Object.keys(bare), ["traceparent"]);
  assert.deepEqual(mended, { traceparent: mended.traceparent, tracestate: "", kept: true });
});

test("telemetry: the context of the connection is the parent of calls without one, and a link of those that have one", async () => {
  await using receiver = await OtlpReceiver.http();
  await using hub = await startTracedHub(receiver);
  const headers = { traceparent, tracestate: "up=1", baggage: "who=connection" };
  await using client = await WsClient.connect(await hub.wsUrl(), headers);
  const own = "0af7651916cd43dd8448eb211c80319c";
  const outer = JSON.parse(textIn(await client.call("e__meta")));
  await client.call("e__echo", {}, { traceparent: `00-${own}-b7ad6b7169203331-01` });

  const first = await spansOf(receiver, (span) => span.name === "tools/call e__meta");
  assert.equal(first.server.parentSpanId, clientSpan);
  assert.deepEqual(outer, {
    traceparent: `00-${traceId}-${first.client.spanId}-01`,
    tracestate: "up=1",
    baggage: "who=connection",
  });
  const second = await spansOf(receiver, (span) => span.name === "tools/call e__echo");
  assert.equal(second.server.traceId, own);
  assert.deepEqual(second.server.links, [{ traceId, spanId: clientSpan }]);
});

test("telemetry: spans say how a call ended", async () => {
  await using receiver = await OtlpReceiver.http();
  await using hub = await startTracedHub(receiver);
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("prompts/get", { name: "e__greet", arguments: { who: "me" } });
  const pending = client.start("tools/call", { name: "e__hang", arguments: {} });
  client.notify("notifications/cancelled", { requestId: pending.id });
  await client.call("e__fail", { code: -32042, message: "argument swordfish is wrong" });
  await client.call("e__refuse");
  await client.request("resources/read", { uri: "fixture://one" });
  const unknown = await client.call("no-such-tool");
  await client.request("made/up", {});
  await client.request("tools/list");
  const crash = await client.call("e__crash");

  const named = (name: string) => spansOf(receiver, (span) => span.name === name);
  const own = (method: string) =>
    receiver.span(
      (span) => span.kind === "server" && span.name === method && span.attributes["thehub.core"] === undefined,
    );
  const cancelled = await named("tools/call e__hang");
  const failed = await named("tools/call e__fail");
  const refused = await named("tools/call e__refuse");
  const died = await named("tools/call e__crash");
  for (const span of Object.values(cancelled)) {
    assert.equal(span.attributes["thehub.abandoned"], "cancelled");
    assert.equal(span.status.code, 0);
  }
  for (const span of Object.values(failed)) {
    assert.equal(span.attributes["error.type"], "-32042");
    assert.equal(span.attributes["rpc.response.status_code"], "-32042");
    assert.deepEqual(span.status, { code: 2, message: "" });
  }
  for (const span of Object.values(refused)) {
    assert.equal(span.attributes["error.type"], "tool_error");
    assert.equal(span.status.code, 2);
  }
  for (const span of Object.values(died)) {
    assert.equal(span.attributes["thehub.error.code"], "core_down");
    assert.equal(span.attributes["error.type"], "-32051");
    assert.equal(span.attributes["thehub.req_id"], crash.error?.data?.["req_id"]);
    assert.equal(span.status.message, crash.error?.message);
  }
  const prompt = await named("prompts/get e__greet");
  assert.equal(prompt.client.attributes["gen_ai.prompt.name"], "greet");
  await named("resources/read");
  await own("tools/list");
  await own("initialize");
  const refusal = await own("tools/call");
  assert.equal(refusal.attributes["thehub.error.code"], "name_unknown");
  assert.equal(refusal.attributes["thehub.req_id"], unknown.error?.data?.["req_id"]);
  await own("_OTHER");
  const everything = Buffer.concat(receiver.raw).toString("latin1");
  for (const word of ["swordfish", "fixture://one", "made/up"]) assert.ok(!everything.includes(word), word);
});

test("telemetry: an unsampled parent is not recorded, and is still handed on", async () => {
  await using receiver = await OtlpReceiver.http();
  await using hub = await startTracedHub(receiver);
  await using client = await WsClient.connect(await hub.wsUrl());
  const seen = JSON.parse(textIn(await client.call("e__meta", {}, { traceparent: `00-${traceId}-${clientSpan}-00` })));
  assert.match(seen.traceparent, new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  await client.call("e__echo");
  await spansOf(receiver, (span) => span.name === "tools/call e__echo");
  assert.ok(receiver.spans.every((span) => span.traceId !== traceId));
});

test("telemetry: a hub on STDIO sends what it has when its input ends", async () => {
  await using receiver = await OtlpReceiver.http();
  const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces` };
  await using hub = await startHub({ manifest, args: ["stdio"], env });
  const initialize = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "raw", version: "1" },
  };
  const send = (message: object) => hub.child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  hub.child.stdout.resume();
  send({ id: 1, method: "initialize", params: initialize });
  send({ method: "notifications/initialized" });
  send({ id: "two", method: "tools/call", params: { name: "e.echo", arguments: {}, _meta: { traceparent } } });
  hub.child.stdin.end();
  assert.deepEqual(await hub.exited, { code: 0, signal: null });
  const { server } = await spansOf(receiver, (span) => span.name === "tools/call e.echo");
  assert.equal(server.traceId, traceId);
  assert.equal(server.attributes["network.transport"], "pipe");
  assert.equal(server.attributes["jsonrpc.request.id"], "two");
});

test("telemetry: OTEL_TRACES_SAMPLER and the switches of single signals are obeyed", async () => {
  await using receiver = await OtlpReceiver.http();
  await using hub = await startTracedHub(receiver, {
    OTEL_TRACES_SAMPLER: "always_off",
    OTEL_METRICS_EXPORTER: "none",
  });
  await using client = await WsClient.connect(await hub.wsUrl());
  const seen = JSON.parse(textIn(await client.call("e__meta", {}, { traceparent })));
  assert.match(seen.traceparent, new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  const on = await hub.logged("telemetry_on");
  assert.deepEqual(on["signals"], { traces: "http/protobuf", logs: "http/protobuf" });
  await hub.stop();
  assert.deepEqual(receiver.spans, []);
  assert.deepEqual(receiver.metrics, []);
});

test("telemetry: metrics are those of /metrics, and log lines of a call name its trace", async () => {
  await using receiver = await OtlpReceiver.http();
  // No reader takes a timeout that is longer than its interval.
  const times = { OTEL_METRIC_EXPORT_INTERVAL: "600000", OTEL_METRIC_EXPORT_TIMEOUT: "900000" };
  await using hub = await startTracedHub(receiver, { HUB_LOG_LEVEL: "debug", ...times });
  const ignored = await hub.logged("telemetry_setting_ignored");
  assert.deepEqual([ignored["variable"], ignored["value"]], ["OTEL_METRIC_EXPORT_TIMEOUT", "900000"]);
  await using client = await WsClient.connect(await hub.wsUrl());
  for (let call = 0; call < 5; call++) await client.call("e__echo", {}, { traceparent });
  const { server } = await spansOf(receiver, (span) => span.name === "tools/call e__echo");
  const line = await receiver.log((log) => log.body === "call_answered" && log.spanId === server.spanId);
  assert.equal(line.traceId, traceId);
  assert.equal(line.severity, "debug");
  assert.equal(line.attributes["req_id"], server.attributes["thehub.req_id"]);
  assert.equal(line.attributes["core"], "e");
  const page = await (await fetch(`${await hub.url()}/metrics`)).text();
  const shown = new Set([...page.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
  await hub.stop();
  assert.deepEqual(new Set(receiver.metrics.map(({ name }) => name)), shown);
  const durations = receiver.metrics.find(({ name }) => name === "thehub_request_duration_seconds");
  const point = durations?.points.find(({ attributes }) => attributes["core"] === "e");
  assert.equal(durations?.unit, "s");
  assert.equal(point?.count, 5);
  assert.equal(
    point?.buckets.reduce((sum, count) => sum + count, 0),
    5,
  );
  assert.ok(receiver.metrics.every((metric) => metric.points.every((one) => Number.isFinite(one.value))));
});

test("telemetry: no secret is in anything that is exported", async () => {
  const secret = "swordfish-1234567890";
  const token = "presented-token-abcdefghijklmnop";
  await using receiver = await OtlpReceiver.http();
  const yaml = `cores:\n  m:\n    ${fixture("mirror.mjs")}\n    secrets: [MY_SECRET]\n  p:\n    ${fixture("env-printer.mjs")}\n    secrets: [API_TOKEN]\n`;
  const env = { HUB_SECRET_MY_SECRET: secret, HUB_SECRET_API_TOKEN: secret, HUB_TOKEN: token, HUB_LOG_LEVEL: "debug" };
  await using hub = await startTracedHub(
    receiver,
    { ...env, OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abcdefgh" },
    yaml,
  );
  await using client = await WsClient.connect(await hub.wsUrl(), { authorization: `Bearer ${token}` });
  await client.call("m__secret", { name: "MY_SECRET" });
  await client.call("m__mirror", { key: secret, token });
  const inId = client.answerTo(`id-${token}`);
  client.socket.send(
    JSON.stringify({
      jsonrpc: "2.0",
      id: `id-${token}`,
      method: "tools/call",
      params: { _meta: { traceparent, tracestate: `a=${secret}` }, name: "m__mirror", arguments: {} },
    }),
  );
  await inId;
  await client.call(`no-${secret}`);
  await client.call(`no-${token}`);
  await receiver.log((log) => log.body === "core_stderr");
  await receiver.span((span) => span.kind === "client" && span.name === "tools/call mirror");
  await hub.stop();
  const everything = Buffer.concat(receiver.raw).toString("latin1") + JSON.stringify(hub.logs);
  for (const word of [secret, token, 'abcdefgh"']) assert.ok(!everything.includes(word), word);
  assert.ok(receiver.headers.every((headers) => headers["authorization"] === "Bearer abcdefgh"));
});

for (const temper of ["silent", "refusing", "absent"] as const) {
  test(`telemetry: a collector that is ${temper} costs no call and does not keep the hub`, async () => {
    await using receiver = await OtlpReceiver.http(temper === "absent" ? "friendly" : temper);
    if (temper === "absent") await receiver[Symbol.asyncDispose]();
    await using hub = await startTracedHub(receiver, {
      OTEL_BSP_MAX_QUEUE_SIZE: "8",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "4",
    });
    await using client = await WsClient.connect(await hub.wsUrl());
    await client.call("e__echo");
    if (temper !== "absent") await receiver.touched();
    for (let call = 0; call < 100; call++)
      assert.equal(textIn(await client.call("e__echo", { call })), `{"call":${call}}`);
    const page = await (await fetch(`${await hub.url()}/metrics`)).text();
    const lost = Number(/^thehub_telemetry_lost_total\{signal="traces"\} (\d+)$/m.exec(page)?.[1]);
    assert.ok(lost > 100, `the queue is bounded: ${lost} spans lost`);
    await hub.stop();
    const said = hub.logs.filter(({ msg }) => msg.startsWith("telemetry_"));
    assert.ok(said.length <= 6, JSON.stringify(said));
    if (temper === "refusing") assert.ok(said.some(({ msg }) => msg === "telemetry_export_failed"));
    else assert.ok(said.some(({ msg }) => msg === "telemetry_unsent"));
  });
}

test("telemetry: nothing of OpenTelemetry is loaded while it is off", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thehub-modules-"));
  const recorder = pathToFileURL(join(root, "test/helpers/module-recorder.mjs")).href;
  const loads = async (name: string, env: Record<string, string>): Promise<boolean> => {
    const file = join(folder, name);
    const recording = { NODE_OPTIONS: `--import ${recorder}`, LOADED_MODULES: file };
    await using hub = await startHub({ manifest, env: { ...recording, ...env } });
    await using client = await WsClient.connect(await hub.wsUrl());
    await client.call("e__echo");
    await hub.stop();
    const urls = readFileSync(file, "utf8").split("\n");
    const files = urls.filter((url) => url.startsWith("file:"));
    assert.ok(files.some((url) => url.endsWith("/dist/cli/main.js")));
    return files.some((url) => readFileSync(fileURLToPath(url), "utf8").includes("// node_modules/@opentelemetry/"));
  };
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" };
  try {
    assert.equal(await loads("off", { OTEL_SERVICE_NAME: "named", OTEL_EXPORTER_OTLP_ENDPOINT: " " }), false);
    assert.equal(await loads("disabled", { ...endpoint, OTEL_SDK_DISABLED: "true" }), false);
    assert.equal(await loads("on", endpoint), true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
