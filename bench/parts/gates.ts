// What being asked who, what, how much and where from costs a small call: a hub with all of it beside one with none, in turn.
import * as calls from "./calls.ts";
import { loadLinks } from "./cpu-load.ts";
import type { Plan } from "./plan.ts";
import type { MetricName } from "./samples.ts";
import type { Kind, Subject } from "./subjects.ts";

/** In turn, as a machine has better and worse moments. */
const laps = 3;

export async function gateLaps(kind: Kind, plan: Plan, record: (metric: MetricName, cpuUs: number) => void) {
  if (kind.role !== "hub" || kind.door === "stdio") return;
  const running: Subject[] = [];
  try {
    const none = await kind.start({ gates: "none" });
    running.push(none);
    const all = await kind.start({ gates: "all" });
    running.push(all);
    const lap = async (metric: MetricName, subject: Subject) => {
      const link = await subject.open();
      const shape = { inFlight: 64, ms: plan.growthMs, warmUpMs: plan.firstWarmUpMs };
      const { calls: count, cpu } = await loadLinks(subject, [link], calls.echo, shape);
      record(metric, (cpu * 1000) / count);
      await link.close();
    };
    for (let n = 0; n < laps; n++) {
      await lap("gates-none", none);
      await lap("gates-all", all);
    }
  } finally {
    for (const subject of running) await subject.stop();
  }
}
