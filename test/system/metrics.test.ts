// What a running hub shows at /metrics, after traffic of every kind that it counts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dashboardQueries, metricNames } from "../helpers/dashboard.ts";
import { fixture, root, startHub } from "../helpers/hub-process.ts";
import { ModernClient } from "../helpers/modern-client.ts";
import { WsClient } from "../helpers/ws-client.ts";

async function scrape(url: string): Promise<string[]> {
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 200);
  return (await response.text()).split("\n");
}

/** Says, where one is missing, what there is of that metric. */
function assertShown(lines: readonly string[], wanted: readonly string[]): void {
  for (const line of wanted) {
    const [metric = ""] = line.split("{", 1);
    assert.ok(lines.includes(line), `${line}\n--\n${lines.filter((text) => text.startsWith(metric)).join("\n")}`);
  }
}

test("metrics: what the hub answers and refuses itself is counted under an empty core", async () => {
  await using hub = await startHub({ manifest: `cores:\n  echo:\n    ${fixture("echo.mjs")}\n` });
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  await client.request("ping");
  assert.equal((await client.call("nowhere__to_be_found")).error?.data?.["code"], "name_unknown");
  assert.equal((await client.request("made/up")).error?.data?.["code"], "method_unknown");
  const answer = client.answerTo("null");
  client.socket.send("{");
  assert.equal((await answer).error?.data?.["code"], "parse_error");
  const lines = await scrape(await hub.url());
  assertShown(lines, [
    'thehub_requests_total{core="",method="initialize"} 1',
    'thehub_requests_total{core="",method="tools/list"} 1',
    'thehub_requests_total{core="",method="ping"} 1',
    'thehub_requests_total{core="",method="tools/call"} 1',
    'thehub_requests_total{core="",method="other"} 2',
    'thehub_errors_total{core="",code="name_unknown"} 1',
    'thehub_errors_total{core="",code="method_unknown"} 1',
    'thehub_errors_total{core="",code="parse_error"} 1',
  ]);
});

test("metrics: an id that is in use is refused, and counted at the Core that it was meant for", async () => {
  await using hub = await startHub({ manifest: `cores:\n  echo:\n    ${fixture("echo.mjs")}\n` });
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  const { id } = client.start("tools/call", { name: "echo__hang", arguments: {} });
  const again = client.answerTo(id);
  client.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "echo__hang" } }));
  assert.equal((await again).error?.data?.["code"], "request_invalid");
  const lines = await scrape(await hub.url());
  assertShown(lines, [
    'thehub_requests_total{core="echo",method="tools/call"} 2',
    'thehub_errors_total{core="echo",code="request_invalid"} 1',
    'thehub_concurrency_in_use{core="echo"} 1',
  ]);
});

test("metrics: a modern client's own methods have names, and a request that brings a call on is one", async () => {
  await using hub = await startHub({ manifest: `cores:\n  a:\n    ${fixture("asker.mjs")}\n    isolation: session\n` });
  await using client = await ModernClient.overWebSocket(await hub.wsUrl());
  await client.request("server/discover");
  const args = { method: "elicitation/create", params: { message: "who?", requestedSchema: { type: "object" } } };
  const { requestState } = (await client.call("a__ask", args)).result;
  const brought = { requestState, inputResponses: { k1: { action: "accept", content: {} } } };
  assert.equal((await client.call("a__ask", args, brought)).result.resultType, "complete");
  client.start("subscriptions/listen", { notifications: { toolsListChanged: true } });
  await client.heard("notifications/subscriptions/acknowledged");
  const lines = await scrape(await hub.url());
  assertShown(lines, [
    'thehub_requests_total{core="",method="server/discover"} 1',
    'thehub_requests_total{core="",method="subscriptions/listen"} 1',
    'thehub_requests_total{core="a",method="tools/call"} 1',
    'thehub_requests_total{core="",method="tools/call"} 1',
  ]);
});

test("metrics: every metric that the rules and the dashboard ask for is shown by a hub", async () => {
  await using hub = await startHub({ manifest: `cores:\n  echo:\n    ${fixture("echo.mjs")}\n` });
  await hub.logged("core_summary");
  const shown = new Set((await scrape(await hub.url())).map((line) => /^# TYPE (\S+)/.exec(line)?.[1]));
  const rules = readFileSync(join(root, "deploy/prometheus/rules.yml"), "utf8");
  const exprs = [rules.replaceAll(/^ *#.*$/gm, ""), ...dashboardQueries().map(({ expr }) => expr)];
  for (const name of new Set(exprs.flatMap(metricNames))) {
    assert.ok(shown.has(name) || shown.has(name.replace(/_bucket$/, "")), name);
  }
});
