// One line per Core about what a view shows of it and what it hides, for the start of `serve`, for `list` and `check`.
import { coreStateWords } from "../base/core-states.ts";
import type { CatalogSource, HiddenReason } from "./model.ts";
import type { Explained, View } from "./view.ts";

/** How a line names each reason. The destructive ones first: they are what people look for. */
const wording: Readonly<Record<HiddenReason, string>> = {
  destructive: "as destructive",
  hub_destructive: "as destructive by hub.policy",
  core_denied: "by policy.deny_tools",
  core_not_allowed: "by policy.allow_tools",
  hub_denied: "by hub.policy.deny_tools",
  hub_not_allowed: "by hub.policy.allow_tools",
  client_denied: "by the client's deny",
  client_not_allowed: "by the client's allow",
  token_not_allowed: "by what the token was given",
  client_read_only: "as the client is read_only",
  login_withheld: "as the login is another's",
  override: "by tools.hidden",
  collision: "as something else has the name",
};

/** What to look at, where it is one key. */
const remedies: Readonly<Partial<Record<HiddenReason, string>>> = {
  destructive: "policy.allow_destructive shows them",
  hub_destructive: "hub.policy.allow_destructive is false",
};

export interface CoreSummary {
  readonly core: string;
  readonly state: string;
  /** Whether the Core has listed once. */
  readonly listed: boolean;
  /** All tools that it has, hidden ones included. */
  readonly tools: number;
  readonly hidden: Readonly<Partial<Record<HiddenReason, number>>>;
  readonly prompts: number;
  readonly resources: number;
  readonly templates: number;
  /** `files: 14 tools, 4 hidden as destructive; policy.allow_destructive shows them` */
  readonly line: string;
}

/** In the order of the sources. */
export function summarize(sources: readonly CatalogSource[], view: View): readonly CoreSummary[] {
  const byCore = new Map<string, Explained[]>(sources.map((source) => [source.key, []]));
  for (const thing of view.explain()) byCore.get(thing.core)?.push(thing);
  return sources.map((source) => summaryOf(source, byCore.get(source.key) ?? []));
}

/** Why something is not in a list, in a few words: `hidden as destructive`. */
export function hiddenBecause(reason: HiddenReason): string {
  return `hidden ${wording[reason]}`;
}

function summaryOf(source: CatalogSource, things: readonly Explained[]): CoreSummary {
  const count = (kind: Explained["kind"]) => things.filter((thing) => thing.kind === kind).length;
  const hidden: Partial<Record<HiddenReason, number>> = {};
  for (const thing of things) {
    if (thing.kind === "tool" && thing.hidden !== undefined) hidden[thing.hidden] = (hidden[thing.hidden] ?? 0) + 1;
  }
  const tools = count("tool");
  return {
    core: source.key,
    state: source.state,
    listed: source.lists !== undefined,
    tools,
    hidden,
    prompts: count("prompt"),
    resources: count("resource"),
    templates: count("template"),
    line: lineOf(source, tools, hidden),
  };
}

function lineOf(source: CatalogSource, tools: number, hidden: CoreSummary["hidden"]): string {
  if (source.lists === undefined) return `${source.key}: ${coreStateWords[source.state]}, nothing listed yet`;
  const counts = [`${tools} ${tools === 1 ? "tool" : "tools"}`];
  const hints: string[] = [];
  for (const reason of Object.keys(wording) as HiddenReason[]) {
    const number = hidden[reason];
    if (number === undefined) continue;
    counts.push(`${number} ${hiddenBecause(reason)}`);
    const remedy = remedies[reason];
    if (remedy !== undefined) hints.push(remedy);
  }
  const state = source.state === "up" ? [] : [coreStateWords[source.state]];
  return [`${source.key}: ${counts.join(", ")}`, ...state, ...hints].join("; ");
}
