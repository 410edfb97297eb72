// The rows: each takes the subjects of one round in turn and records one value a lap. A failure of one subject is
// recorded and leaves the others alone.
import * as calls from "./calls.ts";
import { loadLinks } from "./cpu-load.ts";
import { eraLaps } from "./eras.ts";
import { gateLaps } from "./gates.ts";
import { coreSecret } from "./hub-place.ts";
import type { Link } from "./link.ts";
import { quantile } from "./load.ts";
import { hashOf } from "./payload.mjs";
import type { Plan } from "./plan.ts";
import { delay, exitTime, residentMiB } from "./processes.ts";
import { remoteLap } from "./remote.ts";
import { type MetricName, median, type Samples } from "./samples.ts";
import { callForText, listTools } from "./session.ts";
import { exampleManifest, hubFile, type Kind, type Subject, type SubjectOptions } from "./subjects.ts";

export interface Round {
  readonly plan: Plan;
  readonly samples: Samples;
  /** Started, in the order of their turns. */
  readonly kinds: readonly Kind[];
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

const warmUp: Row = {
  name: "warm-up",
  run: (round) =>
    inTurn(round, "warm-up", async (kind) => {
      await load(round, kind, calls.echo, { inFlight: 64, ms: 1, warmUpMs: round.plan.firstWarmUpMs });
    }),
};

const latency: Row = {
  name: "latency",
  async run(round) {
    for (let lap = 0; lap < round.plan.latencyLaps; lap++) {
      await inTurn(round, "latency", async (kind) => {
        const ms = round.plan.latencyMs;
        const { times } = await load(round, kind, calls.echo, { inFlight: 1, ms, warmUpMs: ms / 4 });
        round.samples.add("latency-p50", kind.name, quantile(times, 0.5));
        round.samples.add("latency-p99", kind.name, quantile(times, 0.99));
      });
    }
  },
};

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

const throughput: Row = {
  name: "throughput",
  async run(round) {
    await inTurn(round, "throughput", async (kind) => {
      const { calls: count, ms, cpu } = await load(round, kind, calls.echo, { inFlight: 64 });
      round.samples.add("calls-1x64", kind.name, count / ms);
      if (kind.role !== "direct") round.samples.add("cpu-1x64", kind.name, (cpu * 1000) / count);
    });
    await inTurn(round, "throughput", async (kind) => {
      // On stdio each client has a hub of its own: many clients on one hub is not a thing there.
      if (kind.door === "stdio" && kind.role !== "direct") return;
      const links = await openMany(16, () => round.subject(kind).open());
      try {
        const { calls: count, ms, cpu } = await load(round, kind, calls.echo, { inFlight: 8, links });
        round.samples.add("calls-16x8", kind.name, count / ms);
        if (kind.role !== "direct") round.samples.add("cpu-16x8", kind.name, (cpu * 1000) / count);
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
      for (const [metric, call, inFlight] of lines) {
        await inTurn(round, name, async (kind) => {
          const { calls: count, ms } = await load(round, kind, call, { inFlight });
          const mebibytes = (count * call.payloadBytes) / 1024 / 1024;
          round.samples.add(metric, kind.name, (mebibytes * 1000) / ms);
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
    inTurn(round, "memory", async (kind) => {
      if (kind.door === "stdio") return;
      const ms = round.plan.loadMs / 2;
      await load(round, kind, calls.echo, { inFlight: 64, ms });
      await load(round, kind, calls.bigResult, { inFlight: 8, ms });
      await load(round, kind, calls.bigArguments, { inFlight: 8, ms });
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

/** The hub against itself: does a call cost more when there is more of everything else. */
const growth: Row = {
  name: "growth",
  alone: true,
  async run(round) {
    const { plan, samples } = round;
    // The last value is how many idle sessions there are beside the one that calls.
    const variants: [MetricName, SubjectOptions, number][] = [
      ["growth-base", { toolsPerCore: 10 }, 0],
      ["growth-tools", { cores: 20, toolsPerCore: 1000 }, 0],
      ["growth-sessions", { toolsPerCore: 10 }, plan.growthSessions - 1],
    ];
    for (const kind of round.kinds) {
      if (kind.role !== "hub" || kind.door === "stdio") continue;
      for (const [metric, options, sessions] of variants) {
        // The catalog is the same behind every door.
        if (metric === "growth-tools" && kind.door !== "websocket") continue;
        try {
          await withSubject(round, kind, options, async (subject) => {
            const link = await subject.open();
            const idle = await openMany(sessions, () => subject.openIdle());
            // What a large start leaves behind for the garbage collector is no cost of calls.
            const warmUpMs = 4 * plan.firstWarmUpMs;
            const { calls: count, cpu } = await loadLinks(subject, [link], calls.echo, {
              inFlight: 64,
              ms: plan.growthMs,
              warmUpMs,
            });
            samples.add(metric, kind.name, (cpu * 1000) / count);
            await closeAll([link, ...idle]);
          });
        } catch (error) {
          samples.fail("growth", kind.name, error);
        }
      }
    }
  },
};

/** The hub against itself: what the era of a call costs. */
const eras: Row = {
  name: "eras",
  alone: true,
  async run(round) {
    for (const kind of round.kinds) {
      try {
        await eraLaps(kind, round.plan, (metric, value) => round.samples.add(metric, kind.name, value));
      } catch (error) {
        round.samples.fail("eras", kind.name, error);
      }
    }
  },
};

/** The hub against itself: what its gates cost. */
const gates: Row = {
  name: "gates",
  alone: true,
  async run(round) {
    for (const kind of round.kinds) {
      try {
        await gateLaps(kind, round.plan, (metric, value) => round.samples.add(metric, kind.name, value));
      } catch (error) {
        round.samples.fail("gates", kind.name, error);
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
  remote,
  throughput,
  large,
  tokens,
  afterLoad,
  listeners,
  list,
  starting,
  growth,
  eras,
  gates,
];

interface LoadShape {
  readonly inFlight: number;
  readonly ms?: number;
  readonly warmUpMs?: number;
  readonly links?: readonly Link[];
}

async function load(round: Round, kind: Kind, call: calls.CallKind, shape: LoadShape) {
  const links = shape.links ?? [await round.link(kind)];
  const { plan } = round;
  return loadLinks(round.subject(kind), links, call, {
    inFlight: shape.inFlight,
    ms: shape.ms ?? plan.loadMs,
    warmUpMs: shape.warmUpMs ?? plan.warmUpMs,
  });
}

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
