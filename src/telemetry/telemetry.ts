// What a hub needs of OpenTelemetry, so that nothing else has to load it. Types only.
import type { CallObserver } from "./call-observer.ts";
import type { Metrics } from "./metrics.ts";

/** What a trace says of the Core that a call goes to. */
export interface TracedCore {
  /** The revision of MCP that it speaks; undefined before it has said so. */
  readonly revision: string | undefined;
  /** Reached over the network. */
  readonly isRemote: boolean;
}

export interface TraceDeps {
  /** Undefined for a Core that is not there any more. */
  core(name: string): TracedCore | undefined;
}

export interface Telemetry {
  /** Undefined where no traces are wanted. */
  traceCalls(deps: TraceDeps): CallObserver | undefined;
  /** From now on these numbers are exported, and what could not be exported is counted among them. To be called once. */
  exportMetrics(metrics: Metrics): void;
  /** Sends what is left, as far as it can be sent in a short time. Never rejects. `late`: something would not end. */
  close(): Promise<"done" | "late">;
}
