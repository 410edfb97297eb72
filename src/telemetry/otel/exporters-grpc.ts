// OTLP over gRPC. A chunk of its own: grpc-js is larger than all the rest together.
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import type { Exporters } from "./exporters.ts";

export const exporters: Exporters = {
  traces: () => new OTLPTraceExporter(),
  metrics: () => new OTLPMetricExporter(),
  logs: () => new OTLPLogExporter(),
};
