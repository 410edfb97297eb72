// One entry that is not as MCP says costs a client that checks what it reads all tools of all Cores: so each is made one that such a client takes, or is left out.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ListPromptsResultSchema,
  ListResourcesResultSchema,
  ListResourceTemplatesResultSchema,
  ListToolsResultSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { ListKind } from "../../../src/catalog/cursor.ts";
import { type CoreSketch, catalogOf, everyone, source } from "../../helpers/catalog-sources.ts";

const inputSchema = { type: "object" };

function served(sketch: CoreSketch, kind: ListKind) {
  const catalog = catalogOf([source("odd", sketch)]);
  const list: unknown = JSON.parse(catalog.view(everyone).list(kind).first.toString());
  return { list, notes: catalog.notes.map(({ message }) => message) };
}

/** A tool as the Core lists it, and as a client that checks has it. */
function tool(entry: object | string, sketch: CoreSketch = {}) {
  const { list, notes } = served({ ...sketch, listTools: [entry], prefix: false }, "tools");
  const checked = ListToolsResultSchema.safeParse(list);
  assert.ok(checked.success, `${JSON.stringify(entry)}: ${checked.error?.message}`);
  return { tool: (list as { tools: object[] }).tools[0], notes };
}

test("entry shape: what is null counts as absent, as its Core means it", () => {
  const whole = { name: "a", title: null, description: null, annotations: null, outputSchema: null, icons: null };
  assert.deepEqual(tool({ ...whole, _meta: null, execution: null, inputSchema, x: null }), {
    tool: { name: "a", inputSchema, x: null },
    notes: [],
  });
  const inside = {
    annotations: { title: null, readOnlyHint: true, destructiveHint: null },
    inputSchema: { type: "object", properties: null, required: null, $defs: null },
  };
  assert.deepEqual(tool({ name: "a", ...inside }).tool, {
    name: "a",
    annotations: { readOnlyHint: true },
    inputSchema: { type: "object", $defs: null },
  });
  assert.deepEqual(tool({ name: "a", inputSchema: null, annotations: { title: null } }).tool, {
    name: "a",
    inputSchema,
    annotations: {},
  });
});

test("entry shape: a schema of arguments that says nothing of its type is one of objects", () => {
  assert.deepEqual(tool({ name: "a" }), { tool: { inputSchema, name: "a" }, notes: [] });
  assert.deepEqual(tool({ name: "a", inputSchema: {} }).tool, { name: "a", inputSchema });
  const properties = { any: true, none: false, one: {} };
  assert.deepEqual(tool({ name: "a", inputSchema: { type: ["object", "null"], properties } }).tool, {
    name: "a",
    inputSchema: { type: "object", properties: { any: {}, none: { not: {} }, one: {} } },
  });
  assert.deepEqual(tool({ name: "a", inputSchema: { anyOf: [{}] } }).tool, {
    name: "a",
    inputSchema: { type: "object", anyOf: [{}] },
  });
});

test("entry shape: what has another type than clients take is cut, and told", () => {
  const odd = {
    name: "a",
    inputSchema: { type: "object", required: ["x", 7] },
    description: ["x"],
    annotations: { readOnlyHint: "yes", openWorldHint: true },
    outputSchema: { type: "array" },
    execution: { taskSupport: "never" },
    icons: [{ src: "https://x/i.png" }, { src: 1 }, {}],
    _meta: [],
  };
  assert.deepEqual(tool(odd), {
    tool: {
      name: "a",
      inputSchema: { type: "object", required: ["x"] },
      annotations: { openWorldHint: true },
      icons: [{ src: "https://x/i.png" }],
    },
    notes: [
      'tool "a" is listed without description, annotations.readOnlyHint, outputSchema, execution.taskSupport, icons.src, _meta: not of a type that clients take',
    ],
  });
});

test("entry shape: a tool whose arguments are no object is left out, and no other one with it", () => {
  for (const schema of ['"x"', "7", "[]", "true", '{"type":"string"}', '{"type":["string"]}']) {
    const { tool: listed, notes } = tool(`{"name":"a","inputSchema":${schema}}`);
    assert.equal(listed, undefined, schema);
    assert.deepEqual(notes, ['tool "a" is left out: its inputSchema is not of a type that clients take'], schema);
  }
});

test("entry shape: what is right stays as it was written, what is cut goes with its comma, wherever it stands", () => {
  const bytes = (entry: string) =>
    catalogOf([source("odd", { listTools: [entry], prefix: false })])
      .view(everyone)
      .list("tools")
      .first.toString();
  const schema = `"inputSchema" : { "type":"object", "properties":{ "a" :{"const":9007199254740993} } }`;
  const right = `{ ${schema} ,"name":"a", "x":1e400}`;
  assert.equal(bytes(right), `{"tools":[${right}]}`);
  assert.equal(bytes(`{"title":null, ${schema} ,"name":"a", "x":1e400}`), `{"tools":[${right}]}`);
  assert.equal(
    bytes(`{ ${schema} ,"title":7,"name":"a","title":null, "x":1e400,"title":""}`),
    `{"tools":[${right.replace(" ,", ",")}]}`,
  );
});

test("entry shape: a Core of 2026-07-28 may say what comes out by any schema", () => {
  const entry = { name: "a", inputSchema, outputSchema: { type: "array" } };
  assert.deepEqual((tool(entry, { era: "modern" }).tool as { outputSchema?: unknown }).outputSchema, {
    type: "object",
    properties: { result: { type: "array" } },
    required: ["result"],
  });
});

test("entry shape: prompts, resources and templates are lists of the same kind", () => {
  const prompts = served(
    { listPrompts: [{ name: "p", title: null, arguments: [{ name: "x", required: null, description: 1 }] }] },
    "prompts",
  );
  assert.ok(ListPromptsResultSchema.safeParse(prompts.list).success);
  assert.deepEqual(prompts.list, { prompts: [{ name: "odd__p", arguments: [{ name: "x" }] }] });
  assert.deepEqual(prompts.notes, [
    'prompt "p" is listed without arguments.description: not of a type that clients take',
  ]);
  const annotations = { audience: ["user", "me"], priority: 2, lastModified: "yesterday" };
  const right = { audience: ["user"], priority: 0.5, lastModified: "2026-11-26T08:00:00Z" };
  const resources = served(
    {
      listResources: [
        { uri: "x:1", size: "7", annotations },
        { uri: "x:2", name: "two", annotations: right, size: 7 },
      ],
    },
    "resources",
  );
  assert.ok(ListResourcesResultSchema.safeParse(resources.list).success);
  assert.deepEqual(resources.list, {
    resources: [
      { name: "x:1", uri: "x:1", annotations: {} },
      { uri: "x:2", name: "two", annotations: right, size: 7 },
    ],
  });
  const found = { listTemplates: [{ uriTemplate: "x:{a}", mimeType: null }] };
  const templates = served({ listTemplates: [{ uriTemplate: "x:{a}", name: 7, mimeType: null }] }, "resourceTemplates");
  assert.deepEqual(templates.list, { resourceTemplates: [] });
  assert.ok(ListResourceTemplatesResultSchema.safeParse(served(found, "resourceTemplates").list).success);
  assert.deepEqual(templates.notes, [
    'resource template "x:{a}" is left out: its name is not of a type that clients take',
  ]);
});
