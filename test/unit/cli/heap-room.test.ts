import assert from "node:assert/strict";
import { test } from "node:test";
import { growingPercent } from "../../../src/cli/heap-room.ts";

const MiB = 1024 * 1024;

test("heap room: a small heap may grow by 64 MiB until it is collected, whatever its size", () => {
  for (const used of [4, 8, 24, 40, 60]) {
    const room = (used * growingPercent(used * MiB)) / 100;
    assert.ok(Math.abs(room - 64) < 0.3, `${used} MiB may grow by ${room}`);
  }
});

test("heap room: a heap that is large is left to V8", () => {
  assert.equal(growingPercent(64 * MiB), 0);
  assert.equal(growingPercent(500 * MiB), 0);
});
