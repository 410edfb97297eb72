// What keeps the event loop awake while something is about to come, and no longer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BusyPoll } from "../../../src/base/busy-poll.ts";

const isAwake = () => process.getActiveResourcesInfo().includes("Immediate");

/** The loop as it would be without the test's own wish for another turn. */
async function turns(many: number): Promise<void> {
  for (let n = 0; n < many; n++) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves once nothing is waited for. */
async function asleep(): Promise<void> {
  while (isAwake()) await turns(1);
}

test("busy poll: what comes soon is waited for awake, each time, and the loop sleeps as soon as it is there", async () => {
  const poll = new BusyPoll(true);
  for (let n = 0; n < 5; n++) {
    poll.expect();
    await turns(20);
    assert.ok(isAwake());
    poll.came();
    await turns(1);
    assert.ok(!isAwake());
  }
});

test("busy poll: what does not come lets the loop sleep, and is waited for ever more seldom", async () => {
  const poll = new BusyPoll(true);
  const skipped: number[] = [];
  for (let misses = 0; misses < 10; misses++) {
    let skips = 0;
    for (poll.expect(); !isAwake(); poll.expect()) skips++;
    skipped.push(skips);
    await asleep();
  }
  assert.deepEqual(skipped, [0, 1, 3, 7, 15, 31, 63, 127, 255, 255]);
});

test("busy poll: what comes again after a long time of nothing is waited for each time again", async () => {
  const poll = new BusyPoll(true);
  for (let n = 0; n < 40; n++) {
    poll.expect();
    await asleep();
  }
  let tries = 0;
  for (poll.expect(); !isAwake(); poll.expect()) tries++;
  assert.ok(tries <= 255);
  for (let n = 0; n < 9; n++) {
    poll.came();
    poll.expect();
    assert.ok(isAwake());
  }
  await asleep();
  poll.expect();
  assert.ok(!isAwake(), "one that did not come is a miss like the first");
  poll.expect();
  assert.ok(isAwake());
  poll.came();
});

test("busy poll: what comes in numbers is left to a loop that sleeps", async () => {
  const poll = new BusyPoll(true);
  poll.expect();
  poll.expect();
  await turns(1);
  assert.ok(!isAwake());
  poll.came();
});

test("busy poll: where it is off the loop sleeps each time", () => {
  const poll = new BusyPoll(false);
  for (let n = 0; n < 1000; n++) {
    poll.expect();
    poll.came();
  }
  poll.expect();
  assert.ok(!isAwake());
});
