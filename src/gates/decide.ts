// What exists for whom, and why: one decision over names and hints, the same for the lists, for a call and for `thehub explain`. Pure; knows
// no lists and no files. docs/decisions/0034-rules.md has the order of the rules.

export type PolicyReason =
  | "override"
  | "core_denied"
  | "core_not_allowed"
  | "destructive"
  | "hub_destructive"
  | "hub_denied"
  | "hub_not_allowed"
  | "client_denied"
  | "client_not_allowed"
  | "token_not_allowed"
  | "client_read_only"
  | "login_withheld";

/**
 * A hidden thing does not exist for the caller: it is in no list, and a call of it is a call of an unknown name. `rule`: the glob or #tag that
 * decided, as it is written; undefined where a switch did, or where no rule fits.
 */
export type Verdict =
  | { readonly t: "allowed"; readonly rule?: string | undefined }
  | { readonly t: "hidden"; readonly reason: PolicyReason; readonly rule?: string | undefined };

/** Whose rule it is, and under which key of it it stands; undefined for what no key says. */
export const ruleKeys: Readonly<
  Record<PolicyReason, { readonly of: "core" | "hub" | "client"; readonly key: readonly string[] } | undefined>
> = {
  override: { of: "core", key: ["tools"] },
  core_denied: { of: "core", key: ["policy", "deny_tools"] },
  core_not_allowed: { of: "core", key: ["policy", "allow_tools"] },
  destructive: { of: "core", key: ["policy", "allow_destructive"] },
  hub_destructive: { of: "hub", key: ["policy", "allow_destructive"] },
  hub_denied: { of: "hub", key: ["policy", "deny_tools"] },
  hub_not_allowed: { of: "hub", key: ["policy", "allow_tools"] },
  client_denied: { of: "client", key: ["deny"] },
  client_not_allowed: { of: "client", key: ["allow"] },
  token_not_allowed: undefined,
  client_read_only: { of: "client", key: ["read_only"] },
  login_withheld: undefined,
};

export interface PolicyTool {
  readonly native: string;
  readonly canonical: string;
  /** As the Core declares them; undefined when it does not. */
  readonly destructiveHint: boolean | undefined;
  readonly readOnlyHint: boolean | undefined;
}

/** Globs, and which of them matches. */
interface Globs {
  readonly size: number;
  match(text: string): string | undefined;
}

/** A Core's own rules, over its native names. */
export interface RulesOfCore {
  readonly allow: Globs;
  readonly deny: Globs;
  readonly destructive: Globs;
  readonly readOnly: Globs;
  readonly allowDestructive: boolean;
  /** Whether a tool that says nothing of itself counts as destructive. */
  readonly assumed: boolean;
  isOverridden(native: string): boolean;
}

/** Allow and deny over canonical names and tags, narrowed to one Core. `undefined` for a name: the Core's resources and prompts. */
export interface NameRules {
  /** The rule that denies it; undefined: none does. */
  denies(canonical: string | undefined): string | undefined;
  /** Whether it is allowed, and by which rule; `any` where nothing restricts. */
  allows(canonical: string | undefined): string | typeof any | undefined;
  /** False where nothing of the Core is allowed, whatever it may list. */
  readonly mayAllow: boolean;
}

export const any: unique symbol = Symbol("any");

/** All that counts for one caller at one Core. */
export interface Rules {
  readonly core: RulesOfCore;
  readonly hubDestructive: boolean;
  readonly hub: NameRules;
  readonly client: NameRules;
  /** What was given of that, to a token or by a consent. */
  readonly within: NameRules;
  readonly isReadOnly: boolean;
  /** What is kept from the caller as things are now: Cores whose login is another's. */
  readonly withheld: NameRules;
}

const allowed: Verdict = { t: "allowed" };

/** The first rule that hides it is the reason; nothing below can allow what a rule above denied. `whole`: the Core's resources and prompts. */
export function decide(asked: PolicyTool | "whole", rules: Rules): Verdict {
  if (asked === "whole") return decideNames(undefined, rules);
  return ofCore(asked, rules) ?? decideNames(asked, rules);
}

/** Whether anything of the Core can exist for the caller, whatever it may list. */
export function mayHave({ hub, client, within, withheld }: Rules): boolean {
  return [hub, client, within, withheld].every((rules) => rules.mayAllow && rules.denies(undefined) === undefined);
}

function ofCore(tool: PolicyTool, { core, hubDestructive }: Rules): Verdict | undefined {
  const { native } = tool;
  if (core.isOverridden(native)) return hidden("override", native);
  const denied = core.deny.match(native);
  if (denied !== undefined) return hidden("core_denied", denied);
  if (core.allow.size > 0 && core.allow.match(native) === undefined) return hidden("core_not_allowed");
  if (core.allowDestructive && hubDestructive) return undefined;
  if (!isDestructive(tool, core)) return undefined;
  return hidden(hubDestructive ? "destructive" : "hub_destructive", core.destructive.match(native));
}

function decideNames(
  tool: PolicyTool | undefined,
  { core, hub, client, within, isReadOnly, withheld }: Rules,
): Verdict {
  const name = tool?.canonical;
  const hubDenied = hub.denies(name);
  if (hubDenied !== undefined) return hidden("hub_denied", hubDenied);
  if (hub.allows(name) === undefined) return hidden("hub_not_allowed");
  const clientDenied = client.denies(name);
  if (clientDenied !== undefined) return hidden("client_denied", clientDenied);
  const rule = client.allows(name);
  if (rule === undefined) return hidden("client_not_allowed");
  if (within.allows(name) === undefined) return hidden("token_not_allowed");
  if (isReadOnly && tool !== undefined && !onlyReads(tool, core)) return hidden("client_read_only");
  if (withheld.denies(name) !== undefined) return hidden("login_withheld");
  return rule === any ? allowed : { t: "allowed", rule };
}

function hidden(reason: PolicyReason, rule?: string): Verdict {
  return { t: "hidden", reason, rule };
}

function isDestructive(tool: PolicyTool, core: RulesOfCore): boolean {
  if (tool.destructiveHint === true || core.destructive.match(tool.native) !== undefined) return true;
  if (!core.assumed || tool.destructiveHint !== undefined) return false;
  return tool.readOnlyHint !== true && core.readOnly.match(tool.native) === undefined;
}

/** The operator's word counts for more than the Core's; of two words that contradict each other, the careful one. */
function onlyReads(tool: PolicyTool, core: RulesOfCore): boolean {
  if (core.destructive.match(tool.native) !== undefined) return false;
  if (core.readOnly.match(tool.native) !== undefined) return true;
  return tool.readOnlyHint === true && tool.destructiveHint !== true;
}
