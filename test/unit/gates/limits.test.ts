import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallLimiter, Verdict } from "../../../src/gates/limits.ts";
import { isRefusal, limitsScene, type TestCall } from "../../helpers/limits-scene.ts";

test("limits: lets calls pass up to the client's concurrency, then they wait in order", () => {
  const { limits, started, call } = limitsScene({ client: { maxConcurrency: 2 } });
  const first = call("a1");
  assert.equal(limits.admit(first), "pass");
  assert.equal(limits.admit(call("a2")), "pass");
  assert.equal(limits.admit(call("a3")), "wait");
  assert.equal(limits.admit(call("a4")), "wait");
  assert.equal(limits.admit(call("b1")), "pass");
  limits.release(first);
  limits.release(first);
  assert.deepEqual(started, ["a3"]);
});

test("limits: a full queue refuses with the time the queue is expected to take", () => {
  const { clock, limits, call } = limitsScene({ core: { maxConcurrency: 2, maxQueue: 1 } });
  const first = call("a1");
  limits.admit(first);
  limits.admit(call("a2"));
  assert.equal(limits.admit(call("a3")), "wait");
  assert.deepEqual(limits.admit(call("a4")), { refuse: 100, by: "core" });
  clock.advance(5100);
  limits.release(first);
  assert.equal(limits.admit(call("a5")), "wait");
  // One call of 5100 ms weighs a fifth: 100 + 0.2 × 5000; second in line, two slots.
  assert.deepEqual(limits.admit(call("a6")), { refuse: 1100, by: "core" });
});

test("limits: a Core serves its clients in turn", () => {
  const { limits, started, call } = limitsScene({ core: { maxConcurrency: 1 } });
  const running = [call("z1")];
  limits.admit(running[0] as TestCall);
  const waiting = ["a1", "a2", "a3", "b1", "b2", "c1"].map((name) => call(name));
  for (const one of waiting) assert.equal(limits.admit(one), "wait");
  limits.release(running[0] as TestCall);
  while (started.length < waiting.length) {
    limits.release(waiting.find(({ name }) => name === started.at(-1)) as TestCall);
  }
  assert.deepEqual(started, ["a1", "b1", "c1", "a2", "b2", "a3"]);
});

test("limits: a call that waits for a Core holds its client's slot", () => {
  const { limits, started, call } = limitsScene({ client: { maxConcurrency: 1 }, core: { maxConcurrency: 1 } });
  const other = call("b1", "slow");
  limits.admit(other);
  const waiting = call("a1", "slow");
  assert.equal(limits.admit(waiting), "wait");
  assert.equal(limits.admit(call("a2", "fast")), "wait");
  assert.deepEqual([...limits.loads()][0], { core: "slow", inUse: 1, queued: 1 });
  limits.release(waiting);
  assert.deepEqual(started, ["a2"]);
});

test("limits: a rate lets one second's worth through at once, the rest evenly, with one timer", () => {
  const { clock, limits, started, call } = limitsScene({ core: { rateRps: 4, maxQueue: 3 } });
  for (let at = 1; at <= 4; at++) assert.equal(limits.admit(call(`a${at}`)), "pass");
  for (let at = 5; at <= 7; at++) assert.equal(limits.admit(call(`a${at}`)), "wait");
  assert.deepEqual(limits.admit(call("a8")), { refuse: 1000, by: "core" });
  assert.equal(clock.timers, 1);
  clock.advance(249);
  assert.deepEqual(started, []);
  clock.advance(1);
  assert.deepEqual(started, ["a5"]);
  clock.advance(500);
  assert.deepEqual(started, ["a5", "a6", "a7"]);
  assert.equal(clock.timers, 0);
});

test("limits: a client's rate is remembered between its calls", () => {
  const { clock, limits, call } = limitsScene({ client: { rateRps: 1, maxQueue: 0 } });
  const first = call("a1");
  assert.equal(limits.admit(first), "pass");
  limits.release(first);
  assert.deepEqual(limits.admit(call("a2")), { refuse: 1000, by: "client" });
  clock.advance(1000);
  assert.equal(limits.admit(call("a3")), "pass");
});

test("limits: retry_after_ms is never under 50 nor over 60000", () => {
  const fast = limitsScene({ client: { rateRps: 1000, maxQueue: 0 } });
  for (let at = 0; at < 1000; at++) fast.limits.admit(fast.call(`a${at}`));
  assert.deepEqual(fast.limits.admit(fast.call("a1000")), { refuse: 50, by: "client" });
  const slow = limitsScene({ client: { rateRps: 0.001, maxQueue: 0 } });
  slow.limits.admit(slow.call("a1"));
  assert.deepEqual(slow.limits.admit(slow.call("a2")), { refuse: 60_000, by: "client" });
});

test("limits: waiting calls of all clients share one limit of bytes", () => {
  const { limits, call } = limitsScene({ client: { maxConcurrency: 1 }, maxWaitingBytes: 100 });
  limits.admit(call("a1"));
  limits.admit(call("b1"));
  limits.admit(call("c1"));
  const large = call("a2", "core", 50);
  assert.equal(limits.admit(large), "wait");
  assert.equal(limits.admit(call("b2", "core", 20)), "wait");
  assert.ok(isRefusal(limits.admit(call("c2", "core", 31))));
  assert.equal(limits.admit(call("c3", "core", 30)), "wait");
  limits.release(large);
  assert.equal(limits.waitingBytes, 50);
});

test("limits: one client's waiting calls keep no more than half of those bytes, so that others' may wait", () => {
  const { limits, call } = limitsScene({ core: { maxConcurrency: 1 }, maxWaitingBytes: 100 });
  assert.equal(limits.admit(call("a1")), "pass");
  const waiting = [call("a2", "core", 30), call("a3", "core", 20)];
  for (const one of waiting) assert.equal(limits.admit(one), "wait");
  assert.deepEqual(limits.admit(call("a4", "core", 1)), { refuse: 300, by: "memory" });
  assert.equal(limits.admit(call("b1", "core", 50)), "wait");
  for (const one of waiting) limits.release(one);
  assert.equal(limits.admit(call("a5", "core", 50)), "wait", "what it gave up is its own again");
});

test("limits: a client whose first call meets a full Core waits, and goes on when there is room", () => {
  const { limits, started, call } = limitsScene({
    client: { maxConcurrency: 2 },
    core: { maxConcurrency: 1, maxQueue: 1 },
  });
  const other = [call("b1"), call("b2")];
  assert.deepEqual(
    other.map((one) => limits.admit(one)),
    ["pass", "wait"],
  );
  const free = [call("a1", "x"), call("a2", "y")];
  for (const one of free) assert.equal(limits.admit(one), "pass");
  assert.equal(limits.admit(call("a3")), "wait");
  limits.release(free[0] as TestCall);
  assert.deepEqual([...limits.loads()][0], { core: "core", inUse: 1, queued: 1 });
  limits.release(other[0] as TestCall);
  assert.deepEqual(started, ["b2"]);
  limits.release(other[1] as TestCall);
  assert.deepEqual(started, ["b2", "a3"]);
});

test("limits: a removed call no longer keeps those behind it from going on", () => {
  const { limits, started, call } = limitsScene({
    client: { maxConcurrency: 1 },
    core: { maxConcurrency: 1, maxQueue: 0 },
  });
  limits.admit(call("b1", "full"));
  const free = call("a1", "x");
  limits.admit(free);
  const stuck = call("a2", "full");
  assert.equal(limits.admit(stuck), "wait");
  assert.equal(limits.admit(call("a3", "y")), "wait");
  limits.release(free);
  assert.deepEqual(started, []);
  limits.release(stuck);
  assert.deepEqual(started, ["a3"]);
});

test("limits: calls that end inside start neither deepen the stack nor start others twice", () => {
  const { limits, started, call } = limitsScene({
    client: { maxConcurrency: 1, maxQueue: 50_000 },
    onStart: (one, inside) => inside.release(one),
  });
  const first = call("a0");
  limits.admit(first);
  for (let at = 1; at <= 50_000; at++) limits.admit(call(`a${at}`));
  limits.release(first);
  assert.equal(started.length, 50_000);
  assert.equal(limits.waitingBytes, 0);
});

test("limits: a call may be admitted inside start", () => {
  const verdicts: Verdict[] = [];
  const { limits, call } = limitsScene({
    client: { maxConcurrency: 1 },
    onStart: (_, inside) => verdicts.push(inside.admit(call("b1")), inside.admit(call("a3"))),
  });
  const first = call("a1");
  limits.admit(first);
  limits.admit(call("a2"));
  limits.release(first);
  assert.deepEqual(verdicts, ["pass", "wait"]);
});

test("limits: a call released between its admission and its start is not started", () => {
  let inStart = (_limits: CallLimiter<TestCall>): void => {};
  const { limits, started, call } = limitsScene({
    core: { maxConcurrency: 2 },
    onStart: (_, inside) => inStart(inside),
  });
  const running = [call("a1"), call("a2")];
  const waiting = [call("a3"), call("a4"), call("a5")];
  for (const one of [...running, ...waiting]) limits.admit(one);
  inStart = (inside) => {
    inStart = () => {};
    // Frees the slot that a4 gets, whose start has to wait for this one to return; a5 gets it next.
    inside.release(running[1] as TestCall);
    inside.release(waiting[1] as TestCall);
  };
  limits.release(running[0] as TestCall);
  assert.deepEqual(started, ["a3", "a5"]);
});

test("limits: clients without calls are forgotten", () => {
  const { limits, call } = limitsScene({});
  for (let at = 0; at < 10_000; at++) {
    const one = { ...call("x"), clientKey: `client ${at}` };
    limits.admit(one);
    limits.release(one);
  }
  assert.ok(limits.clients <= 256);
});

test("limits: close leaves no timer", () => {
  const { clock, limits, call } = limitsScene({ client: { rateRps: 1 } });
  limits.admit(call("a1"));
  limits.admit(call("a2"));
  assert.equal(clock.timers, 1);
  limits.close();
  assert.equal(clock.timers, 0);
});

test("limits: wider limits start what waits, narrower ones let what runs go on", () => {
  const options = { client: { maxConcurrency: 1 }, core: { maxConcurrency: 2 } };
  const { limits, started, call } = limitsScene(options);
  const running = [call("a1"), call("b1")];
  for (const one of running) assert.equal(limits.admit(one), "pass");
  for (const name of ["a2", "b2", "c1"]) assert.equal(limits.admit(call(name)), "wait");
  options.client.maxConcurrency = 2;
  options.core.maxConcurrency = 4;
  limits.refresh();
  assert.deepEqual(started.sort(), ["a2", "c1"]);
  options.core.maxConcurrency = 1;
  limits.refresh();
  for (const one of running) limits.release(one);
  assert.equal(started.length, 2, "two still run where one may");
});

test("limits: another rate counts from now on", () => {
  const options = { client: { rateRps: 1 } };
  const { clock, limits, started, call } = limitsScene(options);
  assert.equal(limits.admit(call("a1")), "pass");
  assert.equal(limits.admit(call("a2")), "wait");
  assert.equal(limits.admit(call("a3")), "wait");
  options.client.rateRps = 100;
  limits.refresh();
  clock.advance(20);
  assert.deepEqual(started, ["a2", "a3"]);
  options.client.rateRps = 0;
  limits.refresh();
  for (let n = 4; n < 500; n++) assert.equal(limits.admit(call(`a${n}`)), "pass");
  limits.close();
  assert.equal(clock.timers, 0);
});

test("limits: a Core that is gone is forgotten once its last call is over", () => {
  const gone = new Set<string>();
  const { limits, started, call } = limitsScene({ core: { maxConcurrency: 1 }, gone });
  const [first, second] = [call("a1", "x"), call("a2", "x")];
  limits.admit(first);
  limits.admit(second);
  gone.add("x");
  limits.refresh();
  limits.release(first);
  assert.deepEqual(started, ["a2"], "under the limits that it had");
  limits.release(second);
  limits.refresh();
  assert.deepEqual([...limits.loads()], []);
});
