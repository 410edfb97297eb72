// Log lines for people: one short line each, made from the JSON line, so that both show the same.
import { printable } from "../base/printable.ts";

const colours: Record<string, string> = { debug: "\x1b[2m", info: "\x1b[32m", warn: "\x1b[33m", error: "\x1b[31m" };
const plain = "\x1b[0m";

/** `line`: one JSON log line. Control characters inside values stay escaped: nobody writes to the terminal through a log. */
export function prettyLine(line: string, colour: boolean): string {
  const { ts, level, msg, component, ...context } = JSON.parse(line) as Record<string, unknown>;
  const paint = (text: string, code: string): string => (colour ? `${code}${text}${plain}` : text);
  const parts = [
    paint(String(ts).slice(11, 23), "\x1b[2m"),
    paint(String(level).padEnd(5), colours[String(level)] ?? ""),
    `${String(component)}: ${String(msg)}`,
  ];
  for (const [name, value] of Object.entries(context))
    parts.push(`${paint(`${shown(name)}=`, "\x1b[2m")}${shown(value)}`);
  return `${parts.join(" ")}\n`;
}

function shown(value: unknown): string {
  if (typeof value === "string" && /^[\w./:@+*-]+$/.test(value)) return value;
  return printable(JSON.stringify(value));
}
