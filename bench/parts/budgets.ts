// The budgets of the hub's doors as ratios within one run, and their verdicts.
import { type MetricName, metrics, type Samples } from "./samples.ts";
import type { Door, Kind } from "./subjects.ts";

type Against = "floor" | "direct" | "best peer" | "10 tools, 1 session" | "a legacy call" | "no gates";

export interface Verdict {
  readonly budget: string;
  /** The hub's own door that is judged: the name of its column. */
  readonly subject: string;
  readonly against: Against;
  readonly ratio: number;
  readonly limit: string;
  readonly verdict: "ok" | "over" | "unclear";
  readonly metric: MetricName;
}

interface Budget {
  readonly metric: MetricName;
  readonly against: Against;
  /** At most, for what is better small; at least, for what is better large. */
  readonly most?: number;
  readonly least?: number;
  /** Compares what is added over direct. */
  readonly added?: boolean;
  /** What the hub's own value is held against, where it is not the same metric. */
  readonly of?: MetricName;
}

const most = (metric: MetricName, limit: number, against: Against = "floor"): Budget => ({
  metric,
  against,
  most: limit,
});

const least = (metric: MetricName, toFloor: number, toPeer?: number): Budget[] => [
  { metric, against: "floor", least: toFloor },
  ...(toPeer === undefined ? [] : [{ metric, against: "best peer" as const, least: toPeer }]),
];

const grows = (metric: MetricName): Budget => ({
  metric,
  against: "10 tools, 1 session",
  most: 1.25,
  of: "growth-base",
});

const ofEra = (metric: MetricName): Budget => ({ metric, against: "a legacy call", most: 1.2, of: "era-legacy" });

const ofGates = (): Budget => ({ metric: "gates-all", against: "no gates", most: 1.1, of: "gates-none" });

/** Large payloads have one budget on every door. */
const large: readonly Budget[] = [
  ...least("results-1", 0.8, 3),
  ...least("results-8", 0.8, 3),
  ...least("arguments-1", 0.8, 2),
  ...least("arguments-8", 0.8, 2),
];

const network: readonly Budget[] = [
  ...large,
  ...least("token-results-8", 0.5),
  ...least("token-arguments-8", 0.5),
  most("list-1000", 1.3, "direct"),
  most("resident-one", 2),
  most("resident-idle", 1.5),
  most("resident-after", 1.3),
  most("start-list", 2),
  ofEra("era-bridged"),
  ofEra("era-modern"),
  ofGates(),
  grows("growth-sessions"),
];

const budgets: Readonly<Record<Door, readonly Budget[]>> = {
  websocket: [
    { ...most("latency-p50", 1.5), added: true },
    most("latency-p50", 1, "best peer"),
    most("remote-p50", 1.3),
    ...least("calls-1x64", 0.75, 1.1),
    ...least("calls-16x8", 0.75, 1.1),
    ...network,
    most("start-version", 1.3),
    most("start-check", 2),
    grows("growth-tools"),
  ],
  http: [
    { ...most("latency-p50", 1.2), added: true },
    ...least("calls-1x64", 0.75, 5),
    ...least("calls-16x8", 0.75, 5),
    ...network,
    most("resident-listening", 1.5),
  ],
  sse: [],
  stdio: large,
};

/** Doors that speak over HTTP are compared with each other. */
export const doorOf = ({ door }: Kind): Door => (door === "sse" ? "http" : door);

/** One verdict for each budget whose row and subjects were run; `over` also when the hub has no value there. */
export function judge(samples: Samples, kinds: readonly Kind[]): Verdict[] {
  return kinds.filter(({ role }) => role === "hub").flatMap((hub) => judgeDoor(samples, kinds, hub));
}

type Others = Readonly<Record<Against, readonly Kind[]>>;

/** NaN where a value is missing, or where the floor seems to add nothing. */
function ratioOf(samples: Samples, budget: Budget, hub: Kind, others: Others): number {
  const { metric, against, of = metric } = budget;
  const own = samples.median(metric, hub.name);
  const values = others[against].map(({ name }) => samples.median(of, name)).filter(Number.isFinite);
  if (values.length === 0) return Number.NaN;
  const best = budget.most === undefined ? Math.max(...values) : Math.min(...values);
  if (budget.added !== true) return own / best;
  const direct = samples.median(metric, others.direct[0]?.name ?? "");
  return best > direct ? (own - direct) / (best - direct) : Number.NaN;
}

function judgeDoor(samples: Samples, kinds: readonly Kind[], hub: Kind): Verdict[] {
  const door = doorOf(hub);
  const at = (role: Kind["role"]) => kinds.filter((kind) => kind.role === role && doorOf(kind) === door);
  const others: Others = {
    floor: at("floor"),
    direct: kinds.filter(({ role }) => role === "direct"),
    "best peer": at("peer").filter(({ isPinned }) => isPinned === true),
    "10 tools, 1 session": [hub],
    "a legacy call": [hub],
    "no gates": [hub],
  };
  return budgets[door].flatMap((budget) => {
    const { metric, against, of = metric } = budget;
    if (!samples.values.has(metric) || others[against].length === 0) return [];
    const isComparable = others[against].some(({ name }) => Number.isFinite(samples.median(of, name)));
    // What no peer can do is no yardstick.
    if (against === "best peer" && !isComparable) return [];
    const own = samples.median(metric, hub.name);
    const ratio = ratioOf(samples, budget, hub, others);
    const isWithin = budget.most !== undefined ? ratio <= budget.most : ratio >= (budget.least ?? 0);
    return [
      {
        budget: metrics[metric].title,
        subject: hub.name,
        metric,
        against,
        ratio,
        limit: budget.most !== undefined ? `≤ ${budget.most}` : `≥ ${budget.least}`,
        verdict: Number.isNaN(ratio) && !Number.isNaN(own) ? "unclear" : isWithin ? "ok" : "over",
      } as const,
    ];
  });
}
