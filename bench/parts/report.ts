// The outcome of a run as Markdown for people and as JSON for programs.
import { cpus, loadavg, totalmem } from "node:os";
import { doorOf, type Verdict } from "./budgets.ts";
import { type Failure, type MetricName, metrics, type Samples } from "./samples.ts";
import type { Kind } from "./subjects.ts";

export interface MachineFacts {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** One-minute load average when the run began: much above 0 means a busy machine. */
  readonly loadBefore: number;
}

export function machineFacts(): MachineFacts {
  const all = cpus();
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

export interface Outcome {
  readonly command: string;
  readonly machine: MachineFacts;
  readonly rounds: number;
  readonly seconds: number;
  readonly kinds: readonly Kind[];
  readonly samples: Samples;
  readonly verdicts: readonly Verdict[];
  readonly notes: readonly string[];
}

const doors = [
  ["websocket", "WebSocket"],
  ["http", "HTTP"],
  ["stdio", "STDIO"],
] as const;

/** A table for each door that was measured, with the same direct in each. */
export function markdown(outcome: Outcome): string {
  const { machine, kinds } = outcome;
  const lines = [
    `\`${outcome.command}\` · ${outcome.rounds} rounds in ${Math.round(outcome.seconds)} s · Node ${machine.node} · ` +
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB · ${machine.platform} · ` +
      `load before ${machine.loadBefore}`,
  ];
  const direct = kinds.filter(({ role }) => role === "direct");
  const hasOnlyDirect = kinds.length === direct.length;
  for (const [door, title] of doors) {
    const columns = kinds.filter((kind) => kind.role !== "direct" && doorOf(kind) === door);
    if (columns.length > 0) lines.push("", `### ${title}`, "", ...table(outcome, [...direct, ...columns]));
  }
  if (hasOnlyDirect) lines.push("", ...table(outcome, direct));
  const { own, peers } = failuresOf(outcome);
  lines.push(...listed("Failed:", own), ...listed("What peers failed at:", peers));
  for (const note of outcome.notes) lines.push("", note);
  return lines.join("\n");
}

function table({ samples, verdicts }: Outcome, columns: readonly Kind[]): string[] {
  const names = columns.map(({ name }) => name);
  const lines = [
    tableLine(["median", ...names, "ratio (budget)", "verdict"]),
    tableLine(["---", ...names.map(() => "---:"), "---", "---"]),
  ];
  for (const name of Object.keys(metrics) as MetricName[]) {
    const values = samples.values.get(name);
    const isForThese = columns.some((kind) => kind.role !== "direct" && values?.has(kind.name));
    if (values === undefined || (columns.length > 1 && !isForThese)) continue;
    const { title, unit, digits } = metrics[name];
    const judged = verdicts.filter(({ metric, subject }) => metric === name && names.includes(subject));
    lines.push(
      tableLine([
        `${title}, ${unit}`,
        ...names.map((subject) => number(samples.median(name, subject), digits)),
        judged.map((verdict) => `${number(verdict.ratio, 2)} × ${meant(verdict)} (${verdict.limit})`).join("; "),
        judged.map(({ verdict }) => (verdict === "ok" ? "ok" : `**${verdict}**`)).join("; "),
      ]),
    );
  }
  return lines;
}

function meant({ metric, against }: Verdict): string {
  return metric === "latency-p50" && against === "floor" ? "what the floor adds" : against;
}

/** What a peer cannot do is said, and is no failure of the run. */
export function failuresOf({ samples, kinds }: Pick<Outcome, "samples" | "kinds">) {
  const isPeer = new Set(kinds.filter(({ role }) => role === "peer").map(({ name }) => name));
  return {
    own: samples.failures.filter(({ subject }) => !isPeer.has(subject)),
    peers: samples.failures.filter(({ subject }) => isPeer.has(subject)),
  };
}

function listed(title: string, failures: readonly Failure[]): string[] {
  if (failures.length === 0) return [];
  const times = new Map<string, number>();
  for (const { row, subject, reason } of failures) {
    const text = `${row}, ${subject}: ${reason.replaceAll("\n", " ")}`;
    times.set(text, (times.get(text) ?? 0) + 1);
  }
  return ["", title, "", ...[...times].map(([text, count]) => `- ${text}${count > 1 ? ` (${count} times)` : ""}`)];
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}

export function json(outcome: Outcome): string {
  const { samples, kinds, ...rest } = outcome;
  const measured = Object.fromEntries(
    [...samples.values].map(([metric, bySubject]) => [
      metric,
      {
        unit: metrics[metric].unit,
        subjects: Object.fromEntries(
          [...bySubject].map(([subject, values]) => [subject, { median: samples.median(metric, subject), values }]),
        ),
      },
    ]),
  );
  return `${JSON.stringify({ ...rest, subjects: kinds.map(({ name }) => name), measured, failures: samples.failures }, undefined, 2)}\n`;
}
