import assert from "node:assert/strict";
import { test } from "node:test";
import { elements, findMember, members } from "../../../src/wire/json.ts";

function listMembers(text: string): [boolean, string[]] {
  const bytes = Buffer.from(`??${text}??`);
  const seen: string[] = [];
  const isWhole = members(bytes, 2, bytes.length - 2, (key, from, to) =>
    seen.push(`${key}=${bytes.toString("utf8", from, to)}`),
  );
  return [isWhole, seen];
}

function listElements(text: string): [boolean, string[]] {
  const bytes = Buffer.from(`??${text}??`);
  const seen: string[] = [];
  const isWhole = elements(bytes, 2, bytes.length - 2, (from, to) => seen.push(bytes.toString("utf8", from, to)));
  return [isWhole, seen];
}

test("members: visits keys decoded, values as bytes, in order", () => {
  assert.deepEqual(listMembers('{"a":1 , "\\u0062" : [ {"c":"}"} ],"é":"x","a":{ }}'), [
    true,
    ["a=1", 'b=[ {"c":"}"} ]', 'é="x"', "a={ }"],
  ]);
  assert.deepEqual(listMembers("{ }"), [true, []]);
});

test("elements: visits values as bytes, in order", () => {
  assert.deepEqual(listElements('[1,"],",{"a":[2]}, null\n]'), [true, ["1", '"],"', '{"a":[2]}', "null"]]);
  assert.deepEqual(listElements("[]"), [true, []]);
});

test("members, elements: say when the range is not a whole object or array", () => {
  for (const text of [
    "",
    "{",
    "}",
    "1",
    "[]",
    '{"a":1',
    '{"a":1,}',
    '{"a" 1}',
    '{"a":1}}',
    "{1:2}",
    '{"a":[}',
    '{"a":1}{}',
    '{"a}',
  ]) {
    assert.equal(listMembers(text)[0], false, text);
  }
  for (const text of ["", "[", "]", "{}", "[1", "[1,]", "[,]", "[1 2]", "[1]]", "[][]", '["a]']) {
    assert.equal(listElements(text)[0], false, text);
  }
  assert.deepEqual(listElements("[1,2,x]"), [false, ["1", "2"]]);
});

test("findMember: finds the value of a key as JSON.parse would", () => {
  const bytes = Buffer.from('{"a":1,"n\\u0061me":"x","b":{"name":0},"a":2}');
  const text = (key: string) => {
    const found = findMember(bytes, 0, bytes.length, key);
    return found && bytes.toString("utf8", found.start, found.end);
  };
  assert.equal(text("name"), '"x"');
  assert.equal(text("a"), "2");
  assert.equal(text("c"), undefined);
});
