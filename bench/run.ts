// Entry of the benchmark: reads its options, runs the rounds, prints the table, and leaves nothing running.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { judge } from "./parts/budgets.ts";
import type { Link } from "./parts/link.ts";
import { fullPlan, type Plan, quickPlan } from "./parts/plan.ts";
import { killAll } from "./parts/processes.ts";
import { json, machineFacts, markdown } from "./parts/report.ts";
import { type Round, type Row, rows } from "./parts/rows.ts";
import { Samples } from "./parts/samples.ts";
import { hubIsBuilt, peersAreInstalled, type Subject, type SubjectName, startSubject } from "./parts/subjects.ts";

/** Rows that belong to every run, whatever `--only` says. */
const always = new Set(["check", "warm-up"]);
const rowNames = [...new Set(rows.map(({ name }) => name))].filter((name) => !always.has(name));

const help = `Measures the hub against its floor and against its Core spoken to directly.

  npm run bench -- [options]

  --rounds N    rounds (default ${fullPlan.rounds}; ${quickPlan.rounds} with --quick)
  --quick       short turns, under a minute without growth; numbers for a glance, not for a claim
  --only ROW    only these rows, comma separated: ${rowNames.join(", ")}
  --subjects S  only these subjects, comma separated: direct, floor, hub
  --stdio       also the hub and its floor on stdio
  --peers       also published gateways (npm ci --prefix bench/peers)
  --json FILE   also write everything that was measured
  --help        this text

Exits 0 when every budget holds, 1 when one does not or an answer was wrong, 2 for wrong usage.`;

interface Options {
  readonly plan: Plan;
  readonly rows: readonly Row[];
  readonly names: readonly SubjectName[];
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
  const wanted = values.subjects?.split(",") ?? ["direct", "floor", "hub"];
  for (const name of wanted) {
    if (!["direct", "floor", "hub"].includes(name)) usage(`--subjects ${name}: no such subject`);
  }
  const notes: string[] = [];
  const names = wanted as SubjectName[];
  if (names.includes("hub") && !hubIsBuilt()) {
    notes.push("The hub is not built and was left out: `npm run build` makes it.");
    names.splice(names.indexOf("hub"), 1);
  }
  if (values.stdio === true) names.push("floor-stdio", ...(hubIsBuilt() ? (["hub-stdio"] as const) : []));
  if (values.peers === true && peersAreInstalled()) names.push("supergateway");
  else if (values.peers === true) notes.push("No peers are installed: `npm ci --prefix bench/peers` does that.");
  // The growth row costs a quarter of a run and needs length: --quick has it only when asked.
  const chosen = only ?? rowNames.filter((name) => name !== "growth" || values.quick !== true);
  return {
    plan: { ...base, rounds },
    rows: rows.filter(({ name }) => always.has(name) || chosen.includes(name)),
    names,
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
  const subjects = new Map<SubjectName, Subject>();
  const links = new Map<SubjectName, Link>();
  const together = options.rows.filter(({ alone }) => alone !== true);
  const alone = options.rows.filter((row) => row.alone === true);
  const round: Round = {
    plan: options.plan,
    samples,
    names: options.names,
    subject(name) {
      const subject = subjects.get(name);
      if (subject === undefined) throw new Error("did not start");
      return subject;
    },
    async link(name) {
      const link = links.get(name) ?? (await round.subject(name).open());
      links.set(name, link);
      return link;
    },
    async drop(name) {
      const link = links.get(name);
      links.delete(name);
      await link?.close();
    },
  };
  try {
    if (together.some(({ name }) => !always.has(name))) {
      for (const name of options.names) {
        try {
          subjects.set(name, await startSubject(name));
        } catch (error) {
          samples.fail("start", name, error);
        }
      }
      for (const row of together)
        await row.run({ ...round, names: options.names.filter((name) => subjects.has(name)) });
    }
  } finally {
    for (const name of options.names) await round.drop(name);
    for (const [name, subject] of subjects) {
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
  const verdicts = judge(samples, options.names);
  const outcome = {
    command: ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "),
    machine,
    rounds: options.plan.rounds,
    seconds: (performance.now() - before) / 1000,
    subjects: options.names,
    samples,
    verdicts,
    notes: options.notes,
  };
  console.log(markdown(outcome));
  if (options.jsonFile !== undefined) {
    mkdirSync(dirname(options.jsonFile), { recursive: true });
    writeFileSync(options.jsonFile, json(outcome));
  }
  if (samples.failures.length > 0 || verdicts.some(({ verdict }) => verdict !== "ok")) process.exitCode = 1;
}

// A collection between turns keeps the garbage of one subject out of the time of the next.
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
