import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ParamHeaders,
  paramHeaderFault,
  paramHeaderLines,
  readParamHeaders,
} from "../../../src/wire/param-headers.ts";

const schemaOf = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const text = (header: unknown, more: object = {}) => ({ type: "string", "x-mcp-header": header, ...more });

function read(properties: object): ParamHeaders {
  const headers = readParamHeaders(schemaOf(properties));
  assert.ok(typeof headers === "object", String(headers));
  return headers;
}

const usual = read({
  region: text("Region"),
  priority: { type: "integer", "x-mcp-header": "Priority" },
  verbose: { type: "boolean", "x-mcp-header": "Verbose" },
  where: { type: "object", properties: { "a.b": text("Deep") } },
  query: { type: "string" },
});

function linesOf(args: string): string[] {
  const bytes = Buffer.from(args);
  return paramHeaderLines(usual, bytes, 0, bytes.length).map((line) => line.join(": "));
}

/** `args` as they stand in a message, not at its start. */
function faultOf(args: string, sent: Readonly<Record<string, string>>): string | undefined {
  const bytes = Buffer.from(`{"arguments":${args}}`);
  return paramHeaderFault(usual, new Map(Object.entries(sent)), bytes, '{"arguments":'.length, bytes.length - 1);
}

test("param headers: a tool without the mark has none, and a parameter may be called as the mark is", () => {
  assert.equal(readParamHeaders(schemaOf({ query: { type: "string" } })), undefined);
  assert.equal(readParamHeaders(schemaOf({ "x-mcp-header": { type: "string" } })), undefined);
  assert.equal(readParamHeaders({ type: "object" }), undefined);
  assert.equal(readParamHeaders(true), undefined);
  // What no schema stands in is not looked at.
  assert.equal(
    readParamHeaders(schemaOf({ a: { const: text("A"), default: text(""), examples: [text(1)] } })),
    undefined,
  );
});

test("param headers: a mark that breaks a rule makes the tool invalid, and the text says where", () => {
  const wrong: [properties: object, why: RegExp][] = [
    [{ a: text("") }, /of a is no name/],
    [{ a: text("My Region") }, /of a is no name/],
    [{ a: text("Region:Primary") }, /of a is no name/],
    [{ a: text("Région") }, /of a is no name/],
    [{ a: text("Region\t1") }, /of a is no name/],
    [{ a: text("Region\r\nX: y") }, /of a is no name/],
    [{ a: text(7) }, /of a is no name/],
    [{ a: { type: "object", "x-mcp-header": "A" } }, /of a needs a property of the type/],
    [{ a: { type: "array", "x-mcp-header": "A", items: {} } }, /of a needs a property of the type/],
    [{ a: { type: "null", "x-mcp-header": "A" } }, /of a needs a property of the type/],
    [{ a: { type: "number", "x-mcp-header": "A" } }, /of a needs a property of the type/],
    [{ a: { type: ["string", "null"], "x-mcp-header": "A" } }, /of a needs a property of the type/],
    [{ a: { "x-mcp-header": "A" } }, /of a needs a property of the type/],
    [
      { a: text("MyField"), b: { type: "object", properties: { c: text("myfield") } } },
      /of b\.c is "myfield", which another/,
    ],
    [{ a: { type: "array", items: text("A") } }, /of a\.items is not on a way of properties only/],
    [{ a: { type: "array", prefixItems: [{}, text("A")] } }, /of a\.prefixItems is not on/],
    [{ a: { type: "object", additionalProperties: text("A") } }, /of a\.additionalProperties is not on/],
    [{ a: { type: "object", patternProperties: { "^x": text("A") } } }, /of a\.patternProperties is not on/],
    [{ a: { anyOf: [{ type: "object", properties: { b: text("A") } }] } }, /of a\.anyOf\.b is not on/],
  ];
  for (const [properties, why] of wrong) assert.match(String(readParamHeaders(schemaOf(properties))), why);
  for (const keyword of ["oneOf", "allOf", "anyOf"]) {
    assert.match(
      String(readParamHeaders(schemaOf({}, { [keyword]: [schemaOf({ a: text("A") })] }))),
      /is not on a way/,
    );
  }
  for (const keyword of ["not", "if", "then", "else"]) {
    assert.match(String(readParamHeaders(schemaOf({}, { [keyword]: schemaOf({ a: text("A") }) }))), /is not on a way/);
  }
  for (const keyword of ["$defs", "definitions", "dependentSchemas"]) {
    assert.match(String(readParamHeaders(schemaOf({}, { [keyword]: { d: text("A") } }))), /is not on a way/);
  }
  assert.match(
    String(readParamHeaders(schemaOf({}, { "x-mcp-header": "A" }))),
    /of the schema itself belongs to a property/,
  );
});

test("param headers: a call's headers repeat its arguments as they are, wherever they stand", () => {
  const args = '{"query":"q","where":{"a.b":" x"},"verbose":false,"priority":-7,"region":"us-west1"}';
  assert.deepEqual(linesOf(args), [
    "Mcp-Param-Region: us-west1",
    "Mcp-Param-Priority: -7",
    "Mcp-Param-Verbose: false",
    "Mcp-Param-Deep: =?base64?IHg=?=",
  ]);
});

test("param headers: what is not there, null, or nothing a header could say has none", () => {
  assert.deepEqual(linesOf("{}"), []);
  assert.deepEqual(linesOf('{"region":null,"priority":9007199254740993,"verbose":[],"where":7}'), []);
  assert.deepEqual(paramHeaderLines(usual, Buffer.from("{}"), -1, -1), []);
});

test("param headers: of an argument that comes twice the last one counts", () => {
  assert.deepEqual(linesOf('{"region":"a","where":{"a.b":"x"},"region":"b","where":{}}'), ["Mcp-Param-Region: b"]);
});

test("param headers: those of a call must say what its arguments say", () => {
  const args = '{"region":"Hello","priority":42}';
  assert.equal(faultOf(args, { region: "Hello", priority: "42" }), undefined);
  assert.equal(faultOf(args, { region: "=?base64?SGVsbG8=?=", priority: "42.0" }), undefined);
  assert.equal(faultOf('{"priority":42.0}', { priority: "42" }), undefined);
  assert.equal(faultOf('{"priority":4.2e1}', { priority: "42" }), undefined);
  assert.match(String(faultOf(args, { region: "hello", priority: "42" })), /Mcp-Param-Region header says another/);
  assert.match(String(faultOf(args, { region: "Hello", priority: "43" })), /Mcp-Param-Priority header says another/);
  assert.match(String(faultOf(args, { region: "Hello", priority: "0x2a" })), /says another thing/);
  assert.match(String(faultOf('{"priority":"42"}', { priority: "42.0" })), /says another thing/);
  assert.match(String(faultOf('{"where":{"a.b":"x"}}', { deep: "y" })), /than the argument where\.a\.b/);
});

test("param headers: one that is missing, cannot be read, or repeats nothing is a fault", () => {
  assert.match(String(faultOf('{"region":"x"}', {})), /Mcp-Param-Region header is missing/);
  assert.match(String(faultOf('{"region":""}', {})), /is missing/);
  assert.equal(faultOf('{"region":""}', { region: "" }), undefined);
  for (const value of ["=?base64?SGVsbG8?=", "=?base64?SGVs!!!bG8=?=", "caf\u00e9"]) {
    assert.match(String(faultOf('{"region":"Hello"}', { region: value })), /neither plain text nor whole Base64/);
  }
  for (const args of ["{}", '{"region":null}', '{"region":{}}', '{"region":9007199254740993}']) {
    assert.equal(faultOf(args, {}), undefined);
    assert.match(String(faultOf(args, { region: "x" })), /no argument region that it could repeat/);
  }
});

test("param headers: a value that only looks marked is taken as it is", () => {
  assert.equal(faultOf('{"region":"SGVsbG8="}', { region: "SGVsbG8=" }), undefined);
  assert.equal(faultOf('{"region":"=?base64?SGVsbG8="}', { region: "=?base64?SGVsbG8=" }), undefined);
});
