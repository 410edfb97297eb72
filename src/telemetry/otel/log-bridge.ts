// Lines of the log, masked as they are on stderr, as OTLP log records.
import { type Context, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { type AnyValueMap, type Logger, SeverityNumber } from "@opentelemetry/api-logs";

const severities: Readonly<Record<string, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

/** Lines of this component are about exporting: they would be about themselves. */
export const ownComponent = "telemetry";

/** Takes one JSON line. */
export function exportLine(line: string, logger: Logger): void {
  const { ts, level, msg, trace_id, span_id, ...rest } = JSON.parse(line) as Record<string, unknown>;
  if (rest["component"] === ownComponent) return;
  logger.emit({
    timestamp: new Date(String(ts)),
    severityNumber: severities[String(level)] ?? SeverityNumber.UNSPECIFIED,
    severityText: String(level),
    body: String(msg),
    attributes: rest as AnyValueMap,
    context: contextOf(trace_id, span_id),
  });
}

function contextOf(traceId: unknown, spanId: unknown): Context {
  if (typeof traceId !== "string" || typeof spanId !== "string") return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
}
