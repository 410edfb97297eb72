// All rules of a manifest over names of tools, each with its place.
import type { NameRule } from "../catalog/stray-rules.ts";
import type { HubPolicy, Manifest } from "../manifest/manifest.ts";
import type { Path } from "../manifest/problems.ts";

export function nameRulesOf({ hub, clients, cores }: Manifest): readonly NameRule[] {
  const found: NameRule[] = [];
  const add = (path: Path, closes: boolean, rules: readonly string[] = [], core?: string) => {
    found.push(...rules.map((rule, at) => ({ path: [...path, at], rule, core, closes })));
  };
  const policies = (path: Path, { denyTools, allowTools }: HubPolicy, core?: string) => {
    add([...path, "deny_tools"], true, denyTools, core);
    add([...path, "allow_tools"], false, allowTools, core);
  };
  policies(["hub", "policy"], hub.policy);
  for (const { name, deny, allow, arguments: checks } of clients) {
    const path = ["clients", name];
    add([...path, "deny"], true, deny);
    add([...path, "allow"], false, allow);
    for (const { tools: rule } of checks) {
      found.push({ path: [...path, "arguments", rule], rule, core: undefined, closes: true });
    }
  }
  for (const { key, policy } of cores) {
    const path = ["cores", key, "policy"];
    policies(path, policy, key);
    add([...path, "destructive_tools"], true, policy.destructiveTools, key);
    add([...path, "read_only_tools"], false, policy.readOnlyTools, key);
  }
  return found;
}
