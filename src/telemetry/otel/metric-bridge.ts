// The hub's numbers as OTLP metrics: read when they are exported, under the same names as at /metrics, cumulative.
import { type HrTime, ValueType } from "@opentelemetry/api";
import { hrTime, millisToHrTime } from "@opentelemetry/core";
import { emptyResource } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from "@opentelemetry/sdk-metrics";
import type { MetricSource, Sample } from "../metric-source.ts";

export function metricBridge(sources: () => readonly MetricSource[], version: string): MetricProducer {
  const startTime = millisToHrTime(performance.timeOrigin);
  return {
    async collect(): Promise<CollectionResult> {
      const endTime = hrTime();
      const metrics: MetricData[] = [];
      const errors: unknown[] = [];
      for (const source of sources()) {
        try {
          metrics.push(metricOf(source, await source.read(), startTime, endTime));
        } catch (error) {
          errors.push(error);
        }
      }
      // The reader puts its own resource in the place of this one.
      const scopeMetrics = [{ scope: { name: "thehub", version }, metrics }];
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors };
    },
  };
}

function metricOf(source: MetricSource, samples: readonly Sample[], startTime: HrTime, endTime: HrTime): MetricData {
  const descriptor = {
    name: source.name,
    description: source.help,
    unit: unitOf(source.name),
    valueType: ValueType.DOUBLE,
  };
  const fixed = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  if (source.type === "histogram") {
    return {
      ...fixed,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: histograms(source.name, samples, startTime, endTime),
    };
  }
  const dataPoints = samples.map(({ labels, value }) => ({ attributes: { ...labels }, startTime, endTime, value }));
  return source.type === "counter"
    ? { ...fixed, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...fixed, dataPointType: DataPointType.GAUGE, dataPoints };
}

/** Without a unit otherwise: "1" would have collectors call every gauge a ratio. */
function unitOf(name: string): string {
  if (/_seconds(_total)?$/.test(name)) return "s";
  return name.endsWith("_bytes") ? "By" : "";
}

/** Out of Prometheus's lines, whose buckets are cumulative: each histogram ends with its count. */
function histograms(
  name: string,
  samples: readonly Sample[],
  startTime: HrTime,
  endTime: HrTime,
): DataPoint<Histogram>[] {
  const points: DataPoint<Histogram>[] = [];
  let boundaries: number[] = [];
  let counts: number[] = [];
  let below = 0;
  let sum = 0;
  for (const { metricName, labels, value } of samples) {
    if (metricName === `${name}_sum`) sum = value;
    else if (metricName === `${name}_count`) {
      points.push({
        attributes: { ...labels },
        startTime,
        endTime,
        value: { buckets: { boundaries, counts }, sum, count: value },
      });
      boundaries = [];
      counts = [];
      below = 0;
    } else {
      counts.push(value - below);
      below = value;
      if (labels["le"] !== "+Inf") boundaries.push(Number(labels["le"]));
    }
  }
  return points;
}
