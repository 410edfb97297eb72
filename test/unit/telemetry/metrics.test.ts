import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loginEvents, loginStates } from "../../../src/base/login-counts.ts";
import { refusalReasons } from "../../../src/doors/connections.ts";
import { handshakeFailureReasons } from "../../../src/doors/tls/handshake-failures.ts";
import { grantEvents } from "../../../src/hub/grant-counts.ts";
import { createMetrics, knownMethods, type Metrics } from "../../../src/telemetry/metrics.ts";

const build = { version: "1.2.3", node: "20.0.0" };

/** A metrics object with every metric fed. */
function fed(): Metrics {
  const metrics = createMetrics(build);
  const files = metrics.forCore("files");
  files.request("tools/call");
  files.request("tools/call");
  files.request("x/made-up");
  files.error("core_down");
  files.observe(3);
  files.observe(70_000);
  files.observeHub(0.02);
  metrics.hub.request("ping");
  metrics.notificationDropped("no_owner");
  metrics.watch("thehub_auth_failures_total", () => [["slowed", 1]]);
  metrics.watch("thehub_grants_live", () => [["", 2]]);
  metrics.watch("thehub_grants_total", () => grantEvents.map((event) => [event, 1] as const));
  metrics.watch("thehub_core_logins", () => loginStates.map((state) => [["wiki", state], 1] as const));
  metrics.watch("thehub_core_login_events_total", () => loginEvents.map((event) => [["wiki", event], 2] as const));
  metrics.watch("thehub_calls_delayed_total", () => [["client", 1]]);
  metrics.watch("thehub_calls_refused_total", () => [["tool", 1]]);
  metrics.watch("thehub_denied_total", () => [["arguments", 1]]);
  metrics.watch("thehub_decisions_total", () => [["allowed", 1]]);
  metrics.watch("thehub_queue_depth", () => [["files", 4]]);
  metrics.watch("thehub_concurrency_in_use", () => [["files", 2]]);
  metrics.watch("thehub_core_up", () => new Map([["files", 1]]));
  metrics.watch("thehub_core_instances", () => [["files", 1]]);
  metrics.watch("thehub_asks_open", () => [["", 1]]);
  metrics.watch("thehub_asks_total", () => [["answered", 1]]);
  metrics.watch("thehub_core_restarts_total", () => [["files", 0]]);
  metrics.watch("thehub_reloads_total", () => [["applied", 1]]);
  metrics.watch("thehub_reload_last_successful", () => [["", 1]]);
  metrics.watch("thehub_reload_last_success_timestamp_seconds", () => [["", 1.5]]);
  metrics.watch("thehub_sessions", () => [["websocket", 5]]);
  metrics.watch("thehub_sessions_max", () => [["websocket", 5000]]);
  metrics.watch("thehub_connections", () => [["", 6]]);
  metrics.watch("thehub_connections_max", () => [["", 10_000]]);
  metrics.watch("thehub_connections_refused_total", () => refusalReasons.map((reason) => [reason, 0] as const));
  metrics.watch("thehub_tls_handshake_failures_total", () => {
    return handshakeFailureReasons.map((reason) => [reason, 0] as const);
  });
  metrics.watch("thehub_tls_certificate_expiry_timestamp_seconds", () => [["", 1_800_000_000]]);
  metrics.watch("thehub_asks_open", () => [["", 1]]);
  metrics.watch("thehub_asks_total", () => [["answered", 2]]);
  metrics.watch("thehub_subscriptions", () => [["", 8]]);
  metrics.watch("thehub_tasks", () => [["", 3]]);
  metrics.watch("thehub_parked_calls", () => [["", 2]]);
  metrics.watch("thehub_listens", () => [["", 4]]);
  metrics.watch("thehub_masked_total", () => [["", 9]]);
  metrics.watch("thehub_telemetry_lost_total", () => [["traces", 3]]);
  return metrics;
}

test("metrics: shows counters, gauges and build info as Prometheus text", async () => {
  const lines = (await fed().text()).split("\n");
  for (const line of [
    'thehub_requests_total{core="files",method="tools/call"} 2',
    'thehub_requests_total{core="files",method="other"} 1',
    'thehub_requests_total{core="",method="ping"} 1',
    'thehub_errors_total{core="files",code="core_down"} 1',
    'thehub_notifications_dropped_total{reason="no_owner"} 1',
    'thehub_notifications_dropped_total{reason="not_ready"} 0',
    'thehub_queue_depth{core="files"} 4',
    'thehub_core_up{core="files"} 1',
    'thehub_core_logins{core="wiki",state="good"} 1',
    'thehub_core_login_events_total{core="wiki",event="renewed"} 2',
    'thehub_sessions{door="websocket"} 5',
    "thehub_masked_total 9",
    'thehub_build_info{version="1.2.3",node="20.0.0"} 1',
    "# TYPE thehub_request_duration_seconds histogram",
    "# TYPE thehub_queue_depth gauge",
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test("metrics: histograms are cumulative, with sum and count, in seconds", async () => {
  const lines = (await fed().text()).split("\n");
  for (const line of [
    'thehub_request_duration_seconds_bucket{core="files",le="0.0025"} 0',
    'thehub_request_duration_seconds_bucket{core="files",le="0.005"} 1',
    'thehub_request_duration_seconds_bucket{core="files",le="60"} 1',
    'thehub_request_duration_seconds_bucket{core="files",le="+Inf"} 2',
    'thehub_request_duration_seconds_sum{core="files"} 70.003',
    'thehub_request_duration_seconds_count{core="files"} 2',
    'thehub_hub_duration_seconds_bucket{core="files",le="0.000025"} 1',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test("metrics: counts on between scrapes, and escapes label values", async () => {
  const metrics = createMetrics(build);
  const meter = metrics.forCore('a "b"\nc');
  assert.equal(metrics.forCore('a "b"\nc'), meter);
  meter.request("ping");
  await metrics.text();
  meter.request("ping");
  assert.ok((await metrics.text()).includes('thehub_requests_total{core="a \\"b\\"\\nc",method="ping"} 2'));
});

test("metrics: a dropped Core is no longer shown", async () => {
  const metrics = fed();
  metrics.dropCore("files");
  assert.ok(!(await metrics.text()).includes('_total{core="files",method'));
});

test("metrics: a metric that nobody feeds is not shown", async () => {
  assert.ok(!(await createMetrics(build).text()).includes("thehub_sessions"));
});

/** The tables of docs/metrics.md, by the text of their first heading cell, as rows of cells. */
function documented(section: string): string[][] {
  const page = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
  const [, text = ""] = page.split(`\n## ${section}\n`);
  const rows = text.split("\n## ")[0]?.split("\n") ?? [];
  return rows
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")))
    .map((cells) => cells.slice(1, -1));
}

test("metrics: docs/metrics.md lists exactly the metrics there are, with their types and labels", async () => {
  const text = await fed().text();
  const shown = new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)/gm)].map(([, name = "", type = ""]) => [name, [type, ""]]),
  );
  for (const [, series = "", labels = ""] of text.matchAll(/^([a-z_]+)\{([^}]*)\}/gm)) {
    const facts = shown.get(series.replace(/_(bucket|sum|count)$/, "")) ?? shown.get(series);
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label = ""]) => label).filter((label) => label !== "le");
    if (facts !== undefined) facts[1] = names.join(", ");
  }
  const listed = documented("What there is").map(([name = "", type = "", , labels = ""]) => [name, [type, labels]]);
  assert.deepEqual(new Map(listed.sort() as []), new Map([...shown].sort()));
});

test("metrics: docs/metrics.md gives every metric a unit, and says what to do when it is bad", () => {
  const metrics = documented("What there is");
  for (const [name = "", , unit = "", , says = ""] of metrics) {
    assert.ok(unit !== "" && says !== "", name);
    // Prometheus' own convention: the unit is the end of the name.
    if (/_(seconds|bytes)(_total)?$/.test(name)) assert.ok(name.includes(`_${unit}`), `${name} in ${unit}`);
  }
  const advice = documented("When a number is bad");
  assert.deepEqual(
    advice.map(([name]) => name),
    metrics.map(([name]) => name),
  );
  for (const [name, when, what] of advice) assert.ok(when !== "" && what !== "", name);
});

test("metrics: docs/metrics.md lists the methods, doors and reasons that can be label values", async () => {
  const text = await fed().text();
  const values = new Map(documented("Labels").map(([label = "", list = ""]) => [label, list]));
  for (const [, label = "", value = ""] of text.matchAll(/(method|door|reason|event|state|outcome)="([^"]+)"/g)) {
    assert.ok(values.get(label)?.includes(`\`${value}\``), `${label} ${value}`);
  }
  const metrics = createMetrics(build);
  const methods = [...(values.get("method") ?? "").matchAll(/`([^`]+)`/g)].map(([, method = ""]) => method);
  for (const method of methods) metrics.hub.request(method);
  const shown = [...(await metrics.text()).matchAll(/method="([^"]+)"/g)].map(([, method]) => method);
  assert.deepEqual(shown.sort(), methods.sort());
  assert.deepEqual(methods.filter((method) => method !== "other").sort(), [...knownMethods].sort());
});

test("metrics: what clients make up makes no series", async () => {
  const metrics = createMetrics(build);
  const seriesOf = async () => (await metrics.text()).split("\n").length;
  metrics.hub.request("made/up");
  const before = await seriesOf();
  for (let n = 0; n < 1000; n++) metrics.hub.request(`made/up/${n}`);
  assert.equal(await seriesOf(), before);
});

test("metrics: loads prom-client at the first scrape only, and keeps no process alive", () => {
  const script = `
    import { createRequire } from "node:module";
    import { createMetrics } from "./src/telemetry/metrics.ts";
    const loaded = () => Object.keys(createRequire(process.cwd() + "/x.js").cache).some((f) => f.includes("prom-client"));
    const metrics = createMetrics({ version: "1", node: "1" });
    const before = loaded();
    await metrics.text();
    console.log(before, loaded());`;
  const args = ["--import", "tsx", "--input-type=module", "-e", script];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(stdout, "false true\n");
  assert.equal(status, 0);
});
