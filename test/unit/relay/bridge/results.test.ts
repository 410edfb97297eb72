// A Core's answer as clients of every revision get it, for every pair of revisions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerEdits, rulesOf } from "../../../../src/relay/bridge/results.ts";
import { type Frame, frameOf, joined, type Splice } from "../../../../src/wire/frame.ts";
import { isModernRevision, legacyRevisions, modernRevisions } from "../../../../src/wire/revisions.ts";
import { createScan, scanCore } from "../../../../src/wire/scan.ts";

const serverInfo = '{"name":"thehub","version":"1"}';
const revisions = [...legacyRevisions, ...modernRevisions];
const pairs = revisions.flatMap((client) => revisions.map((core) => ({ client, core })));

interface Options {
  readonly method?: string;
  readonly wrapsOutput?: boolean;
  readonly dropsStructured?: boolean;
  readonly cut?: number;
}

function framed(text: string, cut = 0): Frame {
  const bytes = Buffer.from(text);
  if (cut === 0) return frameOf(bytes);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += cut) chunks.push(bytes.subarray(at, at + cut));
  return { chunks, size: bytes.length };
}

function editsOf(client: string, core: string, frame: Frame, more: Options) {
  const { method = "tools/call", wrapsOutput = false, dropsStructured = false } = more;
  const rules = rulesOf(client, core);
  if (rules === undefined) return [];
  const record = createScan();
  assert.equal(scanCore(frame, record), undefined);
  return answerEdits(rules, frame, record, { method, wrapsOutput, dropsStructured, serverInfo });
}

/** The message that the client gets, as text. */
function bridged(client: string, core: string, body: string, options: Options = {}): string {
  const frame = framed(`{"jsonrpc":"2.0","id":7,${body}}`, options.cut);
  const edits: readonly Splice[] = editsOf(client, core, frame, options);
  let at = 0;
  for (const { start, end } of edits) {
    assert.ok(start >= at && end >= start, "edits are in order, and apart");
    at = end;
  }
  return joined(frame, edits, "", "").toString();
}

// biome-ignore lint/suspicious/noExplicitAny: results of all shapes
function result(client: string, core: string, text: string, options?: Options): any {
  return JSON.parse(bridged(client, core, `"result":${text}`, options)).result;
}

const legacy = "2025-11-25";
const modern = "2026-07-28";
const content = [{ type: "text", text: 'says "resultType" and "_meta" and "io.modelcontextprotocol/x"' }];
const text = JSON.stringify(content);

for (const { client, core } of pairs) {
  test(`results: a client of ${client} gets what a Core of ${core} says in the words of its own revision`, () => {
    const said = isModernRevision(core)
      ? `{"resultType":"complete","content":${text},"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"core"},"a/b":1}}`
      : `{"content":${text},"_meta":{"a/b":1}}`;
    const got = result(client, core, said);
    assert.deepEqual(got.content, content);
    assert.equal(got._meta["a/b"], 1);
    assert.equal(got.resultType, isModernRevision(client) ? "complete" : undefined);
    const info = got._meta["io.modelcontextprotocol/serverInfo"];
    if (!isModernRevision(client)) assert.equal(info, undefined);
    else if (isModernRevision(core)) assert.deepEqual(info, JSON.parse(serverInfo));

    const read = isModernRevision(core)
      ? '{"resultType":"complete","contents":[],"ttlMs":5000,"cacheScope":"public"}'
      : '{"contents":[]}';
    const cached = result(client, core, read, { method: "resources/read" });
    const ttl = isModernRevision(core) ? 5000 : 0;
    const expected = { resultType: "complete", contents: [], ttlMs: ttl, cacheScope: "private" };
    assert.deepEqual(cached, isModernRevision(client) ? expected : { contents: [] });

    const empty = result(client, core, isModernRevision(core) ? '{"resultType":"complete"}' : "{}");
    assert.deepEqual(empty, isModernRevision(client) ? { resultType: "complete" } : {});

    const structured = `{${isModernRevision(core) ? '"resultType":"complete",' : ""}"content":[],"structuredContent":[1]}`;
    const isForeign = isModernRevision(core) && !isModernRevision(client);
    assert.deepEqual(result(client, core, structured).structuredContent, isForeign ? { result: [1] } : [1]);

    const error = JSON.parse(bridged(client, core, '"error":{"code":-32002,"message":"no such resource"}')).error;
    assert.deepEqual(error, { code: isModernRevision(client) ? -32602 : -32002, message: "no such resource" });
    const fault = JSON.parse(bridged(client, core, '"error":{"code":-32022,"message":"m","data":{"a":1}}')).error;
    const isCrossed = isModernRevision(core) || isModernRevision(client);
    assert.deepEqual(fault, { code: isCrossed ? -32603 : -32022, message: "m", data: { a: 1 } });
    const own = JSON.parse(bridged(client, core, '"error":{"code":-32000,"message":"m"}')).error;
    assert.equal(own.code, -32000);
  });
}

test("results: between clients and Cores of the legacy era nothing is looked at", () => {
  assert.equal(rulesOf("2024-11-05", "2025-11-25"), undefined);
  assert.equal(rulesOf(undefined, undefined), undefined);
});

test("results: every byte but what has to be another is the Core's", () => {
  const said = '{ "content" : [ {"n": 9007199254740993, "f": 1.0} ] , "\\u0078":"\\u00e9\\/" }';
  assert.equal(
    bridged(modern, legacy, `"result":${said}`),
    `{"jsonrpc":"2.0","id":7,"result":${said.slice(0, -1)},"resultType":"complete"}}`,
  );
  const back = `{"resultType":"complete", ${said.slice(2)}`;
  assert.equal(bridged(legacy, modern, `"result":${back}`), `{"jsonrpc":"2.0","id":7,"result":{ ${said.slice(2)}}`);
});

test("results: a legacy Core cannot ask by a result, in whatever spelling, nor say that others may keep it", () => {
  const requests =
    '{"k":{"method":"elicitation/create","params":{"mode":"url","message":"m","url":"https://a.example"}}}';
  const big = `"text":"${"x".repeat(70_000)}",`;
  for (const more of ["", big]) {
    for (const key of ["resultType", "result\\u0054ype", "\\u0072esultType"]) {
      for (const said of [
        `{${more}"${key}":"input_required","inputRequests":${requests}}`,
        `{"${key}":"task",${more}"a":1}`,
      ])
        assert.equal(result(modern, legacy, said).resultType, "complete", said.slice(-200));
    }
    const read = `{${more}"contents":[],"cacheS\\u0063ope":"public","ttl\\u004ds":5000}`;
    const { cacheScope, ttlMs } = result(modern, legacy, read, { method: "resources/read" });
    assert.deepEqual([cacheScope, ttlMs], ["private", 0]);
  }
});

test("results: what legacy clients do not know is cut wherever it stands", () => {
  const said = [
    '{"resultType":"complete","content":[]}',
    '{"content":[],"resultType":"complete"}',
    '{"ttlMs":1,"content":[],"cacheScope":"public","resultType":"complete"}',
    '{"_meta":{"io.modelcontextprotocol/serverInfo":{}},"content":[],"resultType":"complete"}',
    '{"content":[],"_meta":{"io.modelcontextprotocol/serverInfo":{},"io.modelcontextprotocol/x":1}}',
    '{"result\\u0054ype":"complete","content":[]}',
    '{"_meta":{"io.modelcontextprotocol/a":1},"_meta":{"io.modelcontextprotocol/b":1},"content":[]}',
    ' { "resultType" : "complete" , "content" : [] , "ttlMs" : 0 } ',
  ];
  for (const one of said) assert.deepEqual(result(legacy, modern, one), { content: [] }, one);
  const only = '{"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{}}}';
  assert.deepEqual(result(legacy, modern, only), {});
});

test("results: structured content is in an object for a legacy client where its schema says so, whatever it is", () => {
  const said = (value: string) => `{"resultType":"complete","content":[],"structuredContent":${value}}`;
  for (const value of ["1", '"x"', "null", "[]", "true"]) {
    const got = result(legacy, modern, said(value));
    assert.deepEqual(got, { content: [], structuredContent: { result: JSON.parse(value) } });
  }
  assert.deepEqual(result(legacy, modern, said('{"a":1}')).structuredContent, { a: 1 });
  const wrapped = result(legacy, modern, said('{"a":1}'), { wrapsOutput: true });
  assert.deepEqual(wrapped.structuredContent, { result: { a: 1 } });
});

test("results: a client that is shown no structured content gets it as text, and nothing else of it", () => {
  const dropped = (text: string) => result(legacy, modern, text, { dropsStructured: true });
  const shown = [{ type: "text", text: '{"a":1}' }];
  assert.deepEqual(dropped('{"resultType":"complete","structuredContent":{"a":1},"content":[]}'), { content: shown });
  assert.deepEqual(dropped('{"resultType":"complete","structuredContent":{"a":1}}'), { content: shown });
  assert.deepEqual(dropped('{"structuredContent":{"a":1},"isError":true,"resultType":"complete"}'), {
    content: shown,
    isError: true,
  });
  assert.deepEqual(dropped('{"content":[1],"resultType":"complete","structuredContent":[]}'), { content: [1] });
  assert.deepEqual(dropped('{"content":[1],"resultType":"complete"}'), { content: [1] });
});

test("results: a word of a legacy Core's own does not pass for one of the modern era", () => {
  const said = '{"content":[],"resultType":"input_required","requestState":"s"}';
  assert.equal(result(modern, legacy, said).resultType, "complete");
  const cached = '{"contents":[],"ttlMs":"x","cacheScope":"public"}';
  const expected = { resultType: "complete", contents: [], ttlMs: 0, cacheScope: "private" };
  assert.deepEqual(result(modern, legacy, cached, { method: "resources/read" }), expected);
  const info = '{"content":[],"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"x"}}}';
  assert.deepEqual(result(modern, legacy, info), { resultType: "complete", content: [], _meta: {} });
});

test("results: a modern Core that forgets a word has it said by the hub", () => {
  assert.deepEqual(result(modern, modern, '{"content":[]}'), { resultType: "complete", content: [] });
  assert.deepEqual(result(modern, modern, "{}"), { resultType: "complete" });
  const nested = '{"content":[],"structuredContent":{"resultType":"x"}}';
  assert.equal(result(modern, modern, nested).resultType, "complete");
  const half = { resultType: "complete", contents: [], ttlMs: 7, cacheScope: "private" };
  assert.deepEqual(result(modern, modern, '{"contents":[],"ttlMs":7}', { method: "resources/read" }), half);
  assert.equal(result(modern, modern, '{"resultType":"task","x":1}').resultType, "task");
});

test("results: what the Core says of itself is found where results end, and nowhere else by mistake", () => {
  const info = '"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"core","odd":"}}"}}';
  const end = `"resultType":"complete",${info}`;
  assert.equal(
    bridged(modern, modern, `"result":{"content":[],${end}}`),
    `{"jsonrpc":"2.0","id":7,"result":{"content":[],${end.replace('{"name":"core","odd":"}}"}', serverInfo)}}}`,
  );
  const nested = `{"content":[],"structuredContent":{${end}}}`;
  const got = result(modern, modern, nested);
  assert.equal(got.resultType, "complete");
  assert.equal(got.structuredContent._meta["io.modelcontextprotocol/serverInfo"].name, "core");
  const inText = `{"resultType":"complete","content":[{"type":"text","text":${JSON.stringify(end)}}]}`;
  assert.equal(bridged(modern, modern, `"result":${inText}`), `{"jsonrpc":"2.0","id":7,"result":${inText}}`);
  const both = `{"resultType":"complete",${info},"content":[{${end}}]}`;
  const own = result(modern, modern, both);
  assert.deepEqual(own._meta["io.modelcontextprotocol/serverInfo"], JSON.parse(serverInfo));
  assert.equal(own.content[0]._meta["io.modelcontextprotocol/serverInfo"].name, "core");
});

test("results: codes that another era has no use for are others, in whatever place they stand", () => {
  const code = (client: string, core: string, error: string) =>
    JSON.parse(bridged(client, core, `"error":${error}`)).error.code;
  assert.equal(code(modern, legacy, '{"message":"m","code":-32002}'), -32602);
  assert.equal(code(modern, modern, '{"code": -32042 ,"message":"m"}'), -32603);
  assert.equal(code(modern, modern, '{"code":-32020,"message":"m"}'), -32603);
  assert.equal(code(legacy, modern, '{"code":-32022,"message":"m"}'), -32603);
  assert.equal(code(legacy, modern, '{"code":-32021,"message":"m"}'), -32603);
  // What the client has declared is what the Core is told: it is the client's to declare more.
  assert.equal(code(modern, modern, '{"code":-32021,"message":"m"}'), -32021);
  assert.equal(code(modern, legacy, '{"code":-32042,"message":"m"}'), -32603);
  assert.equal(code(legacy, modern, '{"message":"no code"}'), undefined);
});

test("results: large ones in many chunks are the same, and are not read through where their ends say enough", () => {
  const big = "x".repeat(300_000);
  for (const cut of [65_536, 1000]) {
    const plain = result(modern, legacy, `{"content":[{"type":"text","text":"${big}"}]}`, { cut });
    assert.deepEqual(Object.keys(plain), ["content", "resultType"]);
    const first = `{"resultType":"complete","content":"${big}"}`;
    const last = `{"content":"${big}","resultType":"complete"}`;
    const none = `{"content":"${big}","structuredContent":{"resultType":"complete"}}`;
    for (const said of [first, last]) {
      assert.equal(bridged(modern, modern, `"result":${said}`, { cut }), `{"jsonrpc":"2.0","id":7,"result":${said}}`);
      assert.deepEqual(Object.keys(result(legacy, modern, said, { cut })), ["content"]);
    }
    assert.equal(result(modern, modern, none, { cut }).resultType, "complete");
    const inText = `{"content":"${big}\\"resultType\\"","a":1}`;
    assert.equal(result(modern, modern, inText, { cut }).resultType, "complete");
  }
  const atBorder = `{"content":"${"y".repeat(99_960)}","resultType":"odd","more":"${big}"}`;
  for (let cut = 99_990; cut < 100_020; cut++) {
    assert.equal(result(modern, legacy, atBorder, { cut }).resultType, "complete", String(cut));
  }
});

test("results: what is no JSON object after all is left as it is, but for its last word", () => {
  const frame = framed(`{"jsonrpc":"2.0","id":7,"result":{"a":"${"z".repeat(70_000)}",]}}`);
  assert.deepEqual(editsOf(legacy, modern, frame, {}), []);
});

test("results: one that says at its end that it is complete goes as it is, and only then", () => {
  const body = (result: string) => `"result":${result}`;
  const whole = (result: string) => `{"jsonrpc":"2.0","id":7,"result":${result}}`;
  const last = `{"content":[],"resultType":"complete"}`;
  assert.equal(bridged(modern, modern, body(last)), whole(last));
  const word = `{"content":[{"type":"text","text":"\\"resultType\\":\\"complete\\"}"}]}`;
  assert.equal(JSON.parse(bridged(modern, modern, body(word))).result.resultType, "complete");
  const inside = `{"a":{"resultType":"complete"}}`;
  assert.deepEqual(JSON.parse(bridged(modern, modern, body(inside))).result, {
    resultType: "complete",
    a: { resultType: "complete" },
  });
  const info = `{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"core"}},"resultType":"complete"}`;
  assert.deepEqual(JSON.parse(bridged(modern, modern, body(info))).result._meta, {
    "io.modelcontextprotocol/serverInfo": JSON.parse(serverInfo),
  });
});

test("results: a key that ends with the word behind a quote of its own says nothing", () => {
  const odd = String.raw`"a\"resultType":"complete"`;
  const info = '"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"core"}}';
  for (const end of [odd, `${odd},${info}`]) {
    assert.equal(result(modern, modern, `{"content":[],${end}}`).resultType, "complete");
  }
});
