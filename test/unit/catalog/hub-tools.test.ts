import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../../../src/catalog/view.ts";
import { source } from "../../helpers/catalog-sources.ts";
import { capped, catalogWith, listedNames, numbered } from "../../helpers/tool-lists.ts";

interface Definition {
  readonly name: string;
  readonly description: string;
  readonly annotations: Record<string, boolean>;
}

function definitions(view: View): readonly Definition[] {
  return (view.hubTools?.entries ?? []).map(({ bytes }) => JSON.parse(bytes.toString()) as Definition);
}

test("hub tools: they are called as the client's profile spells names, and understood in every spelling", () => {
  const catalog = catalogWith([numbered("a", 5)]);
  assert.equal(listedNames(catalog.view(capped(4, [], { separator: "-" })))[0], "hub-search_tools");
  const view = catalog.view(capped(4));
  for (const spelling of ["hub__search_tools", "hub.search_tools", "hub_search_tools", "hub/search_tools"]) {
    assert.equal(view.hubTools?.find(spelling), "search_tools", spelling);
  }
  for (const spelling of ["search_tools", "hub__search", "hub", ""]) {
    assert.equal(view.hubTools?.find(spelling), undefined, spelling);
  }
});

test("hub tools: what calling one may do is what the tools in reach may do", () => {
  const hints = (...annotations: (object | undefined)[]) => {
    const listTools = annotations.map((given, at) => ({ name: `t${at}`, annotations: given }));
    const policy = { allowDestructive: true };
    const view = catalogWith([source("a", { listTools, policy })], "always").view(capped(undefined));
    return definitions(view)[2]?.annotations;
  };
  const safe = { readOnlyHint: true };
  assert.deepEqual(hints(safe, safe), { readOnlyHint: true, destructiveHint: false, openWorldHint: true });
  const writes = { readOnlyHint: false, destructiveHint: false };
  assert.deepEqual(hints({ readOnlyHint: true, destructiveHint: true }), {
    readOnlyHint: false,
    destructiveHint: true,
    openWorldHint: true,
  });
  assert.deepEqual(hints(safe, writes), { readOnlyHint: false, destructiveHint: false, openWorldHint: true });
  // A tool that says nothing may do anything.
  assert.deepEqual(hints(safe, undefined), { readOnlyHint: false, destructiveHint: true, openWorldHint: true });
  assert.deepEqual(hints({ destructiveHint: true }), {
    readOnlyHint: false,
    destructiveHint: true,
    openWorldHint: true,
  });
});

test("hub tools: searching and describing change nothing", () => {
  const view = catalogWith([numbered("a", 5)]).view(capped(4));
  for (const { annotations } of definitions(view).slice(0, 2)) {
    assert.deepEqual(annotations, { readOnlyHint: true, openWorldHint: false });
  }
});

test("hub tools: the list stays the same when a Core's tools change, and not when a Core comes", () => {
  const list = (...sources: ReturnType<typeof source>[]) =>
    String(catalogWith(sources).view(capped(4)).list("tools").whole);
  assert.equal(list(numbered("a", 5)), list(numbered("a", 50)));
  assert.notEqual(list(numbered("a", 5)), list(numbered("a", 5), numbered("b", 1)));
});

test("hub tools: Cores of which the caller has no tools are not named", () => {
  const catalog = catalogWith([numbered("open", 5), numbered("secret", 5)]);
  const [search] = definitions(catalog.view({ ...capped(4), deny: ["secret.*"] }));
  assert.match(String(search?.description), /\(of open\)/);
  assert.doesNotMatch(JSON.stringify(search), /secret/);
});

test("hub tools: clients that take no structured content are promised none", () => {
  const catalog = catalogWith([numbered("a", 5)]);
  const schemas = (caller: Parameters<typeof catalog.view>[0]) =>
    definitions(catalog.view(caller)).map((tool) => "outputSchema" in tool);
  assert.deepEqual(schemas(capped(4)), [true, true, false]);
  const downgrade = { kinds: ["structured_content"], byRevision: false } as const;
  assert.deepEqual(schemas(capped(4, [], { downgrade })), [false, false, false]);
});

test("hub tools: a call of one may go on as a task where a Core in reach knows tasks", () => {
  const support = (runsTasks: boolean) =>
    definitions(catalogWith([numbered("a", 5, { runsTasks })]).view(capped(4))).map((tool) =>
      "execution" in tool ? tool.execution : undefined,
    );
  assert.deepEqual(support(false), [undefined, undefined, undefined]);
  assert.deepEqual(support(true), [undefined, undefined, { taskSupport: "optional" }]);
});

test("hub tools: a tool that is listed under another spelling of a hub tool is what a call by that name means", () => {
  const own = (...names: string[]) => source("own", { prefix: false, listTools: names.map((name) => ({ name })) });
  const view = catalogWith([numbered("a", 5), own("hub_search_tools", "hub.call_tool")], "always").view(
    capped(undefined),
  );
  assert.ok(listedNames(view).includes("hub_search_tools"));
  assert.equal(view.hubTools?.find("hub_search_tools"), undefined);
  assert.equal(view.hubTools?.find("hub/search_tools"), "search_tools");
  // The canonical name is the hub's own, as its exposed one is.
  assert.ok(!listedNames(view).includes("hub.call_tool"));
  assert.equal(view.hubTools?.find("hub.call_tool"), "call_tool");
  assert.match(
    view.collisions()[0]?.message ?? "",
    /own\.hub\.call_tool is hidden: the hub itself has the name hub\.call_tool/,
  );
  const found = view.tool("own.hub.call_tool");
  assert.equal(found?.t === "found" && found.route.native, "hub.call_tool");
});
