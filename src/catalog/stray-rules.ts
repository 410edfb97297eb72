// Rules that match no tool there is. One that was to deny, and whose name is written wrongly, leaves open what it was to close, and nothing else shows it.
import { globMatches } from "../gates/glob.ts";
import { nearest } from "../manifest/nearest.ts";
import { formatPath, type Path } from "../manifest/problems.ts";
import type { Shelf } from "./model.ts";

/** A rule of the manifest over names of tools. */
export interface NameRule {
  readonly path: Path;
  readonly rule: string;
  /** The Core over whose native names it is; undefined: over canonical names. */
  readonly core: string | undefined;
  /** Whether it keeps something from somebody. */
  readonly closes: boolean;
}

export interface StrayRule {
  /** Undefined: it may be of any Core. */
  readonly core: string | undefined;
  readonly path: Path;
  /** A name matches its tool or is wrong. A pattern may be there in good time, for tools that are to come. */
  readonly isName: boolean;
  readonly what: string;
  readonly fix: string;
  /** All of that in one line. */
  readonly message: string;
}

/**
 * Those that match nothing of Cores whose tools are known. Patterns count only where they close something: that one allows nothing shows by itself. What
 * `manifest/glob-rules.ts` sees without the Cores is not said again.
 */
export function strayRules(shelves: readonly Shelf[], rules: readonly NameRule[] = []): readonly StrayRule[] {
  const known = new Map<string, Finding | undefined>();
  return rules.flatMap(({ path, rule, core, closes }) => {
    const isName = !/[*?]/.test(rule);
    if (rule.startsWith("#") || !(isName || closes)) return [];
    // Many clients have the same rules.
    const key = JSON.stringify([core, rule]);
    if (!known.has(key)) known.set(key, findingOf(shelves, rule, core, isName));
    const found = known.get(key);
    if (found === undefined) return [];
    const what = `${rule} matches ${found.what}${closes ? ": it keeps nothing from anybody" : ""}`;
    const { fix } = found;
    return [{ core: found.core, path, isName, what, fix, message: `${formatPath(path)}: ${what}; ${fix}` }];
  });
}

type Finding = Pick<StrayRule, "core" | "what" | "fix">;

function findingOf(
  shelves: readonly Shelf[],
  rule: string,
  core: string | undefined,
  isName: boolean,
): Finding | undefined {
  const byName = /^([^.*?]+)\./.exec(rule)?.[1];
  const isOfOne = (core ?? byName) !== undefined;
  if (isName && !isOfOne) return undefined;
  const isMeant = ({ source }: Shelf) => (core === undefined ? source.namespace === byName : source.key === core);
  const meant = isOfOne ? shelves.filter(isMeant) : shelves;
  // Who has listed none may have some for others, or later.
  if (meant.length === 0 || meant.some(({ tools }) => tools.length === 0)) return undefined;
  const tools = meant.flatMap((shelf) => shelf.tools);
  if (tools.some(({ native, canonical }) => globMatches(rule, core === undefined ? canonical : native)))
    return undefined;
  const prefix = core === undefined ? `${byName}.` : "";
  const near =
    isName &&
    nearest(
      rule.slice(prefix.length),
      tools.map(({ native }) => native),
    );
  const only = isOfOne ? meant[0]?.source.key : undefined;
  return {
    core: only,
    what: `none of the ${tools.length} tools of ${only ?? "all Cores"}`,
    fix: near ? `did you mean ${prefix}${near}?` : "thehub list --all has their names",
  };
}
