import assert from "node:assert/strict";
import test from "node:test";
import { firstMatch, maxSteps, parseUriTemplate, type UriTemplate } from "../../../src/catalog/uri-template.ts";

function matches(template: string, uri: string): boolean {
  const parsed = parseUriTemplate(template);
  assert.ok(parsed !== undefined, `${template} is a template`);
  return parsed.matches(uri);
}

test("uri template: levels 1 to 3 match what they expand to", () => {
  const cases: [string, string][] = [
    ["demo://resource/{id}", "demo://resource/42"],
    ["demo://{kind}/{id}", "demo://text/42"],
    ["file:///{+path}", "file:///a/b/c.txt"],
    ["doc://page{#part}", "doc://page#top"],
    ["doc://page{#part}", "doc://page"],
    ["doc://name{.ext}", "doc://name.txt"],
    ["doc:/{/a,b}", "doc://x/y"],
    ["doc://x{;a,b}", "doc://x;a=1;b=2"],
    ["search://q{?text,limit}", "search://q?text=a%20b&limit=3"],
    ["search://q{?text,limit}", "search://q"],
    ["search://q?fixed=1{&more}", "search://q?fixed=1&more=2"],
    ["db://{table}-{row}", "db://a-b-c"],
    ["no-variables://at/all", "no-variables://at/all"],
  ];
  for (const [template, uri] of cases) assert.ok(matches(template, uri), `${template} matches ${uri}`);
});

test("uri template: what cannot be an expansion does not match", () => {
  const cases: [string, string][] = [
    ["demo://resource/{id}", "demo://resource/"],
    ["demo://resource/{id}", "demo://resource/4/2"],
    ["demo://resource/{id}", "demo://resource/4?x=1"],
    ["demo://resource/{id}/meta", "demo://resource/4"],
    ["search://q{?text}", "search://q&text=1"],
    ["doc://page{#part}", "doc://pages"],
    ["no-variables://at/all", "no-variables://at/all/"],
  ];
  for (const [template, uri] of cases) assert.ok(!matches(template, uri), `${template} does not match ${uri}`);
});

test("uri template: knows its literal prefix and how much of it is literal", () => {
  const parsed = parseUriTemplate("demo://{kind}/items/{id}");
  assert.equal(parsed?.prefix, "demo://");
  assert.equal(parsed?.literalLength, "demo:///items/".length);
});

test("uri template: broken and oversized templates are refused", () => {
  for (const template of ["a{", "a}b", "a{}b", "{a", `x${"{a}".repeat(65)}`, "x".repeat(1025)]) {
    assert.equal(parseUriTemplate(template), undefined, template.slice(0, 20));
  }
});

test("uri template: a template made to backtrack costs no more than any other", () => {
  assert.ok(!matches(`x${"{+a}b".repeat(30)}!`, `x${"ab".repeat(2000)}`));
  assert.ok(matches(`x${"{+a}b".repeat(30)}!`, `x${"ab".repeat(2000)}!`));
  assert.ok(!matches("x{+a}", `x${"a".repeat(5000)}`), "uris beyond 4096 characters match nothing");
});

/** What looking the uri up among these followed in all, and whether one of them matched. */
function lookUp(templates: readonly string[], uri: string): { spent: number; found: boolean } {
  let spent = 0;
  const counted = templates.map((template): UriTemplate => {
    const parsed = parseUriTemplate(template);
    assert.ok(parsed !== undefined, template);
    const matches = (asked: string) => {
      spent += parsed.steps(asked);
      return parsed.matches(asked);
    };
    return { ...parsed, matches };
  });
  return { found: firstMatch(counted, uri) !== undefined, spent };
}

test("uri template: many templates made to be costly are given up within the steps of one lookup", () => {
  const long = `x:${"a".repeat(4094)}`;
  const gaps = Array.from({ length: 256 }, (_, at) => `x:${"{+a}a".repeat(31)}!${at}`);
  const texts = Array.from({ length: 256 }, (_, at) => `x:{+a}${"a".repeat(1000)}!${at}`);
  for (const templates of [gaps, texts]) {
    const { spent, found } = lookUp([...templates, "x:{+all}"], long);
    assert.ok(!found && spent > 0 && spent <= maxSteps, `${spent} steps`);
  }
});

test("uri template: what is usual is looked up to its end", () => {
  const templates = Array.from({ length: 256 }, (_, at) => `x://{owner}/{name}/kind-${at}/{+path}{?ref}`);
  assert.ok(lookUp(templates, `x://owner/name/kind-255/${"folder/".repeat(30)}file`).found);
  const elsewhere = Array.from({ length: 2560 }, (_, at) => `y${at}:${"{+a}a".repeat(31)}`);
  assert.ok(lookUp([...elsewhere, "x:{+all}"], `x:${"a".repeat(4094)}`).found, "other prefixes cost nothing");
});
