import assert from "node:assert/strict";
import test from "node:test";
import { diffViews, type View } from "../../../src/catalog/view.ts";
import type { Caller } from "../../../src/sessions/principal.ts";
import { catalogOf, everyone, openHub, source } from "../../helpers/catalog-sources.ts";

function called(view: View, spelling: string): string | readonly string[] | undefined {
  const found = view.tool(spelling);
  return found?.t === "ambiguous" ? found.candidates : found?.route.canonical;
}

function shown(view: View): string[] {
  return (JSON.parse(view.list("tools").first.toString()) as { tools: { name: string }[] }).tools.map(
    (tool) => tool.name,
  );
}

const only = (...allow: string[]): Caller => ({ allow });

test("view: a tool is found by its exposed, canonical and other spellings", () => {
  const view = catalogOf([source("files", { listTools: [{ name: "read_file" }] })]).view(everyone);
  for (const spelling of ["files__read_file", "files.read_file", "files_read_file", "files/read_file", "read_file"]) {
    assert.equal(called(view, spelling), "files.read_file", spelling);
  }
  for (const spelling of ["Files__read_file", "files__read", "files", "", "__proto__", "toString"]) {
    assert.equal(called(view, spelling), undefined, spelling);
  }
});

test("view: a route says where the tool is and how the Core calls it", () => {
  const found = catalogOf([source("another-api", { key: "another_api", listTools: [{ name: "t" }] })])
    .view(everyone)
    .tool("another-api__t");
  assert.ok(found?.t === "found");
  assert.deepEqual(found.route, {
    core: "another_api",
    key: { core: "another_api", capabilityClass: "none", credential: "shared" },
    native: "t",
    canonical: "another-api.t",
    exposed: "another-api__t",
    nativeNameJson: '"t"',
    destructiveHint: undefined,
    readOnlyHint: undefined,
    wrapsOutput: false,
    needsTask: false,
    appOnly: false,
    isLimited: false,
    paramHeaders: undefined,
  });
});

test("view: a bare name that two Cores have is ambiguous, naming both", () => {
  const view = catalogOf([
    source("b", { listTools: [{ name: "search" }] }),
    source("a", { listTools: [{ name: "search" }] }),
  ]).view(everyone);
  assert.deepEqual(called(view, "search"), ["b.search", "a.search"]);
  assert.equal(called(view, "a__search"), "a.search");
});

test("view: ambiguity is judged among what the caller may use", () => {
  const catalog = catalogOf([
    source("a", { listTools: [{ name: "search" }] }),
    source("b", { listTools: [{ name: "search" }] }),
  ]);
  assert.equal(called(catalog.view(only("b.*")), "search"), "b.search");
  assert.equal(called(catalog.view(only("b.*")), "a.search"), undefined);
  const wiped = { name: "search", annotations: { destructiveHint: true } };
  const half = catalogOf([source("a", { listTools: [wiped] }), source("b", { listTools: [{ name: "search" }] })]);
  assert.equal(called(half.view(everyone), "search"), "b.search");
});

test("view: an exact name wins over another tool's other spelling", () => {
  const view = catalogOf([
    source("a", { listTools: [{ name: "b__c" }, { name: "b.c" }] }),
    source("b", { listTools: [{ name: "c" }] }),
  ]).view(everyone);
  assert.equal(called(view, "b__c"), "b.c");
  assert.equal(called(view, "b.c"), "b.c");
  assert.equal(called(view, "a.b.c"), "a.b.c");
});

test("view: names are never taken apart at a separator", () => {
  const view = catalogOf([
    source("a", { listTools: [{ name: "b_c" }] }),
    source("a-b", { listTools: [{ name: "c" }] }),
    source("a--b", { listTools: [{ name: "c" }] }),
  ]).view(everyone);
  assert.equal(called(view, "a_b_c"), "a.b_c");
  assert.equal(called(view, "a-b__c"), "a-b.c");
});

test("view: of two that want one exposed name the first in the manifest has it, the other is called canonically", () => {
  const view = catalogOf([
    source("z", { prefix: false, listTools: [{ name: "search" }] }),
    source("a", { prefix: false, listTools: [{ name: "search" }, { name: "other" }] }),
  ]).view(everyone);
  assert.deepEqual(shown(view), ["other", "search"]);
  assert.equal(called(view, "search"), "z.search");
  assert.equal(called(view, "a.search"), "a.search");
  assert.deepEqual(view.collisions(), [
    { core: "a", message: "tool a.search is hidden: z.search has the name search; call it as a.search" },
  ]);
  const hidden = view.explain().filter((thing) => thing.hidden !== undefined);
  const lost = { kind: "tool", core: "a", id: "a.search", exposed: "search", hidden: "collision", rule: undefined };
  assert.deepEqual(hidden, [lost]);
  assert.equal(view.toolCount, 2, "as many as are shown");
});

test("view: what a caller may not use takes no name from what it may", () => {
  const catalog = catalogOf([
    source("a", { prefix: false, listTools: [{ name: "search" }] }),
    source("b", { prefix: false, listTools: [{ name: "search" }] }),
  ]);
  assert.equal(called(catalog.view(only("b.*")), "search"), "b.search");
  assert.deepEqual(shown(catalog.view(only("b.*"))), ["search"]);
});

test("view: a Core without prefix cannot take the canonical name of another Core's tool", () => {
  for (const turned of [false, true]) {
    const sources = [
      source("sly", { prefix: false, listTools: [{ name: "files.read" }, { name: "sly.own" }] }),
      source("files", { listTools: [{ name: "read" }] }),
    ];
    const view = catalogOf(turned ? sources.reverse() : sources).view(everyone);
    assert.deepEqual(shown(view), ["files__read", "sly.own"]);
    assert.equal(called(view, "files.read"), "files.read");
    assert.equal(called(view, "sly.files.read"), "sly.files.read");
    assert.deepEqual(view.collisions(), [
      {
        core: "sly",
        message: "tool sly.files.read is hidden: files.read has the name files.read; call it as sly.files.read",
      },
    ]);
  }
});

test("view: an exposed name comes before a canonical one that reads the same", () => {
  const view = catalogOf([
    source("files", { listTools: [{ name: "read" }] }),
    source("odd", { listTools: [{ name: "x" }], overrides: { x: { expose: "files.read" } } }),
  ]).view(everyone);
  assert.deepEqual(shown(view), ["files__read", "files.read"]);
  assert.equal(called(view, "files.read"), "odd.x");
  assert.equal(called(view, "files__read"), "files.read");
});

test("view: overrides rename, expose and hide, and the canonical name stays", () => {
  const view = catalogOf([
    source("files", {
      listTools: [{ name: "write_file" }, { name: "find" }, { name: "secret" }],
      overrides: { write_file: { name: "save" }, find: { expose: "search" }, secret: { hidden: true } },
    }),
  ]).view(everyone);
  assert.deepEqual(shown(view), ["search", "files__save"]);
  for (const spelling of ["files__save", "files.save", "files.write_file", "files__write_file", "save"]) {
    assert.equal(called(view, spelling), "files.write_file", spelling);
  }
  for (const spelling of ["search", "files.find", "files__find"]) assert.equal(called(view, spelling), "files.find");
  for (const spelling of ["files__secret", "files.secret", "secret"]) assert.equal(called(view, spelling), undefined);
});

test("view: a hidden destructive tool does not exist, under any spelling", () => {
  const wipe = { name: "wipe", annotations: { destructiveHint: true } };
  const view = catalogOf([source("files", { listTools: [wipe, { name: "read" }] })]).view(everyone);
  assert.deepEqual(shown(view), ["files__read"]);
  for (const spelling of ["files__wipe", "files.wipe", "wipe"]) assert.equal(called(view, spelling), undefined);
  const open = catalogOf([source("files", { listTools: [wipe], policy: { allowDestructive: true } })]);
  assert.deepEqual(shown(open.view(everyone)), ["files__wipe"]);
});

test("view: a rule for one tool grants neither prompts nor resources, one for the Core both", () => {
  const catalog = catalogOf([
    source("files", {
      tags: ["prod"],
      instructions: "Hello.",
      listTools: [{ name: "read" }, { name: "write" }],
      listPrompts: [{ name: "p" }],
      listResources: [{ uri: "x://1" }],
      listTemplates: [{ uriTemplate: "x://{id}" }],
    }),
  ]);
  const tool = catalog.view(only("files.read"));
  assert.deepEqual(shown(tool), ["files__read"]);
  assert.equal(tool.prompt("files__p"), undefined);
  assert.equal(tool.resource("x://1"), undefined);
  assert.equal(tool.template("x://{id}"), undefined);
  assert.equal(tool.list("resources").first.toString(), '{"resources":[]}');
  assert.equal(tool.instructions, "[files]\nHello.");
  for (const rule of ["files.*", "#prod"]) {
    const view = catalog.view(only(rule));
    assert.deepEqual(shown(view), ["files__read", "files__write"]);
    assert.equal(view.prompt("p")?.t, "found");
    assert.equal(view.resource("x://1")?.core, "files");
    assert.equal(view.template("x://{id}")?.core, "files");
  }
  const nothing = catalog.view(only("wiki.*"));
  assert.equal(nothing.instructions, "");
  assert.ok(nothing.explain().every((thing) => thing.hidden === "client_not_allowed"));
  assert.deepEqual([catalog.view(only("files.*")).toolCount, nothing.toolCount], [2, 0]);
});

test("view: prompts have their own names, found as tools are", () => {
  const view = catalogOf([
    source("a", { listTools: [{ name: "x" }], listPrompts: [{ name: "x" }, { name: "y" }] }),
  ]).view(everyone);
  for (const spelling of ["a__x", "a.x", "x"]) assert.equal(view.prompt(spelling)?.t, "found");
  assert.equal(view.tool("a__y"), undefined);
});

test("view diff: says which lists changed for this caller", () => {
  const files = source("files", { listTools: [{ name: "read" }], listResources: [{ uri: "x://1" }] });
  const wiki = source("wiki", { listTools: [{ name: "find" }] });
  const before = catalogOf([files, wiki]);
  const withPrompt = source("wiki", { listTools: [{ name: "find", v: 2 }], listPrompts: [{ name: "p" }] });
  const after = catalogOf([files, withPrompt], openHub, before);
  assert.deepEqual(diffViews(before.view(everyone), after.view(everyone)), {
    tools: true,
    resources: false,
    prompts: true,
  });
  const none = { tools: false, resources: false, prompts: false };
  assert.deepEqual(diffViews(before.view(only("files.*")), after.view(only("files.*"))), none);
  const template = source("files", { listTools: [{ name: "read" }], listTemplates: [{ uriTemplate: "x://{y}" }] });
  const third = catalogOf([template, withPrompt], openHub, after);
  assert.deepEqual(diffViews(after.view(everyone), third.view(everyone)), { ...none, resources: true });
});

test("view: what a read-only caller may not use is in no list, lookup, search, hint or suggestion of its view", () => {
  const reads = { annotations: { readOnlyHint: true } };
  const catalog = catalogOf([
    source("a", {
      prefix: false,
      listTools: [{ name: "search" }, { name: "find", ...reads }],
      listPrompts: [{ name: "ask" }],
      listResources: [{ uri: "x://1", name: "one" }],
      listTemplates: [{ uriTemplate: "x://{id}", name: "all" }],
    }),
    source("b", { prefix: false, listTools: [{ name: "search", ...reads }, { name: "wipe" }], instructions: "Wipes." }),
    source("c", { listTools: [{ name: "wipe" }], listResources: [] }),
  ]);
  const view = catalog.view({ allow: undefined, readOnly: true });
  assert.deepEqual(shown(view), ["find", "search"]);
  // What it may not use takes no name from what it may, and makes none ambiguous.
  assert.equal(called(view, "search"), "b.search");
  for (const spelling of ["a.search", "a__search", "wipe", "b.wipe", "c__wipe"]) {
    assert.equal(called(view, spelling), undefined, spelling);
  }
  assert.deepEqual(
    view.searchedTools.map(({ entry }) => entry.route.canonical),
    ["a.find", "b.search"],
  );
  assert.deepEqual(view.collisions(), []);
  assert.ok(view.prompt("ask") && view.resource("x://1") && view.template("x://{id}"));
  assert.notEqual(view, catalog.view(everyone));
});

test("view: says what a name means, hidden or not, with the rule that decides", () => {
  const catalog = catalogOf([
    source("a", { listTools: [{ name: "x" }, { name: "y" }], overrides: { y: { name: "z" } } }),
    source("b", { listTools: [{ name: "x" }], listResources: [{ uri: "x://1", name: "one" }] }),
  ]);
  const view = catalog.view({ allow: ["a.*"], deny: ["a.y"] });
  const meant = (spelling: string) => {
    return view
      .meanings(spelling)
      .map(({ kind, id, hidden, rule }) => [kind, id, hidden ?? "shown", rule ?? ""].join(" "));
  };
  assert.deepEqual(meant("x"), ["tool a.x shown a.*", "tool b.x client_not_allowed "]);
  for (const spelling of ["z", "y", "a__z", "a.z", "a/y"])
    assert.deepEqual(meant(spelling), ["tool a.y client_denied a.y"]);
  assert.deepEqual(meant("x://1"), ["resource x://1 client_not_allowed "]);
  assert.deepEqual(meant("c.x"), []);
});

test("view: of collisions without number a handful are told of each Core, and how many more there are", () => {
  const listResources = Array.from({ length: 300 }, (_, at) => ({ uri: `x://${at}`, name: `${at}` }));
  const view = catalogOf(["a", "b", "c"].map((name) => source(name, { listResources }))).view(everyone);
  const told = view.collisions();
  assert.equal(told.length, 42);
  assert.deepEqual(told.slice(40), [
    { core: "b", message: "280 more are hidden; thehub list --all shows them" },
    { core: "c", message: "280 more are hidden; thehub list --all shows them" },
  ]);
});
