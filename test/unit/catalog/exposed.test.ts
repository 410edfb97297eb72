import assert from "node:assert/strict";
import test from "node:test";
import { buildCatalog, type Catalog } from "../../../src/catalog/catalog.ts";
import type { CatalogSource } from "../../../src/catalog/model.ts";
import { createPolicy } from "../../../src/gates/policy.ts";
import { resolveProfiles } from "../../../src/manifest/profiles.ts";
import { names, openHub, source } from "../../helpers/catalog-sources.ts";

const profiles = resolveProfiles(
  {
    old: { charset: "a-z0-9_", separator: "_", max_length: 20 },
    blind: { downgrade: { kinds: ["structured_content"] } },
  },
  names,
);

function catalogOf(sources: readonly CatalogSource[], previous?: Catalog): Catalog {
  return buildCatalog(sources, { profiles, rules: createPolicy(openHub) }, previous);
}

const as = (name: string) => ({ allow: undefined, profile: profiles.get(name) });

function toolNames(catalog: Catalog, profile: string): string[] {
  const list = JSON.parse(catalog.view(as(profile)).list("tools").first.toString()) as { tools: { name: string }[] };
  return list.tools.map(({ name }) => name);
}

const odd = [
  { name: "ok" },
  { name: "read.file" },
  { name: "with space" },
  { name: "名前" },
  { name: "x".repeat(90) },
  { name: "a/b" },
];

test("exposed: whatever one Core calls its tools, every one is there under a name that the client takes", () => {
  const catalog = catalogOf([
    source("odd", { listTools: odd, overrides: { ok: { expose: "fine.name" } } }),
    source("bare", { listTools: odd, prefix: false }),
    source("good", { listTools: [{ name: "t" }] }),
  ]);
  const patterns: Record<string, RegExp> = {
    claude: /^[a-zA-Z0-9_-]{1,64}$/,
    chatgpt: /^[a-zA-Z0-9_-]{1,64}$/,
    codex: /^[a-zA-Z0-9_-]{1,64}$/,
    vscode: /^[a-zA-Z0-9_-]{1,46}$/,
    "claude-code": /^[a-zA-Z0-9_-]{1,40}$/,
    cursor: /^[a-zA-Z0-9_-]{1,40}$/,
    old: /^[a-z0-9_]{1,20}$/,
  };
  for (const [profile, pattern] of Object.entries(patterns)) {
    const shown = toolNames(catalog, profile);
    assert.equal(new Set(shown).size, 2 * odd.length + 1, profile);
    for (const name of shown) assert.match(name, pattern, profile);
  }
  assert.ok(
    toolNames(catalog, "default").includes("fine.name"),
    "nothing is known of others: names stay as they were set",
  );
});

test("exposed: a call may use the names of every profile", () => {
  const catalog = catalogOf([
    source("odd", { listTools: odd }),
    source("bare", { listTools: [{ name: "a.b" }], prefix: false }),
  ]);
  for (const mine of profiles.keys()) {
    for (const other of profiles.keys()) {
      for (const name of toolNames(catalog, other)) {
        const found = catalog.view(as(mine)).tool(name);
        assert.equal(found?.t, "found", `${mine} writes ${name} of ${other}`);
      }
    }
  }
});

test("exposed: profiles with the same names share a view, and names are made once for all snapshots", () => {
  const sources = [source("a", { listTools: [{ name: "t" }] })];
  const first = catalogOf(sources);
  assert.equal(first.view(as("claude")), first.view(as("codex")));
  assert.notEqual(first.view(as("claude")), first.view(as("cursor")));
  const second = catalogOf([...sources, source("b", { listTools: [{ name: "u" }] })], first);
  const route = (catalog: Catalog) => {
    const found = catalog.view(as("claude")).tool("a__t");
    return found?.t === "found" ? found.route : assert.fail();
  };
  assert.equal(route(second), route(first));
});

test("exposed: names that no profile has any more are not kept", () => {
  const a = source("a", { listTools: [{ name: "t" }] });
  const first = catalogOf([a]);
  toolNames(first, "old");
  const other = buildCatalog([a], { profiles: resolveProfiles({}, names), rules: createPolicy(openHub) }, first);
  assert.equal(other.shelves[0]?.named.size, 0);
  assert.equal(other.shelves[0]?.tools, first.shelves[0]?.tools, "what the Core said is not read again");
});

test("exposed: who is to see no structured content sees no schema of it either", () => {
  const catalog = catalogOf([
    source("a", {
      listTools: ['{"name":"t","outputSchema":{"type":"object"},"execution":{},"inputSchema":{"type":"object"}}'],
      overrides: { t: { description: "d" } },
    }),
  ]);
  const listed = (profile: string) => catalog.view(as(profile)).list("tools").first.toString();
  assert.equal(listed("blind"), '{"tools":[{"name":"a__t","description":"d","inputSchema":{"type":"object"}}]}');
  assert.equal(
    listed("default"),
    '{"tools":[{"name":"a__t","description":"d","outputSchema":{"type":"object"},"inputSchema":{"type":"object"}}]}',
  );
});
