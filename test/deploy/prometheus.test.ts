// A real Prometheus scrapes a real hub, loads our rules, and answers the dashboard's queries.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dashboardQueries } from "../helpers/dashboard.ts";
import { fixture, type HubProcess, root, startHub } from "../helpers/hub-process.ts";
import { eventually, freePort, run, skipWithout } from "../helpers/programs.ts";
import { WsClient } from "../helpers/ws-client.ts";

const skip = skipWithout(["prometheus", "promtool"], "Debian: prometheus");
const rules = join(root, "deploy/prometheus/rules.yml");
const metricsToken = "a-token-for-the-scrape-only";
const manifest = `
cores:
  echo:
    ${fixture("echo.mjs")}
  brittle:
    ${fixture("echo.mjs")}
    health: { restart_backoff_ms: 1, max_restarts: 1000 }
  gone:
    ${fixture("exit-at-once.mjs")}
  elsewhere:
    # Nobody is there, and nobody has signed in.
    url: http://127.0.0.1:9/mcp
    auth: { oauth: {} }
`;

interface Sample {
  readonly metric: Record<string, string>;
  readonly value: readonly [number, string];
}

class Prometheus implements AsyncDisposable {
  readonly #url: string;
  readonly #child: ReturnType<typeof spawn>;
  readonly #folder: string;

  constructor(url: string, child: ReturnType<typeof spawn>, folder: string) {
    this.#url = url;
    this.#child = child;
    this.#folder = folder;
  }

  static async scraping(hub: HubProcess): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), "thehub-prometheus-"));
    const target = new URL(await hub.url()).host;
    const config = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [rules],
      scrape_configs: [
        {
          job_name: "thehub",
          static_configs: [{ targets: [target] }],
          authorization: { credentials_file: join(folder, "token") },
        },
      ],
    };
    // JSON is YAML.
    await writeFile(join(folder, "prometheus.yml"), JSON.stringify(config));
    await writeFile(join(folder, "token"), metricsToken);
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      "prometheus",
      [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=${address}`,
      ],
      { stdio: "ignore" },
    );
    return new Prometheus(`http://${address}`, child, folder);
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${path}`);
    const body = (await response.json()) as { status: string; error?: string; data: T };
    assert.equal(body.status, "success", `${path}: ${body.error}`);
    return body.data;
  }

  async query(expr: string): Promise<readonly Sample[]> {
    return (await this.get<{ result: Sample[] }>(`query?query=${encodeURIComponent(expr)}`)).result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGTERM");
      await once(this.#child, "exit");
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

test("prometheus: promtool accepts the rules, and they do what their tests say", { skip }, () => {
  const checked = run("promtool", ["check", "rules", rules]);
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  const tested = run("promtool", ["test", "rules", join(root, "deploy/prometheus/rules.test.yml")]);
  assert.equal(tested.status, 0, tested.stdout + tested.stderr);
});

test("prometheus: promtool finds nothing to say about the hub's metrics", { skip }, async () => {
  await using hub = await startHub({ manifest });
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  await client.call("echo__echo", { a: 1 });
  const response = await fetch(`${await hub.url()}/metrics`);
  const { status, stdout, stderr } = run("promtool", ["check", "metrics"], { input: await response.text() });
  assert.equal(stdout + stderr, "");
  assert.equal(status, 0);
});

test("prometheus: scrapes a hub with its token, and the rules and the dashboard have data", {
  skip,
  timeout: 120_000,
}, async (t) => {
  await using hub = await startHub({ manifest, env: { HUB_METRICS_TOKEN: metricsToken } });
  await using client = await WsClient.connect(await hub.wsUrl());
  await client.request("tools/list");
  await using prometheus = await Prometheus.scraping(hub);
  const first = async (expr: string) => (await prometheus.query(expr))[0];

  await eventually(() => first('up{job="thehub"} == 1'), t.signal);
  // Rates need a difference between two scrapes: traffic of every kind until each rule has seen some.
  const traffic = async (expr: string) => {
    await client.call("echo__echo", { a: 1 });
    await client.call("echo__fail");
    await client.call("brittle__crash");
    await client.call("nowhere");
    return first(expr);
  };
  const recorded = await eventually(() => traffic('thehub:requests:rate5m{core="echo"} > 0'), t.signal);
  assert.equal(recorded.metric["job"], "thehub");
  await eventually(() => traffic('thehub:request_duration_seconds:p95_rate5m{core="echo"} > 0'), t.signal);
  assert.equal((await first('thehub_core_up{core="echo"}'))?.value[1], "1");
  assert.equal((await first('thehub_core_up{core="gone"}'))?.value[1], "0");

  const { groups } = await prometheus.get<{
    groups: { rules: { name: string; health: string; lastError?: string }[] }[];
  }>("rules");
  for (const rule of groups.flatMap((group) => group.rules)) {
    assert.ok(rule.health !== "err", `${rule.name}: ${rule.lastError}`);
  }

  for (const { title, expr } of dashboardQueries()) {
    const sample = await eventually(() => traffic(expr), t.signal);
    assert.ok(!Number.isNaN(Number(sample.value[0])), title);
  }
});
