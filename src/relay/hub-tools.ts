// The hub's own tools: searching among the tools that the caller may use, describing one of them, calling one. What is wrong with a
// request is said in a tool's result, where a model reads it and can do better; what becomes of a call is said by the call itself.
import type { HubTool, HubTools } from "../catalog/hub-tools.ts";
import { entryBytes } from "../catalog/listing.ts";
import type { ToolEntry } from "../catalog/model.ts";
import { isSameTool } from "../catalog/tool-facts.ts";
import type { SearchedTool } from "../catalog/tool-index.ts";
import { isForModels } from "../catalog/tool-listing.ts";
import { foundResult, isWanted, readToolQuery, type ToolQuery } from "../catalog/tool-query.ts";
import type { View } from "../catalog/view.ts";
import type { Caller } from "../sessions/principal.ts";
import { paramAt } from "../wire/params.ts";
import { quoted, resultOf } from "./answers.ts";
import { type CallThrough, readCallThrough } from "./call-through.ts";
import type { Request } from "./request.ts";
import type { ToolIndexes } from "./tool-indexes.ts";
import { Turns } from "./turns.ts";

/** No search and no name needs more. */
const maxArgumentBytes = 16 * 1024;
const maxNearest = 3;

/** Whose request it is, and what that caller may see. */
export interface Asked {
  readonly request: Request;
  readonly caller: Caller;
  readonly view: View;
  readonly own: HubTools;
  /** True while more Cores may come up, and the request may wait for them. */
  readonly mayPark: boolean;
}

/** `answered`: by this result. `call`: of another tool. `park`, `wait`: not answered, to be taken again when the Cores are ready, or then. */
export type HubToolOutcome =
  | { readonly t: "answered"; readonly result: Buffer }
  | { readonly t: "call"; readonly entry: ToolEntry; readonly through: CallThrough }
  | { readonly t: "park" }
  | { readonly t: "wait"; readonly until: Promise<void> };

export class HubToolCalls {
  readonly #indexes: ToolIndexes;
  readonly #turns = new Turns();

  constructor(indexes: ToolIndexes) {
    this.#indexes = indexes;
  }

  take(tool: HubTool, asked: Asked): HubToolOutcome {
    const outcome =
      tool === "call_tool"
        ? this.#call(asked)
        : tool === "search_tools"
          ? this.#search(asked, argumentsOf(asked.request))
          : this.#describe(asked, argumentsOf(asked.request));
    return typeof outcome === "string" ? failed(`${asked.own.nameOf(tool)}: ${outcome}`) : outcome;
  }

  /** All three return what is wrong with the request as a sentence. */
  #search(asked: Asked, given: Arguments | string): HubToolOutcome | string {
    const query = typeof given === "string" ? given : readToolQuery(given);
    if (typeof query === "string") return query;
    if (asked.mayPark) return { t: "park" };
    const found = this.#find(asked, query);
    if (found instanceof Promise) return { t: "wait", until: found };
    const { content, structuredContent } = foundResult(query, found, asked.view.searchedTools);
    return { t: "answered", result: resultOf({ content, ...(asked.own.isStructured ? { structuredContent } : {}) }) };
  }

  #describe(asked: Asked, given: Arguments | string): HubToolOutcome | string {
    if (typeof given === "string") return given;
    const { name, ...more } = given;
    const [unknown] = Object.keys(more);
    if (unknown !== undefined) return `there is no argument ${quoted(unknown)}; it takes name`;
    if (typeof name !== "string") return "name is missing: the name of the tool to describe, a string";
    const found = this.#named(asked, name);
    if (typeof found === "string" || found.t !== "found") return found;
    const { canonical, exposed } = found.route;
    if (asked.view.tool(exposed) !== found) {
      return `${canonical} is not listed, as something else has the name ${exposed}; call it as ${canonical}`;
    }
    const bytes = entryBytes(found, asked.request.session.era);
    const content = [{ type: "text", text: bytes.toString("utf8") }];
    if (!asked.own.isStructured) return { t: "answered", result: resultOf({ content }) };
    const head = `{"content":${JSON.stringify(content)},"structuredContent":{"tool":`;
    return { t: "answered", result: Buffer.concat([Buffer.from(head), bytes, Buffer.from("}}")]) };
  }

  #call(asked: Asked): HubToolOutcome | string {
    const { bytes, scan } = asked.request;
    const through = readCallThrough(bytes, scan);
    if (typeof through === "string") return through;
    const found = this.#named(asked, through.name);
    if (typeof found === "string" || found.t !== "found") return found;
    return { t: "call", entry: found, through };
  }

  /** The tool of that name, or what to do without one. */
  #named(asked: Asked, name: string): ToolEntry | HubToolOutcome | string {
    const { view, own, mayPark } = asked;
    const found = view.tool(name);
    if (own.find(name) !== undefined) return `${quoted(name)} is a tool of the hub itself: call it directly`;
    if (found?.t === "ambiguous") {
      return `the tool ${quoted(name)} is ambiguous; write one of ${found.candidates.join(", ")}`;
    }
    if (found !== undefined && isForModels(found)) return found;
    if (mayPark && found === undefined) return { t: "park" };
    const nearest = this.#find(asked, { query: name, core: undefined, tag: undefined });
    if (nearest instanceof Promise) return { t: "wait", until: nearest };
    const names = nearest.slice(0, maxNearest).map(({ entry }) => entry.route.exposed);
    const like = names.length === 0 ? "" : `; the nearest are ${names.join(", ")}`;
    return `there is no tool ${quoted(name)}${like}; ${own.nameOf("search_tools")} finds what there is`;
  }

  /** The best first. Of what the view has now: the index may be a little older. */
  #find({ caller, view, request }: Asked, query: Omit<ToolQuery, "limit">): readonly SearchedTool[] | Promise<void> {
    const tools = view.searchedTools;
    const index = query.query === "" ? undefined : this.#indexes.get(caller, tools, request.session.resuming > 0);
    if (index instanceof Promise) return index;
    const turn = this.#turns.take(request.session.limitKey);
    if (turn !== undefined) return turn;
    if (index === undefined) return tools.filter((tool) => isWanted(query, tool));
    const isThere = ({ entry }: SearchedTool) => {
      const now = view.tool(entry.route.exposed);
      return now?.t === "found" && isSameTool(now, entry);
    };
    const found = index.search(query.query, (tool) => isWanted(query, tool) && isThere(tool));
    // Who knows a tool's name means that tool.
    const named = view.tool(query.query);
    const isNamed = ({ entry }: SearchedTool) => named?.t === "found" && named.route.exposed === entry.route.exposed;
    return found.some(isNamed) ? [...found.filter(isNamed), ...found.filter((tool) => !isNamed(tool))] : found;
  }
}

type Arguments = Readonly<Record<string, unknown>>;

/** The hub's own arguments, which are few and short, or what is wrong with them. */
function argumentsOf({ bytes, scan }: Request): Arguments | string {
  const range = paramAt(bytes, scan, "arguments");
  if (range === undefined) return {};
  if (bytes[range.start] !== 0x7b) return "its arguments must be an object";
  if (range.end - range.start > maxArgumentBytes) return `its arguments are longer than ${maxArgumentBytes} bytes`;
  return JSON.parse(bytes.toString("utf8", range.start, range.end)) as Arguments;
}

function failed(text: string): HubToolOutcome {
  return { t: "answered", result: resultOf({ content: [{ type: "text", text }], isError: true }) };
}
