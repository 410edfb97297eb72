// The Grafana dashboard as its file has it: what it asks Prometheus for.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./hub-process.ts";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(join(root, "deploy/grafana/dashboards/thehub.json"), "utf8")) as Dashboard;
}

/** Every query, with the dashboard's variables as Grafana fills them in when nothing is chosen. */
export function dashboardQueries(): { readonly title: string; readonly expr: string }[] {
  return readDashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expr: expr.replaceAll("$__rate_interval", "1m").replaceAll(/\$(instance|core)/g, ".*"),
    })),
  );
}

/** The names of the hub's and its process' metrics in a PromQL expression; recorded ones (`thehub:…`) are not among them. */
export function metricNames(expr: string): string[] {
  return [...expr.matchAll(/\b(?:thehub|process|nodejs)_[a-z_]+/g)].map(([name]) => name);
}
