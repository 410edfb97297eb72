import assert from "node:assert/strict";
import { test } from "node:test";
import { PieceQueue } from "../../../src/wire/piece-queue.ts";

const all = Number.MAX_SAFE_INTEGER;
const textOf = (piece: Buffer | undefined) => piece?.toString("latin1");

test("piece queue: pieces come out in the order they went in, however far the ring has turned and grown", () => {
  const queue = new PieceQueue();
  let put = 0;
  let taken = 0;
  // Growing by one a round, so that every place in the ring is once the first, and each growth finds it turned.
  for (let round = 0; round < 300; round++) {
    for (let n = 0; n < 3; n++) queue.push(Buffer.from(`piece ${put++}`));
    for (let n = 0; n < 2; n++) assert.equal(textOf(queue.shift(all)), `piece ${taken++}`);
    assert.equal(queue.count, put - taken);
  }
  while (queue.count > 0) assert.equal(textOf(queue.shift(all)), `piece ${taken++}`);
  assert.equal(taken, put);
  assert.equal(queue.shift(all), undefined);
});

test("piece queue: of a piece that is larger than asked for comes the beginning, then the rest", () => {
  const queue = new PieceQueue();
  queue.push(Buffer.from("abcdefg"));
  queue.push(Buffer.from("hi"));
  assert.equal(queue.bytes, 9);
  assert.equal(textOf(queue.shift(3)), "abc");
  assert.deepEqual([queue.count, queue.bytes], [2, 6]);
  assert.equal(textOf(queue.shift(3)), "def");
  assert.equal(textOf(queue.shift(3)), "g");
  assert.equal(textOf(queue.shift(3)), "hi");
  assert.deepEqual([queue.count, queue.bytes], [0, 0]);
});

test("piece queue: once cleared it is empty, and takes pieces again", () => {
  const queue = new PieceQueue();
  for (let n = 0; n < 100; n++) queue.push(Buffer.from("x"));
  queue.clear();
  assert.deepEqual([queue.count, queue.bytes, queue.shift(all)], [0, 0, undefined]);
  queue.push(Buffer.from("again"));
  assert.equal(textOf(queue.shift(all)), "again");
});
