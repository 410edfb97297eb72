// What is compared takes many short turns, one after the other, so that a slow moment of the machine falls on all of it, and each turn finds
// compiled code (docs/decisions/0047-short-turns.md).
import type { CallKind } from "./calls.ts";
import { loadLinks } from "./cpu-load.ts";
import type { Link } from "./link.ts";
import type { Plan } from "./plan.ts";
import type { Subject } from "./subjects.ts";

/** One of those that are compared: a load, and where it goes. */
export interface Contender {
  readonly name: string;
  readonly subject: Subject;
  readonly links: readonly Link[];
  readonly call: CallKind;
  /** On each link. */
  readonly inFlight: number;
  /** Called once, with all turns together; not for one that failed. */
  record(whole: Whole): void;
}

/** All turns of a contender together. */
export interface Whole {
  readonly calls: number;
  readonly ms: number;
  /** Processor time of the subject's own processes, in ms; the kernel counts in steps of 10 ms, which is little only for all turns together. */
  readonly cpu: number;
  /** Time of each call in µs, sorted; only for one link with one call in flight. */
  readonly times: Float64Array;
}

type Timing = Pick<Plan, "warmUpMs" | "turns" | "turnMs" | "turnWarmUpMs">;

/** A contender that fails takes no more turns; the others go on. */
export async function takeTurns(
  contenders: readonly Contender[],
  timing: Timing,
  failed: (contender: Contender, error: unknown) => Promise<void> | void,
): Promise<void> {
  const taken = new Map(contenders.map((contender) => [contender, [] as Whole[]]));
  async function turn(contender: Contender, ms: number, warmUpMs: number): Promise<void> {
    const { subject, links, call, inFlight } = contender;
    try {
      taken.get(contender)?.push(await loadLinks(subject, links, call, { inFlight, ms, warmUpMs }));
    } catch (error) {
      taken.delete(contender);
      await failed(contender, error);
    }
  }
  for (const contender of contenders) await turn(contender, 0, timing.warmUpMs);
  for (const turns of taken.values()) turns.length = 0;
  for (let n = 0; n < timing.turns; n++) {
    for (const contender of [...taken.keys()]) await turn(contender, timing.turnMs, timing.turnWarmUpMs);
  }
  for (const [contender, turns] of taken) contender.record(together(turns));
}

function together(turns: readonly Whole[]): Whole {
  const sum = (of: (turn: Whole) => number) => turns.reduce((total, turn) => total + of(turn), 0);
  const times = new Float64Array(sum((turn) => turn.times.length));
  let end = 0;
  for (const turn of turns) {
    times.set(turn.times, end);
    end += turn.times.length;
  }
  return {
    calls: sum((turn) => turn.calls),
    ms: sum((turn) => turn.ms),
    cpu: sum((turn) => turn.cpu),
    times: times.sort(),
  };
}
