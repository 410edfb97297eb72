import assert from "node:assert/strict";
import { test } from "node:test";
import {
  backoffMs,
  type Effect,
  type Fall,
  idleCore,
  type RestartPolicy,
  type Supervised,
  type SupervisorEvent,
  steadyMs,
  transition,
} from "../../../src/cores/supervisor.ts";

const policy: RestartPolicy = { restartBackoffMs: 2000, maxRestarts: 3 };
const fall: Fall = { code: "core_down", reason: "exited with code 1", fatal: false };

/** Runs the machine and keeps what it asked for. */
class Machine {
  core: Supervised = idleCore(0);
  effects: Effect[] = [];
  nowMs = 0;
  readonly #policy: RestartPolicy;

  constructor(used: RestartPolicy = policy) {
    this.#policy = used;
  }

  send(event: SupervisorEvent, afterMs = 0): this {
    this.nowMs += afterMs;
    const { next, effects } = transition(this.core, event, this.#policy, this.nowMs);
    this.core = next;
    this.effects = [...effects];
    return this;
  }

  down(afterMs = 0, how: Fall = fall): this {
    return this.send({ t: "down", generation: this.core.generation, fall: how }, afterMs);
  }

  retry(): this {
    return this.send({ t: "retry", generation: this.core.generation });
  }

  up(): this {
    return this.send({ t: "up", generation: this.core.generation });
  }

  get t(): string {
    return this.core.state.t;
  }
}

test("supervisor: starts, comes up, is stopped", () => {
  const machine = new Machine().send({ t: "start" });
  assert.deepEqual(machine.effects, [{ t: "launch", generation: 1 }]);
  assert.equal(machine.up().t, "up");
  machine.send({ t: "stop" });
  assert.equal(machine.t, "draining");
  assert.deepEqual(machine.effects, [{ t: "tear_down", generation: 1 }]);
  assert.equal(machine.send({ t: "gone" }).t, "stopped");
});

test("supervisor: an instance that goes down is torn down and launched again after the backoff", () => {
  const machine = new Machine().send({ t: "start" }).up().down(100);
  assert.deepEqual(machine.core.state, {
    t: "backoff",
    since: 100,
    code: "core_down",
    reason: "exited with code 1",
    retryAtMs: 2100,
  });
  assert.deepEqual(machine.effects, [
    { t: "tear_down", generation: 1 },
    { t: "retry_after", generation: 1, ms: 2000 },
  ]);
  assert.deepEqual(machine.retry().effects, [{ t: "launch", generation: 2 }]);
});

test("supervisor: waits double up to a minute", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6].map((n) => backoffMs(n, 2000)),
    [2000, 4000, 8000, 16000, 32000, 60000, 60000],
  );
  assert.equal(backoffMs(5000, 1), 60_000);
  assert.equal(backoffMs(3, 90_000), 90_000);
});

test("supervisor: who says how long it wants to be left alone is left alone for at least that", () => {
  for (const [retryMs, ms] of [
    [undefined, 2000],
    [7000, 7000],
    [1, 2000],
  ] as const) {
    const started = transition(idleCore(0), { t: "start" }, policy, 0).next;
    const fall = { code: "core_down", reason: "answered 429", fatal: false, retryMs } as const;
    const { effects } = transition(started, { t: "down", generation: started.generation, fall }, policy, 0);
    assert.deepEqual(effects.at(-1), { t: "retry_after", generation: started.generation, ms });
  }
});

test("supervisor: stops restarting once the budget is spent, and says how to go on", () => {
  const machine = new Machine().send({ t: "start" });
  for (let n = 0; n < policy.maxRestarts; n++) machine.down().retry();
  machine.down();
  assert.equal(machine.t, "failed");
  assert.deepEqual(machine.effects, [{ t: "tear_down", generation: 4 }]);
  const { state } = machine.core;
  assert.match(
    state.t === "failed" ? state.reason : "",
    /given up after 3 restarts in a row.*until it is started again/,
  );
  assert.deepEqual(machine.send({ t: "start" }).effects, [{ t: "launch", generation: 5 }]);
  assert.equal(machine.core.restarts, 0);
});

test("supervisor: restarts are counted afresh once a Core has been up for a while", () => {
  const machine = new Machine().send({ t: "start" });
  machine
    .down()
    .retry()
    .down()
    .retry()
    .up()
    .down(steadyMs - 1);
  assert.equal(machine.core.restarts, 2);
  machine.retry().up().down(steadyMs);
  assert.equal(machine.core.restarts, 0);
  assert.deepEqual(machine.effects[1], { t: "retry_after", generation: 4, ms: 2000 });
});

test("supervisor: a fatal fall fails at once", () => {
  const machine = new Machine().send({ t: "start" }).down(0, { code: "secret_missing", reason: "no X", fatal: true });
  const said = { code: "secret_missing", reason: "no X", cause: "no X" };
  assert.deepEqual(machine.core.state, { t: "failed", since: 0, ...said });
});

test("supervisor: without restarts the first fall is the last", () => {
  assert.equal(new Machine({ restartBackoffMs: 1, maxRestarts: 0 }).send({ t: "start" }).down().t, "failed");
});

test("supervisor: events of an older generation change nothing", () => {
  const machine = new Machine().send({ t: "start" }).down().retry();
  const before = machine.core;
  for (const event of [
    { t: "up", generation: 1 },
    { t: "down", generation: 1, fall },
    { t: "retry", generation: 1 },
  ] as const) {
    assert.equal(machine.send(event).core, before);
    assert.deepEqual(machine.effects, []);
  }
});

test("supervisor: a stop during the backoff or after a failure ends in stopped, and the retry comes too late", () => {
  const waiting = new Machine().send({ t: "start" }).down().send({ t: "stop" });
  assert.equal(waiting.t, "draining");
  assert.equal(waiting.retry().t, "draining");
  assert.equal(waiting.send({ t: "gone" }).t, "stopped");
  assert.equal(waiting.retry().t, "stopped");
  assert.equal(new Machine().send({ t: "stop" }).t, "stopped");
});

test("supervisor: what makes no sense in a state is ignored", () => {
  const machine = new Machine();
  for (const event of [{ t: "gone" }, { t: "up", generation: 0 }, { t: "retry", generation: 0 }] as const) {
    assert.equal(machine.send(event).t, "idle");
  }
  machine.send({ t: "start" }).up();
  const up = machine.core;
  assert.equal(machine.send({ t: "start" }).core, up);
  assert.equal(machine.send({ t: "gone" }).core, up);
  machine.send({ t: "stop" });
  assert.equal(machine.down().t, "draining");
  assert.deepEqual(machine.send({ t: "stop" }).effects, []);
});
