import assert from "node:assert/strict";
import { test } from "node:test";
import {
  idleLink,
  type LinkEffect,
  type LinkEvent,
  type LinkLife,
  linkTransition,
  defaultLinkPolicy as policy,
} from "../../../src/connect/link-state.ts";
import { away, type Loss } from "../../../src/links/losses.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

const gone = away("gone");
const refused: Loss = { kind: "refused", code: "unauthenticated", reason: "no" };
const wrong: Loss = { kind: "wrong", code: "hub_unreachable", reason: "404" };

/** Runs the machine on a clock that stands still, and sets the timers that it asks for. */
class Machine {
  readonly clock = new FakeClock();
  readonly done: LinkEffect[] = [];
  life: LinkLife = idleLink();
  effects: readonly LinkEffect[] = [];
  chance = 1;

  send(event: LinkEvent): this {
    const { next, effects } = linkTransition(this.life, event, policy, this.clock.now(), this.chance);
    this.life = next;
    this.effects = effects;
    this.done.push(...effects);
    for (const effect of effects) {
      if (effect.t !== "retry_after") continue;
      this.clock.after(effect.ms, () => this.send({ t: "retry", generation: effect.generation }));
    }
    return this;
  }

  now(t: "opened" | "greeted"): this {
    return this.send({ t, generation: this.life.generation });
  }

  lose(loss: Loss = gone): this {
    return this.send({ t: "lost", generation: this.life.generation, loss });
  }

  up(): this {
    return this.now("opened").now("greeted");
  }

  get state(): string {
    return this.life.state.t;
  }

  get waits(): number[] {
    return this.done.flatMap((effect) => (effect.t === "retry_after" ? [effect.ms] : []));
  }
}

test("link: dials, greets, and is ready", () => {
  const link = new Machine().send({ t: "start" });
  assert.deepEqual(link.effects, [{ t: "dial", generation: 1 }]);
  link.now("opened");
  assert.equal(link.state, "greeting");
  assert.deepEqual(link.effects, [{ t: "greet" }]);
  link.now("greeted");
  assert.equal(link.state, "up");
  assert.deepEqual(link.effects, [{ t: "ready", again: false }]);
});

test("link: a lost connection is dialled again, and what was under way is forsaken once", () => {
  const link = new Machine().send({ t: "start" }).up().lose();
  assert.equal(link.state, "waiting");
  assert.deepEqual(link.effects, [
    { t: "forsaken", loss: gone },
    { t: "retry_after", generation: 1, ms: 250 },
  ]);
  link.clock.advance(250);
  assert.equal(link.state, "dialling");
  assert.equal(link.life.generation, 2);
  link.up();
  assert.deepEqual(link.effects, [{ t: "ready", again: true }]);
});

test("link: waits double up to ten seconds, and half of each is chance", () => {
  const link = new Machine().send({ t: "start" }).up();
  for (let attempt = 0; attempt < 8; attempt++) {
    link.lose();
    link.clock.advance(10_000);
    assert.equal(link.state, "dialling");
  }
  assert.deepEqual(link.waits, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  link.chance = 0;
  link.lose();
  assert.equal(link.waits.at(-1), 5000);
});

test("link: a hub that is lost soon after it came is not dialled faster for it", () => {
  const link = new Machine().send({ t: "start" }).up().lose();
  link.clock.advance(250);
  link.up();
  link.clock.advance(policy.steadyMs - 1);
  link.lose();
  assert.deepEqual(link.waits, [250, 500]);
  link.clock.advance(500);
  link.up();
  link.clock.advance(policy.steadyMs);
  link.lose();
  assert.deepEqual(link.waits, [250, 500, 250]);
});

test("link: the first connection is tried for thirty seconds, then given up", () => {
  const link = new Machine().send({ t: "start" });
  while (link.state === "dialling") {
    link.lose();
    link.clock.advance(10_000);
  }
  assert.equal(link.state, "failed");
  assert.deepEqual(link.effects.at(-1), { t: "give_up", loss: gone });
  assert.ok(link.done.filter((effect) => effect.t === "dial").length >= 4);
  assert.equal(link.clock.timers, 0);
});

test("link: a hub that was there before is tried for as long as it takes", () => {
  const link = new Machine().send({ t: "start" }).up();
  for (let attempt = 0; attempt < 500; attempt++) {
    link.lose();
    link.clock.advance(10_000);
  }
  assert.equal(link.state, "dialling");
});

test("link: a refusal is final, first or later", () => {
  const first = new Machine().send({ t: "start" }).lose(refused);
  assert.equal(first.state, "failed");
  const later = new Machine().send({ t: "start" }).up().lose(refused);
  assert.deepEqual(later.effects, [
    { t: "forsaken", loss: refused },
    { t: "give_up", loss: refused },
  ]);
  assert.equal(later.clock.timers, 0);
});

test("link: what is no hub is given up at first, and tried again where a hub has been", () => {
  assert.equal(new Machine().send({ t: "start" }).lose(wrong).state, "failed");
  const later = new Machine().send({ t: "start" }).up().lose();
  later.clock.advance(250);
  assert.equal(later.lose(wrong).state, "waiting");
});

test("link: events of an earlier connection change nothing", () => {
  const link = new Machine().send({ t: "start" }).up().lose();
  link.clock.advance(250);
  link.up();
  link.send({ t: "lost", generation: 1, loss: gone });
  assert.equal(link.state, "up");
  assert.deepEqual(link.effects, []);
  assert.equal(link.send({ t: "retry", generation: 1 }).state, "up");
});

test("link: a connection that dies while it is greeted is lost like any other", () => {
  const link = new Machine().send({ t: "start" }).now("opened").lose();
  assert.equal(link.state, "waiting");
  assert.equal(link.life.wasUp, false);
});

test("link: leaving hangs up where there is a connection, and is over at once where there is none", () => {
  const open = new Machine().send({ t: "start" }).up().send({ t: "leave" });
  assert.deepEqual(open.effects, [{ t: "hang_up" }]);
  assert.equal(open.state, "leaving");
  open.lose();
  assert.deepEqual(open.effects, [{ t: "left" }]);
  assert.equal(open.state, "left");

  const waiting = new Machine().send({ t: "start" }).lose().send({ t: "leave" });
  assert.deepEqual(waiting.effects, [{ t: "left" }]);
  waiting.clock.advance(10_000);
  assert.equal(waiting.state, "left");
  assert.deepEqual(waiting.send({ t: "leave" }).effects, []);
});

test("link: nothing starts twice", () => {
  const link = new Machine().send({ t: "start" }).send({ t: "start" });
  assert.deepEqual(link.effects, []);
  assert.equal(link.life.generation, 1);
});
