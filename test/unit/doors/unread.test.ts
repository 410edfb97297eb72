// What the responses of one client hold together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Holder, Unread } from "../../../src/doors/http/unread.ts";

const holderOf = (pendingBytes: number, destroyed: number[] = []): Holder => ({
  pendingBytes,
  destroy: () => destroyed.push(pendingBytes),
});

test("unread: counts what is held, whatever is released first", () => {
  const unread = new Unread(10);
  const holders = [1, 2, 4, 8].map((bytes) => holderOf(bytes));
  for (const holder of holders) unread.hold(holder);
  assert.equal(unread.bytes, 15);
  assert.equal(unread.isOver, true);
  const [one, two, four, eight] = holders as [Holder, Holder, Holder, Holder];
  unread.release(two);
  assert.equal(unread.bytes, 13);
  unread.release(two);
  unread.release(eight);
  assert.equal(unread.bytes, 5);
  assert.equal(unread.isOver, false);
  unread.release(one);
  unread.release(four);
  assert.equal(unread.bytes, 0);
});

test("unread: what waits is cut off, and what has been read is not", () => {
  const destroyed: number[] = [];
  const unread = new Unread(10);
  for (const bytes of [3, 0, 5]) unread.hold(holderOf(bytes, destroyed));
  unread.cutOff();
  assert.deepEqual(destroyed, [3, 5]);
});

test("unread: all is read when the last response is released", async () => {
  const unread = new Unread(10);
  await unread.whenRead();
  const holders = [holderOf(1), holderOf(0)] as const;
  for (const holder of holders) unread.hold(holder);
  let isRead = false;
  const read = unread.whenRead().then(() => {
    isRead = true;
  });
  unread.release(holders[0]);
  await Promise.resolve();
  assert.equal(isRead, false);
  unread.release(holders[1]);
  await read;
});
