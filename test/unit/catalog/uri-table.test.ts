import assert from "node:assert/strict";
import test from "node:test";
import { catalogOf, everyone, source } from "../../helpers/catalog-sources.ts";

const uris = (...list: string[]) => ({ listResources: list.map((uri) => ({ uri, name: uri })) });
const templates = (...list: string[]) => ({ listTemplates: list.map((uriTemplate) => ({ uriTemplate, name: "n" })) });

test("uri table: a listed uri belongs to the first Core that lists it", () => {
  const view = catalogOf([source("b", uris("x://1")), source("a", uris("x://1", "x://2"))]).view(everyone);
  assert.equal(view.resource("x://1")?.core, "b");
  assert.equal(view.resource("x://2")?.core, "a");
  assert.equal(
    view.list("resources").first.toString(),
    '{"resources":[{"uri":"x://2","name":"x://2"},{"uri":"x://1","name":"x://1"}]}',
  );
  assert.deepEqual(view.collisions(), [{ core: "a", message: 'resource x://1 is hidden: core "b" lists it as well' }]);
});

test("uri table: a listed uri comes before any template", () => {
  const view = catalogOf([source("a", templates("x://{id}")), source("b", uris("x://1"))]).view(everyone);
  assert.equal(view.resource("x://1")?.core, "b");
  assert.equal(view.resource("x://2")?.core, "a");
});

test("uri table: the template with the longest literal prefix wins, then the more literal one, then the first", () => {
  const view = catalogOf([
    source("a", templates("x://{+all}")),
    source("b", templates("x://docs/{id}")),
    source("c", templates("x://docs/{id}/meta")),
    source("d", templates("x://docs/{name}")),
  ]).view(everyone);
  assert.equal(view.resource("x://docs/1")?.core, "b");
  assert.equal(view.resource("x://docs/1/meta")?.core, "c");
  assert.equal(view.resource("x://other/1")?.core, "a");
  assert.equal(view.template("x://docs/{name}")?.core, "d");
  assert.equal(view.template("x://docs/{other}"), undefined);
});

test("uri table: an unlisted uri belongs to the only Core of its scheme, else to nobody", () => {
  const view = catalogOf([
    source("a", uris("file:///a", "notes://1")),
    source("b", { ...uris("file:///b"), ...templates("db://{table}") }),
    source("c", {}),
  ]).view(everyone);
  assert.equal(view.resource("NOTES://2")?.core, "a");
  assert.equal(view.resource("db://x/y")?.core, "b");
  assert.equal(view.resource("file:///c"), undefined);
  assert.equal(view.resource("other://1"), undefined);
  assert.equal(view.resource("no uri"), undefined);
  assert.equal(view.resource(""), undefined);
});

test("uri table: who else has the scheme is judged among what the caller may use", () => {
  const catalog = catalogOf([source("a", uris("file:///a")), source("b", uris("file:///b"))]);
  assert.equal(catalog.view({ allow: ["b.*"] }).resource("file:///c")?.core, "b");
  assert.equal(catalog.view({ allow: ["b.*"] }).resource("file:///a")?.core, "b");
});

test("uri table: a template without a scheme claims nobody's uris, and is still known for completion", () => {
  const view = catalogOf([source("greedy", templates("{+everything}")), source("b", uris("x://1"))]).view(everyone);
  assert.equal(view.resource("x://2")?.core, "b");
  assert.equal(view.resource("y://2"), undefined);
  assert.equal(view.template("{+everything}")?.core, "greedy");
});

test("uri table: a prefixed Core has all uris with its namespace in them, and no others", () => {
  const lists = { ...uris("x://1", "ui://page/1"), ...templates("x://{id}/part") };
  const view = catalogOf([
    source("thief", { ...uris("b+x://9", "ui://b+page/9"), ...templates("b+x://{id}") }),
    source("a", lists),
    source("b", { ...lists, uris: "prefixed" }),
  ]).view(everyone);
  const found = (uri: string) => {
    const { core, nativeUri } = view.resource(uri) ?? {};
    return [core, nativeUri];
  };
  assert.deepEqual(found("b+x://1"), ["b", "x://1"]);
  assert.deepEqual(found("b+x://9"), ["b", "x://9"]);
  assert.deepEqual(found("ui://b+page/9"), ["b", "ui://page/9"]);
  assert.deepEqual(found("x://1"), ["a", "x://1"]);
  assert.deepEqual(found("ui://b/1"), ["a", "ui://b/1"]);
  assert.equal(view.template("b+x://{id}/part")?.nativeUri, "x://{id}/part");
  assert.equal(view.template("x://{id}/part")?.core, "a");
  assert.equal(
    view.list("resources").first.toString(),
    '{"resources":[{"uri":"ui://page/1","name":"ui://page/1"},{"uri":"x://1","name":"x://1"},{"uri":"ui://b+page/1","name":"ui://page/1"},{"uri":"b+x://1","name":"x://1"}]}',
  );
  assert.deepEqual(
    view.collisions().map(({ core, message }) => `${core}: ${message}`),
    ["resource b+x://9", "resource ui://b+page/9", "resource template b+x://{id}"].map(
      (what) => `thief: ${what} is hidden: it has the namespace of another Core in it, whose uris are prefixed`,
    ),
  );
});

test("uri table: a page of an App may use the uri that its Core lists, where one prefixed Core alone lists it", () => {
  const prefixed = { ...uris("ui://page/1"), uris: "prefixed" as const };
  const one = catalogOf([source("a", prefixed), source("b", {})]).view(everyone);
  assert.deepEqual([one.resource("ui://page/1")?.core, one.resource("ui://page/2")], ["a", undefined]);
  const two = catalogOf([source("a", prefixed), source("b", prefixed)]).view(everyone);
  assert.equal(two.resource("ui://page/1"), undefined);
});

test("uri table: a page that a tool names is its Core's, listed or not", () => {
  const withPage = (meta: object) => ({ listTools: [{ name: "t", inputSchema: {}, _meta: meta }] });
  const catalog = catalogOf([
    source("a", withPage({ ui: { resourceUri: "ui://a/1" } })),
    source("b", withPage({ "openai/outputTemplate": "ui://b/1", "ui/resourceUri": "file:///b" })),
    source("c", { ...withPage({ ui: { resourceUri: "ui://c/1" } }), ...uris("ui://a/1") }),
    source("d", { ...withPage({ ui: { resourceUri: "ui://d/1" } }), uris: "prefixed" }),
  ]);
  const view = catalog.view(everyone);
  assert.equal(view.resource("ui://b/1")?.core, "b");
  assert.equal(view.resource("ui://c/1")?.core, "c");
  assert.equal(view.resource("ui://a/1")?.core, "c", "a list says more than a tool");
  assert.equal(view.resource("file:///b"), undefined);
  assert.equal(view.resource("ui://other/1"), undefined);
  assert.equal(view.resource("ui://d+d/1")?.nativeUri, "ui://d/1");
  assert.equal(view.resource("ui://d/1")?.core, "d");
  assert.equal(catalog.view({ allow: ["a.*"] }).resource("ui://b/1")?.core, "a", "of what the caller may use");
});

test("uri table: who said a uri comes after lists and templates and before the scheme, if one alone did", () => {
  const catalog = catalogOf([
    source("a", { ...uris("x://1"), ...templates("y://{id}") }),
    source("b", uris("z://1")),
    source("c", {}),
    source("p", { uris: "prefixed" }),
  ]);
  const view = catalog.view(everyone);
  const owner = (uri: string, ...cores: string[]) => view.resource(uri, () => cores)?.core;
  assert.deepEqual(
    [owner("x://1", "c"), owner("y://1", "c"), owner("z://2", "c"), owner("new:1", "c")],
    ["a", "a", "c", "c"],
  );
  assert.deepEqual(
    [owner("z://2", "c", "a"), owner("new:1", "c", "a"), owner("new:1", "p"), owner("new:1", "gone")],
    ["b", undefined, undefined, undefined],
  );
  assert.equal(
    catalog.view({ allow: ["b.*"] }).resource("new:1", () => ["c"]),
    undefined,
    "who may not use the Core",
  );
});

test("uri table: a reload that changes the form of the uris changes what a list has", () => {
  const lists = source("a", uris("x://1"));
  const before = catalogOf([lists]);
  const after = catalogOf([{ ...lists, uris: "prefixed" }], undefined, before).view(everyone);
  assert.deepEqual(
    [after.resource("a+x://1")?.nativeUri, after.list("resources").first.includes("a+x://1")],
    ["x://1", true],
  );
});

test("uri table: a uri that takes too many steps to match has no owner by template", () => {
  const costly = Array.from({ length: 256 }, (_, at) => `x:${"{+a}a".repeat(31)}!${at}`);
  const view = catalogOf([source("a", templates(...costly)), source("b", templates("x:{+all}"))]).view(everyone);
  assert.equal(view.resource(`x:${"a".repeat(4094)}`), undefined);
  assert.equal(view.resource("x:a")?.core, "b");
});
