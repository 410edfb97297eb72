import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import { watchHealth } from "../../../src/cores/health.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

type Outcome = "answer" | "refusal" | "timeout" | "busy";

async function run(outcomes: readonly Outcome[]): Promise<{ pings: number; dead: number[] }> {
  const clock = new FakeClock();
  const dead: number[] = [];
  let pings = 0;
  let heardMs = 0;
  const end = watchHealth({
    clock,
    pingIntervalMs: 30_000,
    pingFailures: 3,
    heardMs: () => heardMs,
    unresponsive: (failures) => dead.push(failures),
    ping: (timeoutMs) => {
      const outcome = outcomes[pings++];
      if (outcome === "answer") return Promise.resolve();
      if (outcome === "refusal") return Promise.reject(new HubError("internal", "no method", { core_error: -32601 }));
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

test("health: unanswered pings in a row are told once", async () => {
  assert.deepEqual((await run(["answer", "timeout", "timeout", "timeout", "timeout"])).dead, [3]);
});

test("health: any answer, a refusal too, and any other message are signs of life", async () => {
  assert.deepEqual((await run(["timeout", "timeout", "answer", "timeout", "timeout", "refusal", "timeout"])).dead, []);
  assert.deepEqual((await run(["timeout", "timeout", "busy", "timeout", "timeout"])).dead, []);
});

test("health: an interval of zero asks nothing", () => {
  const clock = new FakeClock();
  const never = () => Promise.reject(new Error("asked"));
  watchHealth({ clock, pingIntervalMs: 0, pingFailures: 1, heardMs: () => 0, ping: never, unresponsive: () => {} });
  assert.equal(clock.timers, 0);
});
