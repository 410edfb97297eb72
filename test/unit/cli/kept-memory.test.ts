import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { keepFreedMemory } from "../../../src/cli/kept-memory.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

const MiB = 1024 * 1024;

test("kept memory: the lesson is one piece, once, with no memory behind it, and V8 may free it", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const clock = new FakeClock();
  keepFreedMemory(clock);
  collect();
  const before = process.memoryUsage();
  clock.advance(1_000);
  const taught = process.memoryUsage();
  assert.ok(taught.arrayBuffers - before.arrayBuffers > 31 * MiB, "the piece is there");
  assert.ok(taught.rss - before.rss < 16 * MiB, "and takes no memory");
  assert.equal(clock.timers, 0, "nothing more is to come");
  // What is collected is freed, and counted off, in a thread of its own.
  while (process.memoryUsage().arrayBuffers - before.arrayBuffers > 8 * MiB) {
    collect();
    await setImmediate();
  }
});
