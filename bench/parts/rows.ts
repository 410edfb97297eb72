// The rows: each takes the subjects of one round in turn and records one value a lap. A failure of one subject is
// recorded and leaves the others alone.
import * as calls from "./calls.ts";
import { loadLinks } from "./cpu-load.ts";
import { coreSecret } from "./hub-place.ts";
import type { Link } from "./link.ts";
import { closeAll, openMany } from "./links.ts";
import { quantile } from "./load.ts";
import { hashOf, mebibyte } from "./payload.mjs";
import type { Plan } from "./plan.ts";
import { delay, exitTime, residentMiB } from "./processes.ts";
import { remoteLap } from "./remote.ts";
import { type MetricName, median, type Samples } from "./samples.ts";
import { callForText, listTools } from "./session.ts";
import { type Beside, compare, eras, gates, growth } from "./side-by-side.ts";
import { exampleManifest, hubFile, type Kind, type Subject, type SubjectOptions } from "./subjects.ts";
import { type Contender, takeTurns, type Whole } from "./turns.ts";

export interface Round {
  readonly plan: Plan;
  readonly samples: Samples;
  /** Started, in the order of their turns. */
  readonly kinds: readonly Kind[];
  /** The kinds of call that all of them have been warmed up with. */
  readonly driven: Set<calls.CallKind>;
  subject(kind: Kind): Subject;
  /** The one link that a subject keeps for the round; opened when first asked for. */
  link(kind: Kind): Promise<Link>;
  /** Closes that link, so that the next one to ask gets a new one. */
  drop(kind: Kind): Promise<void>;
}

export interface Row {
  readonly name: string;
  /** Works on subjects of its own instead of those of the round. */
  readonly alone?: boolean;
  run(round: Round): Promise<void>;
}

async function inTurn(round: Round, row: string, work: (kind: Kind) => Promise<void>): Promise<void> {
  for (const kind of round.kinds) {
    globalThis.gc?.();
    try {
      await work(kind);
    } catch (error) {
      round.samples.fail(row, kind.name, error);
      await round.drop(kind);
    }
  }
}

/** Proves, before anything is timed, that whole payloads arrive and, for the hub, that it does mask. */
const check: Row = {
  name: "check",
  run: (round) =>
    inTurn(round, "check", async (kind) => {
      const subject = round.subject(kind);
      const link = await round.link(kind);
      for (const [index, sample] of calls.digestSamples.entries()) {
        const nonce = `n${index}`;
        const answer = await callForText(link, subject.tool("digest"), { nonce, data: JSON.parse(sample) });
        if (answer !== `${nonce}:${hashOf(JSON.stringify(JSON.parse(sample)))}`) {
          throw new Error(`a large argument arrived changed: ${answer.slice(0, 100)}`);
        }
      }
      if (kind.role !== "hub") return;
      const leaked = await callForText(link, subject.tool("leak"), { nonce: "n" });
      if (leaked !== `n:${"*".repeat(coreSecret.length)}`) {
        throw new Error(leaked.includes(coreSecret) ? "the Core's secret was not masked" : `leak said ${leaked}`);
      }
    }),
};

/** First of all rows: what was loaded before would hide what an idle client costs. */
const memory: Row = {
  name: "memory",
  run: (round) =>
    inTurn(round, "memory", async (kind) => {
      const { plan, samples } = round;
      const subject = round.subject(kind);
      if (kind.door === "stdio") return;
      const link = await round.link(kind);
      await listTools(link);
      await callForText(link, subject.tool("echo"), { text: "one" });
      await delay(plan.settleMs);
      const one = residentMiB(subject.pids());
      samples.add("resident-one", kind.name, one);
      samples.add("resident-idle", kind.name, await perClient(subject, one, plan, () => subject.openIdle()));
    }),
};

/** Over HTTP a client may also listen on the stream of a GET; measured anew, because the first clients left their mark. */
const listeners: Row = {
  name: "memory",
  alone: true,
  run: (round) =>
    inTurn(round, "memory", async (kind) => {
      if (kind.door !== "http") return;
      await withSubject(round, kind, {}, async (subject) => {
        const { openListening } = subject;
        if (openListening === undefined) return;
        const { plan, samples } = round;
        const link = await subject.open();
        await listTools(link);
        await callForText(link, subject.tool("echo"), { text: "one" });
        await delay(plan.settleMs);
        const one = residentMiB(subject.pids());
        samples.add("resident-listening", kind.name, await perClient(subject, one, plan, openListening));
        await link.close();
      });
    }),
};

/** KiB that each further client adds to the resident size, which was `one` with one of them. */
async function perClient(subject: Subject, one: number, plan: Plan, open: () => Promise<Link>): Promise<number> {
  const idle = await openMany(plan.idleClients, open);
  await delay(plan.settleMs);
  const many = residentMiB(subject.pids());
  await closeAll(idle);
  return ((many - one) * 1024) / plan.idleClients;
}

/** What the way to a Core elsewhere costs, beside the same call made without a hub. */
const remote: Row = {
  name: "remote",
  alone: true,
  async run({ kinds, plan, samples }) {
    if (!kinds.some(({ name }) => name === "hub")) return;
    try {
      await remoteLap(plan, (subject, value) => samples.add("remote-p50", subject, value));
    } catch (error) {
      samples.fail("remote", "hub", error);
    }
  },
};

/** One line of the table: a load on every subject, in turns, and what they say of one of them. */
interface LoadLine {
  readonly call: calls.CallKind;
  /** Of more than one, the line's own; else the one that a subject keeps for the round. */
  readonly connections: number;
  /** On each connection. */
  readonly inFlight: number;
  values(whole: Whole, kind: Kind): Partial<Record<MetricName, number>>;
}

function loadRow(name: string, lines: readonly LoadLine[]): Row {
  return {
    name,
    async run(round) {
      for (const line of lines) await runLine(round, name, line);
    },
  };
}

async function runLine(round: Round, row: string, line: LoadLine): Promise<void> {
  const { plan, samples } = round;
  const { call, connections, inFlight } = line;
  const contenders = new Map<Contender, Kind>();
  const opened: Link[] = [];
  await inTurn(round, row, async (kind) => {
    // On stdio each client has a hub of its own: many clients on one hub is not a thing there.
    if (connections > 1 && kind.door === "stdio" && kind.role !== "direct") return;
    const subject = round.subject(kind);
    const own = connections > 1 ? await openMany(connections, () => subject.open()) : [];
    opened.push(...own);
    const record = (whole: Whole) => {
      for (const [metric, value] of Object.entries(line.values(whole, kind))) {
        samples.add(metric as MetricName, kind.name, value);
      }
    };
    const links = connections > 1 ? own : [await round.link(kind)];
    contenders.set({ name: kind.name, subject, links, call, inFlight, record }, kind);
  });
  try {
    const warmUpMs = round.driven.has(call) ? plan.againMs : plan.warmUpMs;
    round.driven.add(call);
    await takeTurns([...contenders.keys()], { ...plan, warmUpMs }, async (contender, error) => {
      samples.fail(row, contender.name, error);
      const kind = contenders.get(contender);
      if (kind !== undefined && connections === 1) await round.drop(kind);
    });
  } finally {
    await closeAll(opened);
  }
}

const latency = loadRow("latency", [
  {
    ...{ call: calls.echo, connections: 1, inFlight: 1 },
    values: ({ times }) => ({ "latency-p50": quantile(times, 0.5), "latency-p99": quantile(times, 0.99) }),
  },
]);

function callRate(rate: MetricName, cost: MetricName, connections: number, inFlight: number): LoadLine {
  return {
    ...{ call: calls.echo, connections, inFlight },
    values: ({ calls: count, ms, cpu }, { role }) => ({
      [rate]: count / ms,
      ...(role === "direct" ? {} : { [cost]: (cpu * 1000) / count }),
    }),
  };
}

const throughput = loadRow("throughput", [
  callRate("calls-1x64", "cpu-1x64", 1, 64),
  callRate("calls-16x8", "cpu-16x8", 16, 8),
]);

function byteRate(metric: MetricName, call: calls.CallKind, inFlight: number): LoadLine {
  return {
    ...{ call, connections: 1, inFlight },
    values: ({ calls: count, ms }) => ({ [metric]: ((count * call.payloadBytes) / mebibyte / ms) * 1000 }),
  };
}

const large = loadRow("large", [
  byteRate("results-1", calls.bigResult, 1),
  byteRate("results-8", calls.bigResult, 8),
  byteRate("arguments-1", calls.bigArguments, 1),
  byteRate("arguments-8", calls.bigArguments, 8),
]);

const tokens = loadRow("tokens", [
  byteRate("token-results-8", calls.tokenResult, 8),
  byteRate("token-arguments-8", calls.tokenArguments, 8),
]);

/** Loads of its own, so that it says the same whether it runs alone or after the other rows. */
const afterLoad: Row = {
  name: "memory",
  run: (round) =>
    inTurn(round, "memory", async (kind) => {
      if (kind.door === "stdio") return;
      const subject = round.subject(kind);
      const links = [await round.link(kind)];
      const shape = { ms: 0, warmUpMs: round.plan.warmUpMs / 3 };
      await loadLinks(subject, links, calls.echo, { inFlight: 64, ...shape });
      await loadLinks(subject, links, calls.bigResult, { inFlight: 8, ...shape });
      await loadLinks(subject, links, calls.bigArguments, { inFlight: 8, ...shape });
      await delay(round.plan.settleMs);
      round.samples.add("resident-after", kind.name, residentMiB(round.subject(kind).pids()));
    }),
};

const list: Row = {
  name: "list",
  alone: true,
  async run(round) {
    const shape = (kind: Kind): SubjectOptions =>
      kind.role === "hub" ? { cores: 20, toolsPerCore: 50 } : { toolsPerCore: 1000 };
    await inTurn(round, "list", async (kind) => {
      await withSubject(round, kind, shape(kind), async (subject) => {
        const link = await subject.open();
        const times: number[] = [];
        for (let n = 0; n < round.plan.lists; n++) {
          const before = performance.now();
          const names = await listTools(link);
          times.push(performance.now() - before);
          if (names.length !== 1000 || new Set(names).size !== 1000) throw new Error(`${names.length} tools, not 1000`);
        }
        // The first third warms both sides.
        round.samples.add("list-1000", kind.name, median(times.slice(times.length / 3)));
        await link.close();
      });
    });
  },
};

const starting: Row = {
  name: "start",
  alone: true,
  async run(round) {
    for (let lap = 0; lap < 2; lap++) {
      await inTurn(round, "start", async (kind) => {
        const before = performance.now();
        await withSubject(round, kind, {}, async (subject) => {
          const link = await subject.open();
          const names = await listTools(link);
          round.samples.add("start-list", kind.name, performance.now() - before);
          if (names.length !== 8) throw new Error(`${names.length} tools, not 8`);
          await link.close();
        });
      });
    }
    if (!round.kinds.some(({ name }) => name === "hub")) return;
    for (let lap = 0; lap < 3; lap++) {
      try {
        const bare = await exitTime(["-e", "0"]);
        for (const metric of ["start-version", "start-check"] as const) round.samples.add(metric, "floor", bare);
        round.samples.add("start-version", "hub", await exitTime([hubFile, "--version"]));
        round.samples.add("start-check", "hub", await exitTime([hubFile, "check", exampleManifest]));
      } catch (error) {
        round.samples.fail("start", "hub", error);
      }
    }
  },
};

/** The hub against itself. */
function ownRow(name: string, hubsOf: (kind: Kind, plan: Plan) => readonly Beside[]): Row {
  return {
    name,
    alone: true,
    async run({ kinds, plan, samples }) {
      for (const kind of kinds) {
        if (kind.role !== "hub" || kind.door === "stdio") continue;
        try {
          await compare(kind, plan, hubsOf(kind, plan), (metric, cpuUs) => samples.add(metric, kind.name, cpuUs));
        } catch (error) {
          samples.fail(name, kind.name, error);
        }
      }
    },
  };
}

const growing = ownRow("growth", (kind, plan) => growth(kind, plan.growthSessions));

/** In the order of one round. */
export const rows: readonly Row[] = [
  memory,
  check,
  throughput,
  latency,
  remote,
  large,
  tokens,
  afterLoad,
  listeners,
  list,
  starting,
  growing,
  ownRow("eras", () => eras),
  ownRow("gates", () => gates),
];

async function withSubject(
  round: Round,
  kind: Kind,
  options: SubjectOptions,
  work: (subject: Subject) => Promise<void>,
): Promise<void> {
  const subject = await kind.start(options);
  try {
    await work(subject);
  } finally {
    const left = await subject.stop();
    if (left > 0) round.samples.fail("stop", kind.name, `${left} processes left behind after SIGTERM`);
  }
}
