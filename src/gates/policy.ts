// What exists for whom: Core policy, the hub's ceiling, a caller's allow and deny. Pure decisions over names and hints; knows no lists.
import type { CorePolicy, HubPolicy } from "../manifest/manifest.ts";
import { GlobSet } from "./glob.ts";

/** What of a Core's policy decides which tools exist. */
export type CoreToolPolicy = Pick<
  CorePolicy,
  "allowTools" | "denyTools" | "allowDestructive" | "destructiveTools" | "destructive"
>;

/** Whose view it is. `allow` undefined is everything, an empty one nothing. */
export interface Caller {
  readonly allow: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

interface PolicyCore {
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly policy: CoreToolPolicy;
}

export interface PolicyTool {
  readonly native: string;
  readonly canonical: string;
  /** As the Core declares them; undefined when it does not. */
  readonly destructiveHint: boolean | undefined;
  readonly readOnlyHint: boolean | undefined;
}

type PolicyReason =
  | "core_denied"
  | "core_not_allowed"
  | "destructive"
  | "hub_destructive"
  | "hub_denied"
  | "hub_not_allowed"
  | "client_denied"
  | "client_not_allowed";

/** A hidden tool does not exist for the caller: it is in no list, and a call of it is a call of an unknown name. */
export type Verdict = { readonly t: "allowed" } | { readonly t: "hidden"; readonly reason: PolicyReason };

/** One caller's rules over one Core. */
interface CoreRules {
  /** For the Core's resources and prompts, which go together. */
  readonly whole: Verdict;
  tool(tool: PolicyTool): Verdict;
}

export interface CallerRules {
  /** The same for callers who see the same. */
  readonly key: string;
  forCore(core: PolicyCore): CoreRules;
}

const allowed: Verdict = { t: "allowed" };

/** The rules of every caller under one hub policy. */
export function createPolicy(hub: HubPolicy): (caller: Caller) => CallerRules {
  // At the hub an empty list is no restriction, as the manifest's default is the empty list; for a caller it is none at all.
  const hubAllow = hub.allowTools.length > 0 ? hub.allowTools : undefined;
  const ceiling = new NameRules(hubAllow, hub.denyTools);
  return (caller) => {
    const deny = caller.deny ?? [];
    const client = new NameRules(caller.allow, deny);
    return {
      key: JSON.stringify([caller.allow ?? null, deny]),
      forCore: (core) => coreRules(core, ceiling, hub.allowDestructive, client),
    };
  };
}

function coreRules(core: PolicyCore, ceiling: NameRules, hubDestructive: boolean, client: NameRules): CoreRules {
  const hub = ceiling.over(core);
  const caller = client.over(core);
  const layers: Layers = { core: compile(core.policy), hubDestructive, hub, client: caller };
  return { whole: decideWhole(hub, caller), tool: (tool) => decide(tool, layers) };
}

function decideWhole(hub: NamesOfCore, client: NamesOfCore): Verdict {
  if (hub.deniesCore) return hidden("hub_denied");
  if (!hub.allowsCore) return hidden("hub_not_allowed");
  if (client.deniesCore) return hidden("client_denied");
  return client.allowsCore ? allowed : hidden("client_not_allowed");
}

interface Layers {
  readonly core: CompiledCore;
  readonly hubDestructive: boolean;
  readonly hub: NamesOfCore;
  readonly client: NamesOfCore;
}

/** The first rule that hides the tool is the reason; nothing below can allow what a rule above denied. */
function decide(tool: PolicyTool, { core, hubDestructive, hub, client }: Layers): Verdict {
  if (core.deny.has(tool.native)) return hidden("core_denied");
  if (core.allow.size > 0 && !core.allow.has(tool.native)) return hidden("core_not_allowed");
  if ((!core.allowDestructive || !hubDestructive) && isDestructive(tool, core)) {
    return hidden(hubDestructive ? "destructive" : "hub_destructive");
  }
  if (hub.denies(tool.canonical)) return hidden("hub_denied");
  if (!hub.allows(tool.canonical)) return hidden("hub_not_allowed");
  if (client.denies(tool.canonical)) return hidden("client_denied");
  if (!client.allows(tool.canonical)) return hidden("client_not_allowed");
  return allowed;
}

function hidden(reason: PolicyReason): Verdict {
  return { t: "hidden", reason };
}

function isDestructive(tool: PolicyTool, core: CompiledCore): boolean {
  if (tool.destructiveHint === true || core.destructive.has(tool.native)) return true;
  return core.assumed && tool.destructiveHint === undefined && tool.readOnlyHint !== true;
}

interface CompiledCore {
  readonly allow: GlobSet;
  readonly deny: GlobSet;
  readonly destructive: GlobSet;
  readonly allowDestructive: boolean;
  readonly assumed: boolean;
}

function compile(policy: CoreToolPolicy): CompiledCore {
  return {
    allow: new GlobSet(policy.allowTools),
    deny: new GlobSet(policy.denyTools),
    destructive: new GlobSet(policy.destructiveTools),
    allowDestructive: policy.allowDestructive,
    assumed: policy.destructive === "assumed",
  };
}

/** NameRules narrowed to one Core. */
interface NamesOfCore {
  readonly allowsCore: boolean;
  readonly deniesCore: boolean;
  allows(canonical: string): boolean;
  denies(canonical: string): boolean;
}

/** Allow and deny over canonical names and tags. A rule that covers all of a Core's names covers its resources and prompts too. */
class NameRules {
  readonly #allow: RuleSet | undefined;
  readonly #deny: RuleSet;

  constructor(allow: readonly string[] | undefined, deny: readonly string[]) {
    this.#allow = allow === undefined ? undefined : ruleSet(allow);
    this.#deny = ruleSet(deny);
  }

  over(core: PolicyCore): NamesOfCore {
    const allow = this.#allow;
    const deny = this.#deny;
    const allowsCore = allow === undefined || coversCore(allow, core);
    const deniesCore = coversCore(deny, core);
    return {
      allowsCore,
      deniesCore,
      allows: (canonical) => allowsCore || allow.globs.has(canonical),
      denies: (canonical) => deniesCore || deny.globs.has(canonical),
    };
  }
}

interface RuleSet {
  readonly globs: GlobSet;
  readonly tags: ReadonlySet<string>;
}

function ruleSet(rules: readonly string[]): RuleSet {
  const tags = rules.filter((rule) => rule.startsWith("#")).map((rule) => rule.slice(1));
  return { globs: new GlobSet(rules.filter((rule) => !rule.startsWith("#"))), tags: new Set(tags) };
}

function coversCore(rules: RuleSet, core: PolicyCore): boolean {
  return core.tags.some((tag) => rules.tags.has(tag)) || rules.globs.hasAllUnder(`${core.namespace}.`);
}
