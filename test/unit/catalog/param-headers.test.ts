import assert from "node:assert/strict";
import test from "node:test";
import { readShelf } from "../../../src/catalog/entries.ts";
import { catalogOf, everyone, source } from "../../helpers/catalog-sources.ts";

const inputSchema = (type: string, header: string) => {
  return { type: "object", properties: { region: { type, "x-mcp-header": header } } };
};
const listTools = [
  { name: "good", inputSchema: inputSchema("string", "Region") },
  { name: "bad", inputSchema: inputSchema("number", "Region") },
  String.raw`{"name":"sly","inputSchema":{"type":"object","properties":{"x":{"type":"string","x-mcp-he\u0061der":"a b"}}}}`,
  { name: "plain", description: "x-mcp-header, \u2028 and more", inputSchema: { type: "object" } },
];

test("catalog: a tool whose x-mcp-header is wrong is listed to clients of the legacy era only, and named in the notes", () => {
  const shelf = readShelf(source("a", { listTools }));
  assert.deepEqual(
    shelf.notes.map(({ message }) => message),
    [
      'tool "bad" is not listed to clients of MCP 2026-07-28: x-mcp-header of region needs a property of the type string, integer or boolean',
      'tool "sly" is not listed to clients of MCP 2026-07-28: x-mcp-header of x is no name that a header can have',
    ],
  );
  const view = catalogOf([source("a", { listTools })]).view(everyone);
  const names = (era: "legacy" | "modern") => {
    const { tools } = JSON.parse(String(view.list("tools", era).whole)) as { tools: { name: string }[] };
    return tools.map(({ name }) => name);
  };
  assert.deepEqual(names("legacy"), ["a__bad", "a__good", "a__plain", "a__sly"]);
  assert.deepEqual(names("modern"), ["a__good", "a__plain"]);
});

test("catalog: a tool's route says which arguments its calls repeat as headers", () => {
  const view = catalogOf([source("a", { listTools })]).view(everyone);
  const headersOf = (name: string) => {
    const found = view.tool(name);
    assert.ok(found?.t === "found");
    return found.route.paramHeaders;
  };
  assert.equal(headersOf("a__plain"), undefined);
  assert.equal(headersOf("a__bad"), "invalid");
  const good = headersOf("a__good");
  assert.ok(typeof good === "object");
  assert.equal(good.get("region")?.header?.name, "Region");
});
