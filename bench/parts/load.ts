// Drives one or more lanes for a while, keeping a number of calls in flight on each, and counts.
import type { CallKind } from "./calls.ts";
import { Lane } from "./lane.ts";
import type { Link } from "./link.ts";

export interface Load {
  readonly links: readonly Link[];
  readonly kind: CallKind;
  readonly tool: (native: string) => string;
  /** On each link. */
  readonly inFlight: number;
  readonly ms: number;
  readonly warmUpMs: number;
  /** Called when the measured time starts. */
  readonly atStart?: () => void;
  /** Called when it ends; what is still in flight then is answered, and counts for nothing. */
  readonly atEnd?: () => void;
}

export interface Loaded {
  readonly calls: number;
  readonly ms: number;
  /** Time of each call in µs, sorted; only for one link with one call in flight. */
  readonly times: Float64Array;
}

/** Nothing heard for so long means that an answer was lost. */
const stallMs = 15_000;
const maxTimes = 200_000;

/** Rejects on the first wrong, missing or foreign answer. Links are left idle and can be used again. */
export async function drive(load: Load): Promise<Loaded> {
  const { links, kind, tool, inFlight } = load;
  const single = links.length === 1 && inFlight === 1;
  const times = new Float64Array(single ? maxTimes : 0);
  let taken = 0;
  let phase: "first" | "warm" | "measured" | "over" = "first";
  let phaseEnd = 0;
  let started = 0;
  let ended = 0;
  let last = 0;
  let sentAt = 0;
  let calls = 0;
  let open = 0;
  let finish: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const over = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const lanes = links.map(
    (link) =>
      new Lane(link, kind, tool, inFlight, {
        failed: (reason) => fail(new Error(reason)),
        answered(count) {
          last = performance.now();
          open -= count;
          if (phase === "measured") {
            calls += count;
            if (single && taken < maxTimes) times[taken++] = (last - sentAt) * 1000;
          }
          if (phase !== "over" && phase !== "first" && last >= phaseEnd) turn();
          if (phase === "first" || phase === "over") {
            if (open === 0) {
              if (phase === "over") finish();
              // Every lane has had one whole answer compared: now fill them.
              else fill();
            }
            return 0;
          }
          open += count;
          // The lane writes right after this returns.
          if (single) sentAt = performance.now();
          return count;
        },
      }),
  );

  function turn(): void {
    if (phase === "warm") {
      phase = "measured";
      load.atStart?.();
      started = performance.now();
      phaseEnd = started + load.ms;
      calls = 0;
      return;
    }
    phase = "over";
    ended = last;
    load.atEnd?.();
  }

  function fill(): void {
    phase = "warm";
    phaseEnd = performance.now() + load.warmUpMs;
    open = lanes.length * inFlight;
    sentAt = performance.now();
    for (const lane of lanes) lane.send(inFlight);
  }

  last = performance.now();
  const watch = setInterval(() => {
    if (performance.now() - last > stallMs) fail(new Error(`no answer for ${stallMs / 1000} s, ${open} calls open`));
  }, 1000);
  try {
    open = lanes.length;
    for (const lane of lanes) lane.send(1);
    await over;
  } finally {
    clearInterval(watch);
    for (const link of links) {
      link.listener = { message() {}, long() {}, settled() {}, closed() {} };
      link.reader.keepWhole = true;
    }
  }
  return { calls, ms: ended - started, times: times.subarray(0, taken).sort() };
}

export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
