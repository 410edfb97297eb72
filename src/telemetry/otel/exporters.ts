// Exporters by protocol, each loaded only where it is used. Endpoints, headers, certificates, compression and timeouts they
// read themselves from the standard variables.
import type { LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Protocol } from "../otel-settings.ts";

export interface Exporters {
  traces(): SpanExporter;
  metrics(): PushMetricExporter;
  logs(): LogRecordExporter;
}

export async function loadExporters(protocol: Protocol): Promise<Exporters> {
  const module = protocol === "grpc" ? import("./exporters-grpc.ts") : import("./exporters-http.ts");
  return (await module).exporters;
}
