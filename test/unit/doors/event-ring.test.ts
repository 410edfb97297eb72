// What streams keep for clients that come back: bounded for each, and for all together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventRing, RingBudget } from "../../../src/doors/http/event-ring.ts";

const kept = (ring: EventRing, after = 0) => ring.after(after).map((event) => event.length);

test("event-ring: the oldest events give way, each the moment it no longer fits", () => {
  const budget = new RingBudget({ streamBytes: 10, totalBytes: 100 });
  const ring = new EventRing(budget);
  for (const [seq, size] of [4, 4, 2, 1].entries()) ring.push(seq + 1, Buffer.alloc(size));
  assert.deepEqual(kept(ring), [4, 2, 1]);
  assert.deepEqual(kept(ring, 3), [1]);
  assert.deepEqual([ring.bytes, budget.bytes], [7, 7]);
});

test("event-ring: the newest event stays whatever its size, alone", () => {
  const budget = new RingBudget({ streamBytes: 10, totalBytes: 100 });
  const ring = new EventRing(budget);
  ring.push(1, Buffer.alloc(5));
  ring.push(2, Buffer.alloc(50));
  assert.deepEqual(kept(ring), [50]);
  ring.push(3, Buffer.alloc(1));
  assert.deepEqual(kept(ring), [1]);
  assert.equal(budget.bytes, 1);
});

test("event-ring: where all together keep too much, the ring that is oldest is emptied first", () => {
  const budget = new RingBudget({ streamBytes: 10, totalBytes: 25 });
  const rings = [1, 2, 3].map(() => new EventRing(budget));
  for (const ring of rings) ring.push(1, Buffer.alloc(10));
  assert.deepEqual(
    rings.map((ring) => ring.bytes),
    [0, 10, 10],
  );
  rings[0]?.push(2, Buffer.alloc(5));
  assert.deepEqual(
    rings.map((ring) => ring.bytes),
    [5, 10, 10],
  );
  // The first is the youngest now.
  rings[0]?.push(3, Buffer.alloc(1));
  assert.deepEqual(
    rings.map((ring) => ring.bytes),
    [6, 0, 10],
  );
  assert.equal(budget.bytes, 16);
});

test("event-ring: what is cleared is given back", () => {
  const budget = new RingBudget({ streamBytes: 10, totalBytes: 25 });
  const ring = new EventRing(budget);
  ring.push(1, Buffer.alloc(8));
  ring.clear();
  ring.clear();
  assert.deepEqual([kept(ring), budget.bytes], [[], 0]);
});

test("event-ring: a large event takes the place of a hundred thousand small rings", () => {
  const count = 100_000;
  const budget = new RingBudget({ streamBytes: 100, totalBytes: count * 10 });
  const rings = Array.from({ length: count }, () => new EventRing(budget));
  for (const ring of rings) ring.push(1, Buffer.alloc(10));
  const large = new EventRing(budget);
  large.push(1, Buffer.alloc(count * 10));
  assert.deepEqual([large.bytes, budget.bytes], [count * 10, count * 10]);
  assert.ok(rings.every(({ bytes }) => bytes === 0));
});

test("event-ring: an event that is larger than all may keep is kept by nobody", () => {
  const budget = new RingBudget({ streamBytes: 10, totalBytes: 25 });
  const ring = new EventRing(budget);
  ring.push(1, Buffer.alloc(30));
  assert.deepEqual([kept(ring), ring.bytes, budget.bytes], [[], 0, 0]);
});
