import assert from "node:assert/strict";
import test from "node:test";
import { editsWithoutOutput, readShelf } from "../../../src/catalog/entries.ts";
import { joined } from "../../../src/wire/frame.ts";
import { source } from "../../helpers/catalog-sources.ts";

test("entries: what cannot be served is left out with a note, the rest is served", () => {
  const bad = [
    "[]",
    '"t"',
    "{}",
    '{"name":1}',
    '{"name":""}',
    '{"name":"a","name":"b"}',
    '{"name":"a","n\\u0061me":"b"}',
    String.raw`{"name":"a\u0000"}`,
    String.raw`{"name":"a\ud800"}`,
    '{"name":"a\u0085"}',
    `{"name":"${"x".repeat(1025)}"}`,
    '{"name":"cut"',
    '{"name":"tail"}x}',
    '{"name":"bad",}',
  ];
  const good = { name: "good", inputSchema: { type: "object" } };
  const shelf = readShelf(source("a", { listTools: [...bad, good, { ...good, second: true }] }));
  assert.deepEqual(
    shelf.tools.map((tool) => tool.native),
    ["good"],
  );
  assert.equal(shelf.tools[0]?.bytes.toString(), JSON.stringify(good));
  assert.equal(shelf.notes.length, bad.length + 1);
  for (const note of shelf.notes) assert.equal(note.core, "a");
  assert.equal(shelf.notes[0]?.message, "tool number 1 is left out: it is not an object");
  assert.equal(shelf.notes.at(-1)?.message, 'tool "good" is listed twice; the first one counts');
});

test("entries: bytes that are not UTF-8 are left out", () => {
  const lists = {
    tools: [{ bytes: Buffer.from('{"name":"a","x":"\xff"}', "latin1") }],
    prompts: [],
    resources: [],
    templates: [],
  };
  const shelf = readShelf(source("a", { lists }));
  assert.deepEqual([shelf.tools.length, shelf.notes.length], [0, 1]);
});

test("entries: notes are bounded", () => {
  const shelf = readShelf(source("a", { listTools: Array.from({ length: 500 }, () => "{}") }));
  assert.equal(shelf.notes.length, 21);
  assert.equal(shelf.notes.at(-1)?.message, "480 more entries are left out");
});

test("entries: resources and templates need their uri", () => {
  const shelf = readShelf(source("a", { listResources: [{ name: "n" }], listTemplates: [{ uri: "x://" }] }));
  assert.deepEqual(
    shelf.notes.map((note) => note.message),
    [
      "resource number 1 is left out: it has no uri that is a string",
      "resource template number 1 is left out: it has no uriTemplate that is a string",
    ],
  );
});

test("entries: of hints given twice the more dangerous one counts, and only booleans count", () => {
  const hints = (annotations: string) => {
    const shelf = readShelf(source("a", { listTools: [`{"name":"t",${annotations}}`] }));
    const { destructiveHint, readOnlyHint } = shelf.tools[0] ?? {};
    return [destructiveHint, readOnlyHint];
  };
  assert.deepEqual(hints('"annotations":{"destructiveHint":true,"destructiveHint":false}'), [true, undefined]);
  assert.deepEqual(hints('"annotations":{"destructiveHint":true},"annotations":{}'), [true, undefined]);
  assert.deepEqual(hints('"annotations":{"readOnlyHint":true,"readOnlyHint":false}'), [undefined, false]);
  assert.deepEqual(hints(String.raw`"annotations":{"destructive\u0048int":true}`), [true, undefined]);
  assert.deepEqual(hints('"annotations":{"destructiveHint":"true","readOnlyHint":1}'), [undefined, undefined]);
  assert.deepEqual(hints('"annotations":[true]'), [undefined, undefined]);
});

test("entries: a tool whose schema goes on and on is left out by name, and the others stay", () => {
  const nested = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  const deep = `{"name":"deep","inputSchema":${nested(63)}}`;
  const quoted = `{"name":"quoted","description":"${"[".repeat(200)}\\"","inputSchema":${nested(62)}}`;
  const shelf = readShelf(source("a", { listTools: [deep, quoted] }));
  assert.deepEqual(
    shelf.tools.map((tool) => tool.native),
    ["quoted"],
  );
  assert.equal(shelf.notes[0]?.message, 'tool number 1 is left out: "deep" is nested deeper than 64 levels');
});

test("entries: icons that a client had better not load are taken out, the rest of the entry stays as written", () => {
  const good = '{"src":"https://x/i.png", "sizes":["any"]}';
  const bad = [
    '{"src":"javascript:alert(1)"}',
    '{"src":"file:///etc/passwd"}',
    "{}",
    '"https://x"',
    '{"src":"data:text/html,x"}',
  ];
  const entry = `{"name":"t","inputSchema":{"type":"object"},"icons":[ ${[good, ...bad].join(" , ")} ],"x" : 1}`;
  const [tool] = readShelf(source("a", { listTools: [entry] })).tools;
  assert.ok(tool);
  assert.equal(
    joined({ chunks: [tool.bytes], size: tool.bytes.length }, tool.edits, "", "").toString(),
    `{"name":"t","inputSchema":{"type":"object"},"icons":[${good}],"x" : 1}`,
  );
  const [fine] = readShelf(source("a", { listResources: [`{"uri":"a:b","icons":[${good}]}`] })).resources;
  assert.deepEqual(fine?.edits, []);
});

test("entries: of a prefixed Core the uris have its namespace in them, and nothing else is changed", () => {
  const entry = (page: string) =>
    `{"name":"t","inputSchema":{"type":"object"},"_meta":{"x":"ui://p","ui" : {"resourceUri":"${page}","csp":{"a":[1.50]}},"ui/resourceUri":"${page}","openai/outputTemplate": "${page}"}, "outputSchema":{"type":"object"} }`;
  const core = {
    listTools: [entry("ui://p/\\u0061")],
    listResources: ['{"name":"n", "uri":"x:\\u00e9","icons":[{}]}'],
  };
  const shelf = readShelf(source("a", { ...core, runsTasks: true, uris: "prefixed" }));
  const served = ({ bytes, edits }: (typeof shelf)["tools"][number] | (typeof shelf)["resources"][number]) =>
    joined({ chunks: [bytes], size: bytes.length }, edits, "", "").toString();
  assert.deepEqual(shelf.tools.map(served), [entry("ui://a+p/a")]);
  assert.deepEqual(shelf.resources.map(served), ['{"name":"n", "uri":"a+x:é","icons":[]}']);
  assert.deepEqual(
    shelf.pages.map(({ uri, nativeUri }) => [uri, nativeUri]),
    [["ui://a+p/a", "ui://p/a"]],
  );
  const [tool] = shelf.tools;
  assert.ok(tool);
  const plain = joined({ chunks: [tool.bytes], size: tool.bytes.length }, editsWithoutOutput(tool), "", "").toString();
  assert.equal(plain, entry("ui://a+p/a").replace(', "outputSchema":{"type":"object"}', ""));
  assert.deepEqual(readShelf(source("a", { ...core, runsTasks: true })).tools[0]?.edits, []);
});

test("entries: what the manifest says of a tool that there is not is told, once there is a list", () => {
  const sketch = { overrides: { write_flie: { hidden: true }, read: { hidden: true } }, listTools: [{ name: "read" }] };
  assert.deepEqual(readShelf(source("a", sketch)).notes, [
    { core: "a", message: "tools.write_flie in the manifest changes nothing: it lists no tool of that name" },
  ]);
  assert.deepEqual(readShelf(source("a", { ...sketch, lists: undefined })).notes, []);
  assert.deepEqual(readShelf(source("a", { ...sketch, listTools: [] })).notes, []);
});
