// Catalog sources for tests: a Core's lists as the JSON text that it would write.
import { buildCatalog, type Catalog } from "../../src/catalog/catalog.ts";
import type { CatalogSource, ListItem } from "../../src/catalog/model.ts";
import { createPolicy } from "../../src/gates/policy.ts";
import type { HubPolicy } from "../../src/manifest/manifest.ts";
import { resolveProfiles } from "../../src/manifest/profiles.ts";
import type { Caller } from "../../src/sessions/principal.ts";

type Json = string | object;

export interface CoreSketch extends Partial<Omit<CatalogSource, "policy" | "tools">> {
  readonly listTools?: readonly Json[];
  readonly listPrompts?: readonly Json[];
  readonly listResources?: readonly Json[];
  readonly listTemplates?: readonly Json[];
  readonly policy?: Partial<CatalogSource["policy"]>;
  readonly overrides?: Readonly<
    Record<string, { name?: string; expose?: string; description?: string; hidden?: boolean }>
  >;
}

export const openPolicy: CatalogSource["policy"] = {
  allowTools: [],
  denyTools: [],
  allowDestructive: false,
  destructiveTools: [],
  readOnlyTools: [],
  destructive: "declared",
};

export const openHub: HubPolicy = { allowTools: [], denyTools: [], allowDestructive: true };

export const names = { separator: "__", maxLength: 64, charset: undefined };

/** As without `profiles:` in the manifest. */
export const profiles = resolveProfiles({}, names);

export const everyone: Caller = { allow: undefined };

/** A Core that is up, under its namespace. Text is taken byte for byte, objects are stringified. */
export function source(namespace: string, sketch: CoreSketch = {}): CatalogSource {
  const { listTools, listPrompts, listResources, listTemplates, policy, overrides, ...rest } = sketch;
  const override = { name: undefined, expose: undefined, description: undefined, hidden: false, limits: undefined };
  return {
    key: namespace,
    namespace,
    prefix: true,
    uris: "native",
    tags: [],
    era: "legacy",
    runsTasks: false,
    state: "up",
    instructions: undefined,
    lists: {
      tools: items(listTools),
      prompts: items(listPrompts),
      resources: items(listResources),
      templates: items(listTemplates),
    },
    policy: { ...openPolicy, ...policy },
    tools: new Map(Object.entries(overrides ?? {}).map(([native, given]) => [native, { ...override, ...given }])),
    ...rest,
  };
}

export function catalogOf(sources: readonly CatalogSource[], hub: HubPolicy = openHub, previous?: Catalog): Catalog {
  return buildCatalog(sources, { profiles, rules: createPolicy(hub) }, previous);
}

function items(list: readonly Json[] = []): readonly ListItem[] {
  return list.map((entry) => ({ bytes: Buffer.from(typeof entry === "string" ? entry : JSON.stringify(entry)) }));
}
