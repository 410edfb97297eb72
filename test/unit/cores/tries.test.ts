import assert from "node:assert/strict";
import { test } from "node:test";
import { firstTry, mayFetch, nextTry, type Start, type Try } from "../../../src/cores/tries.ts";
import type { Era } from "../../../src/wire/revisions.ts";

interface Given extends Omit<Partial<Start>, "known"> {
  readonly known?: Partial<Start["known"]>;
}

/** What is tried, where each try ends as `outcomes` says; then in silence. */
function tries(given: Given, outcomes: readonly ("silent" | { again: Era })[] = []): string[] {
  const start: Start = {
    framing: "auto",
    era: undefined,
    restarts: 0,
    startupTimeoutMs: 10_000,
    mayFetch: false,
    ...given,
    known: { framing: undefined, era: undefined, ...given.known },
  };
  const tried: Try[] = [];
  for (let next: Try | undefined = firstTry(start); next !== undefined; ) {
    tried.push(next);
    next = nextTry(start, tried, outcomes[tried.length - 1] ?? "silent");
  }
  return tried.map(({ framing, era, quietMs }) => `${framing} ${era} ${quietMs}`);
}

test("tries: in silence MCP's own framing has all the time there is, the other one little of it, and the other era comes last", () => {
  assert.deepEqual(tries({}), ["newline probe 10000", "content-length legacy 3000", "newline legacy 10000"]);
  assert.deepEqual(tries({ restarts: 1 }), [
    "newline probe 10000",
    "content-length legacy 10000",
    "newline legacy 10000",
  ]);
  assert.deepEqual(tries({ startupTimeoutMs: 500 })[1], "content-length legacy 500");
  assert.deepEqual(tries({ framing: "newline" }), ["newline probe 10000", "newline legacy 10000"]);
});

test("tries: what is known is tried alone", () => {
  const known = { framing: "newline", era: "legacy" } as const;
  assert.deepEqual(tries({ known }), ["newline legacy 10000"]);
  assert.deepEqual(tries({ known: { ...known, era: "modern" } }), ["newline modern 10000"]);
  assert.deepEqual(tries({ known: { framing: "content-length" } }), [
    "content-length probe 10000",
    "content-length legacy 10000",
  ]);
  assert.deepEqual(tries({ framing: "content-length", known }), ["content-length legacy 10000"]);
});

test("tries: what has one era, by its transport or the manifest, is not asked for the other", () => {
  assert.deepEqual(tries({ framing: "newline", era: "legacy" }), ["newline legacy 10000"]);
  assert.deepEqual(tries({ era: "modern" }), ["newline modern 10000", "content-length modern 3000"]);
  assert.deepEqual(tries({ era: "legacy", known: { era: "modern" } }), [
    "newline legacy 10000",
    "content-length legacy 3000",
  ]);
});

test("tries: one that is gone when it is asked, or is too late with its era, is tried once more in the right one", () => {
  assert.deepEqual(tries({}, [{ again: "legacy" }]).slice(0, 2), ["newline probe 10000", "newline legacy 10000"]);
  assert.deepEqual(tries({}, [{ again: "modern" }]).slice(0, 2), ["newline probe 10000", "newline modern 10000"]);
  assert.deepEqual(tries({ framing: "newline" }, [{ again: "legacy" }, { again: "legacy" }]).length, 2);
});

test("tries: what may be downloading in silence has a minute, until it has answered once", () => {
  assert.equal(tries({ mayFetch: true })[0], "newline probe 60000");
  assert.equal(tries({ mayFetch: true, framing: "newline" })[0], "newline probe 60000");
  assert.equal(tries({ mayFetch: true, known: { framing: "newline" } })[0], "newline probe 10000");
  for (const command of ["npx", "/usr/bin/uvx", "C:\\node\\npx.cmd", "Docker.exe"])
    assert.ok(mayFetch(command), command);
  for (const command of ["node", "npx-server", "./my-npx/run"]) assert.ok(!mayFetch(command), command);
});
