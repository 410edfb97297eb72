import assert from "node:assert/strict";
import { test } from "node:test";
import { createLimits, type LimitedCall } from "../../../src/gates/limits.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { limitsScene } from "../../helpers/limits-scene.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

test("limits: a large request is let through, and the next call waits until it is paid for", () => {
  const { clock, limits, started, call } = limitsScene({ client: { rateBytes: 1000 } });
  assert.equal(limits.admit(call("a1", "core", 3000)), "pass");
  assert.equal(limits.admit(call("b1", "core", 10)), "pass", "another client owes nothing");
  assert.equal(limits.admit(call("a2", "core", 10)), "wait");
  assert.equal(clock.timers, 1);
  clock.advance(2000);
  assert.deepEqual(started, [], "as much as it owed is paid, and nothing is there yet");
  clock.advance(1);
  assert.deepEqual(started, ["a2"]);
  assert.equal(clock.timers, 0);
});

test("limits: what a Core says to a call counts for its client, its tool and its Core", () => {
  for (const whose of ["client", "tool", "core"] as const) {
    const rate = { rateBytes: 1000, maxQueue: 0 };
    const scene = limitsScene({
      client: whose === "client" ? rate : {},
      core: whose === "core" ? rate : {},
      tools: { large: whose === "tool" ? rate : {} },
    });
    const { limits, clock } = scene;
    const call = (name: string) => scene.call(name, "core", 0, "large");
    const first = call("a1");
    assert.equal(limits.admit(first), "pass");
    limits.spend(first, 500);
    limits.spend(first, 1500);
    limits.release(first);
    assert.deepEqual(limits.admit(call("a2")), { refuse: 1001, by: whose });
    clock.advance(1001);
    assert.equal(limits.admit(call("a3")), "pass");
  }
});

test("limits: the answer of a call that has stepped aside counts as well, and its place is others'", () => {
  const { clock, limits, started, call } = limitsScene({ client: { maxConcurrency: 1, rateBytes: 1000 } });
  const first = call("a1", "core", 0);
  limits.admit(first);
  assert.equal(limits.admit(call("a2", "core", 0)), "wait");
  limits.stepAside(first);
  assert.deepEqual(started, ["a2"]);
  limits.spend(first, 5000);
  limits.release(first);
  limits.spend(first, 5000);
  assert.equal(limits.admit(call("b1", "core", 0)), "pass");
  limits.release(call("a3"));
  clock.advance(1000);
  assert.deepEqual(started, ["a2"], "its slot was given back once");
});

test("limits: a debt outlives a change of the rate, and goes with the limit", () => {
  const client = { rateBytes: 1000 };
  const { clock, limits, started, call } = limitsScene({ client });
  limits.admit(call("a1", "core", 10_000));
  assert.equal(limits.admit(call("a2", "core", 1)), "wait");
  client.rateBytes = 9000;
  limits.refresh();
  clock.advance(999);
  assert.deepEqual(started, []);
  clock.advance(2);
  assert.deepEqual(started, ["a2"]);
  limits.admit(call("a3", "core", 1_000_000));
  assert.deepEqual(limits.admit(call("a4", "core", 1)), { refuse: 60_000, by: "client" });
  client.rateBytes = 0;
  limits.refresh();
  assert.equal(limits.admit(call("a5", "core", 1)), "pass");
});

test("limits: a client that owes is remembered until it has paid", () => {
  const { clock, limits, call } = limitsScene({ client: { rateBytes: 1000, maxQueue: 0 } });
  const large = call("a1", "core", 21_000);
  limits.admit(large);
  limits.release(large);
  const others = (seed: string) => {
    for (let n = 0; n < 1000; n++) {
      const one = { ...call("x", "core", 0), clientKey: `${seed} ${n}` };
      limits.admit(one);
      limits.release(one);
    }
  };
  others("early");
  assert.deepEqual(limits.admit(call("a2", "core", 0)), { refuse: 20_001, by: "client" });
  clock.advance(21_000);
  others("late");
  assert.ok(limits.clients <= 256);
});

test("limits: a rate of bytes is exceeded over no time by more than a second's worth and the last message", () => {
  const random = seededRandom(4);
  const clock = new FakeClock();
  const taken: { at: number; bytes: number }[] = [];
  const started = (call: LimitedCall) => taken.push({ at: clock.now(), bytes: call.bytes });
  const settings = { maxConcurrency: 1000, maxQueue: 20, rateRps: 0, rateBytes: 0 };
  const limits = createLimits<LimitedCall>({
    clock,
    client: () => ({ ...settings, rateBytes: 1000 }),
    core: () => settings,
    tool: () => undefined,
    start: started,
  });
  for (let step = 0; step < 1500; step++) {
    const call = {
      clientKey: "a",
      coreKey: "c",
      limitedTool: undefined,
      bytes: random.below(900),
    };
    if (limits.admit(call) === "pass") started(call);
    clock.advance(random.below(300));
  }
  for (let from = 0; from < taken.length; from++) {
    let bytes = 0;
    for (const { at, bytes: more } of taken.slice(from, from + 60)) {
      const seconds = (at - (taken[from]?.at ?? 0)) / 1000;
      assert.ok(bytes <= 1000 + seconds * 1000 + 1e-6, "before the last one");
      bytes += more;
    }
  }
});
