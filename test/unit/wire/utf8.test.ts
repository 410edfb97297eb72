import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { test } from "node:test";
import { isUtf8Chunks } from "../../../src/wire/utf8.ts";

const samples = [
  "",
  "a",
  "aé",
  "€",
  "😀",
  "a😀b€cé",
  "\xff",
  "\xc3",
  "\xc3(",
  "\xe2\x82",
  "\xe2\x82(",
  "\xf0\x9f\x98",
  "\xf0\x9f\x98(",
  "\xed\xa0\x80",
  "\x80",
  "\xc0\x80",
  "a\x80\x80\x80\x80",
];

test("isUtf8Chunks: says for any three chunks what isUtf8 says for the whole", () => {
  for (const sample of samples) {
    for (const encoding of ["utf8", "latin1"] as const) {
      const bytes = Buffer.from(sample, encoding);
      for (let a = 0; a <= bytes.length; a++) {
        for (let b = a; b <= bytes.length; b++) {
          const chunks = [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)];
          assert.equal(isUtf8Chunks(chunks), isUtf8(bytes), `${bytes.toString("hex")} at ${a}, ${b}`);
        }
      }
      assert.equal(isUtf8Chunks([...bytes].map((byte) => Buffer.from([byte]))), isUtf8(bytes));
    }
  }
});
