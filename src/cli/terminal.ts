// Where a command reads and writes, passed in, so that commands can be run in a test as they are.
import type { Readable, Writable } from "node:stream";
import { printable } from "../base/printable.ts";

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly cwd: string;
}

/** Colours only for people: a terminal, and no NO_COLOR. */
export function paint(terminal: Terminal, code: "bold" | "dim" | "red" | "green" | "yellow", text: string): string {
  if (terminal.stdout.isTTY !== true || (terminal.env["NO_COLOR"] ?? "") !== "") return text;
  const number = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 }[code];
  return `\x1b[${number}m${text}\x1b[0m`;
}

/** Another party's words, so that they can neither move the cursor nor look like lines of ours. */
export function oneLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, " ").trim());
}

/** The same, where it may have lines of its own: they stand under the first. */
export function ownLines(text: string): string {
  return printable(text).replaceAll("\n", "\n  ");
}

/** For `--json`: what a terminal might obey is escaped inside of strings, so it is the same JSON for whoever reads it. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.stdout.write(`${printable(JSON.stringify(value, undefined, 2))}\n`);
}

/** Columns padded to the widest cell; the last one is left as it is. Without a terminal, tab-separated. */
export function table(terminal: Terminal, rows: readonly (readonly string[])[]): string {
  if (terminal.stdout.isTTY !== true) return rows.map((row) => `${row.join("\t")}\n`).join("");
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    });
  }
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd((widths[at] ?? 0) + 2))).join("");
  return rows.map((row) => `${line(row)}\n`).join("");
}
