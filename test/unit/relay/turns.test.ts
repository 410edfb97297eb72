import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "../../../src/relay/turns.ts";

test("turns: one who has given up keeps nobody from having the next", async () => {
  const turns = new Turns();
  assert.equal(turns.take("a"), undefined);
  const [gone, there] = [turns.take("a"), turns.take("b")];
  await gone;
  await there;
  assert.equal(turns.take("b"), undefined);
});

test("turns: with nobody waiting there is one in each turn of the loop", async () => {
  const turns = new Turns();
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(turns.take("a"), undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test("turns: one client may have so many waiting, and keeps no other from it", async () => {
  const turns = new Turns();
  const wait = (client: string) => turns.take(client);
  assert.equal(wait("a"), undefined);
  const waiting = Array.from({ length: 256 }, () => wait("a"));
  assert.throws(() => wait("a"), { code: "overloaded", data: { retry_after_ms: 1000 } });
  await Promise.all([wait("b"), waiting[0]]);
  assert.equal(wait("a"), undefined, "nobody has had this turn");
  assert.ok(wait("a") instanceof Promise);
  await Promise.all(waiting);
});
