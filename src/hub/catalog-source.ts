// A Core as the catalog sees it.
import type { CatalogSource } from "../catalog/model.ts";
import type { Core } from "../cores/core.ts";

export function catalogSource(core: Core): CatalogSource {
  const { key, namespace, prefix, tags, tools, policy } = core.definition;
  const { lists, instructions } = core;
  return { key, namespace, prefix, tags, tools, policy, state: core.state.t, lists, instructions };
}
