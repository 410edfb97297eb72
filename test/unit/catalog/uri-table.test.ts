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
