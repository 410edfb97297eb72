// The way of one signal's items: into a bounded queue, in batches to the exporter; what does not fit or does not arrive is
// counted. The batching itself is OpenTelemetry's.
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { Signal } from "../otel-settings.ts";
import type { Reports } from "./reports.ts";

interface ItemExporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
  forceFlush?(): Promise<void>;
}

/** Items that were lost: the queue was full, or the collector did not take them. */
export class Losses {
  readonly #lost = new Map<Signal, number>();

  watch(signal: Signal): void {
    this.#lost.set(signal, 0);
  }

  add(signal: Signal, count: number): void {
    this.#lost.set(signal, (this.#lost.get(signal) ?? 0) + count);
  }

  readings(): Iterable<readonly [string, number]> {
    return this.#lost;
  }
}

/** Counts what waits, as the batching behind it does not say what it drops. */
export class Queue {
  readonly #max: number;
  readonly #full: () => void;
  #size = 0;

  constructor(max: number, full: () => void) {
    this.#max = max;
    this.#full = full;
  }

  /** False: there is no room for one more. */
  enter(): boolean {
    if (this.#size >= this.#max) {
      this.#full();
      return false;
    }
    this.#size += 1;
    return true;
  }

  leave(count: number): void {
    this.#size -= count;
  }
}

/** The same exporter, with its results reported, and what it takes out of the queue counted. */
export function reporting<T extends readonly unknown[]>(
  exporter: ItemExporter<T>,
  deps: { signal: Signal; reports: Reports; losses: Losses; queue: Queue },
): Required<ItemExporter<T>> {
  const { signal, reports, losses, queue } = deps;
  return {
    export(items, done) {
      queue.leave(items.length);
      exporter.export(items, (result) => {
        if (result.code === ExportResultCode.SUCCESS) reports.succeeded(signal);
        else {
          losses.add(signal, items.length);
          reports.failed(signal, result.error, items.length);
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** Numbers are cumulative: what did not arrive is made up for by the next export, so nothing is lost. */
export function reportingMetrics(exporter: PushMetricExporter, reports: Reports): PushMetricExporter {
  return {
    export(metrics, done) {
      exporter.export(metrics, (result) => {
        if (result.code === ExportResultCode.SUCCESS) reports.succeeded("metrics");
        else reports.failed("metrics", result.error, 0);
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
