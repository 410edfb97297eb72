import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArgumentRule } from "../../../src/base/argument-rule.ts";
import { ArgumentChecks } from "../../../src/gates/argument-checks.ts";
import { manifestSchema } from "../../../src/manifest/schema.ts";

const called = { canonical: "files.write", tags: ["prod"] };

async function faultOf(schema: object | boolean, value: unknown, tools = "files.*") {
  const rule: ArgumentRule = { tools, schema };
  const checks = new ArgumentChecks();
  await checks.prepare([rule]);
  const fault = checks.fault([rule], called, value);
  return fault === undefined ? undefined : `${fault.at} ${fault.schemaAt} ${fault.keyword}`;
}

test("argument checks: each keyword that a manifest may have is one that counts", async () => {
  const cases: Readonly<Record<string, [schema: unknown, good: unknown, bad: unknown]>> = {
    type: ["string", "a", 1],
    enum: [[1, "a", null], null, 2],
    const: [{ a: [1] }, { a: [1] }, { a: [2] }],
    properties: [{ a: { type: "null" } }, { a: null, b: 1 }, { a: 1 }],
    required: [["a"], { a: 1 }, {}],
    additionalProperties: [false, {}, { a: 1 }],
    patternProperties: [{ "^a": false }, { b: 1 }, { ab: 1 }],
    items: [{ type: "number" }, [1, 2], [1, "a"]],
    prefixItems: [[{ const: 1 }], [1, 2], [2]],
    minItems: [1, [1], []],
    maxItems: [1, [1], [1, 2]],
    minLength: [2, "ab", "\u{1f600}"],
    maxLength: [1, "\u{1f600}", "ab"],
    pattern: ["^\\p{Lu}$", "Ä", "ä"],
    minimum: [1, 1, 0],
    maximum: [1, 1, 2],
    exclusiveMinimum: [1, 2, 1],
    exclusiveMaximum: [1, 0, 1],
    allOf: [[{ minimum: 1 }, { maximum: 2 }], 1, 3],
    anyOf: [[{ type: "null" }, { type: "string" }], "a", 1],
    oneOf: [[{ minimum: 1 }, { minimum: 2 }], 1, 2],
    not: [{ type: "null" }, 1, null],
  };
  const silent = ["description", "if", "then", "else"];
  const known = Object.keys(manifestSchema.$defs?.["argument_schema"]?.properties ?? {});
  assert.deepEqual(Object.keys(cases).concat(silent).sort(), known.sort());
  for (const [keyword, [schema, good, bad]] of Object.entries(cases)) {
    assert.equal(await faultOf({ [keyword]: schema }, good), undefined, keyword);
    assert.ok(await faultOf({ [keyword]: schema }, bad), keyword);
  }
  const conditional = JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}');
  assert.equal(await faultOf(conditional, { a: 1, b: 1 }), undefined);
  assert.match(String(await faultOf(conditional, { a: 1 })), /\/b .*then/);
  assert.match(String(await faultOf(conditional, {})), /\/c .*else/);
  assert.equal(await faultOf(true, {}), undefined);
  assert.ok(await faultOf(false, {}));
});

test("argument checks: says where, and which rule, and none of the values", async () => {
  const schema = { properties: { list: { items: { properties: { "a/b": { pattern: "^secret$" } } } } } };
  const fault = await faultOf(schema, { list: [{}, { "a/b": "hush" }] });
  assert.equal(fault, "/list/1/a~1b /properties/list/items/properties/a~1b/pattern pattern");
  assert.equal(await faultOf({ required: ["path"] }, {}), "/path /required required");
  const long = await faultOf({ additionalProperties: false }, { ["x".repeat(500)]: 1 });
  assert.equal(long?.split(" ")[0]?.length, 200);
});

test("argument checks: what an object has from its prototype is none of its members", async () => {
  assert.ok(await faultOf({ required: ["toString"] }, {}));
  assert.ok(await faultOf({ required: ["__proto__"] }, {}));
  assert.ok(await faultOf({ additionalProperties: false, properties: { a: true } }, JSON.parse('{"__proto__":1}')));
  assert.ok(await faultOf({ required: ["a"] }, JSON.parse('{"__proto__":{"a":1}}')));
});

test("argument checks: a rule is about the tools that its glob or tag names", async () => {
  for (const tools of ["files.write", "files.*", "*", "*.write", "#prod"])
    assert.ok(await faultOf(false, {}, tools), tools);
  for (const tools of ["files.writ", "write", "files-x.*", "#pro", "#test"]) {
    assert.equal(await faultOf(false, {}, tools), undefined, tools);
  }
});

test("argument checks: a rule that was not made ready lets nothing pass", () => {
  assert.equal(new ArgumentChecks().fault([{ tools: "*", schema: true }], called, {})?.keyword, "not ready");
});
