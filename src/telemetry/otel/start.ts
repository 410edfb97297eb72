// OpenTelemetry, put together: loaded only where its standard variables ask for it (docs/decisions/0007-telemetry.md).
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { TraceFlags } from "@opentelemetry/api";
import { detectResources, envDetector, type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordProcessor } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { OtelSettings, Signal } from "../otel-settings.ts";
import type { Telemetry } from "../telemetry.ts";
import { CallTracer } from "./call-tracer.ts";
import { Losses, Queue, reporting, reportingMetrics } from "./delivery.ts";
import { type Exporters, loadExporters } from "./exporters.ts";
import { exportLine, ownComponent } from "./log-bridge.ts";
import { metricBridge } from "./metric-bridge.ts";
import { openReports, type Reports } from "./reports.ts";
import { createSpanTime } from "./span-time.ts";

export interface OtelDeps {
  readonly settings: OtelSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  maskText(text: string): string;
  /** Where the log's lines go as well from now on. */
  tapLog(take: ((line: string) => void) | undefined): void;
}

/** How long the end of the hub may wait for a collector. */
const closeMs = 2_000;
/** The standard's default, of spans and of log records. */
const queueSize = 2048;
/** The standard's defaults, of metrics. */
const metricIntervalMs = 60_000;
const metricTimeoutMs = 30_000;

/** What the three signals have in common. */
interface Common {
  readonly deps: OtelDeps;
  /** Of lines that are not exported. */
  readonly log: Log;
  readonly resource: Resource;
  readonly reports: Reports;
  readonly losses: Losses;
  readonly ends: (() => Promise<void>)[];
}

export async function startOtel(deps: OtelDeps): Promise<Telemetry> {
  const { settings, clock } = deps;
  const log = deps.log.child({ component: ownComponent });
  const reports = openReports({ log, clock, secrets: settings.secrets });
  for (const ignored of settings.ignored) log.warn("telemetry_setting_ignored", { ...ignored });
  const common: Common = { deps, log, resource: resourceOf(deps), reports, losses: new Losses(), ends: [] };
  const exporters = new Map<Signal, Exporters>();
  for (const [signal, protocol] of settings.protocols) exporters.set(signal, await loadExporters(protocol));

  const tracer = startTraces(common, exporters.get("traces"));
  startLogs(common, exporters.get("logs"));
  log.info("telemetry_on", { signals: Object.fromEntries(settings.protocols) });
  return {
    traceCalls: ({ core }) =>
      tracer === undefined
        ? undefined
        : new CallTracer({
            tracer,
            now: createSpanTime(),
            maskText: (text) => deps.maskText(text),
            core,
          }),
    exportMetrics: (metrics) => startMetrics(common, exporters.get("metrics"), metrics),
    async close() {
      deps.tapLog(undefined);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<"late">((resolve) => {
        timer = setTimeout(() => resolve("late"), closeMs);
      });
      const done = Promise.allSettled(common.ends.map((end) => end())).then(() => "done" as const);
      const end = await Promise.race([done, late]);
      clearTimeout(timer);
      if (end === "late") log.warn("telemetry_unsent", { waited_ms: closeMs });
      return end;
    },
  };
}

/** What the standard variables say of this service wins over what the hub knows of itself. */
function resourceOf({ version }: OtelDeps): Resource {
  const known = resourceFromAttributes({
    "service.name": "thehub",
    "service.version": version,
    "service.instance.id": randomUUID(),
    "host.name": hostname(),
    "process.pid": process.pid,
    "process.runtime.name": "nodejs",
    "process.runtime.version": process.versions.node,
  });
  return known.merge(detectResources({ detectors: [envDetector] }));
}

function startTraces(common: Common, exporters: Exporters | undefined) {
  if (exporters === undefined) return undefined;
  const { deps, resource, ends } = common;
  const queue = openQueue(common, "traces", deps.env["OTEL_BSP_MAX_QUEUE_SIZE"]);
  // Batch sizes and delays it reads itself.
  const batches = new BatchSpanProcessor(reporting(exporters.traces(), { ...common, signal: "traces", queue }));
  const processor: SpanProcessor = {
    onStart: () => {},
    onEnd: (span) => {
      const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
      if (isSampled && queue.enter()) batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
  // So does this, the sampler.
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  ends.push(() => provider.shutdown());
  return provider.getTracer("thehub", deps.version);
}

function startLogs(common: Common, exporters: Exporters | undefined): void {
  if (exporters === undefined) return;
  const { deps, resource, ends } = common;
  const number = (name: string) => positive(deps.env[`OTEL_BLRP_${name}`]);
  const queue = openQueue(common, "logs", deps.env["OTEL_BLRP_MAX_QUEUE_SIZE"]);
  const batches = new BatchLogRecordProcessor({
    exporter: reporting(exporters.logs(), { ...common, signal: "logs", queue }),
    maxQueueSize: number("MAX_QUEUE_SIZE") ?? queueSize,
    ...optional("maxExportBatchSize", number("MAX_EXPORT_BATCH_SIZE")),
    ...optional("scheduledDelayMillis", number("SCHEDULE_DELAY")),
    ...optional("exportTimeoutMillis", number("EXPORT_TIMEOUT")),
  });
  const processor: LogRecordProcessor = {
    onEmit: (record) => {
      if (queue.enter()) batches.onEmit(record);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
  const provider = new LoggerProvider({ resource, processors: [processor] });
  const logger = provider.getLogger("thehub", deps.version);
  deps.tapLog((line) => exportLine(line, logger));
  ends.push(() => provider.shutdown());
}

function startMetrics(common: Common, exporters: Exporters | undefined, metrics: Metrics): void {
  const { deps, log, resource, losses, ends } = common;
  metrics.watch("thehub_telemetry_lost_total", () => losses.readings());
  if (exporters === undefined) return;
  const exportIntervalMillis = positive(deps.env["OTEL_METRIC_EXPORT_INTERVAL"]) ?? metricIntervalMs;
  const timeoutMs = positive(deps.env["OTEL_METRIC_EXPORT_TIMEOUT"]);
  // The reader throws for one that is longer.
  const exportTimeoutMillis = Math.min(timeoutMs ?? metricTimeoutMs, exportIntervalMillis);
  if (timeoutMs !== undefined && timeoutMs > exportIntervalMillis) {
    const fix = `write at most what OTEL_METRIC_EXPORT_INTERVAL is; ${exportTimeoutMillis} is used`;
    log.warn("telemetry_setting_ignored", { variable: "OTEL_METRIC_EXPORT_TIMEOUT", value: String(timeoutMs), fix });
  }
  const reader = new PeriodicExportingMetricReader({
    exporter: reportingMetrics(exporters.metrics(), common.reports),
    metricProducers: [metricBridge(() => metrics.sources(), deps.version)],
    exportIntervalMillis,
    exportTimeoutMillis,
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  ends.push(() => provider.shutdown());
}

function openQueue({ losses }: Common, signal: Signal, size: string | undefined): Queue {
  losses.watch(signal);
  return new Queue(positive(size) ?? queueSize, () => losses.add(signal, 1));
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text?.trim());
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

function optional<K extends string>(name: K, value: number | undefined): { [key in K]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [key in K]: number });
}
