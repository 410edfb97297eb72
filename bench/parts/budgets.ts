// The budgets of the hub's WebSocket door as ratios within one run, and their verdicts.
import { type MetricName, metrics, type Samples } from "./samples.ts";
import type { SubjectName } from "./subjects.ts";

export interface Verdict {
  readonly budget: string;
  readonly against: "floor" | "direct" | "peer" | "base" | "floor on stdio";
  readonly ratio: number;
  readonly limit: string;
  readonly verdict: "ok" | "over" | "unclear";
  readonly metric: MetricName;
}

interface Budget {
  readonly metric: MetricName;
  readonly against: Verdict["against"];
  readonly title?: string;
  /** At most, for what is better small; at least, for what is better large. */
  readonly most?: number;
  readonly least?: number;
  readonly ratio: (samples: Samples) => number;
}

const hubTo =
  (metric: MetricName, other: string, of: MetricName = metric) =>
  (samples: Samples): number =>
    samples.median(metric, "hub") / samples.median(of, other);

/** What the hub adds over direct, against what the floor adds. Says nothing when the floor seems to add nothing. */
function addedRatio(samples: Samples): number {
  const direct = samples.median("latency-p50", "direct");
  const floor = samples.median("latency-p50", "floor") - direct;
  return floor > 0 ? (samples.median("latency-p50", "hub") - direct) / floor : Number.NaN;
}

const peer = "supergateway";

const most = (metric: MetricName, limit: number, against: "floor" | "direct" = "floor"): Budget => ({
  metric,
  against,
  most: limit,
  ratio: hubTo(metric, against),
});

const least = (metric: MetricName, toFloor: number, toPeer?: number): Budget[] => [
  { metric, against: "floor", least: toFloor, ratio: hubTo(metric, "floor") },
  ...(toPeer === undefined ? [] : [{ metric, against: "peer" as const, least: toPeer, ratio: hubTo(metric, peer) }]),
];

/** Large payloads have one budget on every door. */
const onStdio = (metric: MetricName): Budget => ({
  metric,
  against: "floor on stdio",
  least: 0.8,
  ratio: (samples) => samples.median(metric, "hub-stdio") / samples.median(metric, "floor-stdio"),
});

const budgets: readonly Budget[] = [
  { metric: "latency-p50", title: "added latency, p50", against: "floor", most: 1.5, ratio: addedRatio },
  { metric: "latency-p50", against: "peer", most: 1, ratio: hubTo("latency-p50", peer) },
  ...least("calls-1x64", 0.75, 1.1),
  ...least("calls-16x8", 0.75, 1.1),
  ...least("results-1", 0.8, 3),
  ...least("results-8", 0.8, 3),
  ...least("arguments-1", 0.8, 2),
  ...least("arguments-8", 0.8, 2),
  ...(["results-1", "results-8", "arguments-1", "arguments-8"] as const).map(onStdio),
  ...least("token-results-8", 0.5),
  ...least("token-arguments-8", 0.5),
  most("list-1000", 1.3, "direct"),
  most("resident-one", 2),
  most("resident-idle", 1.5),
  most("resident-after", 1.3),
  most("start-list", 2),
  most("start-version", 1.3),
  most("start-check", 2),
  { metric: "growth-tools", against: "base", most: 1.25, ratio: hubTo("growth-tools", "hub", "growth-base") },
  { metric: "growth-sessions", against: "base", most: 1.25, ratio: hubTo("growth-sessions", "hub", "growth-base") },
];

/** One verdict for each budget whose row and subjects were run; `over` also when the hub has no value there. */
export function judge(samples: Samples, subjects: readonly SubjectName[]): Verdict[] {
  if (!subjects.includes("hub")) return [];
  const needed = { floor: "floor", direct: "direct", peer, base: "hub", "floor on stdio": "hub-stdio" } as const;
  return budgets
    .filter(({ metric, against }) => samples.values.has(metric) && subjects.includes(needed[against]))
    .map((budget) => {
      const ratio = budget.ratio(samples);
      const hub = samples.median(budget.metric, "hub");
      const within = budget.most !== undefined ? ratio <= budget.most : ratio >= (budget.least ?? 0);
      return {
        budget: budget.title ?? metrics[budget.metric].title,
        metric: budget.metric,
        against: budget.against,
        ratio,
        limit: budget.most !== undefined ? `≤ ${budget.most}` : `≥ ${budget.least}`,
        verdict: Number.isNaN(ratio) && !Number.isNaN(hub) ? "unclear" : within ? "ok" : "over",
      };
    });
}
