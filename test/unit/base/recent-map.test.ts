import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentMap } from "../../../src/base/recent-map.ts";

test("recent-map: is a map, whatever was asked for last", () => {
  const map = RecentMap.of([
    ["a", 1],
    ["b", 2],
  ]);
  assert.deepEqual([map.get("a"), map.get("a"), map.get("b"), map.get("a"), map.get("c")], [1, 1, 2, 1, undefined]);
  map.set("a", 3);
  assert.equal(map.get("a"), 3);
  assert.equal(map.delete("a"), true);
  assert.deepEqual([map.get("a"), map.has("a"), map.size], [undefined, false, 1]);
  assert.equal(map.get("b"), 2);
  map.clear();
  assert.equal(map.get("b"), undefined);
  assert.deepEqual([...map.set("d", 4)], [["d", 4]]);
});
