import assert from "node:assert/strict";
import { test } from "node:test";
import { printable } from "../../../src/base/printable.ts";

test("printable: shows what a terminal would obey as escapes, and keeps line ends and tabs", () => {
  assert.equal(printable("a\tb\nc\r\nd"), "a\tb\nc\nd");
  assert.equal(printable("\u001b[2J\u0007\u007f\u009b1m"), "\\u001b[2J\\u0007\\u007f\\u009b1m");
  assert.equal(printable("all is well\rnothing is"), "all is well\\u000dnothing is");
  assert.equal(printable("\u202egpj.exe\u2066\u200f\u061c\u2028"), "\\u202egpj.exe\\u2066\\u200f\\u061c\\u2028");
});

test("printable: leaves what people write as it is", () => {
  for (const text of ["é ü", "שלום", "نمی‌خواهم", "👩‍💻 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\\u001b"]) assert.equal(printable(text), text);
});

test("printable: JSON means the same afterwards", () => {
  const value = { "a\u009b": "\u001b\r\n\u202e\u007f\u2028é" };
  const shown = printable(JSON.stringify(value, undefined, 2));
  assert.deepEqual(JSON.parse(shown), value);
  assert.ok(!/[\u007f-\u009f\u2028\u202e]/.test(shown));
});
