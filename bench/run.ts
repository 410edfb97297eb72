// Entry of the benchmark: reads its options, runs the rounds, prints the table, and leaves nothing running.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { judge } from "./parts/budgets.ts";
import type { Link } from "./parts/link.ts";
import { peerByHand, pinnedPeers } from "./parts/peers.ts";
import { fullPlan, type Plan, quickPlan } from "./parts/plan.ts";
import { killAll } from "./parts/processes.ts";
import { failuresOf, json, machineFacts, markdown } from "./parts/report.ts";
import { type Round, type Row, rows } from "./parts/rows.ts";
import { Samples } from "./parts/samples.ts";
import { hubIsBuilt, type Kind, ownKinds, type Subject } from "./parts/subjects.ts";

/** Rows that belong to every run, whatever `--only` says. */
const always = new Set(["check"]);
const rowNames = [...new Set(rows.map(({ name }) => name))].filter((name) => !always.has(name));

const defaults = ownKinds.filter(({ door, role }) => door !== "stdio" || role === "direct");

const help = `Measures the hub against its floors and against its Core spoken to directly.

  npm run bench -- [options]

  --rounds N    rounds (default ${fullPlan.rounds}; ${quickPlan.rounds} with --quick)
  --quick       shorter turns, some three minutes without growth; numbers for a glance, not for a claim
  --only ROW    only these rows, comma separated: ${rowNames.join(", ")}
  --subjects S  only these subjects, comma separated: ${defaults.map(({ name }) => name).join(", ")}
  --stdio       also the hub and its floor on stdio
  --peers       also published gateways, installed into a scratch folder
  --peer P      also the gateway that NAME=COMMAND starts; may be given several times (bench/README.md)
  --json FILE   also write everything that was measured
  --help        this text

Exits 0 when every budget holds, 1 when one does not or an answer was wrong (what peers fail at is only listed),
2 for wrong usage.`;

interface Options {
  readonly plan: Plan;
  readonly rows: readonly Row[];
  readonly kinds: readonly Kind[];
  readonly jsonFile: string | undefined;
  readonly notes: readonly string[];
}

function usage(message: string): never {
  console.error(`${message}\n\n${help}`);
  process.exit(2);
}

function readOptions(): Options {
  const { values } = readArguments();
  if (values.help === true) {
    console.log(help);
    process.exit(0);
  }
  const base = values.quick === true ? quickPlan : fullPlan;
  const rounds = values.rounds === undefined ? base.rounds : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) usage(`--rounds ${values.rounds}: a whole number above 0 is needed`);
  const only = values.only?.split(",");
  for (const name of only ?? []) {
    if (!rowNames.includes(name)) usage(`--only ${name}: no such row (there are ${rowNames.join(", ")})`);
  }
  const wanted = values.subjects?.split(",");
  for (const name of wanted ?? []) {
    if (!defaults.some((kind) => kind.name === name)) usage(`--subjects ${name}: no such subject`);
  }
  const notes: string[] = [];
  const kinds = ownKinds.filter((kind) =>
    defaults.includes(kind) ? (wanted?.includes(kind.name) ?? true) : values.stdio === true,
  );
  if (kinds.some(({ role }) => role === "hub") && !hubIsBuilt()) {
    notes.push("The hub is not built and was left out: `npm run build` makes it.");
    kinds.splice(0, kinds.length, ...kinds.filter(({ role }) => role !== "hub"));
  }
  if (values.peers === true) kinds.push(...pinnedPeers());
  for (const text of values.peer ?? []) {
    const peer = peerByHand(text);
    if (typeof peer === "string") usage(`--peer: ${peer}`);
    kinds.push(peer);
  }
  // The growth row costs a quarter of a run and needs length: --quick has it only when asked.
  const chosen = only ?? rowNames.filter((name) => name !== "growth" || values.quick !== true);
  return {
    plan: { ...base, rounds },
    rows: rows.filter(({ name }) => always.has(name) || chosen.includes(name)),
    kinds,
    jsonFile: values.json,
    notes,
  };
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        rounds: { type: "string" },
        quick: { type: "boolean" },
        only: { type: "string" },
        subjects: { type: "string" },
        stdio: { type: "boolean" },
        peers: { type: "boolean" },
        peer: { type: "string", multiple: true },
        json: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    return usage((error as Error).message);
  }
}

/** Fresh processes for every subject, then every row with its turns. */
async function runRound(options: Options, samples: Samples): Promise<void> {
  const subjects = new Map<Kind, Subject>();
  const links = new Map<Kind, Link>();
  const together = options.rows.filter(({ alone }) => alone !== true);
  const alone = options.rows.filter((row) => row.alone === true);
  const round: Round = {
    plan: options.plan,
    samples,
    kinds: options.kinds,
    driven: new Set(),
    subject(kind) {
      const subject = subjects.get(kind);
      if (subject === undefined) throw new Error("did not start");
      return subject;
    },
    async link(kind) {
      const link = links.get(kind) ?? (await round.subject(kind).open());
      links.set(kind, link);
      return link;
    },
    async drop(kind) {
      const link = links.get(kind);
      links.delete(kind);
      await link?.close();
    },
  };
  try {
    if (together.some(({ name }) => !always.has(name))) {
      for (const kind of options.kinds) {
        try {
          subjects.set(kind, await kind.start({}));
        } catch (error) {
          samples.fail("start", kind.name, error);
        }
      }
      const kinds = options.kinds.filter((kind) => subjects.has(kind));
      for (const row of together) await row.run({ ...round, kinds });
    }
  } finally {
    for (const kind of options.kinds) await round.drop(kind);
    for (const [{ name }, subject] of subjects) {
      const left = await subject.stop();
      if (left > 0) samples.fail("stop", name, `${left} processes left behind after SIGTERM`);
    }
  }
  for (const row of alone) await row.run(round);
}

async function main(): Promise<void> {
  const options = readOptions();
  const machine = machineFacts();
  const samples = new Samples();
  const before = performance.now();
  for (let n = 1; n <= options.plan.rounds; n++) {
    await runRound(options, samples);
    const took = Math.round((performance.now() - before) / 1000);
    process.stderr.write(`round ${n} of ${options.plan.rounds} done after ${took} s\n`);
  }
  const verdicts = judge(samples, options.kinds);
  const outcome = {
    command: ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "),
    machine,
    rounds: options.plan.rounds,
    seconds: (performance.now() - before) / 1000,
    kinds: options.kinds,
    samples,
    verdicts,
    notes: options.notes,
  };
  console.log(markdown(outcome));
  if (options.jsonFile !== undefined) {
    mkdirSync(dirname(options.jsonFile), { recursive: true });
    writeFileSync(options.jsonFile, json(outcome));
  }
  if (failuresOf(outcome).own.length > 0 || verdicts.some(({ verdict }) => verdict !== "ok")) process.exitCode = 1;
}

// A collection before each subject is measured keeps the garbage of one out of the next; between the short turns of a load there is none.
setFlagsFromString("--expose-gc");
globalThis.gc = runInNewContext("gc");
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    killAll();
    process.exit(130);
  });
}
process.on("exit", killAll);
await main();
