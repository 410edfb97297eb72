// What the setup in force says of each caller: what it may see, and as which kind of client. Another object after a reload.
import { Callers } from "../catalog/callers.ts";
import type { CatalogConfig } from "../catalog/catalog.ts";
import { createPolicy } from "../gates/policy.ts";
import type { Setup } from "../manifest/diff.ts";
import type { Principal } from "../sessions/principal.ts";
import { nameRulesOf } from "./name-rules.ts";

export interface Standing {
  readonly catalog: CatalogConfig;
  readonly callers: Callers;
}

export function standingOf(
  { manifest, settings }: Setup,
  withheld: (principal: Principal) => readonly string[],
): Standing {
  const { profiles } = manifest;
  const { policy, searchTools } = settings;
  const catalog = { profiles, searchTools, rules: createPolicy(policy), nameRules: nameRulesOf(manifest) };
  return { catalog, callers: new Callers(profiles, withheld) };
}
