import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import { watchHealth } from "../../../src/cores/health.ts";
import { CoreRefusal } from "../../../src/cores/own-requests.ts";
import type { Era } from "../../../src/wire/revisions.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

/** A number: that of an error by which the Core refuses it. */
type Outcome = "answer" | "timeout" | "busy" | number;

async function run(outcomes: readonly Outcome[], era: Era = "legacy"): Promise<{ pings: number; dead: string[] }> {
  const clock = new FakeClock();
  const dead: string[] = [];
  let pings = 0;
  let heardMs = 0;
  const end = watchHealth({
    clock,
    pingIntervalMs: 30_000,
    pingFailures: 3,
    era,
    heardMs: () => heardMs,
    unresponsive: (reason) => dead.push(reason),
    changed: (reason) => dead.push(reason),
    request: (method, timeoutMs) => {
      assert.equal(method, era === "legacy" ? "ping" : "server/discover");
      const outcome = outcomes[pings++];
      if (outcome === "answer") return Promise.resolve();
      if (typeof outcome === "number") return Promise.reject(new CoreRefusal("x", "no", outcome, undefined));
      clock.advance(timeoutMs);
      if (outcome === "busy") heardMs = clock.now();
      return Promise.reject(new HubError("core_timeout", "no answer"));
    },
  });
  for (let i = 0; i < outcomes.length; i++) {
    clock.advance(30_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  end();
  assert.equal(clock.timers, 0);
  return { pings, dead };
}

const silent = "did not answer 3 pings in a row";
const changed = "is not what it was when it was greeted: no";

test("health: unanswered pings in a row are told once", async () => {
  assert.deepEqual((await run(["answer", "timeout", "timeout", "timeout", "timeout"])).dead, [silent]);
});

test("health: any answer, the refusal of who knows no ping too, and any other message are signs of life", async () => {
  assert.deepEqual((await run(["timeout", "timeout", "answer", "timeout", "timeout"])).dead, []);
  assert.deepEqual((await run(["timeout", "timeout", -32601, "timeout", "timeout"])).dead, []);
  assert.deepEqual((await run([-32601, -32601, -32603, -32603])).dead, []);
  assert.deepEqual((await run(["timeout", "timeout", "busy", "timeout", "timeout"])).dead, []);
});

test("health: a Core that refuses as those of the other era do is another one by now", async () => {
  assert.deepEqual((await run([-32022])).dead, [changed]);
  assert.deepEqual((await run([-32601], "modern")).dead, [changed]);
  assert.deepEqual((await run([-32022], "modern")).dead, [changed]);
});

test("health: who refuses for long what it has answered before is another one as well", async () => {
  assert.deepEqual((await run(["answer", -32000, -32000, "answer", -32000, -32000])).dead, []);
  assert.deepEqual((await run(["answer", -32000, -32000, -32000])).dead, [changed]);
  assert.deepEqual((await run([-32000, -32000, "answer"], "modern")).dead, []);
  assert.deepEqual((await run([-32000, -32000, -32000], "modern")).dead, [changed]);
});

test("health: an interval of zero asks nothing", () => {
  const clock = new FakeClock();
  const never = () => Promise.reject(new Error("asked"));
  const fallen = () => assert.fail("fallen");
  const facts = { clock, pingIntervalMs: 0, pingFailures: 1, era: "legacy" } as const;
  watchHealth({ ...facts, heardMs: () => 0, request: never, unresponsive: fallen, changed: fallen });
  assert.equal(clock.timers, 0);
});
