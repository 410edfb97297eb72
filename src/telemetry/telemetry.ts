// What a hub needs of OpenTelemetry, so that nothing else has to load it. Types only.
import type { CallObserver } from "./call-observer.ts";
import type { Metrics } from "./metrics.ts";

export interface TraceDeps {
  /** The revision of MCP that a Core speaks; undefined while it is not up. */
  coreRevision(core: string): string | undefined;
}

export interface Telemetry {
  /** Undefined where no traces are wanted. */
  traceCalls(deps: TraceDeps): CallObserver | undefined;
  /** From now on these numbers are exported, and what could not be exported is counted among them. To be called once. */
  exportMetrics(metrics: Metrics): void;
  /** Sends what is left, as far as it can be sent in a short time. Never rejects. `late`: something would not end. */
  close(): Promise<"done" | "late">;
}
