import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsScene, type TestCall } from "../../helpers/limits-scene.ts";

/** Ends the calls that run, in the order in which they started, until `count` of those that waited have started. */
function endInTurn(
  limits: { release(call: TestCall): void },
  all: readonly TestCall[],
  started: string[],
  count: number,
) {
  while (started.length < count) limits.release(all.find(({ name }) => name === started.at(-1)) as TestCall);
}

test("limits: a tool's calls wait for it, and its Core's other calls go on", () => {
  const { limits, started, call } = limitsScene({ tools: { slow: { maxConcurrency: 1 } } });
  const first = call("a1", "core", 1, "slow");
  assert.equal(limits.admit(first), "pass");
  assert.equal(limits.admit(call("a2", "core", 1, "slow")), "wait");
  assert.equal(limits.admit(call("a3", "core")), "pass");
  assert.equal(limits.admit(call("b1", "other", 1, "slow")), "pass", "a tool of another Core is another one");
  assert.deepEqual([...limits.loads()][0], { core: "core", inUse: 2, queued: 1 });
  limits.release(first);
  assert.deepEqual(started, ["a2"]);
});

test("limits: a tool serves its clients in turn, whoever has filled its queue first", () => {
  const { limits, started, call } = limitsScene({ tools: { slow: { maxConcurrency: 1 } } });
  const running = call("z1", "core", 1, "slow");
  limits.admit(running);
  const waiting = ["a1", "a2", "a3", "b1", "b2", "c1"].map((name) => call(name, "core", 1, "slow"));
  for (const one of waiting) assert.equal(limits.admit(one), "wait");
  limits.release(running);
  endInTurn(limits, waiting, started, waiting.length);
  assert.deepEqual(started, ["a1", "b1", "c1", "a2", "b2", "a3"]);
});

test("limits: a Core serves its clients in turn, by whichever of its tools they come", () => {
  const { limits, started, call } = limitsScene({
    core: { maxConcurrency: 1 },
    tools: { slow: { maxConcurrency: 2 }, large: { maxConcurrency: 2 } },
  });
  const running = call("z1");
  limits.admit(running);
  const waiting = [
    call("a1", "core", 1, "slow"),
    call("a2", "core", 1, "slow"),
    call("a3", "core", 1, "large"),
    call("b1", "core", 1, "large"),
    call("b2", "core"),
    call("c1", "core"),
  ];
  for (const one of waiting) assert.equal(limits.admit(one), "wait");
  limits.release(running);
  endInTurn(limits, waiting, started, waiting.length);
  assert.deepEqual(started, ["a1", "b1", "c1", "a2", "b2", "a3"]);
});

test("limits: a tool whose Core is full waits with its queue, and goes on when there is room", () => {
  const { limits, started, call } = limitsScene({
    core: { maxConcurrency: 1, maxQueue: 1 },
    tools: { slow: { maxConcurrency: 1 } },
  });
  const [first, second] = [call("a1", "core", 1, "slow"), call("b1", "core", 1, "slow")];
  assert.equal(limits.admit(first), "pass");
  assert.equal(limits.admit(second), "wait");
  const [plain, other] = [call("c1"), call("d1")];
  assert.equal(limits.admit(plain), "wait");
  assert.deepEqual(limits.admit(other), { refuse: 200, by: "core" });
  limits.release(first);
  assert.deepEqual(started, ["c1"], "who waited for the Core comes before who waited for the tool");
  limits.release(plain);
  assert.deepEqual(started, ["c1", "b1"]);
});

test("limits: a client that a tool's full queue keeps out goes on although the tool has no queue at all", () => {
  const { limits, started, call } = limitsScene({
    client: { maxConcurrency: 1 },
    core: { maxConcurrency: 1, maxQueue: 0 },
    tools: { slow: { maxConcurrency: 1, maxQueue: 0 } },
  });
  const busy = call("b1");
  limits.admit(busy);
  const free = call("a1", "elsewhere");
  limits.admit(free);
  assert.equal(limits.admit(call("a2", "core", 1, "slow")), "wait");
  limits.release(free);
  assert.deepEqual(started, []);
  limits.release(busy);
  assert.deepEqual(started, ["a2"]);
});

test("limits: a refusal says by which limit, and when to come again", () => {
  const { limits, call } = limitsScene({ tools: { slow: { maxConcurrency: 1000, maxQueue: 0, rateRps: 2 } } });
  for (const name of ["a1", "a2"]) assert.equal(limits.admit(call(name, "core", 1, "slow")), "pass");
  assert.deepEqual(limits.admit(call("a3", "core", 1, "slow")), { refuse: 500, by: "tool" });
  assert.deepEqual({ ...limits.refused }, { client: 0, tool: 1, core: 0, memory: 0 });
});

test("limits: a call that no rate would let start within a minute is not kept waiting", () => {
  const { limits, call } = limitsScene({ client: { rateRps: 0.5 } });
  assert.equal(limits.admit(call("a0")), "pass");
  for (let n = 1; n <= 30; n++) assert.equal(limits.admit(call(`a${n}`)), "wait");
  assert.deepEqual(limits.admit(call("a31")), { refuse: 60_000, by: "client" });
});

test("limits: limits that a tool gets or loses by a reload count from then on", () => {
  const tools: Record<string, { maxConcurrency: number }> = { slow: { maxConcurrency: 1 } };
  const { limits, started, call } = limitsScene({ tools });
  const first = call("a1", "core", 1, "slow");
  limits.admit(first);
  for (const name of ["a2", "a3"]) assert.equal(limits.admit(call(name, "core", 1, "slow")), "wait");
  tools["slow"] = { maxConcurrency: 2 };
  limits.refresh();
  assert.deepEqual(started, ["a2"]);
  delete tools["slow"];
  limits.refresh();
  assert.deepEqual(started, ["a2"], "those that wait keep the limits that they came under");
  limits.release(first);
  assert.deepEqual(started, ["a2", "a3"]);
});
