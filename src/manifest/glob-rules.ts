// Allow and deny rules that would match nothing, or not what they seem to: said at check, not found out in use.
import { namespaceOf } from "./namespaces.ts";
import { nearest } from "./nearest.ts";
import type { Entry, Parts, Report } from "./parts.ts";
import type { Path } from "./problems.ts";
import { record, text, texts } from "./values.ts";

export function checkRules(parts: Parts, report: Report): void {
  const namespaces = new Set<string>();
  const tags = new Set<string>();
  for (const core of parts.cores) {
    const namespace = coreNamespace(core);
    if (namespace !== undefined) namespaces.add(namespace);
    for (const tag of texts(record(core.value)?.["tags"]) ?? []) tags.add(tag);
  }
  const canonical = (rules: unknown, source: Entry["source"], path: Path): void => {
    texts(rules)?.forEach((rule, index) => {
      const doubt = doubtRule(rule, namespaces, tags);
      if (doubt !== undefined)
        report({ source, path: [...path, index], on: "value" }, "warning", doubt.message, doubt.hint);
    });
  };
  const policy = record(record(parts.hub?.value)?.["policy"]);
  if (parts.hub !== undefined) {
    for (const key of ["allow_tools", "deny_tools"]) canonical(policy?.[key], parts.hub.source, ["hub", "policy", key]);
  }
  for (const client of parts.clients) {
    for (const key of ["allow", "deny"]) canonical(record(client.value)?.[key], client.source, [...client.path, key]);
    const path = [...client.path, "arguments"];
    for (const rule of Object.keys(record(record(client.value)?.["arguments"]) ?? {})) {
      const doubt = doubtRule(rule, namespaces, tags);
      if (doubt !== undefined)
        report({ source: client.source, path: [...path, rule] }, "warning", doubt.message, doubt.hint);
    }
  }
  for (const profile of parts.profiles) {
    canonical(record(profile.value)?.["pinned"], profile.source, [...profile.path, "pinned"]);
  }
  for (const core of parts.cores) checkCoreRules(core, report);
}

export interface Doubt {
  readonly message: string;
  readonly hint: string;
}

/** A rule that would match nothing, of these Cores; undefined: it may match. */
export function doubtRule(rule: string, namespaces: ReadonlySet<string>, tags: ReadonlySet<string>): Doubt | undefined {
  if (rule.startsWith("#")) {
    const tag = rule.slice(1);
    if (tags.has(tag)) return undefined;
    return { message: `no Core has the tag ${tag}`, hint: suggestion(tag, tags, "#", `add tags: [${tag}] to a Core`) };
  }
  const dot = rule.indexOf(".");
  const first = dot < 0 ? rule : rule.slice(0, dot);
  if (first.includes("*")) return undefined;
  if (dot < 0) {
    const hint = namespaces.has(rule)
      ? `write ${rule}.*`
      : `write the Core's namespace too: files.${rule}, or *.${rule} for every Core`;
    return { message: `${rule} matches nothing: rules here match canonical names`, hint };
  }
  if (namespaces.has(first)) return undefined;
  return {
    message: `no Core has the namespace ${first}`,
    hint: suggestion(first, namespaces, "", "write the namespace of a Core in cores:"),
  };
}

function suggestion(word: string, known: ReadonlySet<string>, mark: string, otherwise: string): string {
  const near = nearest(word, known);
  return near === undefined ? otherwise : `did you mean ${mark}${near}?`;
}

function checkCoreRules(core: Entry, report: Report): void {
  const namespace = coreNamespace(core);
  const policy = record(record(core.value)?.["policy"]);
  for (const key of ["allow_tools", "deny_tools", "destructive_tools", "read_only_tools"]) {
    texts(policy?.[key])?.forEach((rule, index) => {
      const at = { source: core.source, path: [...core.path, "policy", key, index], on: "value" as const };
      if (rule.startsWith("#")) {
        report(
          at,
          "warning",
          `${rule} matches nothing: a Core's own policy matches native names`,
          "write tags in the rules of hub: and clients:",
        );
      } else if (namespace !== undefined && rule.startsWith(`${namespace}.`)) {
        const native = rule.slice(namespace.length + 1);
        report(
          at,
          "warning",
          `${rule} may match nothing: a Core's own policy matches native names`,
          `write ${native === "" ? "*" : native}`,
        );
      }
    });
  }
}

function coreNamespace(core: Entry): string | undefined {
  return text(record(core.value)?.["namespace"]) ?? namespaceOf(core.key);
}
