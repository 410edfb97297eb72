import assert from "node:assert/strict";
import { test } from "node:test";
import { readCallThrough } from "../../../src/relay/call-through.ts";
import { frameOf, joined } from "../../../src/wire/frame.ts";
import { createScan, scan } from "../../../src/wire/scan.ts";

/** The name that is called and the params as the Core would read them, or what is wrong. */
function through(params: string): { name: string; params: string } | string {
  const bytes = Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`);
  const record = createScan();
  assert.equal(scan(bytes, record), undefined);
  const call = readCallThrough(bytes, record);
  if (typeof call === "string") return call;
  const left = joined(frameOf(bytes), call.cuts, "", "").toString();
  return { name: call.name, params: left.slice(left.indexOf('"params":') + 9, -1) };
}

test("call through: what is around the arguments goes, and the arguments stay as they are, to the byte", () => {
  const inner = '{ "n":9007199254740993,\t"a":1, "a":2, "s":"\\u00e9 é" }';
  const cases: Record<string, string> = {
    [`{"name":"x","arguments":{"name":"a.b","arguments":${inner}}}`]: `{"name":"x","arguments":${inner}}`,
    [`{"arguments":{"arguments":${inner},"name":"a.b"},"name":"x"}`]: `{"arguments":${inner},"name":"x"}`,
    [`{"_meta":{"progressToken":7},"name":"x","arguments" : { "name" : "a.b" , "arguments" : ${inner} } ,"task":{}}`]: `{"_meta":{"progressToken":7},"name":"x","arguments" : ${inner} ,"task":{}}`,
    '{"name":"x","arguments":{"name":"a.b","arguments":{}}}': '{"name":"x","arguments":{}}',
    '{"name":"x","arguments":{"\\u006eame":"a\\u002eb"}}': '{"name":"x","arguments":{}}',
  };
  for (const [params, expected] of Object.entries(cases)) {
    assert.deepEqual(through(params), { name: "a.b", params: expected });
  }
});

test("call through: a tool whose own arguments look like a call is called with them as they are", () => {
  const inner = '{"name":"c.d","arguments":{"name":"e.f"}}';
  assert.deepEqual(through(`{"name":"x","arguments":{"name":"a.b","arguments":${inner}}}`), {
    name: "a.b",
    params: `{"name":"x","arguments":${inner}}`,
  });
});

test("call through: what is no call of a tool is said to be none, with what to write", () => {
  const cases: Record<string, RegExp> = {
    '{"name":"x"}': /takes an object of arguments: name and arguments/,
    '{"name":"x","arguments":null}': /takes an object of arguments/,
    '{"name":"x","arguments":{}}': /name is missing/,
    '{"name":"x","arguments":{"name":7}}': /name is missing/,
    '{"name":"x","arguments":{"name":"a.b","args":{}}}': /no argument "args"; it takes name, and the tool's own/,
    '{"name":"x","arguments":{"name":"a.b","arguments":"{}"}}': /must be an object, not as the text of one/,
    '{"name":"x","arguments":{"name":"a.b","arguments":[]}}': /arguments must be an object: \{"name":"a\.b"/,
    '{"name":"x","arguments":{"name":"a.b","name":"c.d","arguments":{}}}': /"name" comes twice/,
    '{"name":"x","arguments":{"name":"a.b","arguments":{},"\\u0061rguments":{"x":1}}}': /"arguments" comes twice/,
  };
  for (const [params, message] of Object.entries(cases)) {
    const problem = through(params);
    assert.ok(typeof problem === "string", params);
    assert.match(problem, message);
  }
});
