// What the headers of a request say about its body and its answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedBy, isEncoded, isJson } from "../../../src/doors/http/negotiate.ts";

test("negotiate: what Accept says is taken as it is meant", () => {
  const cases: [accept: string | undefined, json: boolean, events: boolean][] = [
    [undefined, true, true],
    ["*/*", true, true],
    ["application/json, text/event-stream", true, true],
    ["text/event-stream;q=0.5, application/json;q=0.9", true, true],
    ["Application/JSON; charset=utf-8", true, false],
    ["application/*", true, false],
    ["text/*", false, true],
    ["text/html, text/event-stream", false, true],
    ["application/json;q=0, text/event-stream", false, true],
    ["application/json;q=0.000, */*;q=0", false, false],
    ["text/html", false, false],
    ["application/jsonx", false, false],
    [",;,", false, false],
    ["", false, false],
  ];
  for (const [accept, json, events] of cases) assert.deepEqual(acceptedBy(accept), { json, events }, accept);
});

test("negotiate: a body is JSON by its type alone, and never encoded", () => {
  for (const type of [
    "application/json",
    "Application/Json",
    "application/json;charset=utf-8",
    "application/json ; x",
  ]) {
    assert.equal(isJson(type), true, type);
  }
  for (const type of [
    undefined,
    "",
    "text/json",
    "application/jsonp",
    "application/json, text/plain",
    "x application/json",
  ]) {
    assert.equal(isJson(type), false, type);
  }
  assert.deepEqual([{}, { "content-encoding": "Identity" }, { "content-encoding": "gzip" }].map(isEncoded), [
    false,
    false,
    true,
  ]);
});
