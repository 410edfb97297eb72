// What the hub's own /metrics say of its memory, files and sessions over the run, and whether they level off.

export interface Reading {
  readonly rss: number;
  /** 0 where the system does not say. */
  readonly fds: number;
  readonly sessions: number;
}

const mib = 1024 * 1024;
/** A run this short is all warm-up: nothing can be said of growth. */
const fewReadings = 30;

export class Readings {
  readonly all: Reading[] = [];
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async take(): Promise<Reading> {
    const text = await (await fetch(this.#url)).text();
    const read = (name: string) =>
      Number(
        text
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.split(" ")[1] ?? 0,
      );
    const reading = {
      rss: read("process_resident_memory_bytes"),
      fds: read("process_open_fds"),
      sessions: read('thehub_sessions{door="websocket"}'),
    };
    this.all.push(reading);
    return reading;
  }

  /** The first reading without a session; gives up after a while and returns the last. */
  async idle(): Promise<Reading> {
    for (let looks = 0; looks < 50; looks++) {
      const reading = await this.take();
      if (reading.sessions === 0) return reading;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return this.take();
  }
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** Memory may not grow from the second third of the run to the last; an idle hub has the files open that it began with. */
export function verdictOn(readings: Readings, before: Reading, end: Reading): string[] {
  const failures: string[] = [];
  if (end.sessions > 0) failures.push(`${end.sessions} sessions are open after every client has left`);
  // A Core that is being restarted at one of the two moments has up to a handful of pipes more or less.
  if (end.fds > before.fds + 8) failures.push(`open files grew from ${before.fds} to ${end.fds}`);
  const third = Math.floor(readings.all.length / 3);
  if (readings.all.length < fewReadings) return failures;
  const middle = median(readings.all.slice(third, 2 * third).map(({ rss }) => rss));
  const last = median(readings.all.slice(2 * third).map(({ rss }) => rss));
  if (last > middle * 1.25 + 16 * mib) {
    failures.push(`resident memory grew from ${Math.round(middle / mib)} to ${Math.round(last / mib)} MiB`);
  }
  return failures;
}
