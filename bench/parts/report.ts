// The outcome of a run as Markdown for people and as JSON for programs.
import { cpus, loadavg, totalmem } from "node:os";
import type { Verdict } from "./budgets.ts";
import { type MetricName, metrics, type Samples } from "./samples.ts";

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
  readonly subjects: readonly string[];
  readonly samples: Samples;
  readonly verdicts: readonly Verdict[];
  readonly notes: readonly string[];
}

export function markdown(outcome: Outcome): string {
  const { machine, samples, subjects, verdicts } = outcome;
  const lines = [
    `\`${outcome.command}\` · ${outcome.rounds} rounds in ${Math.round(outcome.seconds)} s · Node ${machine.node} · ` +
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB · ${machine.platform} · ` +
      `load before ${machine.loadBefore}`,
    "",
    tableLine(["median", ...subjects, "ratio (budget)", "verdict"]),
    tableLine(["---", ...subjects.map(() => "---:"), "---", "---"]),
  ];
  for (const name of Object.keys(metrics) as MetricName[]) {
    const values = samples.values.get(name);
    if (values === undefined) continue;
    const { title, unit, digits } = metrics[name];
    const judged = verdicts.filter(({ metric }) => metric === name);
    lines.push(
      tableLine([
        `${title}, ${unit}`,
        ...subjects.map((subject) => number(samples.median(name, subject), digits)),
        judged.map((verdict) => `${number(verdict.ratio, 2)} × ${meant(verdict)} (${verdict.limit})`).join("; "),
        judged.map(({ verdict }) => (verdict === "ok" ? "ok" : `**${verdict}**`)).join("; "),
      ]),
    );
  }
  if (samples.failures.length > 0) {
    lines.push("", "Failed:", "");
    for (const [text, times] of counted(samples)) lines.push(`- ${text}${times > 1 ? ` (${times} times)` : ""}`);
  }
  for (const note of outcome.notes) lines.push("", note);
  return lines.join("\n");
}

function meant({ metric, against }: Verdict): string {
  if (metric === "latency-p50" && against === "floor") return "what the floor adds";
  return against === "base" ? "10 tools, 1 session" : against;
}

function counted(samples: Samples): Map<string, number> {
  const times = new Map<string, number>();
  for (const { row, subject, reason } of samples.failures) {
    const text = `${row}, ${subject}: ${reason.replaceAll("\n", " ")}`;
    times.set(text, (times.get(text) ?? 0) + 1);
  }
  return times;
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}

export function json(outcome: Outcome): string {
  const { samples, ...rest } = outcome;
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
  return `${JSON.stringify({ ...rest, measured, failures: samples.failures }, undefined, 2)}\n`;
}
