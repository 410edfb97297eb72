import assert from "node:assert/strict";
import { test } from "node:test";
import { SpacedLog } from "../../../src/base/spaced-log.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

test("spaced log: the first of a kind is said at once, the others every ten seconds, with how often and what came last", () => {
  const clock = new FakeClock();
  const said: unknown[] = [];
  const log = new SpacedLog(clock, (context) => said.push(context));
  for (let n = 1; n <= 3; n++) log.say("a", { n });
  log.say("b", { n: 4 });
  assert.deepEqual(said.splice(0), [
    { n: 1, times: 1 },
    { n: 4, times: 1 },
  ]);
  clock.advance(10_000);
  assert.deepEqual(said.splice(0), [{ n: 3, times: 2 }]);
  clock.advance(20_000);
  assert.deepEqual([said, clock.timers], [[], 0]);
});

test("spaced log: at its end it says what is left, and what comes later at once, without a timer", () => {
  const clock = new FakeClock();
  const said: unknown[] = [];
  const log = new SpacedLog(clock, (context) => said.push(context));
  for (let n = 1; n <= 2; n++) log.say("a", { n });
  log.close();
  log.say("a", { n: 3 });
  assert.deepEqual(
    said.map((context) => (context as { n: number }).n),
    [1, 2, 3],
  );
  assert.equal(clock.timers, 0);
});
