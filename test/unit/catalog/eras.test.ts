// Tools as clients of both eras are shown them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type CoreSketch, catalogOf, everyone, source } from "../../helpers/catalog-sources.ts";

// biome-ignore lint/suspicious/noExplicitAny: tools of all shapes
function listed(sketch: CoreSketch, era: "legacy" | "modern"): any {
  const view = catalogOf([source("ns", sketch)]).view(everyone);
  return JSON.parse(String(view.list("tools", era).whole));
}

const inputSchema = { type: "object" };
const execution = { taskSupport: "optional" };
const pets = {
  $defs: { pet: { type: "object", properties: { name: { $ref: "#/$defs/name" } } }, name: { type: "string" } },
  type: "array",
  items: { $ref: "#/$defs/pet" },
};

test("catalog: a modern list says that it is complete, the caller's own, and not to be kept", () => {
  const { tools, ...rest } = listed({ listTools: [{ name: "a", inputSchema }] }, "modern");
  assert.deepEqual(rest, { resultType: "complete", ttlMs: 5000, cacheScope: "private" });
  assert.equal(tools.length, 1);
  assert.deepEqual(Object.keys(listed({ listTools: [{ name: "a", inputSchema }] }, "legacy")), ["tools"]);
});

test("catalog: how to run a tool as a task is for legacy clients of Cores that do so", () => {
  const listTools = [{ name: "a", inputSchema, execution }];
  assert.deepEqual(listed({ listTools, runsTasks: true }, "legacy").tools[0].execution, execution);
  assert.equal(listed({ listTools, runsTasks: true }, "modern").tools[0].execution, undefined);
  assert.equal(listed({ listTools }, "legacy").tools[0].execution, undefined);
});

test("catalog: an output schema of another root is in an object for legacy clients, and works there", () => {
  const listTools = [{ name: "a", inputSchema, outputSchema: pets, title: "A" }];
  const [tool] = listed({ listTools, era: "modern" }, "legacy").tools;
  assert.deepEqual(listed({ listTools, era: "modern" }, "modern").tools[0].outputSchema, pets);
  assert.equal(tool.title, "A");
  assert.equal(tool.outputSchema.type, "object");
  assert.deepEqual(tool.outputSchema.required, ["result"]);
  const fits = new Ajv2020().compile(tool.outputSchema);
  assert.equal(fits({ result: [{ name: "Rex" }] }), true);
  assert.equal(fits({ result: [{ name: 1 }] }), false);
  assert.equal(fits([{ name: "Rex" }]), false);
});

test("catalog: references to the whole schema, and into parts with a name of their own, lead where they led", () => {
  const part = { $id: "https://example.test/part", $defs: { n: { type: "number" } }, allOf: [{ $ref: "#/$defs/n" }] };
  const outputSchema = { anyOf: [{ type: "array", items: { $ref: "#" } }, part] };
  const [tool] = listed({ listTools: [{ name: "a", inputSchema, outputSchema }], era: "modern" }, "legacy").tools;
  const fits = new Ajv2020().compile(tool.outputSchema);
  for (const result of [1, [1, [2]]]) assert.equal(fits({ result }), true, JSON.stringify(result));
  for (const result of ["y", [true], { result: 1 }]) assert.equal(fits({ result }), false, JSON.stringify(result));
});

test("catalog: schemas of objects are as they were written; others of a legacy Core say what its revision has no word for", () => {
  const object = { type: "object", properties: { a: {} } };
  const [one] = listed(
    { listTools: [{ name: "a", inputSchema, outputSchema: object }], era: "modern" },
    "legacy",
  ).tools;
  assert.deepEqual(one.outputSchema, object);
  const [two] = listed({ listTools: [{ name: "a", inputSchema, outputSchema: pets }] }, "legacy").tools;
  assert.equal(two.outputSchema, undefined);
});

test("catalog: names and titles are the same for both eras", () => {
  const listTools = [{ name: "a.b", inputSchema, execution, outputSchema: pets }];
  const sketch: CoreSketch = { listTools, era: "modern", runsTasks: true };
  const [legacy] = listed(sketch, "legacy").tools;
  const [modern] = listed(sketch, "modern").tools;
  assert.equal(modern.name, legacy.name);
  assert.deepEqual(modern._meta, legacy._meta);
});
