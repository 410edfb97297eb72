import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeHeaderValue, encodeHeaderValue } from "../../../src/wire/header-value.ts";

test("header value: is the text itself where a header can carry it, else Base64 between marks", () => {
  // The examples of the specification, and what it says beside them.
  const examples: [text: string, value: string][] = [
    ["us-west1", "us-west1"],
    ["Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="],
    [" padded ", "=?base64?IHBhZGRlZCA=?="],
    ["line1\nline2", "=?base64?bGluZTEKbGluZTI=?="],
    ["=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="],
    ["", "=?base64??="],
    ["a\tb c", "a\tb c"],
    ["a\t", "=?base64?YQk=?="],
    ["=?base64?SGVsbG8=", "=?base64?SGVsbG8="],
    ["=?base64?=", "=?base64?="],
    ["=?BASE64?x?=", "=?BASE64?x?="],
  ];
  for (const [text, value] of examples) {
    assert.equal(encodeHeaderValue(text), value);
    assert.equal(decodeHeaderValue(value), text);
  }
});

test("header value: blanks around it are not of it", () => {
  for (const value of ["  files  ", "\tfiles", "files \t "]) assert.equal(decodeHeaderValue(value), "files");
  assert.equal(decodeHeaderValue("  =?base64?IHg=?= "), " x");
  assert.equal(decodeHeaderValue(" \t "), "");
});

test("header value: what is not whole Base64 of UTF-8, or no plain text, is no value", () => {
  const wrong = [
    "=?base64?SGVsbG8?=",
    "=?base64?SGVs!!!bG8=?=",
    "=?base64?SGVsbG8= ?=",
    "=?base64?SGVsbG9=?=",
    "=?base64?SGVsbG8_?=",
    "=?base64?/w==?=",
    "caf\u00e9",
    "a\u0000b",
    "a\u007f",
  ];
  for (const value of wrong) assert.equal(decodeHeaderValue(value), undefined, value);
});
