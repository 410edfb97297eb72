// A Core as the catalog sees it.
import type { CatalogSource } from "../catalog/model.ts";
import type { Core } from "../cores/core.ts";
import { runsTasks } from "../relay/tasks.ts";

export function catalogSource(core: Core): CatalogSource {
  const { key, namespace, prefix, tags, tools, policy } = core.definition;
  const { lists, instructions, capabilities, state } = core;
  return {
    key,
    namespace,
    prefix,
    tags,
    tools,
    policy,
    runsTasks: runsTasks(capabilities),
    state: state.t,
    lists,
    instructions,
  };
}
