// The hub against itself: what a small call costs a hub, beside what it costs others that have more to do for it, or more of everything else.
import * as calls from "./calls.ts";
import type { Link } from "./link.ts";
import { closeAll, openMany } from "./links.ts";
import type { Plan } from "./plan.ts";
import type { MetricName } from "./samples.ts";
import type { Kind, Subject, SubjectOptions } from "./subjects.ts";
import { type Contender, takeTurns } from "./turns.ts";

/** One hub, and what is said of calls of it. */
export interface Beside {
  readonly options: SubjectOptions;
  /** Those that are there and call nothing. */
  readonly idleSessions?: number;
  /** Of a client of the handshake era. */
  readonly legacy?: MetricName;
  /** Of a client of the modern era. */
  readonly modern?: MetricName;
}

export const eras: readonly Beside[] = [
  { options: { toolsPerCore: 10 }, legacy: "era-legacy", modern: "era-bridged" },
  { options: { toolsPerCore: 10, isModern: true }, modern: "era-modern" },
];

export const gates: readonly Beside[] = [
  { options: { gates: "none" }, legacy: "gates-none" },
  { options: { gates: "all" }, legacy: "gates-all" },
];

export const growth = (kind: Kind, sessions: number): readonly Beside[] => [
  { options: { toolsPerCore: 10 }, legacy: "growth-base" },
  // The catalog is the same behind every door.
  ...(kind.door === "websocket"
    ? [{ options: { cores: 20, toolsPerCore: 1000 }, legacy: "growth-tools" as const }]
    : []),
  { options: { toolsPerCore: 10 }, idleSessions: sessions - 1, legacy: "growth-sessions" },
];

/** All hubs run at once, and are called in turns. `record` gets the processor time of one call, in µs. */
export async function compare(
  kind: Kind,
  plan: Plan,
  hubs: readonly Beside[],
  record: (metric: MetricName, cpuUs: number) => void,
): Promise<void> {
  const running: Subject[] = [];
  const contenders: Contender[] = [];
  const links: Link[] = [];
  let left = 0;
  try {
    for (const { options, idleSessions = 0, legacy, modern } of hubs) {
      const subject = await kind.start(options);
      running.push(subject);
      const add = (metric: MetricName, link: Link, call: calls.CallKind) => {
        links.push(link);
        contenders.push({
          ...{ name: metric, subject, links: [link], call, inFlight: 64 },
          record: ({ cpu, calls: count }) => record(metric, (cpu * 1000) / count),
        });
      };
      if (legacy !== undefined) add(legacy, await subject.open(), calls.echo);
      if (modern !== undefined && subject.openModern !== undefined) {
        add(modern, await subject.openModern(), calls.modernEcho);
      }
      links.push(...(await openMany(idleSessions, () => subject.openIdle())));
    }
    await takeTurns(contenders, plan, (_, error) => {
      throw error;
    });
  } finally {
    await closeAll(links);
    for (const subject of running) left += await subject.stop();
  }
  if (left > 0) throw new Error(`${left} processes left behind after SIGTERM`);
}
