// What a tool's list entry says of itself, for search: read from the entry as a client gets it. A Core writes what it likes, so every
// part is looked at before it is taken, and cut.
import { entryBytes } from "./listing.ts";
import type { Listed, ToolEntry } from "./model.ts";

/** Of one tool; more arguments than anybody reads through. */
const maxParameters = 64;
const maxTextChars = 2000;

export interface ToolFacts {
  readonly title: string;
  readonly description: string;
  /** The names of its arguments, in the Core's order, and of those that must be given. */
  readonly parameters: readonly string[];
  readonly required: readonly string[];
}

export function toolFacts(entry: Listed): ToolFacts {
  const tool = record(JSON.parse(entryBytes(entry, "legacy").toString("utf8")));
  const schema = record(tool["inputSchema"]);
  const required = Array.isArray(schema["required"]) ? schema["required"].slice(0, maxParameters) : [];
  return {
    title: text(tool["title"]) || text(record(tool["annotations"])["title"]),
    description: text(tool["description"]),
    parameters: Object.keys(record(schema["properties"])).slice(0, maxParameters),
    required: required.filter((name) => typeof name === "string"),
  };
}

/** Whether two say the same of themselves, under the same name. */
export function isSameTool(one: ToolEntry, other: ToolEntry): boolean {
  if (one === other) return true;
  const { route, override, bytes } = one;
  return route.exposed === other.route.exposed && override === other.override && bytes.equals(other.bytes);
}

/** The first line that says anything, in at most `maxChars`. */
export function oneLineOf(text: string, maxChars: number): string {
  const line =
    text
      .trimStart()
      .split(/[\r\n]/, 1)[0]
      ?.trim() ?? "";
  return line.length > maxChars ? `${line.slice(0, maxChars - 1).trimEnd()}…` : line;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, maxTextChars) : "";
}
