// All rules of a manifest over names of tools, each with its place.
import type { NameRule } from "../catalog/stray-rules.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Path } from "../manifest/problems.ts";

export function nameRulesOf({ hub, clients, cores }: Manifest): readonly NameRule[] {
  const found: NameRule[] = [];
  const add = (path: Path, rules: readonly string[] = [], closes = false, core?: string) => {
    found.push(...rules.map((rule, at) => ({ path: [...path, at], rule, core, closes })));
  };
  add(["hub", "policy", "deny_tools"], hub.policy.denyTools, true);
  add(["hub", "policy", "allow_tools"], hub.policy.allowTools);
  for (const client of clients) {
    const path = ["clients", client.name];
    add([...path, "deny"], client.deny, true);
    add([...path, "allow"], client.allow);
    for (const { tools } of client.arguments) {
      found.push({ path: [...path, "arguments", tools], rule: tools, core: undefined, closes: true });
    }
  }
  for (const { key, policy } of cores) {
    const path = ["cores", key, "policy"];
    add([...path, "deny_tools"], policy.denyTools, true, key);
    add([...path, "destructive_tools"], policy.destructiveTools, true, key);
    add([...path, "allow_tools"], policy.allowTools, false, key);
    add([...path, "read_only_tools"], policy.readOnlyTools, false, key);
  }
  return found;
}
