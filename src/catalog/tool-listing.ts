// Which of a view's tools are listed, the hub's own among them, and which are reached by search only.

import type { ClientProfile } from "../base/client-profile.ts";
import type { Era } from "../wire/revisions.ts";
import { HubTools } from "./hub-tools.ts";
import type { CatalogSource, ToolEntry } from "./model.ts";
import type { Naming } from "./names.ts";
import { ListPages } from "./pages.ts";
import { decideCap, pinnedTools, type SearchTools } from "./tool-cap.ts";
import type { SearchedTool } from "./tool-index.ts";

export interface ToolListingRules {
  readonly profile: ClientProfile;
  /** Of all profiles. */
  readonly namings: readonly Naming[];
  readonly searchTools: SearchTools;
}

/** Where there are more tools than the client can use. */
export interface Capped {
  readonly cap: number;
  /** How many there are, without the hub's own and those for apps. */
  readonly tools: number;
  /** Those of them that are reached by search. */
  readonly unlisted: readonly ToolEntry[];
  /** Canonical names of the pinned ones that found no room. */
  readonly leftOut: readonly string[];
}

export class ToolListing {
  /** Undefined where they are not listed, and do not exist. */
  readonly hubTools: HubTools | undefined;
  /** Whether there are more tools than the client can use. */
  readonly isCapped: boolean;
  readonly #profile: ClientProfile;
  readonly #sources: ReadonlyMap<string, CatalogSource>;

  /** `tools` are all that the caller may use, `sources` their Cores. */
  constructor(tools: readonly ToolEntry[], sources: readonly CatalogSource[], rules: ToolListingRules) {
    const { profile, namings, searchTools } = rules;
    this.#profile = profile;
    this.#sources = new Map(sources.map((source) => [source.key, source]));
    // Tools of an app's page are in front of no model, and not found by one.
    const forModels = tools.filter(isForModels);
    const { hasHubTools, isCapped } = decideCap(forModels.length, profile, searchTools);
    this.isCapped = isCapped;
    if (!hasHubTools) return;
    const routes = forModels.map(({ route }) => route);
    const cores = [...new Set(forModels.map((tool) => this.#sourceOf(tool)))];
    const namespaces = cores.map(({ namespace }) => namespace).sort();
    const runsTasks = cores.some((core) => core.runsTasks);
    const taken = new Set(tools.map(({ route }) => route.exposed));
    this.hubTools = new HubTools({ profile, namings, namespaces, tools: routes, taken, runsTasks });
  }

  /** `tools` in the order of the list; likewise below. */
  pages(tools: readonly ToolEntry[], era: Era): ListPages {
    const listed = this.#listed(era === "legacy" ? tools : tools.filter(isModern));
    const own = this.hubTools?.entries ?? [];
    const idAt = (at: number) => listed[at]?.route.exposed ?? own[at - listed.length]?.name ?? "";
    return new ListPages("tools", [...listed, ...own], idAt, era, this.#profile.pageSize);
  }

  /** Undefined where every tool is listed. */
  capped(tools: readonly ToolEntry[]): Capped | undefined {
    const { toolCap: cap } = this.#profile;
    if (!this.isCapped || cap === undefined) return undefined;
    const { listed, leftOut } = this.#pinned(tools);
    const direct = new Set(listed);
    const names = leftOut.map(({ route }) => route.canonical);
    const unlisted = tools.filter((tool) => isForModels(tool) && !direct.has(tool));
    return { cap, tools: listed.length + unlisted.length, unlisted, leftOut: names };
  }

  searched(tools: readonly ToolEntry[]): readonly SearchedTool[] {
    return tools.filter(isForModels).map((entry) => ({ entry, source: this.#sourceOf(entry) }));
  }

  #listed(tools: readonly ToolEntry[]): readonly ToolEntry[] {
    // A client knows which tools an app's page may call by its list.
    return this.isCapped ? [...this.#pinned(tools).listed, ...tools.filter((tool) => !isForModels(tool))] : tools;
  }

  #pinned(tools: readonly ToolEntry[]): { listed: readonly ToolEntry[]; leftOut: readonly ToolEntry[] } {
    return pinnedTools(tools.filter(isForModels), this.#profile, (tool) => this.#sourceOf(tool).tags);
  }

  #sourceOf(tool: ToolEntry): CatalogSource {
    return this.#sources.get(tool.route.core) as CatalogSource;
  }
}

function isModern({ route }: ToolEntry): boolean {
  return route.paramHeaders !== "invalid";
}

export function isForModels({ route }: ToolEntry): boolean {
  return !route.appOnly;
}
