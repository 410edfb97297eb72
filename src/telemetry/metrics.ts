// The hub's numbers. Counting is plain arithmetic on objects; names, labels and text exist only while somebody scrapes, and
// prom-client is loaded at the first scrape. docs/metrics.md lists every name.
import type { ErrorCode } from "../base/errors.ts";
import { PlainHistogram } from "./histogram.ts";
import type { MetricSource, Sample } from "./metric-source.ts";
import { processMetrics } from "./process-metrics.ts";

/** Counts for one Core, or for what the hub answers itself. Cheap enough for every call. */
export interface CoreMeter {
  /** A request came in; methods that are not MCP's count as "other". */
  request(method: string): void;
  /** A request was answered with an error: the hub's own code, or `core_error` for the Core's. */
  error(code: ErrorCode | "core_error"): void;
  /** From the request's arrival to its answer's departure. */
  observe(durationMs: number): void;
  /** The hub's own share of that. */
  observeHub(durationMs: number): void;
}

/** Why a notification reached nobody. */
export const dropReasons = ["no_owner", "no_stream", "not_ready", "unsupported"] as const;
export type DropReason = (typeof dropReasons)[number];

/** One line of a watched metric: the value of its label ("" where it has none), or those of its labels, and the number. */
export type Reading = readonly [label: string | readonly string[], value: number];

export interface Metrics {
  /** For requests that the hub answers itself; shown with an empty `core`. */
  readonly hub: CoreMeter;
  /** The same meter for the same name, until it is dropped. */
  forCore(name: string): CoreMeter;
  /** Forgets a Core that left the manifest. */
  dropCore(name: string): void;
  notificationDropped(reason: DropReason): void;
  /** Says where a number that lives elsewhere is read at each scrape. A metric that nobody feeds is not shown. */
  watch(name: WatchedName, read: () => Iterable<Reading>): void;
  /** All there is to read now. */
  sources(): MetricSource[];
  readonly contentType: string;
  /** The Prometheus text of now. */
  text(): Promise<string>;
}

interface Watched {
  readonly type: "counter" | "gauge";
  readonly label: string | readonly string[] | undefined;
  readonly help: string;
}

const watched = {
  thehub_queue_depth: { type: "gauge", label: "core", help: "Calls that wait for a Core." },
  thehub_concurrency_in_use: { type: "gauge", label: "core", help: "Calls that run on a Core." },
  thehub_calls_delayed_total: {
    type: "counter",
    label: "limit",
    help: "Calls that waited, by the limit that they met.",
  },
  thehub_calls_refused_total: {
    type: "counter",
    label: "limit",
    help: "Calls refused as overloaded, by the limit that they met.",
  },
  thehub_core_up: { type: "gauge", label: "core", help: "1 while a Core is up, else 0." },
  thehub_core_instances: {
    type: "gauge",
    label: "core",
    help: "Processes of a Core that are starting or up: its home instance, and those of sessions or of a pool.",
  },
  thehub_core_restarts_total: { type: "counter", label: "core", help: "Times a Core was started again." },
  thehub_core_logins: {
    type: "gauge",
    label: ["core", "state"],
    help: "Logins at a Core, by how they are: one for all, or one for each client.",
  },
  thehub_core_login_events_total: {
    type: "counter",
    label: ["core", "event"],
    help: "What became of logins at a Core.",
  },
  thehub_asks_open: { type: "gauge", label: undefined, help: "Requests of Cores that wait for a client's answer." },
  thehub_asks_total: { type: "counter", label: "outcome", help: "Requests of Cores to clients, by what came of them." },
  thehub_subscriptions: { type: "gauge", label: undefined, help: "Resources that clients wait for news of." },
  thehub_tasks: { type: "gauge", label: undefined, help: "Calls that Cores go on with as tasks, and their results." },
  thehub_parked_calls: {
    type: "gauge",
    label: undefined,
    help: "Calls that wait for a client to come back, or whose result is kept for it.",
  },
  thehub_listens: { type: "gauge", label: undefined, help: "Requests by which clients listen for news." },
  thehub_denied_total: {
    type: "counter",
    label: "by",
    help: "Calls of things that are there for the caller, refused by a rule about what they say.",
  },
  thehub_decisions_total: {
    type: "counter",
    label: "outcome",
    help: "Calls that hub.decision was needed for, by what came of it.",
  },
  thehub_auth_failures_total: { type: "counter", label: "reason", help: "Requests that were not let in." },
  thehub_grants_live: { type: "gauge", label: undefined, help: "What persons granted to clients and counts now." },
  thehub_grants_total: { type: "counter", label: "event", help: "What became of what persons granted to clients." },
  thehub_sessions: { type: "gauge", label: "door", help: "Clients connected." },
  thehub_sessions_max: { type: "gauge", label: "door", help: "Clients that a door takes at most." },
  thehub_connections: { type: "gauge", label: undefined, help: "Connections open at the network doors." },
  thehub_connections_max: { type: "gauge", label: undefined, help: "Connections that may be open at once." },
  thehub_connections_refused_total: {
    type: "counter",
    label: "reason",
    help: "Connections closed unanswered because there were too many.",
  },
  thehub_tls_handshake_failures_total: {
    type: "counter",
    label: "reason",
    help: "TLS handshakes that came to nothing.",
  },
  thehub_tls_certificate_expiry_timestamp_seconds: {
    type: "gauge",
    label: undefined,
    help: "When the certificate in force ends, since the epoch.",
  },
  thehub_telemetry_lost_total: {
    type: "counter",
    label: "signal",
    help: "Spans and log records that did not reach the collector.",
  },
  thehub_reloads_total: { type: "counter", label: "outcome", help: "Times the manifest was read again." },
  thehub_reload_last_successful: {
    type: "gauge",
    label: undefined,
    help: "0 while the manifest as it was last read is not in force, else 1.",
  },
  thehub_reload_last_success_timestamp_seconds: {
    type: "gauge",
    label: undefined,
    help: "When the manifest was last read and in force, since the epoch.",
  },
  thehub_masked_total: { type: "counter", label: undefined, help: "Places where a secret was overwritten." },
} as const satisfies Record<string, Watched>;

export type WatchedName = keyof typeof watched;

/** The methods that have a label of their own. */
export const knownMethods: readonly string[] = [
  "initialize",
  "server/discover",
  "ping",
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "resources/subscribe",
  "resources/unsubscribe",
  "prompts/list",
  "prompts/get",
  "subscriptions/listen",
  "completion/complete",
  "logging/setLevel",
  "tasks/list",
  "tasks/get",
  "tasks/update",
  "tasks/result",
  "tasks/cancel",
];
const methodSlots = new Map(knownMethods.map((method, slot) => [method, slot]));
const otherSlot = knownMethods.length;

const requestBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];
const hubBounds = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 30,
];

export function createMetrics(build: { version: string; node: string }): Metrics {
  return new PlainMetrics(build);
}

class PlainMeter implements CoreMeter {
  readonly requests = new Float64Array(otherSlot + 1);
  readonly errors = new Map<string, number>();
  readonly durations = new PlainHistogram(requestBounds);
  readonly hubDurations = new PlainHistogram(hubBounds);

  request(method: string): void {
    const slot = methodSlots.get(method) ?? otherSlot;
    this.requests[slot] = (this.requests[slot] as number) + 1;
  }

  error(code: ErrorCode | "core_error"): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  observe(durationMs: number): void {
    this.durations.observe(durationMs / 1000);
  }

  observeHub(durationMs: number): void {
    this.hubDurations.observe(durationMs / 1000);
  }
}

class PlainMetrics implements Metrics {
  readonly contentType = "text/plain; version=0.0.4; charset=utf-8";
  readonly hub: CoreMeter;
  readonly #meters = new Map<string, PlainMeter>();
  readonly #drops = new Map<DropReason, number>(dropReasons.map((reason) => [reason, 0]));
  readonly #watches = new Map<WatchedName, () => Iterable<Reading>>();
  readonly #build: Readonly<Record<string, string>>;

  constructor(build: { version: string; node: string }) {
    this.#build = build;
    this.hub = this.forCore("");
  }

  forCore(name: string): CoreMeter {
    let meter = this.#meters.get(name);
    if (meter === undefined) {
      meter = new PlainMeter();
      this.#meters.set(name, meter);
    }
    return meter;
  }

  dropCore(name: string): void {
    if (name !== "") this.#meters.delete(name);
  }

  notificationDropped(reason: DropReason): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + 1);
  }

  watch(name: WatchedName, read: () => Iterable<Reading>): void {
    this.#watches.set(name, read);
  }

  async text(): Promise<string> {
    // Bundled, a package in CommonJS has its default export only.
    const { default: prometheus } = await import("prom-client");
    const registry = new prometheus.Registry();
    for (const source of this.sources()) {
      // All that the registry asks of a metric is `get`; its own classes would have to be fed on every call.
      const metric = {
        name: source.name,
        get: async () => ({ name: source.name, help: source.help, type: source.type, values: await source.read() }),
      };
      registry.registerMetric(metric as unknown as Parameters<typeof registry.registerMetric>[0]);
    }
    return registry.metrics();
  }

  sources(): MetricSource[] {
    return [...this.#coreSources(), ...this.#watchedSources(), ...this.#hubSources(), ...processMetrics()];
  }

  #coreSources(): MetricSource[] {
    const duration = "thehub_request_duration_seconds";
    const hubDuration = "thehub_hub_duration_seconds";
    return [
      {
        name: "thehub_requests_total",
        type: "counter",
        help: "Requests of clients.",
        read: () => this.#perCore(requestSamples),
      },
      {
        name: "thehub_errors_total",
        type: "counter",
        help: "Requests answered with an error.",
        read: () => this.#perCore(errorSamples),
      },
      {
        name: duration,
        type: "histogram",
        help: "From a request's arrival to its answer's departure.",
        read: () => this.#perCore((core, meter) => meter.durations.samples(duration, { core })),
      },
      {
        name: hubDuration,
        type: "histogram",
        help: "The hub's own share of a request's time.",
        read: () => this.#perCore((core, meter) => meter.hubDurations.samples(hubDuration, { core })),
      },
    ];
  }

  #perCore(samplesOf: (core: string, meter: PlainMeter) => Sample[]): Sample[] {
    return [...this.#meters].flatMap(([core, meter]) => samplesOf(core, meter));
  }

  #watchedSources(): MetricSource[] {
    return [...this.#watches].map(([name, read]) => {
      const { type, label, help }: Watched = watched[name];
      const names = label === undefined ? [] : [label].flat();
      const labelsOf = (values: readonly string[]) =>
        Object.fromEntries(names.map((one, at): [string, string] => [one, values[at] ?? ""]));
      const samples = (): Sample[] =>
        Array.from(read(), ([values, value]) => ({ labels: labelsOf([values].flat()), value }));
      return { name, type, help, read: samples };
    });
  }

  #hubSources(): MetricSource[] {
    return [
      {
        name: "thehub_notifications_dropped_total",
        type: "counter",
        help: "Notifications that reached nobody.",
        read: () => [...this.#drops].map(([reason, value]) => ({ labels: { reason }, value })),
      },
      {
        name: "thehub_build_info",
        type: "gauge",
        help: "Always 1; the labels say what runs.",
        read: () => [{ labels: this.#build, value: 1 }],
      },
    ];
  }
}

function requestSamples(core: string, meter: PlainMeter): Sample[] {
  const samples: Sample[] = [];
  meter.requests.forEach((value, slot) => {
    if (value > 0) samples.push({ labels: { core, method: knownMethods[slot] ?? "other" }, value });
  });
  return samples;
}

function errorSamples(core: string, meter: PlainMeter): Sample[] {
  return [...meter.errors].map(([code, value]) => ({ labels: { core, code }, value }));
}
