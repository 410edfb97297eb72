import assert from "node:assert/strict";
import { test } from "node:test";
import { createScan, type Scan, scan } from "../../../src/wire/scan.ts";

const record = createScan();

function accept(text: string): Scan {
  const fault = scan(Buffer.from(text), record);
  assert.equal(fault, undefined, `${text}: ${fault?.message}`);
  return record;
}

function refused(text: string | Buffer): { code: string; message: string; id: string } {
  const fault = scan(typeof text === "string" ? Buffer.from(text) : text, record);
  assert.ok(fault, `accepted ${text}`);
  return fault;
}

function refusal(text: string | Buffer): string {
  const { code, id } = refused(text);
  return `${code} ${id}`;
}

function part(text: string, start: number, end: number): string {
  return Buffer.from(text).toString("utf8", start, end);
}

test("scan: finds every range of a request", () => {
  const text =
    ' {"jsonrpc" : "2.0","id":"a\\"b", "method":"tools/call","params":{"arguments":{"id":[1,{}]},"name":"é","uri":"u:1","progressToken":1.5,"requestId":"r","_meta":{"x":1,"progressToken":"t"}},"extra":null}\r\n';
  const s = accept(text);
  assert.equal(s.kind, "request");
  assert.equal(part(text, s.idStart, s.idEnd), '"a\\"b"');
  assert.equal(part(text, s.methodStart, s.methodEnd), '"tools/call"');
  assert.equal(part(text, s.nameStart, s.nameEnd), '"é"');
  assert.equal(part(text, s.uriStart, s.uriEnd), '"u:1"');
  assert.equal(part(text, s.metaStart, s.metaEnd), '{"x":1,"progressToken":"t"}');
  assert.equal(part(text, s.tokenStart, s.tokenEnd), '"t"');
  assert.equal(part(text, s.paramTokenStart, s.paramTokenEnd), "1.5");
  assert.equal(part(text, s.requestIdStart, s.requestIdEnd), '"r"');
  assert.match(part(text, s.paramsStart, s.paramsEnd), /^\{"arguments".*\}\}$/);
  assert.equal(s.resultStart, -1);
  assert.equal(s.errorStart, -1);
});

test("scan: tells requests, notifications and responses apart", () => {
  assert.equal(accept('{"jsonrpc":"2.0","id":0,"method":"ping"}').kind, "request");
  assert.equal(accept('{"jsonrpc":"2.0","method":"ping"}').kind, "notification");
  assert.equal(accept('{"jsonrpc":"2.0","id":0,"result":null}').kind, "response");
  assert.equal(accept('{"jsonrpc":"2.0","id":0,"error":{"code":1,"message":""}}').kind, "response");
});

test("scan: a record carries nothing over from the message before", () => {
  accept('{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"n","_meta":{"progressToken":1}}}');
  accept('{"jsonrpc":"2.0","method":"m"}');
  assert.deepEqual({ ...record, methodStart: -1, methodEnd: -1, isPlain: false }, createScan());
  refused('{"jsonrpc":"2.0","id":1,"id":2,"method":"m"}');
  accept('{"jsonrpc":"2.0","id":7,"method":"m"}');
});

test("scan: ids keep their bytes, whatever number or string they are", () => {
  for (const id of [
    "0",
    '"0"',
    "-0",
    "1",
    "1.0",
    "1e400",
    "9007199254740993",
    "-12.5E-3",
    '""',
    '"\\ud800"',
    '"\\u0000"',
  ]) {
    const text = `{"jsonrpc":"2.0","id":${id},"method":"m"}`;
    const s = accept(text);
    assert.equal(part(text, s.idStart, s.idEnd), id);
  }
});

test("scan: refuses ids that are neither a string nor a number", () => {
  for (const id of ["null", "true", "false", "{}", "[]", "[1]"]) {
    assert.equal(refusal(`{"jsonrpc":"2.0","id":${id},"method":"m"}`), "request_invalid null");
    assert.equal(refusal(`{"jsonrpc":"2.0","id":${id},"result":{}}`), "request_invalid null");
  }
});

test("scan: an error response may have the id null, and then has no id range", () => {
  const s = accept('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}');
  assert.equal(s.kind, "response");
  assert.equal(s.idStart, -1);
  assert.equal(refusal('{"jsonrpc":"2.0","error":{}}'), "request_invalid null");
});

test("scan: refuses messages that JSON-RPC does not know, and answers to their id", () => {
  for (const members of [
    '"id":5,"method":"m"',
    '"jsonrpc":2.0,"id":5,"method":"m"',
    '"jsonrpc":"1.0","id":5,"method":"m"',
    '"jsonrpc":"2.00","id":5,"method":"m"',
    '"jsonrpc":"2.0","id":5',
    '"jsonrpc":"2.0","id":5,"method":7',
    '"jsonrpc":"2.0","id":5,"method":null',
    '"jsonrpc":"2.0","id":5,"method":"m","params":[]',
    '"jsonrpc":"2.0","id":5,"method":"m","params":null',
    '"jsonrpc":"2.0","id":5,"method":"m","result":{}',
    '"jsonrpc":"2.0","id":5,"method":"m","error":{}',
    '"jsonrpc":"2.0","id":5,"result":{},"error":{}',
    '"jsonrpc":"2.0","id":5,"error":"x"',
    '"jsonrpc":"2.0","id":5,"method":"m","params":{"_meta":{"progressToken":null}}',
    '"jsonrpc":"2.0","id":5,"method":"m","params":{"_meta":{"progressToken":[]}}',
  ]) {
    assert.equal(refusal(`{${members}}`), "request_invalid 5", members);
  }
  assert.equal(refusal('{"jsonrpc":"2.0","result":{}}'), "request_invalid null");
  assert.equal(refusal("{}"), "request_invalid null");
});

test("scan: an id behind the breach of a rule is still found", () => {
  assert.equal(refusal('{"method":7,"params":[],"id":"late","jsonrpc":"2.0"}'), 'request_invalid "late"');
});

test("scan: compares envelope keys decoded", () => {
  const text =
    '{"\\u006asonrpc":"2\\u002e0","i\\u0064":3,"m\\u0065thod":"m","\\u0070arams":{"n\\u0061me":"x","\\u005fmeta":{"progressToke\\u006e":4}}}';
  const s = accept(text);
  assert.equal(part(text, s.idStart, s.idEnd), "3");
  assert.equal(part(text, s.nameStart, s.nameEnd), '"x"');
  assert.equal(part(text, s.tokenStart, s.tokenEnd), "4");
});

test("scan: a key that only looks like one of the envelope is left alone", () => {
  const text = '{"jsonrpc":"2.0","ids":1,"i-d":2,"\\u0069é":3,"id ":4,"id":5,"method":"m","\\"id":6,"params2":[]}';
  const s = accept(text);
  assert.equal(part(text, s.idStart, s.idEnd), "5");
});

test("scan: refuses a key of the envelope that comes twice, in any spelling", () => {
  const base = '"jsonrpc":"2.0","id":5,"method":"m","params":{}';
  for (const twice of ['"jsonrpc":"2.0"', '"method":"m"', '"params":{}', '"m\\u0065thod":"m"', '"\\u0070arams":{}']) {
    assert.equal(refusal(`{${base},${twice}}`), "request_invalid 5", twice);
  }
  for (const twice of ['"id":5', '"id":6', '"i\\u0064":5', '"id":null']) {
    assert.equal(refusal(`{${base},${twice}}`), "request_invalid null", twice);
  }
  assert.equal(refusal('{"jsonrpc":"2.0","id":5,"result":1,"result":1}'), "request_invalid 5");
  assert.equal(refusal('{"jsonrpc":"2.0","id":5,"error":{},"error":{}}'), "request_invalid 5");
  accept(`{${base},"other":1,"other":2}`);
});

test("scan: refuses any key that comes twice in params or params._meta, in any spelling", () => {
  const call = (params: string) => `{"jsonrpc":"2.0","id":5,"method":"m","params":{${params}}}`;
  const many = Array.from({ length: 20 }, (_, i) => `"k${i}":${i}`).join();
  for (const inner of [
    '"name":"a","name":"b"',
    '"name":"a","n\\u0061me":"b"',
    '"arguments":{},"arguments":{}',
    '"arguments":{},"\\u0061rguments":{}',
    '"\\u0061rguments":{},"arguments":{}',
    '"_meta":{},"_meta":{}',
    '"é":1,"\\u00e9":1',
    `${many},"k0":1`,
    `${many},"k19":1`,
    `"k\\u0030":1,${many}`,
    '"":1,"":1',
  ]) {
    assert.equal(refusal(call(inner)), "request_invalid 5", inner);
    assert.equal(refusal(call(`"_meta":{${inner}}`)), "request_invalid 5", `_meta ${inner}`);
  }
  accept(call(`${many},"_meta":{${many},"name":1},"name":"x"`));
});

test("scan: keys of params and of params._meta are remembered apart", () => {
  accept('{"jsonrpc":"2.0","method":"m","params":{"a":1,"b":2,"_meta":{"a":1,"b":2},"c":3}}');
  assert.equal(
    refusal('{"jsonrpc":"2.0","method":"m","params":{"a":1,"_meta":{"b":2},"a":3}}'),
    "request_invalid null",
  );
});

test("scan: a repeated key does not disturb the comparison of those behind it", () => {
  refused('{"jsonrpc":"2.0","method":"m","params":{"a":1,"a":2,"b":3,"c":4,"d":5}}');
});

test("scan: what lies inside arguments or a result is not compared", () => {
  accept('{"jsonrpc":"2.0","id":1,"method":"m","params":{"arguments":{"a":1,"a":2,"_meta":{"x":1,"x":1}}}}');
  accept('{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}');
});

test("scan: at most 256 keys in params and in params._meta", () => {
  const keys = (count: number) => Array.from({ length: count }, (_, i) => `"k${i}":0`).join();
  accept(`{"jsonrpc":"2.0","method":"m","params":{${keys(256)}}}`);
  assert.equal(refusal(`{"jsonrpc":"2.0","id":1,"method":"m","params":{${keys(257)}}}`), "request_invalid 1");
  assert.equal(refusal(`{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{${keys(257)}}}}`), "request_invalid 1");
});

test("scan: name, uri and _meta of a wrong type keep their range", () => {
  const text = '{"jsonrpc":"2.0","method":"m","params":{"name":1,"uri":null,"_meta":[{"progressToken":{}}]}}';
  const s = accept(text);
  assert.equal(part(text, s.nameStart, s.nameEnd), "1");
  assert.equal(part(text, s.uriStart, s.uriEnd), "null");
  assert.equal(part(text, s.metaStart, s.metaEnd), '[{"progressToken":{}}]');
  assert.equal(s.tokenStart, -1);
});

test("scan: params.progressToken and params.requestId of a wrong type have no range", () => {
  const s = accept('{"jsonrpc":"2.0","method":"m","params":{"progressToken":null,"requestId":{}}}');
  assert.equal(s.paramTokenStart, -1);
  assert.equal(s.requestIdStart, -1);
});

test("scan: names batches when it refuses one", () => {
  const fault = refused('[{"jsonrpc":"2.0","id":1,"method":"m"}]');
  assert.deepEqual([fault.code, fault.id], ["request_invalid", "null"]);
  assert.match(fault.message, /batches/);
  assert.equal(refused("[]").code, "request_invalid");
  for (const broken of ["[", "[1", "[1,]", "[1]]", "[}"]) assert.equal(refusal(broken), "parse_error null", broken);
});

test("scan: other JSON is no message, and noise is no JSON", () => {
  for (const other of ["1", '"x"', "null", "true", " -1e5 "]) assert.equal(refusal(other), "request_invalid null");
  for (const noise of ["", " ", "\n", "x", "tru", '"', "-", "{", "}", "\ufeff{}", "\0", "GET / HTTP/1.1"]) {
    assert.equal(refusal(noise), "parse_error null", noise);
  }
});

test("scan: refuses what the JSON grammar does not know, and answers to an id read before", () => {
  const head = '{"jsonrpc":"2.0","id":5,"method":"m","params":{"a":';
  for (const value of [
    "",
    "01",
    "-",
    "-a",
    "1.",
    ".5",
    "1e",
    "1e+",
    "+1",
    "0x1",
    "1.e1",
    "--1",
    "NaN",
    "Infinity",
    "tru",
    "trues",
    "nul",
    "fals",
    "True",
    "'x'",
    '"',
    '"\\x"',
    '"\\u12g4"',
    '"\\u12"',
    '"\\',
    '"\\"',
    '"a\tb"',
    '"a\nb"',
    '"a\0b"',
    "[1,]",
    "[,1]",
    "[1 2]",
    "[",
    "[1}",
    "]",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    "{,}",
    "{a:1}",
    "{1:1}",
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1]',
    "/**/1",
    "undefined",
    "1,",
    "\u00a01",
    "1\f",
  ]) {
    assert.equal(refusal(`${head}${value}}}`), "parse_error 5", value);
  }
  for (const rest of ["1}}}", "1}} x", '1}}{"id":6}', "1}},", "1}}\0"])
    assert.equal(refusal(head + rest), "parse_error 5", rest);
});

test("scan: accepts all of the JSON grammar", () => {
  for (const value of [
    "0",
    "-0",
    "10",
    "-1.5e+10",
    "1E-5",
    "1e400",
    "9007199254740993",
    "true",
    "false",
    "null",
    '""',
    "[]",
    "{}",
    "[ ]",
    "{ }",
    "[[],{}]",
    '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uD83D\\ude00"',
    '"\\ud800"',
    '"\\udc00 \\ud800"',
    '"\x7f é 😀 \u2028"',
    '[ 1 ,\t2\r\n, { "a" : [ ] } ]',
  ]) {
    accept(`{"jsonrpc":"2.0","id":5,"method":"m","params":{"a":${value}}}`);
    accept(`{ "jsonrpc" : "2.0" , "id" : 5 , "result" : ${value} }`);
  }
});

test("scan: a message cut short anywhere is a parse error, with the id once its end was seen", () => {
  const text =
    '{"jsonrpc":"2.0","id":57,"method":"tools/call","params":{"name":"a\\u0041b","arguments":{"n":[1,-2.5e3,true]}}}';
  for (let size = 0; size < text.length; size++) {
    assert.equal(
      refusal(text.slice(0, size)),
      `parse_error ${size > text.indexOf("57,") + 2 ? "57" : "null"}`,
      text.slice(0, size),
    );
  }
});

test("scan: an id that may go on is not certain", () => {
  for (const text of ['{"id":5', '{"id":5x}', '{"id":"a" "b"}', '{"id":5 5}'])
    assert.equal(refusal(text), "parse_error null", text);
});

test("scan: says where the JSON ends to be JSON", () => {
  assert.equal(refused('{"jsonrpc":"2.0",]}').message, "not valid JSON at byte 17");
  assert.equal(refused('{"a":1}x').message, "not valid JSON at byte 7");
  assert.equal(refused('{"a":1').message, "not valid JSON at byte 6");
});

test("scan: refuses bad UTF-8, in the id too", () => {
  const bad = (text: string) => Buffer.from(text, "latin1");
  for (const bytes of ["\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"]) {
    assert.equal(refusal(bad(`{"jsonrpc":"2.0","id":5,"method":"m","params":{"a":"${bytes}"}}`)), "parse_error 5");
    assert.equal(refusal(bad(`{"jsonrpc":"2.0","id":5,"method":"m","params":{"${bytes}":1}}`)), "parse_error 5");
    assert.equal(refusal(bad(`{"jsonrpc":"2.0","id":"${bytes}","method":"m"}`)), "parse_error null");
    assert.equal(refusal(bad(`"${bytes}"`)), "parse_error null");
  }
});

test("scan: nesting of 128 levels passes, one more is refused with the id", () => {
  const nested = (levels: number, open: string, close: string) =>
    `{"jsonrpc":"2.0","id":5,"method":"m","params":{"a":${open.repeat(levels - 2)}1${close.repeat(levels - 2)}}}`;
  accept(nested(128, "[", "]"));
  accept(nested(128, '{"a":', "}"));
  assert.equal(refusal(nested(129, "[", "]")), "request_invalid 5");
  assert.equal(refusal(nested(129, '{"a":', "}")), "request_invalid 5");
  assert.equal(refusal("[".repeat(100_000)), "parse_error null");
  assert.equal(refusal("[".repeat(100_000) + "]".repeat(100_000)), "request_invalid null");
  assert.equal(refusal(`{"a":${"[".repeat(1_000_000)}}`), "request_invalid null");
});
