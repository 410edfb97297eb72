import assert from "node:assert/strict";
import { test } from "node:test";
import { stringAt } from "../../../src/wire/scan.ts";
import { stringEnd } from "../../../src/wire/strings.ts";

test("stringAt: says what JSON.parse says", () => {
  for (const text of [
    "",
    "a",
    "tools/call",
    "é😀",
    'a"b\\c/d',
    "\u0000\u001f\u007f",
    "\ud800",
    "a\udc00",
    "x".repeat(500),
    `${"é".repeat(300)}\n`,
  ]) {
    const json = JSON.stringify(text);
    const bytes = Buffer.from(`  ${json},`);
    assert.equal(stringAt(bytes, 2, bytes.length - 1), text);
  }
  const escaped = Buffer.from('"\\u0069\\u0064\\/\\ud83d\\ude00"');
  assert.equal(stringAt(escaped, 0, escaped.length), "id/😀");
});

test("stringEnd: stops at the first quote that is not escaped", () => {
  assert.equal(stringEnd(Buffer.from('"" '), 0, 3), 2);
  assert.equal(stringEnd(Buffer.from('"a\\"b" '), 0, 7), 6);
  assert.equal(stringEnd(Buffer.from('"a\\\\" '), 0, 6), 5);
});

test("stringEnd: looks at nothing behind its limit", () => {
  const bytes = Buffer.from(`"${"x".repeat(100)}" }`);
  assert.equal(stringEnd(bytes, 0, 50), ~50);
  assert.equal(stringEnd(bytes, 0, 101), ~101);
  assert.equal(stringEnd(bytes, 0, 102), 102);
});

test("stringEnd: a long string without an end, and an escape at every place before the limit", () => {
  for (let offset = 0; offset < 8; offset++) {
    for (let length = 60; length < 100; length++) {
      for (let behind = 0; behind < 8; behind++) {
        const text = `${"-".repeat(offset)}"${"x".repeat(length)}\\n${"y".repeat(behind)}}`;
        const bytes = Buffer.from(text).subarray(offset);
        assert.equal(stringEnd(bytes, 0, bytes.length), ~bytes.length);
      }
    }
  }
});
