import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { ShownTokens } from "../../../src/identity/shown-tokens.ts";
import { TokenMemory } from "../../../src/identity/token-memory.ts";

test("shown tokens: of several of one person the one that lasts longest counts, until it ends", () => {
  const shown = new ShownTokens();
  shown.add({ id: "ann", until: 100 }, "first", 0);
  shown.add({ id: "ann", until: 300 }, "second", 0);
  shown.add({ id: "ann", until: 200 }, "third", 0);
  shown.add({ id: "bob", until: undefined }, "of no end", 0);
  assert.equal(shown.of("ann", 299)?.token.reveal(), "second");
  assert.equal(shown.of("bob", 0), undefined);
  assert.doesNotMatch(inspect(shown, { depth: 9 }), /second/);
  assert.equal(shown.of("ann", 300), undefined);
  shown.add({ id: "ann", until: 400 }, "fourth", 300);
  assert.equal(shown.of("ann", 300)?.token.reveal(), "fourth");
});

test("token memory: it is bounded, and what was not used for longest goes first", () => {
  const memory = new TokenMemory<{ untilMs: number }>(2);
  memory.set("a", { untilMs: 10 });
  memory.set("b", { untilMs: 10 });
  assert.ok(memory.get("a", 0));
  memory.set("c", { untilMs: 10 });
  assert.deepEqual(
    [memory.get("a", 0), memory.get("b", 0), memory.get("c", 0)].map((it) => it !== undefined),
    [true, false, true],
  );
  assert.equal(memory.get("a", 10), undefined);
  assert.equal(memory.size, 1);
});
