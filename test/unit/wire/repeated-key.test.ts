import assert from "node:assert/strict";
import { test } from "node:test";
import { repeatedKey } from "../../../src/wire/repeated-key.ts";

function repeated(json: string): readonly string[] | undefined {
  const bytes = Buffer.from(`[${json}]`);
  return repeatedKey(bytes, 1, bytes.length - 1);
}

test("repeated key: keys are compared decoded, at every depth, within one object", () => {
  const cases: readonly [string, readonly [string, string] | undefined][] = [
    ["{}", undefined],
    ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', undefined],
    ['{"a":1,"a":2}', ["a", "a"]],
    ['{"a":1,"\\u0061":2}', ["a", "a"]],
    ['{"a":{"x":1,"y":{"z":[],"z":{}}}}', ["z", "z"]],
    ['[1,[{"a":"\\"a","b":0,"a":1}]]', ["a", "a"]],
    ['{"a":"b","b":"a","c":"{\\"a\\":1,\\"a\\":2}"}', undefined],
    ['{"a":["a","a",{"b":1}],"b":"a"}', undefined],
    ['{"":1,"":2}', ["", ""]],
    ['{"__proto__":1,"constructor":2}', undefined],
    ['{"__proto__":1,"__proto__":2}', ["__proto__", "__proto__"]],
    ['"a"', undefined],
    ["12", undefined],
  ];
  for (const [json, expected] of cases) assert.deepEqual(repeated(json), expected, json);
});

test("repeated key: keys that differ in case only are one key to some readers", () => {
  assert.deepEqual(repeated('{"path":1,"PATH":2}'), ["path", "PATH"]);
  assert.deepEqual(repeated('{"steps":1,"\\u017fteps":2}'), ["steps", "\u017fteps"]);
  assert.deepEqual(repeated('{"k":1,"\\u212a":2}'), ["k", "\u212a"]);
  assert.equal(repeated('{"path":1,"pat":2,"paths":3}'), undefined);
});
