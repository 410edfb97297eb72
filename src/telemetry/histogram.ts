// A histogram that costs a few comparisons to feed and is only put into words when somebody looks.

import type { Sample } from "./metric-source.ts";

export class PlainHistogram {
  /** Upper bounds in seconds, ascending. */
  readonly #bounds: Float64Array;
  /** By bucket, not cumulative; the last one is everything above the bounds. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = Float64Array.from(bounds);
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(seconds: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sum += seconds;
  }

  samples(name: string, labels: Readonly<Record<string, string>>): Sample[] {
    const samples: Sample[] = [];
    let total = 0;
    this.#counts.forEach((count, bucket) => {
      total += count;
      const bound = this.#bounds[bucket];
      const le = bound === undefined ? "+Inf" : String(bound);
      samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le }, value: total });
    });
    samples.push({ metricName: `${name}_sum`, labels, value: this.#sum });
    samples.push({ metricName: `${name}_count`, labels, value: total });
    return samples;
  }
}
