// A problem in a manifest or setting, and how lists of them are shown: as text for people, as JSON for programs.

export type Severity = "error" | "warning" | "info";

/** Where in the value something is: keys and array indexes from the top. */
export type Path = readonly (string | number)[];

export interface Problem {
  readonly severity: Severity;
  /** As the user wrote it; `environment` for a variable. */
  readonly file: string;
  /** From 1; 0 where there is no line to point at (a missing file, a variable). */
  readonly line: number;
  /** From 1, in characters; 0 with line 0. */
  readonly column: number;
  /** `cores.files.args[0]`; empty for the whole file. */
  readonly path: string;
  /** What is wrong: lower case, no full stop. Never holds a secret. */
  readonly message: string;
  /** What to write instead; empty when the message says it all. */
  readonly hint: string;
}

/** What `check --json` prints. */
export interface ProblemReport {
  readonly ok: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly problems: readonly Problem[];
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}

/** By file name (the order in which a folder is read), then by position: the order in which a person works through them. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const byFile = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return [...problems].sort((a, b) => byFile(a.file, b.file) || a.line - b.line || a.column - b.column);
}

/** One line per problem, its hint indented below it, and a count at the end. No trailing newline; empty for none. */
export function renderProblems(problems: readonly Problem[]): string {
  if (problems.length === 0) return "";
  const lines: string[] = [];
  for (const problem of problems) {
    const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
    const subject = problem.path === "" ? "" : `${problem.path}: `;
    lines.push(`${place}: ${problem.severity}: ${subject}${problem.message}`);
    if (problem.hint !== "") lines.push(`    ${problem.hint}`);
  }
  lines.push(summary(problems));
  return lines.join("\n");
}

export function reportProblems(problems: readonly Problem[]): ProblemReport {
  return {
    ok: !hasErrors(problems),
    errors: count(problems, "error"),
    warnings: count(problems, "warning"),
    problems,
  };
}

export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!/^[A-Za-z0-9_-]+$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

function summary(problems: readonly Problem[]): string {
  const parts = [plural(count(problems, "error"), "error"), plural(count(problems, "warning"), "warning")];
  const notes = count(problems, "info");
  if (notes > 0) parts.push(plural(notes, "note"));
  return parts.join(", ");
}

function count(problems: readonly Problem[], severity: Severity): number {
  return problems.filter((problem) => problem.severity === severity).length;
}

function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
