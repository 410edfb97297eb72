// Why something is there for a client, or is not: the rule that decides, where it stands in the manifest, and what would change it.

import type { HiddenReason } from "../catalog/model.ts";
import type { Explained } from "../catalog/view.ts";
import { appliesAny } from "../gates/argument-checks.ts";
import { type PolicyReason, ruleKeys } from "../gates/decide.ts";
import type { FoundPlace } from "../manifest/parts.ts";
import { formatPath, type Path } from "../manifest/problems.ts";
import type { Principal } from "../sessions/principal.ts";

/** A part of the manifest, as `--json` prints it. */
export interface RulePlace {
  /** `clients.laptop.deny[1]` */
  readonly path: string;
  /** The rule itself, where it is one of a list. */
  readonly rule?: string;
  /** False: it is left out, and its default counts; the place is where it would stand. */
  readonly written: boolean;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Explanation {
  readonly kind: Explained["kind"];
  /** Canonical, or the uri or template as its Core has it. */
  readonly name: string;
  /** As the client has it. */
  readonly exposed: string;
  readonly core: string;
  readonly allowed: boolean;
  /** Whether it is in the client's lists: what another thing has the name of can only be called. */
  readonly listed: boolean;
  readonly reason: HiddenReason | "allowed";
  /** A sentence for people. */
  readonly why: string;
  /** What decided; undefined where nothing restricts it, or no single key does. */
  readonly by?: RulePlace;
  /** What to write to have it otherwise. */
  readonly change: string;
  /** What is looked at when it is called. */
  readonly when_called: readonly RulePlace[];
}

export interface Situation {
  readonly principal: Principal;
  readonly decides: boolean;
  tagsOf(core: string): readonly string[];
  namespaceOf(core: string): string;
  /** The rules of a list as they are written. */
  rulesAt(path: Path): readonly string[] | undefined;
  place(path: Path): FoundPlace | undefined;
  /** Why a login keeps a Core from this client. */
  withheld(core: string): string | undefined;
}

export function explain(thing: Explained, situation: Situation): Explanation {
  const { kind, core, id: name, exposed } = thing;
  const kept = thing.hidden === undefined ? situation.withheld(core) : undefined;
  const reason = kept === undefined ? (thing.hidden ?? "allowed") : "login_withheld";
  const native = name.slice(situation.namespaceOf(core).length + 1);
  const path = pathOf(reason, thing, native, situation);
  const by = path === undefined ? {} : { by: placed(path, situation, thing.rule) };
  const isCallable = reason === "allowed" || (reason === "collision" && (kind === "tool" || kind === "prompt"));
  return {
    ...{ kind, name, exposed, core },
    ...{ allowed: isCallable, listed: reason === "allowed", reason },
    why: kept ?? sentence(reason, thing),
    ...by,
    change: changeOf(reason, thing, native, situation),
    when_called: isCallable ? whenCalled(thing, situation) : [],
  };
}

/** In lines; the first one says it all. */
export function explanationText(
  client: string,
  { kind, name, exposed, core, allowed, why, by, change, when_called }: Explanation,
): readonly string[] {
  const called = exposed === name ? "" : ` (exposed as ${exposed})`;
  const where = (place: RulePlace) =>
    place.file === undefined ? "" : ` (${place.file}:${place.line}:${place.column})`;
  const rule = (place: RulePlace) => {
    const said = place.rule === undefined ? "" : ` ${JSON.stringify(place.rule)}`;
    return place.written ? `${place.path}${said}${where(place)}` : `${place.path}, which is not written${where(place)}`;
  };
  return [
    `${kind} ${name} of core ${core}${called}: ${allowed ? "allowed" : "not allowed"} for ${client}`,
    `  why: ${why}`,
    ...(by === undefined ? [] : [`  by: ${rule(by)}`]),
    ...when_called.map((place) => `  when called: ${rule(place)}`),
    `  to change it: ${change}`,
  ];
}

/** What a client with few words for its rules is allowed all the same. */
function sentence(reason: HiddenReason | "allowed", { kind, rule }: Explained): string {
  if (reason !== "allowed") return sentences[reason];
  if (rule === undefined) return "no rule restricts this client";
  return kind === "tool" ? "the client's allow has it" : "the client's allow has the whole core";
}

const sentences: Readonly<Record<HiddenReason, string>> = {
  override: "the manifest hides this tool",
  core_denied: "the core's policy denies it",
  core_not_allowed: "the core's policy allows others only",
  destructive: "it is destructive, and the core's policy does not allow that",
  hub_destructive: "it is destructive, and the hub's policy allows that nowhere",
  hub_denied: "the hub's policy denies it",
  hub_not_allowed: "the hub's policy allows others only",
  client_denied: "the client's deny has it",
  client_not_allowed: "the client's allow does not have it",
  token_not_allowed: "what the token was given does not have it",
  client_read_only: "the client is read_only, and nothing says that this tool changes nothing",
  login_withheld: "the core's login is another's",
  collision: "it is in no list, as another one has the name; it can be called by its canonical name",
};

function pathOf(
  reason: HiddenReason | "allowed",
  thing: Explained,
  native: string,
  { principal, rulesAt }: Situation,
): Path | undefined {
  const { core, rule } = thing;
  const client = principal.client;
  const at = (list: Path): Path => {
    const index = rule === undefined ? -1 : (rulesAt(list)?.indexOf(rule) ?? -1);
    return index < 0 ? list : [...list, index];
  };
  if (reason === "allowed")
    return rule === undefined || client === undefined ? undefined : at(["clients", client, "allow"]);
  if (reason === "collision") return undefined;
  if (reason === "override") return ["cores", core, "tools", native, "hidden"];
  const key = ruleKeys[reason satisfies PolicyReason];
  if (key === undefined) return undefined;
  if (key.of === "hub") return at(["hub", ...key.key]);
  if (key.of === "core") return at(["cores", core, ...key.key]);
  return client === undefined ? undefined : at(["clients", client, ...key.key]);
}

function placed(path: Path, { place }: Situation, rule: string | undefined): RulePlace {
  const found = place(path);
  const inList = typeof path.at(-1) === "number" && rule !== undefined ? { rule } : {};
  const { isWritten = false, ...where } = found ?? {};
  return { path: formatPath(path), ...inList, written: isWritten, ...where };
}

function whenCalled({ kind, core, id }: Explained, situation: Situation): readonly RulePlace[] {
  const { principal, decides, tagsOf } = situation;
  const called = { canonical: id, tags: tagsOf(core) };
  const rules = kind === "tool" ? (principal.arguments ?? []).filter((rule) => appliesAny([rule], called)) : [];
  const paths: Path[] = rules.map(({ tools }) => ["clients", principal.client ?? "", "arguments", tools]);
  if (decides && kind !== "template") paths.push(["hub", "decision"]);
  return paths.map((path) => placed(path, situation, undefined));
}

function changeOf(
  reason: HiddenReason | "allowed",
  thing: Explained,
  native: string,
  { principal, namespaceOf }: Situation,
): string {
  const { core, rule, kind } = thing;
  const own = formatPath(["cores", core]);
  const client = principal.client === undefined ? undefined : formatPath(["clients", principal.client]);
  /** Resources and prompts go with their Core. */
  const name = kind === "tool" ? thing.id : `${namespaceOf(core)}.*`;
  const take = (list: string) => `take ${JSON.stringify(rule ?? name)} out of ${list}`;
  const add = (text: string, list: string) => `add ${JSON.stringify(text)} to ${list}`;
  switch (reason) {
    case "allowed":
      if (client !== undefined) return `${add(name, `${client}.deny`)} to hide it`;
      return `${add(name, "hub.policy.deny_tools")} to hide it from everybody, or name this client in clients:`;
    case "override":
      return `remove ${formatPath(["cores", core, "tools", native, "hidden"])}`;
    case "core_denied":
      return take(`${own}.policy.deny_tools`);
    case "core_not_allowed":
      return add(native, `${own}.policy.allow_tools`);
    case "destructive":
      return rule === undefined
        ? `write allow_destructive: true in ${own}.policy`
        : `${take(`${own}.policy.destructive_tools`)}, or write allow_destructive: true in ${own}.policy`;
    case "hub_destructive":
      return "remove allow_destructive: false from hub.policy";
    case "hub_denied":
      return take("hub.policy.deny_tools");
    case "hub_not_allowed":
      return add(name, "hub.policy.allow_tools");
    case "client_denied":
      return take(`${client}.deny`);
    case "client_not_allowed":
      return add(name, `${client}.allow`);
    case "token_not_allowed":
      return "make a token that is given it: thehub token --allow";
    case "client_read_only":
      return `if it changes nothing, ${add(native, `${own}.policy.read_only_tools`)}; else remove read_only from ${client}`;
    case "login_withheld":
      return `write credentials: per-user (each signs in) or credentials: shared (all act as one) in ${own}`;
    case "collision":
      return `give it a name of its own: write expose: in ${formatPath(["cores", core, "tools", native])}`;
  }
}
