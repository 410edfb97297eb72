import assert from "node:assert/strict";
import test from "node:test";
import { type CoreSketch, catalogOf, everyone, source } from "../../helpers/catalog-sources.ts";

function listed(...tools: (string | object)[]): string {
  return listedWith({}, ...tools);
}

/** Without the schema that is put in where there is none: see entry-shape.test.ts. */
function listedWith(sketch: CoreSketch, ...tools: (string | object)[]): string {
  return catalogOf([source("a", { listTools: tools, ...sketch })])
    .view(everyone)
    .list("tools")
    .first.toString()
    .replaceAll(/\{"inputSchema":\{"type":"object"\}\s*,/g, "{");
}

const one = (tool: string) => `{"tools":[${tool}]}`;

test("listing: all but the name is what the Core wrote, byte for byte", () => {
  const rest = String.raw`"z":1e400,"big":9007199254740993,"a":{"b":1,"b":2},"esc":"\u0000\ud800\/","description":"ä 🦊","inputSchema" : { "type":"object" },"x":[-0.0,1E+2]`;
  assert.equal(listed(`{"name":"t",${rest}}`), one(`{"name":"a__t",${rest}}`));
  assert.equal(listed(`{ ${rest} , "name" :\t"t" }`), one(`{ ${rest} , "name" :\t"a__t" }`));
});

test("listing: a name exposed unchanged keeps its spelling", () => {
  const tool = String.raw`{"name":"\u0041b","inputSchema":{"type":"object"}}`;
  assert.equal(listedWith({ prefix: false }, tool), one(tool));
});

test("listing: an escaped name is read decoded, called as the Core wrote it", () => {
  const view = catalogOf([source("a", { listTools: [String.raw`{"n\u0061me":"\u0041\/b"}`] })]).view(everyone);
  const found = view.tool("a.A/b");
  assert.ok(found?.t === "found");
  assert.equal(found.route.native, "A/b");
  assert.equal(found.route.nativeNameJson, String.raw`"\u0041\/b"`);
  assert.match(found.route.exposed, /^a__A_b_[0-9a-f]{8}$/);
});

test("listing: native names beyond ASCII are ready to be spliced as bytes", () => {
  const found = catalogOf([source("a", { listTools: ['{"name":"päth"}'] })])
    .view(everyone)
    .tool("a.päth");
  assert.ok(found?.t === "found");
  assert.deepEqual(Buffer.from(found.route.nativeNameJson, "latin1"), Buffer.from('"päth"'));
});

test("listing: an altered name is kept as the title, or in _meta where there is a title", () => {
  assert.match(listed('{"name":"a b","x":1}'), /^\{"tools":\[\{"name":"a__a_b_[0-9a-f]{8}","title":"a b","x":1\}\]\}$/);
  const inMeta = (text: string) => listed(text).replace(/_[0-9a-f]{8}"/, '_#"');
  assert.equal(
    inMeta('{"name":"a b","title":"T"}'),
    one('{"name":"a__a_b_#","_meta":{"thehub/name":"a b"},"title":"T"}'),
  );
  assert.equal(
    inMeta('{"name":"a b","title":"T","_meta":{ "ui":{} }}'),
    one('{"name":"a__a_b_#","title":"T","_meta":{"thehub/name":"a b", "ui":{} }}'),
  );
  assert.equal(
    inMeta('{"_meta":{ \n},"name":"a b","title":"T"}'),
    one('{"_meta":{"thehub/name":"a b" \n},"name":"a__a_b_#","title":"T"}'),
  );
  assert.equal(listed('{"name":"ab"}'), one('{"name":"a__ab"}'));
});

test("listing: execution is taken out wherever it stands", () => {
  const execution = '"execution":{"taskSupport":"required"}';
  const kept = one('{"name":"a__t","x":1}');
  const schema = '"inputSchema":{"type":"object"}';
  assert.equal(listed(`{${execution},"name":"t",${schema}}`), one(`{"name":"a__t",${schema}}`));
  assert.equal(listed(`{${execution},"name":"t","x":1}`), kept);
  assert.equal(listed(`{ ${execution} ,"name":"t","x":1}`), kept);
  assert.equal(listed(`{"name":"t",${execution},"x":1}`), kept);
  assert.equal(listed(`{"name":"t","x":1 , ${execution}}`), kept);
  assert.equal(listed(`{${execution},${execution},"name":"t",${execution},"x":1,${execution}}`), kept);
  assert.equal(listed(`{"name":"t","x":{${execution}}}`), one(`{"name":"a__t","x":{${execution}}}`));
});

test("listing: a description override replaces the Core's or is added", () => {
  const overrides = { t: { description: 'Says "ä"' } };
  const text = String.raw`"description":"Says \"ä\""`;
  assert.equal(
    listedWith({ overrides }, '{"name":"t","description":"old","x":1}'),
    one(`{"name":"a__t",${text},"x":1}`),
  );
  assert.equal(listedWith({ overrides }, '{"description":"old","name":"t"}'), one(`{${text},"name":"a__t"}`));
  assert.equal(listedWith({ overrides }, '{"name":"t"}'), one(`{"name":"a__t",${text}}`));
  assert.equal(listedWith({ overrides }, '{"name":"t","execution":{},"x":1}'), one(`{"name":"a__t",${text},"x":1}`));
  assert.equal(listedWith({ overrides, prefix: false }, '{"name":"t"}'), one(`{"name":"t",${text}}`));
});

test("listing: overrides named like members of every object are not found by accident", () => {
  assert.equal(listed('{"name":"constructor"}', '{"name":"__proto__"}').includes('"a____proto__"'), true);
});

test("listing: sorted by namespace and native name, bytewise, whatever the order of the manifest", () => {
  const tools = ["b", "B", "a", "ä", "\uffee", "🦊"].map((name) => ({ name }));
  const view = catalogOf([source("b", { listTools: tools }), source("a", { listTools: [{ name: "z" }] })]).view(
    everyone,
  );
  const order = (JSON.parse(view.list("tools").first.toString()) as { tools: { name: string; title?: string }[] })
    .tools;
  assert.deepEqual(
    order.map((tool) => tool.title ?? tool.name),
    ["a__z", "b__B", "b__a", "b__b", "ä", "\uffee", "🦊"],
  );
});

test("listing: the other lists have their own keys, and uris stay as they are", () => {
  const view = catalogOf([
    source("a", {
      listPrompts: [{ name: "p" }],
      listResources: [{ uri: "x://1", name: "n" }],
      listTemplates: [{ uriTemplate: "x://{id}", name: "n" }],
    }),
  ]).view(everyone);
  assert.equal(view.list("tools").first.toString(), '{"tools":[]}');
  assert.equal(view.list("prompts").first.toString(), '{"prompts":[{"name":"a__p"}]}');
  assert.equal(view.list("resources").first.toString(), '{"resources":[{"uri":"x://1","name":"n"}]}');
  assert.equal(
    view.list("resourceTemplates").first.toString(),
    '{"resourceTemplates":[{"uriTemplate":"x://{id}","name":"n"}]}',
  );
  assert.equal(view.list("prompts").first, view.list("prompts").first, "made once");
});
