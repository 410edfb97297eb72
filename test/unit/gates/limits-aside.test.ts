// Calls that step aside, as they wait for a person, and are to have their places again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsScene } from "../../helpers/limits-scene.ts";

test("limits: a call that steps back has its places at once where they are free, or waits in line, whatever the queue's bound", () => {
  for (const limited of ["client", "core"] as const) {
    const { limits, started, call } = limitsScene({ [limited]: { maxConcurrency: 1, maxQueue: 1 } });
    const [first, second, third] = [call("a1"), call("a2"), call("a3")];
    limits.admit(first);
    limits.stepAside(first);
    assert.equal(limits.stepBack(first), true);
    assert.equal(limits.stepBack(first), true, "it has them");
    limits.stepAside(first);
    assert.equal(limits.admit(second), "pass");
    assert.equal(limits.admit(third), "wait");
    assert.equal(limits.stepBack(first), false);
    assert.equal(limits.stepBack(first), false, "once");
    assert.equal(limits.refused[limited], 0);
    limits.release(second);
    assert.deepEqual(started.splice(0), ["a3"]);
    limits.release(third);
    assert.deepEqual(started.splice(0), ["a1"]);
    assert.deepEqual([...limits.loads()], [{ core: "core", inUse: 1, queued: 0 }]);
    limits.release(first);
    assert.deepEqual([...limits.loads()], [{ core: "core", inUse: 0, queued: 0 }]);
    assert.equal(limits.waitingBytes, 0);
  }
});

test("limits: a call that is given up while it steps back is not started, and its place is the next one's", () => {
  const { limits, started, call } = limitsScene({ core: { maxConcurrency: 1 } });
  const [first, second, third] = [call("a1"), call("b1"), call("c1")];
  limits.admit(first);
  limits.stepAside(first);
  limits.admit(second);
  assert.equal(limits.stepBack(first), false);
  limits.admit(third);
  limits.release(first);
  limits.release(second);
  assert.deepEqual(started, ["c1"]);
  limits.release(third);
  assert.deepEqual([...limits.loads()], [{ core: "core", inUse: 0, queued: 0 }]);
});

test("limits: a call that steps back takes nothing of a rate again, and one that never was in takes its share", () => {
  const { clock, limits, started, call } = limitsScene({ client: { rateRps: 1 } });
  const [first, second, third] = [call("a1"), call("a2"), call("a3")];
  limits.admit(first);
  limits.stepAside(first);
  clock.advance(1000);
  assert.equal(limits.stepBack(first), true);
  assert.equal(limits.admit(second), "pass", "the rate's next call is still there");
  clock.advance(1000);
  assert.equal(limits.stepBack(third), true);
  assert.equal(limits.admit(call("a4")), "wait");
  clock.advance(1000);
  assert.deepEqual(started, ["a4"]);
});

test("limits: a tool's own places are given up and had again as well", () => {
  const { limits, started, call } = limitsScene({ tools: { slow: { maxConcurrency: 1 } } });
  const [first, second] = [call("a1", "core", 1, "slow"), call("b1", "core", 1, "slow")];
  limits.admit(first);
  assert.equal(limits.admit(second), "wait");
  limits.stepAside(first);
  assert.deepEqual(started.splice(0), ["b1"]);
  assert.equal(limits.stepBack(first), false);
  limits.release(second);
  assert.deepEqual(started, ["a1"]);
});

test("limits: a call that keeps its Core's place gives up its client's, and has it again without waiting for it", () => {
  const { limits, started, call } = limitsScene({ client: { maxConcurrency: 1 }, core: { maxConcurrency: 1 } });
  const [first, second, third] = [call("a1"), call("a2"), call("a3", "other")];
  limits.admit(first);
  assert.equal(limits.admit(second), "wait");
  limits.stepAside(first, true);
  // The second has the client's place, and waits for the Core's, which the first has.
  assert.deepEqual([...limits.loads()], [{ core: "core", inUse: 1, queued: 1 }]);
  assert.equal(limits.admit(third), "wait");
  assert.equal(limits.stepBack(first), true);
  limits.stepAside(first, true);
  limits.release(first);
  assert.deepEqual(started.splice(0), ["a2"]);
  limits.release(second);
  assert.deepEqual(started, ["a3"]);
  limits.release(third);
  assert.deepEqual(
    [...limits.loads()].map(({ inUse, queued }) => [inUse, queued]),
    [
      [0, 0],
      [0, 0],
    ],
  );
});

test("limits: a call steps aside once, and one that kept its Core's place may give that up later", () => {
  const { clock, limits, call } = limitsScene({ client: { rateRps: 1 } });
  const first = call("a1");
  const load = () => [...limits.loads()].map(({ inUse }) => inUse);
  limits.admit(first);
  limits.stepAside(first, true);
  limits.stepAside(first, true);
  assert.deepEqual(load(), [1]);
  limits.stepAside(first);
  limits.stepAside(first);
  limits.stepAside(first, true);
  assert.deepEqual(load(), [0]);
  clock.advance(1000);
  assert.equal(limits.stepBack(first), true);
  assert.equal(limits.admit(call("a2")), "pass", "it has paid its rate");
  limits.release(first);
  assert.deepEqual(load(), [1]);
});

test("limits: a call that steps back when its Core is gone waits for nothing, and is released like any other", () => {
  const gone = new Set<string>();
  const { limits, call } = limitsScene({ core: { maxConcurrency: 1 }, gone });
  const first = call("a1");
  limits.admit(first);
  limits.stepAside(first);
  gone.add("core");
  limits.refresh();
  assert.equal(limits.stepBack(first), true);
  limits.release(first);
  assert.deepEqual([...limits.loads()], []);
});
