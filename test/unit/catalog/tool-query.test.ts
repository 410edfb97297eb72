import assert from "node:assert/strict";
import { test } from "node:test";
import { foundResult, readToolQuery, type ToolQuery } from "../../../src/catalog/tool-query.ts";
import { everyone, source } from "../../helpers/catalog-sources.ts";
import { catalogWith } from "../../helpers/tool-lists.ts";

test("tool query: says what is wrong with a request, and what to write instead", () => {
  const problem = (given: Record<string, unknown>) => String(readToolQuery(given));
  assert.match(problem({}), /say in query what the tool should do/);
  assert.match(problem({ query: "  " }), /say in query/);
  assert.match(problem({ query: 7 }), /query must be a string/);
  assert.match(problem({ query: "x", q: "y" }), /no argument "q"; it takes query, core, tag and limit/);
  assert.match(problem({ query: "x".repeat(501) }), /longer than 500/);
  for (const limit of [0, -1, 1.5, "3", [], Number.NaN]) {
    assert.match(problem({ query: "x", limit }), /limit must be a whole number from 1 to 50/);
  }
});

test("tool query: null is absent, blanks do not count, a tag may come with its sign, and a high limit is the highest", () => {
  const read = (given: Record<string, unknown>) => readToolQuery(given) as ToolQuery;
  assert.deepEqual(read({ query: " a b ", core: null, tag: null, limit: null }), {
    query: "a b",
    core: undefined,
    tag: undefined,
    limit: 10,
  });
  assert.deepEqual(read({ query: "", tag: "#prod", limit: 900 }), {
    query: "",
    core: undefined,
    tag: "prod",
    limit: 50,
  });
});

const view = catalogWith([
  source("files", {
    listTools: [
      { name: "read", description: `\n  ${"long ".repeat(100)}\nsecond line`, inputSchema: { required: ["path", 7] } },
      { name: "plain" },
    ],
  }),
]).view(everyone);
const query = { query: "words", core: undefined, tag: undefined, limit: 10 };

test("tool query: what was found is told in one line each, and as data", () => {
  const result = foundResult(query, view.searchedTools, view.searchedTools);
  const [{ text }] = result.content as [{ text: string }];
  const lines = text.split("\n");
  assert.equal(lines.length, 3);
  assert.equal(lines[0], '2 tools match "words":');
  assert.equal(lines[1], "- files__plain (files): no description");
  assert.match(String(lines[2]), /^- files__read \(files\): long long .{150,200}… Requires: path\.$/);
  assert.deepEqual((result.structuredContent as { total: number; tools: unknown[] }).tools[0], {
    name: "files__plain",
    description: "",
    core: "files",
    required: [],
  });
});

test("tool query: says where there is more than is shown, and what there is where nothing was found", () => {
  const textOf = (limit: number, found = view.searchedTools) =>
    (foundResult({ ...query, limit }, found, view.searchedTools).content as [{ text: string }])[0].text;
  assert.match(textOf(1), /^2 tools match "words"; the best 1:/);
  assert.match(textOf(1, []), /^No tool matches "words"\. Cores and their tools: files \(2\)\. Try other words/);
});
