// What a client asks hub__search_tools for, and how what was found is told: as text for whoever reads, and as data.
import { defaultFound, maxFound, maxQueryChars } from "./hub-tools.ts";
import { oneLineOf, toolFacts } from "./tool-facts.ts";
import type { SearchedTool } from "./tool-index.ts";

const maxLineChars = 200;
const maxNamed = 20;

export interface ToolQuery {
  /** Empty: all tools of the core or the tag. */
  readonly query: string;
  readonly core: string | undefined;
  readonly tag: string | undefined;
  readonly limit: number;
}

/** The query, or what is wrong with it. Null counts as absent: some models write every argument that there is. */
export function readToolQuery(given: Readonly<Record<string, unknown>>): ToolQuery | string {
  const { query, core, tag, limit, ...more } = given;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return `there is no argument ${quoted(unknown)}; it takes query, core, tag and limit`;
  for (const [name, value] of Object.entries({ query, core, tag })) {
    if (value !== undefined && value !== null && typeof value !== "string") return `${name} must be a string`;
  }
  const wanted = { query: trimmed(query) ?? "", core: trimmed(core), tag: trimmed(tag)?.replace(/^#/, "") };
  if (wanted.query === "" && wanted.core === undefined && wanted.tag === undefined) {
    return "say in query what the tool should do, or name a core or a tag to see all tools of it";
  }
  if (wanted.query.length > maxQueryChars) return `query is longer than ${maxQueryChars} characters; a few words do`;
  if (limit === undefined || limit === null) return { ...wanted, limit: defaultFound };
  if (!Number.isInteger(limit) || Number(limit) < 1) return `limit must be a whole number from 1 to ${maxFound}`;
  return { ...wanted, limit: Math.min(maxFound, Number(limit)) };
}

export function isWanted({ core, tag }: Pick<ToolQuery, "core" | "tag">, { source }: SearchedTool): boolean {
  if (core !== undefined && source.key !== core && source.namespace !== core) return false;
  return tag === undefined || source.tags.includes(tag);
}

/** The result of hub__search_tools: the first `limit` of what was found. `all` is what could have been. */
export function foundResult(
  query: ToolQuery,
  found: readonly SearchedTool[],
  all: readonly SearchedTool[],
): { content: readonly object[]; structuredContent: object } {
  const tools = found.slice(0, query.limit).map(({ entry, source }) => {
    const { description, title, required } = toolFacts(entry);
    const line = oneLineOf(description, maxLineChars) || oneLineOf(title, maxLineChars);
    return { name: entry.route.exposed, description: line, core: source.key, required };
  });
  const lines = tools.map(({ name, description, core, required }) => {
    const says = description === "" ? "no description" : description;
    return `- ${name} (${core}): ${says}${required.length === 0 ? "" : ` Requires: ${required.join(", ")}.`}`;
  });
  const text =
    found.length === 0 ? nothing(query, all) : [heading(query, found.length, tools.length), ...lines].join("\n");
  return { content: [{ type: "text", text }], structuredContent: { total: found.length, tools } };
}

function heading(query: ToolQuery, total: number, shown: number): string {
  const many = `${total} ${total === 1 ? "tool matches" : "tools match"} ${described(query)}`;
  if (shown === total) return `${many}:`;
  return query.query === "" ? `${many}; the first ${shown}:` : `${many}; the best ${shown}:`;
}

function nothing(query: ToolQuery, all: readonly SearchedTool[]): string {
  const counts = new Map<string, number>();
  for (const { source } of all) counts.set(source.key, (counts.get(source.key) ?? 0) + 1);
  const cores = [...counts].map(([core, tools]) => `${core} (${tools})`);
  const more = cores.length > maxNamed ? ` and ${cores.length - maxNamed} more` : "";
  const among =
    cores.length === 0 ? "There are none" : `Cores and their tools: ${cores.slice(0, maxNamed).join(", ")}${more}`;
  return `No tool matches ${described(query)}. ${among}. Try other words, or an empty query with a core.`;
}

function described({ query, core, tag }: ToolQuery): string {
  const parts = [query === "" ? [] : [quoted(query)], core === undefined ? [] : [`core ${quoted(core)}`]];
  return [...parts, tag === undefined ? [] : [`tag ${quoted(tag)}`]].flat().join(", ");
}

function trimmed(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
