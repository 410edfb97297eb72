// What was measured: for each metric and subject one value a lap, and what went wrong. Medians are taken at the end.

export interface Metric {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
}

const us = (title: string): Metric => ({ title, unit: "µs", digits: 0 });
const rate = (title: string): Metric => ({ title, unit: "MiB/s", digits: 0 });
const memory = (title: string): Metric => ({ title, unit: "MiB", digits: 1 });
const ms = (title: string): Metric => ({ title, unit: "ms", digits: 1 });
const cpu = (title: string): Metric => ({ title, unit: "µs", digits: 2 });

/** In the order of the table. */
export const metrics = {
  "latency-p50": us("one call at a time, p50"),
  "latency-p99": us("one call at a time, p99"),
  "remote-p50": us("one call at a time to a remote Core, p50, without the hub's own share (floor: a bare HTTP client)"),
  "calls-1x64": { title: "small calls, 1×64", unit: "k/s", digits: 1 },
  "calls-16x8": { title: "small calls, 16×8", unit: "k/s", digits: 1 },
  "cpu-1x64": cpu("CPU per call, 1×64"),
  "cpu-16x8": cpu("CPU per call, 16×8"),
  "results-1": rate("1 MiB results, 1 in flight"),
  "results-8": rate("1 MiB results, 8 in flight"),
  "arguments-1": rate("1 MiB arguments, 1 in flight"),
  "arguments-8": rate("1 MiB arguments, 8 in flight"),
  "token-results-8": rate("1 MiB of small tokens in results, 8 in flight"),
  "token-arguments-8": rate("1 MiB of small tokens in arguments, 8 in flight"),
  "list-1000": ms("tools/list of 1000 tools (hub: 20 Cores × 50)"),
  "resident-one": memory("resident, one client"),
  "resident-idle": { title: "per idle client, 500 of them", unit: "KiB", digits: 1 },
  "resident-listening": { title: "per idle client with an open GET stream, 500 of them", unit: "KiB", digits: 1 },
  "resident-after": memory("resident, after load"),
  "start-list": ms("start to first tools/list"),
  "start-version": ms("`--version` (floor: `node -e 0`)"),
  "start-check": ms("`check` of the example (floor: `node -e 0`)"),
  "era-legacy": cpu("CPU per call, client and Core of the handshake era"),
  "era-bridged": cpu("CPU per call, modern client, Core of the handshake era"),
  "era-modern": cpu("CPU per call, modern client and Core"),
  "gates-none": cpu("CPU per call, no token, rules or limits"),
  "gates-all": cpu("CPU per call, a named client's token, rules, limits and addresses"),
  "growth-base": cpu("CPU per call, 10 tools, 1 session"),
  "growth-tools": cpu("CPU per call, 20 000 tools"),
  "growth-sessions": cpu("CPU per call, 5 000 sessions"),
} satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

export interface Failure {
  readonly row: string;
  readonly subject: string;
  readonly reason: string;
}

export class Samples {
  readonly values = new Map<MetricName, Map<string, number[]>>();
  readonly failures: Failure[] = [];

  add(metric: MetricName, subject: string, value: number): void {
    const bySubject = this.values.get(metric) ?? new Map<string, number[]>();
    this.values.set(metric, bySubject);
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), value]);
  }

  fail(row: string, subject: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.failures.push({ row, subject, reason });
  }

  /** NaN when there is nothing. */
  median(metric: MetricName, subject: string): number {
    return median(this.values.get(metric)?.get(subject) ?? []);
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
