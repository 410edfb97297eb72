import assert from "node:assert/strict";
import { test } from "node:test";
import { source } from "../../helpers/catalog-sources.ts";
import { capped, catalogWith, listedNames, numbered } from "../../helpers/tool-lists.ts";

const own = ["hub__search_tools", "hub__describe_tool", "hub__call_tool"];

test("tool cap: a list that is within it is whole, and has no tools of the hub", () => {
  const view = catalogWith([numbered("a", 5)]).view(capped(5));
  assert.equal(listedNames(view).length, 5);
  assert.equal(view.hubTools, undefined);
  assert.equal(view.capped, undefined);
  assert.equal(catalogWith([numbered("a", 500)]).view(capped(undefined)).hubTools, undefined);
});

test("tool cap: one tool too many, and only what is pinned is listed, in the order of the pins, before the hub's own", () => {
  const catalog = catalogWith([numbered("a", 4), numbered("b", 2, { tags: ["prod"] })]);
  assert.deepEqual(listedNames(catalog.view(capped(5))), own);
  const pinned = ["b.t01", "a.t03", "#prod", "a.t0?"];
  assert.deepEqual(listedNames(catalog.view(capped(5, pinned))), ["b__t01", "a__t03", ...own]);
});

test("tool cap: what is not listed can be called by its name", () => {
  const view = catalogWith([numbered("a", 9)]).view(capped(4));
  assert.deepEqual(listedNames(view), own);
  for (const spelling of ["a__t07", "a.t07", "t07"]) {
    const found = view.tool(spelling);
    assert.equal(found?.t === "found" && found.route.canonical, "a.t07", spelling);
  }
});

test("tool cap: pinned tools that find no room are told of, and stay reachable", () => {
  const view = catalogWith([numbered("a", 9)]).view(capped(5, ["a.t0*"]));
  assert.deepEqual(listedNames(view), ["a__t00", "a__t01", ...own]);
  const { unlisted = [], ...more } = view.capped ?? {};
  const rest = ["a.t02", "a.t03", "a.t04", "a.t05", "a.t06", "a.t07", "a.t08"];
  assert.deepEqual(more, { cap: 5, tools: 9, leftOut: rest });
  assert.deepEqual(
    unlisted.map(({ route }) => route.canonical),
    rest,
  );
});

test("tool cap: one that has no room for anything still has the hub's own tools", () => {
  assert.deepEqual(listedNames(catalogWith([numbered("a", 9)]).view(capped(1, ["*"]))), own);
});

test("tool cap: with search_tools off nothing is cut, with always the hub's own come behind all others while there is room", () => {
  const tools = [numbered("a", 5)];
  assert.equal(listedNames(catalogWith(tools, "off").view(capped(4))).length, 5);
  assert.equal(catalogWith(tools, "off").view(capped(4)).hubTools, undefined);
  const all = ["a__t00", "a__t01", "a__t02", "a__t03", "a__t04"];
  assert.deepEqual(listedNames(catalogWith(tools, "always").view(capped(8))), [...all, ...own]);
  assert.deepEqual(listedNames(catalogWith(tools, "always").view(capped(undefined))), [...all, ...own]);
  // Five tools and three are more than seven.
  assert.deepEqual(listedNames(catalogWith(tools, "always").view(capped(7))), own);
});

test("tool cap: only what the caller may use counts, and is pinned", () => {
  const catalog = catalogWith([numbered("a", 9), numbered("b", 2)]);
  assert.deepEqual(listedNames(catalog.view({ ...capped(4), allow: ["b.*"] })), ["b__t00", "b__t01"]);
  assert.deepEqual(listedNames(catalog.view({ ...capped(4, ["*"]), deny: ["a.t00"] })), ["a__t01", ...own]);
});

test("tool cap: a page of a capped list goes on behind what was pinned", () => {
  const view = catalogWith([numbered("a", 9)]).view(capped(8, ["a.t08"], { pageSize: 2 }));
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = JSON.parse(String(view.list("tools").page(cursor))) as {
      tools: { name: string }[];
      nextCursor?: string;
    };
    names.push(...page.tools.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  assert.deepEqual(names, ["a__t08", ...own]);
});

test("tool cap: the hub's names are its own, whatever a Core calls its tool; the Core's is reached by its canonical name", () => {
  const sly = source("sly", { prefix: false, listTools: [{ name: "hub__call_tool" }, { name: "other" }] });
  const catalog = catalogWith([sly, numbered("a", 3)]);
  const view = catalog.view(capped(4));
  assert.deepEqual(listedNames(view), own);
  assert.equal(view.hubTools?.find("hub__call_tool"), "call_tool");
  const found = view.tool("sly.hub__call_tool");
  assert.equal(found?.t === "found" && found.route.core, "sly");
  assert.match(String(view.collisions()[0]?.message), /sly\.hub__call_tool is hidden: the hub itself has the name/);
  // Where the hub has no tools, it has no names either.
  assert.ok(listedNames(catalog.view(capped(undefined))).includes("hub__call_tool"));
});

test("tool cap: tools for an app's page are listed and do not count, as no model sees them, and are not searched", () => {
  const app = { name: "refresh", _meta: { ui: { visibility: ["app"] } } };
  const both = { name: "open", _meta: { ui: { visibility: ["model", "app"] } } };
  const catalog = catalogWith([source("a", { listTools: [app, both, { name: "plain" }] })]);
  assert.equal(catalog.view(capped(2)).capped, undefined);
  const view = catalog.view(capped(1));
  assert.deepEqual(listedNames(view), ["a__refresh", ...own]);
  assert.equal(view.capped?.tools, 2);
  assert.deepEqual(
    view.searchedTools.map(({ entry }) => entry.route.native),
    ["open", "plain"],
  );
});
