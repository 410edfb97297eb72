// What the catalog is built from: each Core's definition, and what it said last.
import type { CatalogSource } from "../catalog/model.ts";
import type { Core } from "../cores/core.ts";
import { emptyLists } from "../cores/lists.ts";
import type { OwnLists } from "../relay/own-catalogs.ts";
import { runsTasks } from "../relay/tasks.ts";

/** `own`: lists that stand in the place of those of the home instances. `isPersonal`: what the home instance shows is for nobody. */
export function sourcesOf(
  cores: readonly Core[],
  own?: OwnLists,
  isPersonal?: (definition: Core["definition"]) => boolean,
): CatalogSource[] {
  return cores.map((core) => {
    const { key, namespace, prefix, uris, tags, tools, policy } = core.definition;
    const { instructions, capabilities, era } = core;
    const lists = own?.get(key) ?? (isPersonal?.(core.definition) === true ? emptyLists : core.lists);
    return {
      key,
      namespace,
      prefix,
      uris,
      tags,
      tools,
      policy,
      era,
      runsTasks: runsTasks(capabilities),
      state: core.state.t,
      lists,
      instructions,
    };
  });
}
