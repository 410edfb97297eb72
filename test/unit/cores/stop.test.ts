import assert from "node:assert/strict";
import { test } from "node:test";
import { clearAfter, type StopReport, type StopTarget, stopInstance } from "../../../src/cores/stop.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

/** A process that ends at the step it is told to. */
class Target implements StopTarget {
  readonly steps: string[] = [];
  readonly exited: Promise<void>;
  readonly #endsAt: string;
  #end: () => void = () => {};

  constructor(endsAt: string) {
    this.#endsAt = endsAt;
    this.exited = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  endInput(): void {
    this.#step("input");
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    this.#step(signal);
  }

  #step(step: string): void {
    this.steps.push(step);
    if (step === this.#endsAt) this.#end();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function stopped(endsAt: string, waitsMs: readonly number[]): Promise<{ target: Target; report: StopReport }> {
  const clock = new FakeClock();
  const target = new Target(endsAt);
  const sweep = async () => {
    target.steps.push("sweep");
    return 2;
  };
  const report = stopInstance(target, { clock, sweep }, 5000);
  for (const ms of waitsMs) {
    await settled();
    clock.advance(ms);
  }
  return { target, report: await report };
}

const leftovers = ["SIGTERM", "sweep", "SIGKILL"];

test("stop: a process that leaves when its stdin ends is sent no signal before its leftovers are", async () => {
  const { target, report } = await stopped("input", []);
  assert.deepEqual(target.steps, ["input", ...leftovers]);
  assert.deepEqual(report, { by: "input", strays: 2 });
});

test("stop: SIGTERM comes after half of the time", async () => {
  const { target, report } = await stopped("SIGTERM", [2499, 1]);
  assert.deepEqual(target.steps, ["input", "SIGTERM", ...leftovers]);
  assert.equal(report.by, "term");
});

test("stop: SIGKILL comes after the other half", async () => {
  const { target, report } = await stopped("SIGKILL", [2500, 2500]);
  assert.deepEqual(target.steps, ["input", "SIGTERM", "SIGKILL", ...leftovers]);
  assert.equal(report.by, "kill");
});

test("stop: a process that even SIGKILL does not end is reported, not waited for", async () => {
  const { report } = await stopped("never", [2500, 2500, 2000]);
  assert.equal(report.by, "stuck");
});

test("stop: after an exit of its own, the group and what left it are ended", async () => {
  const target = new Target("input");
  const strays = await clearAfter(target, { clock: new FakeClock(), sweep: async () => 0 });
  assert.equal(strays, 0);
  assert.deepEqual(target.steps, ["SIGTERM", "SIGKILL"]);
});
