import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { Person, type Question } from "../../../src/cli/person.ts";

/** A person who writes these lines, one for each thing that is asked. */
function scene(...answers: readonly string[]) {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const left = [...answers];
  let shown = "";
  stderr.on("data", (chunk: Buffer) => {
    shown += chunk;
    // What asks ends without a line end.
    if (!/(\? \[[^\]]+\]|:) $/.test(shown)) return;
    const answer = left.shift();
    if (answer === undefined) stdin.end();
    else stdin.write(`${answer}\n`);
  });
  const person = new Person({ env: {}, cwd: "/", stdin, stdout: new PassThrough(), stderr });
  const withdrawn = new AbortController();
  const answer = (question: Question) => person.answer(question, withdrawn.signal);
  return { answer, withdrawn, shown: () => shown };
}

const form: Question = {
  message: "[files] who\nare you?",
  requestedSchema: {
    properties: {
      name: { type: "string", minLength: 2, description: "as on your letters" },
      age: { type: "integer", minimum: 0 },
      size: { type: "string", oneOf: [{ const: "s", title: "Small" }, { const: "l" }] },
      tags: { type: "array", items: { enum: ["a", "b", "c"] } },
      news: { type: "boolean", default: false },
      note: { type: "string" },
    },
    required: ["name"],
  },
};

test("person: fills in a form field by field, each as its type, asked again where it is wrong", async () => {
  const { answer, shown } = scene("", "A", "Ann", "old", "7", "s", "a, c", "", "", "");
  assert.deepEqual(await answer(form), {
    action: "accept",
    content: { name: "Ann", age: 7, size: "s", tags: ["a", "c"], news: false },
  });
  for (const said of [
    "[files] who are you?",
    "a value is needed",
    "at least 2",
    "write a number",
    "s: Small",
    "as on",
  ]) {
    assert.ok(shown().includes(said), said);
  }
});

test("person: may decline, and ends the input to cancel", async () => {
  const simple: Question = { message: "m", requestedSchema: { properties: { name: { type: "string" } } } };
  assert.deepEqual(await scene("Ann", "n").answer(simple), { action: "decline" });
  assert.deepEqual(await scene().answer(simple), { action: "cancel" });
});

test("person: is shown a page, which nobody opens for them", async () => {
  const page: Question = { mode: "url", message: "sign in", url: "https://example.com/x\u001b[2J" };
  const { answer, shown } = scene("y");
  assert.deepEqual(await answer(page), { action: "accept" });
  assert.ok(shown().includes("https://example.com/x\\u001b[2J"));
  assert.deepEqual(await scene("").answer(page), { action: "decline" });
});

test("person: is asked no longer when the question is taken back", async () => {
  const { answer, withdrawn } = scene();
  withdrawn.abort();
  assert.deepEqual(await answer(form), { action: "cancel" });
});
