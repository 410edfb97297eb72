// OTLP as protobuf over HTTP.
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { Exporters } from "./exporters.ts";

export const exporters: Exporters = {
  traces: () => new OTLPTraceExporter(),
  metrics: () => new OTLPMetricExporter(),
  logs: () => new OTLPLogExporter(),
};
