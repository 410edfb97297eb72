// What the era of a call costs the hub: the same small call by a client of each era, side by side in one process, and with a Core of the modern era.
import * as calls from "./calls.ts";
import { loadLinks } from "./cpu-load.ts";
import type { Plan } from "./plan.ts";
import type { MetricName } from "./samples.ts";
import type { Kind, Subject } from "./subjects.ts";

/** In turn, as a machine has better and worse moments: many, as the ratios are near their budget. */
const laps = 5;

type Record = (metric: MetricName, cpuUs: number) => void;

export async function eraLaps(kind: Kind, plan: Plan, record: Record): Promise<void> {
  if (kind.role !== "hub" || kind.door === "stdio") return;
  const running: Subject[] = [];
  try {
    const old = await kind.start({ toolsPerCore: 10 });
    running.push(old);
    const modern = await kind.start({ toolsPerCore: 10, isModern: true });
    running.push(modern);
    const lap = async (metric: MetricName, subject: Subject, isModern: boolean) => {
      const link = await (isModern ? subject.openModern?.() : subject.open());
      if (link === undefined) return;
      const shape = { inFlight: 64, ms: plan.growthMs, warmUpMs: plan.firstWarmUpMs };
      const { calls: count, cpu } = await loadLinks(subject, [link], isModern ? calls.modernEcho : calls.echo, shape);
      record(metric, (cpu * 1000) / count);
      await link.close();
    };
    for (let n = 0; n < laps; n++) {
      await lap("era-legacy", old, false);
      await lap("era-bridged", old, true);
      await lap("era-modern", modern, true);
    }
  } finally {
    for (const subject of running) await subject.stop();
  }
}
