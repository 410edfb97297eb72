// What of a view's tools is listed, where a client can use no more than so many: the pinned ones, and the hub's own tools, by which
// all the others are reached. Pure.
import { GlobSet } from "../gates/glob.ts";
import type { ToolEntry } from "./model.ts";

/** When the hub's own tools are listed: `auto` where there are more tools than the cap allows. With `off` nothing is capped. */
export type SearchTools = "auto" | "always" | "off";

export interface ToolCap {
  /** As many tools as the client can use; undefined: any number. */
  readonly toolCap: number | undefined;
  /** Globs of canonical names and #tags: the tools that are listed whatever the cap, in this order. */
  readonly pinned: readonly string[];
}

/** hub__search_tools, hub__describe_tool, hub__call_tool. */
const hubToolCount = 3;

/** Whether a client that may use `count` tools is shown the hub's own, and these in place of most others (`isCapped`). */
export function decideCap(
  count: number,
  { toolCap }: ToolCap,
  mode: SearchTools,
): { hasHubTools: boolean; isCapped: boolean } {
  const wanted = mode === "always" ? count + hubToolCount : count;
  const isCapped = mode !== "off" && toolCap !== undefined && wanted > toolCap;
  return { hasHubTools: isCapped || mode === "always", isCapped };
}

/** The pinned ones of `tools`, as many as fit beside the hub's own. `tagsOf` has the tags of a tool's Core. */
export function pinnedTools(
  tools: readonly ToolEntry[],
  { toolCap = tools.length, pinned }: ToolCap,
  tagsOf: (tool: ToolEntry) => readonly string[],
): { listed: readonly ToolEntry[]; leftOut: readonly ToolEntry[] } {
  const chosen = new Set<ToolEntry>();
  for (const pin of pinned) {
    const globs = new GlobSet([pin]);
    const fits = pin.startsWith("#")
      ? (tool: ToolEntry) => tagsOf(tool).includes(pin.slice(1))
      : (tool: ToolEntry) => globs.has(tool.route.canonical);
    for (const tool of tools) if (fits(tool)) chosen.add(tool);
  }
  const all = [...chosen];
  const room = Math.max(0, toolCap - hubToolCount);
  return { listed: all.slice(0, room), leftOut: all.slice(room) };
}
