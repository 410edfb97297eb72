// The alert rules, their tests, their runbooks and the dashboard fit each other. What Prometheus thinks of them is tested in
// test/deploy.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { dashboardQueries, readDashboard } from "../helpers/dashboard.ts";
import { root } from "../helpers/hub-process.ts";

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: { readonly summary?: string; readonly description?: string; readonly runbook_url?: string };
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const { groups } = parse(read("deploy/prometheus/rules.yml")) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => rule.alert !== undefined);

test("alerts: each has a severity, a summary, a description, and a runbook that exists", () => {
  assert.ok(alerts.length > 10);
  for (const { alert = "", labels, annotations } of alerts) {
    assert.match(labels?.severity ?? "", /^(critical|warning|info)$/, alert);
    assert.ok((annotations?.summary ?? "") !== "" && (annotations?.description ?? "") !== "", alert);
    const [url = "", anchor = ""] = (annotations?.runbook_url ?? "").split("#");
    const page = url.replace("https://github.com/ghively/thehub/blob/main/", "");
    assert.ok(existsSync(join(root, page)), `${alert}: ${page} does not exist`);
    assert.equal(anchor, alert.toLowerCase());
    assert.match(read(page), new RegExp(`^### ${alert}$`, "m"), `${page} has no part "### ${alert}"`);
  }
});

test("alerts: docs/operations.md has no runbook of an alert that is gone", () => {
  const headings = [...read("docs/operations.md").matchAll(/^### (Thehub\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(
    headings,
    alerts.map(({ alert }) => alert),
  );
});

test("alerts: each is tested, both firing and quiet", () => {
  const { tests } = parse(read("deploy/prometheus/rules.test.yml")) as {
    tests: { alert_rule_test?: { alertname: string; exp_alerts?: unknown[] }[] }[];
  };
  const fired = tests.flatMap(({ alert_rule_test = [] }) =>
    alert_rule_test.filter(({ exp_alerts = [] }) => exp_alerts.length > 0).map(({ alertname }) => alertname),
  );
  assert.deepEqual([...new Set(fired)].sort(), alerts.map(({ alert }) => alert).sort());
});

test("dashboard: names no recorded series that the rules do not record", () => {
  const recorded = new Set(rules.map(({ record }) => record));
  for (const { title, expr } of dashboardQueries()) {
    for (const [name] of expr.matchAll(/\bthehub:[a-z0-9_:]+/g)) assert.ok(recorded.has(name), `${title}: ${name}`);
  }
});

test("dashboard: panels have ids of their own, and none lies on another", () => {
  const { panels } = readDashboard();
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.equal(taken.get(`${x} ${y}`), undefined, `${title} lies on ${taken.get(`${x} ${y}`)}`);
        taken.set(`${x} ${y}`, title);
      }
    }
  }
});
