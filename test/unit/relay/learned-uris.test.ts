import assert from "node:assert/strict";
import { test } from "node:test";
import { LearnedUris } from "../../../src/relay/learned-uris.ts";

test("learned uris: who was told a uri is led to the Cores that said it, and nobody else is", () => {
  const learned = new LearnedUris();
  learned.learn("a", "ann", "x://1");
  learned.learn("b", "ann", "x://1");
  learned.learn("b", "bob", "x://2");
  assert.deepEqual(learned.saidBy("ann", "x://1"), ["a", "b"]);
  assert.deepEqual(learned.saidBy("bob", "x://1"), []);
  assert.deepEqual(learned.saidBy("ann", "x://2"), []);
  learned.forget("b");
  assert.deepEqual(learned.saidBy("ann", "x://1"), ["a"]);
});

test("learned uris: of one Core 512 are kept, those used last; one that is too long is not", () => {
  const learned = new LearnedUris();
  for (let n = 0; n < 512; n++) learned.learn("a", "ann", `x://${n}`);
  learned.saidBy("ann", "x://0");
  learned.learn("a", "ann", "x://new");
  learned.learn("a", "ann", `x://${"long".repeat(1000)}`);
  assert.deepEqual(learned.saidBy("ann", "x://0"), ["a"]);
  assert.deepEqual(learned.saidBy("ann", "x://1"), []);
  assert.deepEqual(learned.saidBy("ann", "x://2"), ["a"]);
  assert.deepEqual(learned.saidBy("ann", `x://${"long".repeat(1000)}`), []);
});
