import assert from "node:assert/strict";
import test from "node:test";
import { buildCatalog } from "../../../src/catalog/catalog.ts";
import { summarize } from "../../../src/catalog/summary.ts";
import { createPolicy } from "../../../src/gates/policy.ts";
import { resolveProfiles } from "../../../src/manifest/profiles.ts";
import { catalogOf, everyone, names, openHub, source } from "../../helpers/catalog-sources.ts";

test("catalog: callers with the same rules share a view, others have their own", () => {
  const catalog = catalogOf([source("a", { listTools: [{ name: "t" }] })]);
  assert.equal(catalog.view({ allow: ["a.*"] }), catalog.view({ allow: ["a.*"] }));
  assert.notEqual(catalog.view({ allow: ["a.*"] }), catalog.view(everyone));
  const caller = { allow: ["b.*"] };
  const kept = catalog.view(caller);
  for (let i = 0; i < 300; i++) catalog.view({ allow: [`c${i}.*`] });
  assert.equal(catalog.view(caller), kept);
  assert.notEqual(catalog.view({ allow: ["b.*"] }), kept, "views of many different callers are not kept for ever");
});

test("catalog: what did not change is taken over from the snapshot before", () => {
  const a = source("a", { listTools: [{ name: "t" }] });
  const first = catalogOf([a, source("b", { listTools: [{ name: "t" }] })]);
  const changed = source("b", { listTools: [{ name: "u" }] });
  const second = catalogOf([{ ...a, state: "backoff" }, changed], openHub, first);
  assert.deepEqual([first.version, second.version], [1, 2]);
  assert.equal(second.shelves[0]?.tools, first.shelves[0]?.tools);
  assert.equal(second.shelves[0]?.source.state, "backoff");
  assert.equal(second.view(everyone).tool("b__t"), undefined);
  assert.equal(second.view(everyone).tool("b__u")?.t, "found");
  assert.equal(first.view(everyone).tool("b__t")?.t, "found", "the old snapshot does not change");
});

test("catalog: other names or another namespace are read anew", () => {
  const a = source("a", { listTools: [{ name: "t" }] });
  const first = catalogOf([a]);
  const config = { profiles: resolveProfiles({}, { ...names, separator: "-" }), rules: createPolicy(openHub) };
  assert.equal(buildCatalog([a], config, first).view(everyone).tool("a-t")?.t, "found");
  const moved = catalogOf([{ ...a, namespace: "z" }], openHub, first);
  assert.match(moved.view(everyone).list("tools").first.toString(), /"z__t"/);
});

test("catalog: a Core that has not listed yet has empty lists", () => {
  const catalog = catalogOf([source("a", { lists: undefined, state: "starting" })]);
  assert.equal(catalog.view(everyone).list("tools").first.toString(), '{"tools":[]}');
  assert.deepEqual(catalog.notes, []);
});

test("catalog: ten thousand tools are listed, found, and kept apart", () => {
  const schema = { type: "object", properties: { path: { type: "string", description: "where".repeat(40) } } };
  const cores = Array.from({ length: 20 }, (_, core) =>
    source(`core-${core}`, {
      listTools: Array.from({ length: 500 }, (_, tool) => ({ name: `tool_${tool}`, inputSchema: schema })),
    }),
  );
  const view = catalogOf(cores).view(everyone);
  const { tools } = JSON.parse(view.list("tools").first.toString()) as { tools: { name: string }[] };
  assert.equal(tools.length, 10_000);
  assert.equal(new Set(tools.map((tool) => tool.name)).size, 10_000);
  const found = view.tool("core-7_tool_499");
  assert.equal(found?.t === "found" && found.route.canonical, "core-7.tool_499");
  const bare = view.tool("tool_3");
  assert.equal(bare?.t === "ambiguous" && bare.candidates.length, 20);
});

test("summary: one line per Core says what is hidden and what shows it", () => {
  const wipe = (name: string) => ({ name, annotations: { destructiveHint: true } });
  const sources = [
    source("files", {
      listTools: [{ name: "read" }, wipe("a"), wipe("b"), { name: "c" }],
      policy: { denyTools: ["c"] },
    }),
    source("wiki", { listTools: [{ name: "find" }], state: "backoff", listPrompts: [{ name: "p" }] }),
    source("slow", { lists: undefined, state: "starting" }),
    source("empty", {}),
  ];
  const summaries = summarize(sources, catalogOf(sources).view(everyone));
  assert.deepEqual(
    summaries.map((summary) => summary.line),
    [
      "files: 4 tools, 2 hidden as destructive, 1 hidden by policy.deny_tools; policy.allow_destructive shows them",
      "wiki: 1 tool; is down, and will be tried again",
      "slow: is still starting, nothing listed yet",
      "empty: 0 tools",
    ],
  );
  assert.deepEqual(summaries[0]?.hidden, { destructive: 2, core_denied: 1 });
  assert.equal(summaries[1]?.prompts, 1);
});
