// The rows: each takes the subjects of one round in turn and records one value a lap. A failure of one subject is
// recorded and leaves the others alone.
import * as calls from "./calls.ts";
import type { Link } from "./link.ts";
import { drive, type Loaded, quantile } from "./load.ts";
import { hashOf } from "./payload.mjs";
import type { Plan } from "./plan.ts";
import { cpuMs, delay, exitTime, residentMiB } from "./processes.ts";
import { type MetricName, median, type Samples } from "./samples.ts";
import { callForText, listTools } from "./session.ts";
import {
  coreSecret,
  exampleManifest,
  hubFile,
  type Subject,
  type SubjectName,
  type SubjectOptions,
  startSubject,
} from "./subjects.ts";

export interface Round {
  readonly plan: Plan;
  readonly samples: Samples;
  /** Started, in the order of their turns. */
  readonly names: readonly SubjectName[];
  subject(name: SubjectName): Subject;
  /** The one link that a subject keeps for the round; opened when first asked for. */
  link(name: SubjectName): Promise<Link>;
  /** Closes that link, so that the next one to ask gets a new one. */
  drop(name: SubjectName): Promise<void>;
}

export interface Row {
  readonly name: string;
  /** Works on subjects of its own instead of those of the round. */
  readonly alone?: boolean;
  run(round: Round): Promise<void>;
}

async function inTurn(round: Round, row: string, work: (name: SubjectName) => Promise<void>): Promise<void> {
  for (const name of round.names) {
    globalThis.gc?.();
    try {
      await work(name);
    } catch (error) {
      round.samples.fail(row, name, error);
      await round.drop(name);
    }
  }
}

/** Proves, before anything is timed, that whole payloads arrive and, for the hub, that it does mask. */
const check: Row = {
  name: "check",
  run: (round) =>
    inTurn(round, "check", async (name) => {
      const subject = round.subject(name);
      const link = await round.link(name);
      for (const [index, sample] of calls.digestSamples.entries()) {
        const nonce = `n${index}`;
        const answer = await callForText(link, subject.tool("digest"), { nonce, data: JSON.parse(sample) });
        if (answer !== `${nonce}:${hashOf(JSON.stringify(JSON.parse(sample)))}`) {
          throw new Error(`a large argument arrived changed: ${answer.slice(0, 100)}`);
        }
      }
      if (name !== "hub" && name !== "hub-stdio") return;
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
    inTurn(round, "memory", async (name) => {
      const { plan, samples } = round;
      const subject = round.subject(name);
      if (name === "direct" || name.endsWith("stdio")) return;
      const link = await round.link(name);
      await listTools(link);
      await callForText(link, subject.tool("echo"), { text: "one" });
      await delay(plan.settleMs);
      const one = residentMiB(subject.pids());
      samples.add("resident-one", name, one);
      const idle = await openMany(plan.idleClients, () => subject.openIdle());
      await delay(plan.settleMs);
      const many = residentMiB(subject.pids());
      await closeAll(idle);
      samples.add("resident-idle", name, ((many - one) * 1024) / plan.idleClients);
    }),
};

const warmUp: Row = {
  name: "warm-up",
  run: (round) =>
    inTurn(round, "warm-up", async (name) => {
      await load(round, name, calls.echo, { inFlight: 64, ms: 1, warmUpMs: round.plan.firstWarmUpMs });
    }),
};

const latency: Row = {
  name: "latency",
  async run(round) {
    for (let lap = 0; lap < round.plan.latencyLaps; lap++) {
      await inTurn(round, "latency", async (name) => {
        const ms = round.plan.latencyMs;
        const { times } = await load(round, name, calls.echo, { inFlight: 1, ms, warmUpMs: ms / 4 });
        round.samples.add("latency-p50", name, quantile(times, 0.5));
        round.samples.add("latency-p99", name, quantile(times, 0.99));
      });
    }
  },
};

const throughput: Row = {
  name: "throughput",
  async run(round) {
    await inTurn(round, "throughput", async (name) => {
      const { calls: count, ms, cpu } = await load(round, name, calls.echo, { inFlight: 64 });
      round.samples.add("calls-1x64", name, count / ms);
      if (name !== "direct") round.samples.add("cpu-1x64", name, (cpu * 1000) / count);
    });
    await inTurn(round, "throughput", async (name) => {
      // On stdio each client has a hub of its own: many clients on one hub is not a thing there.
      if (name.endsWith("stdio")) return;
      const links = await openMany(16, () => round.subject(name).open());
      try {
        const { calls: count, ms, cpu } = await load(round, name, calls.echo, { inFlight: 8, links });
        round.samples.add("calls-16x8", name, count / ms);
        if (name !== "direct") round.samples.add("cpu-16x8", name, (cpu * 1000) / count);
      } finally {
        await closeAll(links);
      }
    });
  },
};

function payloadRow(name: string, lines: readonly [MetricName, calls.CallKind, number][]): Row {
  return {
    name,
    async run(round) {
      for (const [metric, kind, inFlight] of lines) {
        await inTurn(round, name, async (subject) => {
          const { calls: count, ms } = await load(round, subject, kind, { inFlight });
          const mebibytes = (count * kind.payloadBytes) / 1024 / 1024;
          round.samples.add(metric, subject, (mebibytes * 1000) / ms);
        });
      }
    },
  };
}

const large = payloadRow("large", [
  ["results-1", calls.bigResult, 1],
  ["results-8", calls.bigResult, 8],
  ["arguments-1", calls.bigArguments, 1],
  ["arguments-8", calls.bigArguments, 8],
]);

const tokens = payloadRow("tokens", [
  ["token-results-8", calls.tokenResult, 8],
  ["token-arguments-8", calls.tokenArguments, 8],
]);

/** Loads of its own, so that it says the same whether it runs alone or after the other rows. */
const afterLoad: Row = {
  name: "memory",
  run: (round) =>
    inTurn(round, "memory", async (name) => {
      if (name === "direct" || name.endsWith("stdio")) return;
      const ms = round.plan.loadMs / 2;
      await load(round, name, calls.echo, { inFlight: 64, ms });
      await load(round, name, calls.bigResult, { inFlight: 8, ms });
      await load(round, name, calls.bigArguments, { inFlight: 8, ms });
      await delay(round.plan.settleMs);
      round.samples.add("resident-after", name, residentMiB(round.subject(name).pids()));
    }),
};

const list: Row = {
  name: "list",
  alone: true,
  async run(round) {
    const shape = (name: SubjectName): SubjectOptions =>
      name.startsWith("hub") ? { cores: 20, toolsPerCore: 50 } : { toolsPerCore: 1000 };
    await inTurn(round, "list", async (name) => {
      await withSubject(round, name, shape(name), async (subject) => {
        const link = await subject.open();
        const times: number[] = [];
        for (let n = 0; n < round.plan.lists; n++) {
          const before = performance.now();
          const names = await listTools(link);
          times.push(performance.now() - before);
          if (names.length !== 1000 || new Set(names).size !== 1000) throw new Error(`${names.length} tools, not 1000`);
        }
        // The first third warms both sides.
        round.samples.add("list-1000", name, median(times.slice(times.length / 3)));
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
      await inTurn(round, "start", async (name) => {
        const before = performance.now();
        await withSubject(round, name, {}, async (subject) => {
          const link = await subject.open();
          const names = await listTools(link);
          round.samples.add("start-list", name, performance.now() - before);
          if (names.length !== 8) throw new Error(`${names.length} tools, not 8`);
          await link.close();
        });
      });
    }
    if (!round.names.includes("hub")) return;
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

/** The hub against itself: does a call cost more when there is more of everything else. */
const growth: Row = {
  name: "growth",
  alone: true,
  async run(round) {
    if (!round.names.includes("hub")) return;
    const { plan, samples } = round;
    // The last value is how many idle sessions there are beside the one that calls.
    const variants: [MetricName, SubjectOptions, number][] = [
      ["growth-base", { toolsPerCore: 10 }, 0],
      ["growth-tools", { cores: 20, toolsPerCore: 1000 }, 0],
      ["growth-sessions", { toolsPerCore: 10 }, plan.growthSessions - 1],
    ];
    for (const [metric, options, sessions] of variants) {
      try {
        await withSubject(round, "hub", options, async (subject) => {
          const link = await subject.open();
          const idle = await openMany(sessions, () => subject.openIdle());
          const warmUpMs = 2 * plan.firstWarmUpMs;
          const { calls: count, cpu } = await loadLinks(subject, [link], calls.echo, {
            inFlight: 64,
            ms: plan.growthMs,
            warmUpMs,
          });
          samples.add(metric, "hub", (cpu * 1000) / count);
          await closeAll([link, ...idle]);
        });
      } catch (error) {
        samples.fail("growth", "hub", error);
      }
    }
  },
};

/** In the order of one round. */
export const rows: readonly Row[] = [
  memory,
  check,
  warmUp,
  latency,
  throughput,
  large,
  tokens,
  afterLoad,
  list,
  starting,
  growth,
];

interface LoadShape {
  readonly inFlight: number;
  readonly ms?: number;
  readonly warmUpMs?: number;
  readonly links?: readonly Link[];
}

async function load(round: Round, name: SubjectName, kind: calls.CallKind, shape: LoadShape) {
  const links = shape.links ?? [await round.link(name)];
  const { plan } = round;
  return loadLinks(round.subject(name), links, kind, {
    inFlight: shape.inFlight,
    ms: shape.ms ?? plan.loadMs,
    warmUpMs: shape.warmUpMs ?? plan.warmUpMs,
  });
}

/** `cpu` is what the subject's own processes used in the measured time, in ms. */
async function loadLinks(
  subject: Subject,
  links: readonly Link[],
  kind: calls.CallKind,
  shape: { inFlight: number; ms: number; warmUpMs: number },
): Promise<Loaded & { cpu: number }> {
  const pids = subject.pids();
  let before = 0;
  const loaded = await drive({
    ...shape,
    links,
    kind,
    tool: subject.tool,
    atStart: () => {
      before = cpuMs(pids);
    },
  });
  return { ...loaded, cpu: cpuMs(pids) - before };
}

async function withSubject(
  round: Round,
  name: SubjectName,
  options: SubjectOptions,
  work: (subject: Subject) => Promise<void>,
): Promise<void> {
  const subject = await startSubject(name, options);
  try {
    await work(subject);
  } finally {
    const left = await subject.stop();
    if (left > 0) round.samples.fail("stop", name, `${left} processes left behind after SIGTERM`);
  }
}

async function openMany(count: number, open: () => Promise<Link>): Promise<Link[]> {
  const links: Link[] = [];
  while (links.length < count) {
    const batch = Array.from({ length: Math.min(50, count - links.length) }, open);
    links.push(...(await Promise.all(batch)));
  }
  return links;
}

async function closeAll(links: readonly Link[]): Promise<void> {
  await Promise.all(links.map((link) => link.close()));
}
