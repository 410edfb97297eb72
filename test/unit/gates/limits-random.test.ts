// Seeded random sequences against the promises of the limiter.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LimitSettings } from "../../../src/gates/limited.ts";
import { type CallLimiter, createLimits, type LimitedCall } from "../../../src/gates/limits.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { type Random, seededRandom } from "../../helpers/seeded-random.ts";

type Fate = "new" | "waiting" | "running" | "aside" | "inside" | "back" | "refused" | "over";

interface TestCall extends LimitedCall {
  fate: Fate;
  starts: number;
  /** It did not wait for its client's place. */
  hasRejoined: boolean;
}

const maxWaitingBytes = 400;

function settings(random: Random): LimitSettings {
  return {
    maxConcurrency: 1 + random.below(4),
    maxQueue: random.below(6),
    rateRps: random.pick([0, 0, 0, 2, 50]),
    rateBytes: random.pick([0, 0, 0, 100, 5000]),
  };
}

class World {
  readonly clock = new FakeClock();
  readonly calls: TestCall[] = [];
  readonly #random: Random;
  readonly #settings = new Map<string, LimitSettings>();
  readonly #limits: CallLimiter<TestCall>;

  constructor(random: Random) {
    this.#random = random;
    this.#limits = createLimits<TestCall>({
      clock: this.clock,
      client: (key) => this.settingsOf(key),
      core: (key) => this.settingsOf(key),
      tool: (core, native) => this.settingsOf(`${core} ${native}`),
      maxWaitingBytes,
      start: (call) => this.#started(call),
    });
  }

  settingsOf(key: string): LimitSettings {
    const known = this.#settings.get(key) ?? settings(this.#random);
    this.#settings.set(key, known);
    return known;
  }

  admit(): void {
    const random = this.#random;
    const call: TestCall = {
      clientKey: `client ${random.below(4)}`,
      coreKey: `core ${random.below(3)}`,
      limitedTool: random.pick([undefined, "slow", "large"]),
      bytes: random.below(80),
      fate: "new",
      starts: 0,
      hasRejoined: false,
    };
    this.calls.push(call);
    const verdict = this.#limits.admit(call);
    if (verdict === "pass") {
      call.fate = "running";
      call.starts += 1;
    } else if (verdict === "wait") call.fate = "waiting";
    else {
      call.fate = "refused";
      assert.ok(verdict.refuse >= 50 && verdict.refuse <= 60_000);
    }
  }

  release(call: TestCall): void {
    if (call.fate === "running" && this.#random.below(5) === 0) this.#limits.spend(call, this.#random.below(300));
    call.fate = "over";
    this.#limits.release(call);
  }

  /** One that runs steps aside; one that did steps back. */
  step(call: TestCall): void {
    if (call.fate !== "running" && this.#random.below(4) === 0) this.#limits.stepAside(call, call.fate === "inside");
    else if (call.fate === "running") {
      call.fate = this.#random.pick(["aside", "inside"]);
      call.hasRejoined = false;
      this.#limits.stepAside(call, call.fate === "inside");
    } else if (call.fate === "inside") {
      call.hasRejoined = true;
      assert.equal(this.#limits.stepBack(call), true);
      call.fate = "running";
    } else if (this.#limits.stepBack(call)) call.fate = "running";
    else call.fate = "back";
  }

  #started(call: TestCall): void {
    assert.ok(call.fate === "waiting" || call.fate === "back", "only a waiting call is started");
    if (call.fate === "waiting") call.starts += 1;
    call.fate = "running";
    const chance = this.#random.below(12);
    if (chance === 0) this.release(call);
    else if (chance === 1) this.admit();
  }

  with(...fates: Fate[]): TestCall[] {
    return this.calls.filter(({ fate }) => fates.includes(fate));
  }

  check(): void {
    const count = (calls: TestCall[], keyOf: (call: TestCall) => string | undefined): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const key of calls.map(keyOf)) if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
      return counts;
    };
    const toolOf = ({ coreKey, limitedTool }: TestCall) => limitedTool && `${coreKey} ${limitedTool}`;
    const clientOf = ({ clientKey }: TestCall) => clientKey;
    const running = this.with("running", "inside");
    const ofClient = running.filter(({ fate, hasRejoined }) => fate === "running" && !hasRejoined);
    for (const counts of [
      count(ofClient, clientOf),
      count(running, toolOf),
      count(running, ({ coreKey }) => coreKey),
    ]) {
      for (const [name, inUse] of counts) assert.ok(inUse <= this.settingsOf(name).maxConcurrency, name);
    }
    for (const { core, inUse, queued } of this.#limits.loads()) {
      assert.equal(inUse, running.filter(({ coreKey }) => coreKey === core).length);
      const queues = [core, `${core} slow`, `${core} large`].map((name) => this.settingsOf(name).maxQueue);
      const back = this.with("back").filter(({ coreKey }) => coreKey === core).length;
      assert.ok(queued <= queues.reduce((sum, size) => sum + size, back), "queues of a Core and its tools");
    }
    const waiting = this.with("waiting");
    for (const [name, waits] of count(waiting, clientOf)) {
      const { maxConcurrency, maxQueue } = this.settingsOf(name);
      assert.ok(waits <= maxQueue + maxConcurrency, "client queue and slots held while waiting for a Core");
    }
    const bytesOf = (calls: TestCall[]) => calls.reduce((sum, call) => sum + call.bytes, 0);
    const back = bytesOf(this.with("back"));
    assert.equal(this.#limits.waitingBytes, bytesOf(waiting) + back);
    assert.ok(bytesOf(waiting) <= maxWaitingBytes);
    for (const name of new Set(waiting.map(clientOf))) {
      assert.ok(bytesOf(waiting.filter((call) => clientOf(call) === name)) <= maxWaitingBytes / 2, name);
    }
  }
}

test("limits: on random sequences, stay within every limit and lose or repeat no call", () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = seededRandom(seed);
    const world = new World(random);
    for (let step = 0; step < 250; step++) {
      const kind = random.below(10);
      const live = world.with("running", "waiting", "aside", "inside", "back");
      const stepping = world.with("running", "aside", "inside");
      if (kind < 5) world.admit();
      else if (kind === 5 && stepping.length > 0) world.step(random.pick(stepping));
      else if (kind < 9 && live.length > 0) world.release(random.pick(live));
      else world.clock.advance(random.below(200));
      world.check();
    }
    // Nobody starves: as running calls end and time goes by, every call that waits is started.
    while (world.with("aside", "inside").length > 0) {
      for (const call of world.with("aside", "inside")) world.step(call);
    }
    for (let round = 0; world.with("running", "waiting", "back").length > 0; round++) {
      assert.ok(round < 2000, `seed ${seed}: ${world.with("waiting", "back").length} calls starve`);
      for (const call of world.with("running")) world.release(call);
      world.clock.advance(100);
      world.check();
    }
    for (const call of world.calls) assert.ok(call.starts <= 1 && (call.fate !== "refused" || call.starts === 0));
    world.clock.advance(100_000);
    assert.equal(world.clock.timers, 0);
  }
});

test("limits: a rate is never exceeded over any time", () => {
  const random = seededRandom(9);
  const clock = new FakeClock();
  const startedAt: number[] = [];
  const limits = createLimits<LimitedCall>({
    clock,
    client: () => ({ maxConcurrency: 1000, maxQueue: 1000, rateRps: 0, rateBytes: 0 }),
    core: () => ({ maxConcurrency: 1000, maxQueue: 20, rateRps: 10, rateBytes: 0 }),
    tool: () => undefined,
    start: () => startedAt.push(clock.now()),
  });
  for (let step = 0; step < 2000; step++) {
    const call = {
      clientKey: `${step % 7}`,
      coreKey: "core",
      limitedTool: undefined,
      bytes: 1,
    };
    if (limits.admit(call) === "pass") startedAt.push(clock.now());
    clock.advance(random.below(90));
  }
  for (let from = 0; from < startedAt.length; from++) {
    for (let to = from; to < Math.min(startedAt.length, from + 60); to++) {
      const seconds = ((startedAt[to] ?? 0) - (startedAt[from] ?? 0)) / 1000;
      assert.ok(to - from + 1 <= 10 + seconds * 10 + 1e-6);
    }
  }
});
