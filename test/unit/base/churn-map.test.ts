// The map of calls under way: the same answers as Map, whatever comes and goes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChurnMap, integerHash, textHash } from "../../../src/base/churn-map.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

test("churn map: agrees with Map over a long random run of sets, gets and deletes", () => {
  const random = seededRandom(7).next;
  for (const hash of [integerHash, (key: number) => key % 3, () => 5]) {
    const mine = new ChurnMap<number, string>(hash);
    const real = new Map<number, string>();
    for (let step = 0; step < 5000; step++) {
      const key = Math.floor(random() * 64);
      if (random() < 0.5) {
        mine.set(key, `v${step}`);
        real.set(key, `v${step}`);
      } else assert.equal(mine.delete(key), real.delete(key));
      const asked = Math.floor(random() * 64);
      assert.equal(mine.get(asked), real.get(asked));
      assert.equal(mine.size, real.size);
    }
    assert.deepEqual(mine.values().sort(), [...real.values()].sort());
  }
});

test("churn map: entries may be deleted while its values are gone through", () => {
  const map = new ChurnMap<string, string>(textHash);
  for (let n = 0; n < 1000; n++) map.set(`"id-${n}"`, `"id-${n}"`);
  for (const value of map.values()) assert.ok(map.delete(value));
  assert.equal(map.size, 0);
  assert.equal(map.get('"id-1"'), undefined);
});
