import assert from "node:assert/strict";
import { test } from "node:test";
import type { SearchedTool } from "../../../src/catalog/tool-index.ts";
import { ToolIndexes } from "../../../src/relay/tool-indexes.ts";
import { everyone } from "../../helpers/catalog-sources.ts";
import { catalogWith, numbered } from "../../helpers/tool-lists.ts";

const someone = {};

function toolsOf(namespace: string, count = 3): readonly SearchedTool[] {
  return catalogWith([numbered(namespace, count)]).view(everyone).searchedTools;
}

test("tool indexes: one is made when it is asked for, and kept for whoever sees the same tools", async () => {
  const indexes = new ToolIndexes();
  const tools = toolsOf("a");
  const first = indexes.get(someone, tools, false);
  assert.ok(first instanceof Promise);
  assert.equal(indexes.get({}, [...tools], false), first, "two that ask for the same wait for the same");
  await first;
  const index = indexes.get(someone, tools, true);
  assert.ok(!(index instanceof Promise));
  assert.equal(indexes.get({}, [...tools], false), index);
});

test("tool indexes: other tools, or other tags, are another index", async () => {
  const indexes = new ToolIndexes();
  const tools = toolsOf("a");
  await indexes.get(someone, tools, false);
  assert.ok(indexes.get(someone, toolsOf("b"), false) instanceof Promise);
  assert.ok(indexes.get(someone, toolsOf("a", 4), false) instanceof Promise);
  const tagged = tools.map(({ entry, source }) => ({ entry, source: { ...source, tags: ["new"] } }));
  assert.ok(indexes.get(someone, tagged, false) instanceof Promise);
});

test("tool indexes: lists that are the same share one, whichever instance of a Core they are of", async () => {
  const indexes = new ToolIndexes();
  const tags: string[] = [];
  const ofInstance = () => catalogWith([numbered("a", 3, { tags })]).view(everyone).searchedTools;
  await indexes.get(someone, ofInstance(), false);
  assert.ok(!(indexes.get({}, ofInstance(), false) instanceof Promise));
});

test("tool indexes: who has waited gets the index of before, where the tools have changed again", async () => {
  const indexes = new ToolIndexes();
  const before = toolsOf("a");
  await indexes.get(someone, before, false);
  const after = toolsOf("a", 4);
  const old = indexes.get(someone, after, true);
  assert.ok(!(old instanceof Promise));
  assert.equal(old.tools, before);
  assert.ok(indexes.get({}, after, true) instanceof Promise, "another caller's index is none of this one's");
});

test("tool indexes: of changes that come before its turn, one caller's last is read only", async () => {
  const indexes = new ToolIndexes();
  void indexes.get({}, toolsOf("busy"), false);
  const waits = [toolsOf("a", 1), toolsOf("a", 2), toolsOf("a", 3)].map((tools) => indexes.get(someone, tools, false));
  assert.equal(waits[0], waits[2]);
  await waits[0];
  const tools = toolsOf("a", 1);
  const index = indexes.get(someone, tools, true);
  assert.ok(!(index instanceof Promise));
  assert.equal(index.tools.length, 3);
});

test("tool indexes: a few are kept, those used last", async () => {
  const indexes = new ToolIndexes();
  const lists = Array.from({ length: 9 }, (_, at) => toolsOf(`n${at}`));
  const [first = [], second = []] = lists;
  for (const tools of lists.slice(0, 8)) await indexes.get({}, tools, false);
  assert.ok(!(indexes.get({}, first, false) instanceof Promise));
  await indexes.get({}, lists[8] ?? [], false);
  assert.ok(!(indexes.get({}, first, false) instanceof Promise));
  assert.ok(indexes.get({}, second, false) instanceof Promise);
});
