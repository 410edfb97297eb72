// What the mask knows of secrets that take one another's place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PassingSecrets } from "../../../src/base/passing-secrets.ts";
import { Secret } from "../../../src/base/secret.ts";
import { createMasker } from "../../../src/wire/mask.ts";

const name = (n: number) => `the-secret-number-${n}`;

function scene() {
  const masker = createMasker();
  const passing = new PassingSecrets((secret) => masker.add(secret));
  const change = (...numbers: number[]) => passing.change(numbers.map((n) => new Secret(name(n))));
  const known = () => [1, 2, 3, 4].filter((n) => masker.maskText(name(n)) !== name(n));
  return { masker, passing, change, known };
}

test("passing secrets: those in use and the ones before them are masked, older ones are not", () => {
  const { masker, passing, change, known } = scene();
  change(1, 4);
  change(2, 4);
  assert.deepEqual(known(), [1, 2, 4]);
  change(3, 4);
  assert.deepEqual(known(), [2, 3, 4]);
  passing.end();
  assert.equal(masker.active, false);
  change(1);
  assert.deepEqual(known(), [1]);
});

test("passing secrets: whose holder is gone are taken back, and not before", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const round = async () => {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const masker = createMasker();
  const holders = [1, 2].map((n) => {
    const passing = new PassingSecrets((secret) => masker.add(secret));
    passing.change([new Secret(name(n))]);
    return passing;
  });
  const isMasked = (n: number) => masker.maskText(name(n)) !== name(n);
  await round();
  assert.ok(isMasked(1) && isMasked(2));
  holders.shift();
  for (let rounds = 0; rounds < 100 && isMasked(1); rounds++) await round();
  assert.equal(isMasked(1), false);
  assert.equal(isMasked(2), true);
  assert.equal(holders.length, 1);
});
