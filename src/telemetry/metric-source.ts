// What a metric looks like to a scrape.

/** One line; `metricName` only where it differs from the metric's own. */
export interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric as it is shown. */
export interface MetricSource {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  read(): Sample[] | Promise<Sample[]>;
}
