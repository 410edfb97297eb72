// The rules that decide.ts decides by, made ready: Core policy, the hub's ceiling, a caller's allow, deny and read_only. Made once for a caller.
import type { CorePolicy, HubPolicy } from "../manifest/manifest.ts";
import type { Caller } from "../sessions/principal.ts";
import {
  any,
  decide,
  mayHave,
  type NameRules,
  type PolicyTool,
  type Rules,
  type RulesOfCore,
  type Verdict,
} from "./decide.ts";
import { GlobSet } from "./glob.ts";

/** What of a Core's policy decides which tools exist. */
export type CoreToolPolicy = Pick<
  CorePolicy,
  "allowTools" | "denyTools" | "allowDestructive" | "destructiveTools" | "destructive" | "readOnlyTools"
>;

interface PolicyCore {
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly policy: CoreToolPolicy;
  /** What the manifest says of single tools, by native name. */
  readonly tools: ReadonlyMap<string, { readonly hidden: boolean }>;
}

/** One caller's rules over one Core. */
interface CoreRules {
  /** For the Core's resources and prompts, which go together. */
  readonly whole: Verdict;
  /** False where nothing of the Core can exist for the caller, whatever it may list. */
  readonly mayHave: boolean;
  tool(tool: PolicyTool): Verdict;
}

export interface CallerRules {
  /** The same for callers who see the same. */
  readonly key: string;
  forCore(core: PolicyCore): CoreRules;
}

/** What of a caller decides what exists for it. `allow` undefined is everything, an empty one nothing. */
export type RuledCaller = Pick<Caller, "allow" | "deny" | "within" | "readOnly" | "withheld">;

/** The rules of every caller under one hub policy. */
export function createPolicy(hub: HubPolicy): (caller: RuledCaller) => CallerRules {
  // At the hub an empty list is no restriction, as the manifest's default is the empty list; for a caller it is none at all.
  const hubAllow = hub.allowTools.length > 0 ? hub.allowTools : undefined;
  const ceiling = new NameLists(hubAllow, hub.denyTools);
  return ({ allow, deny = [], within, readOnly = false, withheld = [] }) => {
    const client = new NameLists(allow, deny);
    const given = new NameLists(within, []);
    const kept = new NameLists(undefined, withheld);
    return {
      key: JSON.stringify([allow ?? null, deny, within ?? null, readOnly, withheld]),
      forCore: (core) => {
        const rules: Rules = {
          core: rulesOfCore(core),
          hubDestructive: hub.allowDestructive,
          hub: ceiling.over(core),
          client: client.over(core),
          within: given.over(core),
          isReadOnly: readOnly,
          withheld: kept.over(core),
        };
        return { whole: decide("whole", rules), mayHave: mayHave(rules), tool: (tool) => decide(tool, rules) };
      },
    };
  };
}

function rulesOfCore({ policy, tools }: PolicyCore): RulesOfCore {
  return {
    allow: new GlobSet(policy.allowTools),
    deny: new GlobSet(policy.denyTools),
    destructive: new GlobSet(policy.destructiveTools),
    readOnly: new GlobSet(policy.readOnlyTools),
    allowDestructive: policy.allowDestructive,
    assumed: policy.destructive === "assumed",
    isOverridden: (native) => tools.get(native)?.hidden === true,
  };
}

/** Allow and deny over canonical names and tags. A rule that covers all of a Core's names covers its resources and prompts too. */
class NameLists {
  readonly #allow: RuleSet | undefined;
  readonly #deny: RuleSet;

  constructor(allow: readonly string[] | undefined, deny: readonly string[]) {
    this.#allow = allow === undefined ? undefined : ruleSet(allow);
    this.#deny = ruleSet(deny);
  }

  over(core: PolicyCore): NameRules {
    const allow = this.#allow;
    const deny = this.#deny;
    const allowsAll = allow === undefined ? any : coveringCore(allow, core);
    const deniesAll = coveringCore(deny, core);
    const named = (rules: RuleSet | undefined, name: string | undefined) =>
      name === undefined ? undefined : rules?.globs.match(name);
    return {
      mayAllow: allowsAll !== undefined || allow?.globs.mayMatchUnder(`${core.namespace}.`) === true,
      allows: (canonical) => allowsAll ?? named(allow, canonical),
      denies: (canonical) => deniesAll ?? named(deny, canonical),
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

/** The rule that covers all of a Core, as it is written. */
function coveringCore(rules: RuleSet, core: PolicyCore): string | undefined {
  const tag = core.tags.find((name) => rules.tags.has(name));
  return tag === undefined ? rules.globs.matchAllUnder(`${core.namespace}.`) : `#${tag}`;
}
