import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprint } from "../../../../src/relay/bridge/fingerprint.ts";

function of(params: string, method = "tools/call"): string {
  const bytes = Buffer.from(params);
  return fingerprint(method, bytes, 0, bytes.length);
}

const plain = '{"name":"book","arguments":{"a":[1,2.0,{"b":"é/\\u0007"}],"c":null}}';

test("fingerprint: blanks, escapes and what belongs to the round alone make no difference", () => {
  const same = [
    '{ "name" : "book",\n "arguments":\t{"a": [1, 2.0, {"b": "\\u00e9\\/\\u0007"}], "c": null}}',
    '{"arguments":{"a":[1,2.0,{"b":"é/\\u0007"}],"c":null},"name":"b\\u006fok"}',
    '{"n\\u0061me":"book","arguments":{"\\u0061":[1,2.0,{"b":"é/\\u0007"}],"c":null}}',
    '{"_meta":{"progressToken":7},"name":"book","arguments":{"a":[1,2.0,{"b":"é/\\u0007"}],"c":null},"inputResponses":{"k":{}},"requestState":"s"}',
  ];
  for (const other of same) assert.equal(of(other), of(plain), other);
});

test("fingerprint: another method, name, token, type or order is another request", () => {
  const others = [
    '{"name":"books","arguments":{"a":[1,2.0,{"b":"é/\\u0007"}],"c":null}}',
    '{"name":"book","arguments":{"a":[1,2,{"b":"é/\\u0007"}],"c":null}}',
    '{"name":"book","arguments":{"a":[1.0,2.0,{"b":"é/\\u0007"}],"c":null}}',
    '{"name":"book","arguments":{"a":["1",2.0,{"b":"é/\\u0007"}],"c":null}}',
    '{"name":"book","arguments":{"a":[12.0,{"b":"é/\\u0007"}],"c":null}}',
    '{"name":"book","arguments":{"c":null,"a":[1,2.0,{"b":"é/\\u0007"}]}}',
    '{"name":"book","arguments":{"a":[1,2.0,{"b":"é/ \\u0007"}],"c":null}}',
    '{"name":"book","arguments":{"a":[1,2.0,{"b":"é/\\\\u0007"}],"c":null}}',
    '{"name":"book","arguments":{"a":[1,2.0,{"b":"é/\\u0007"}],"c":null},"task":{}}',
    '{"name":"book"}',
    '{"uri":"book","arguments":{"a":[1,2.0,{"b":"é/\\u0007"}],"c":null}}',
  ];
  const all = new Set([of(plain), of(plain, "prompts/get"), ...others.map((other) => of(other))]);
  assert.equal(all.size, others.length + 2);
});

test("fingerprint: integers beyond 2^53 and halves of surrogate pairs are told apart", () => {
  const params = [
    '{"arguments":{"n":9007199254740993}}',
    '{"arguments":{"n":9007199254740992}}',
    '{"arguments":{"n":"\\ud800"}}',
    '{"arguments":{"n":"\\ud801"}}',
    '{"arguments":{"n":"\\ufffd"}}',
  ];
  assert.equal(new Set(params.map((text) => of(text))).size, params.length);
});

test("fingerprint: a request without params has one", () => {
  assert.equal(fingerprint("tools/call", Buffer.from("{}"), -1, -1), of("{}"));
});
