// Tools and callers for tests of tool search.
import type { ClientProfile } from "../../src/base/client-profile.ts";
import { buildCatalog, type Catalog } from "../../src/catalog/catalog.ts";
import type { CatalogSource } from "../../src/catalog/model.ts";
import type { SearchTools } from "../../src/catalog/tool-cap.ts";
import type { View } from "../../src/catalog/view.ts";
import { createPolicy } from "../../src/gates/policy.ts";
import { defaultOf } from "../../src/manifest/profiles.ts";
import type { Caller } from "../../src/sessions/principal.ts";
import { openHub, profiles, source } from "./catalog-sources.ts";

/** Whose client can use no more than so many tools. */
export function capped(
  toolCap: number | undefined,
  pinned: readonly string[] = [],
  more?: Partial<ClientProfile>,
): Caller {
  return { allow: undefined, profile: { ...defaultOf(profiles), toolCap, pinned, ...more } };
}

export function catalogWith(sources: readonly CatalogSource[], searchTools: SearchTools = "auto"): Catalog {
  return buildCatalog(sources, { profiles, searchTools, rules: createPolicy(openHub) });
}

/** `count` tools of one Core: `t00`, `t01`, … */
export function numbered(namespace: string, count: number, more: Parameters<typeof source>[1] = {}): CatalogSource {
  const name = (at: number) => `t${String(at).padStart(2, "0")}`;
  return source(namespace, { listTools: Array.from({ length: count }, (_, at) => ({ name: name(at) })), ...more });
}

export function listedNames(view: View): string[] {
  const { tools } = JSON.parse(String(view.list("tools").whole)) as { tools: { name: string }[] };
  return tools.map(({ name }) => name);
}
