// Which instance of a pool a call is lent, and what becomes of one whose call was let go.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Member } from "../../../src/hub/members.ts";
import { Pool } from "../../../src/hub/pool.ts";
import type { ResolvedCore } from "../../../src/manifest/manifest.ts";
import type { Call, ClientSession, Lane, Task } from "../../../src/relay/call.ts";
import { LaneScene } from "../../helpers/lane-scene.ts";

function scene(max: number) {
  const lanes = new LaneScene();
  const ended: Lane[] = [];
  const make = () => {
    const { lane } = lanes.core({ serial: true });
    return { core: { state: { t: "up", since: 0 }, start: () => {} }, lane } as unknown as Member;
  };
  const stop = async ({ lane }: Member) => void ended.push(lane);
  const definition = { scaling: { min: 1, max }, idleTimeoutMs: 60_000 } as ResolvedCore;
  const deps = { clock: lanes.clock, definition, make, stop, finish: stop, callOver: () => {} };
  const pool = new Pool(deps, make(), { max, sharedBy: () => "all" });
  const lent = (session: ClientSession) => {
    const lane = pool.laneFor().lease?.({ session } as Call);
    assert.ok(lane !== undefined);
    return lane;
  };
  const [ann, bob] = [lanes.client().session, lanes.client().session];
  /** A call that is answered by a task. */
  const begins = (session: ClientSession, isOver = false) => {
    const lane = lent(session);
    lane.tasks.set(`t${lane.tasks.size}`, { session, isOver } as Task);
    lane.release?.();
    return lane;
  };
  return { lanes, pool, lent, ended, ann, bob, begins };
}

test("pool: an instance that works on another client's task is lent only where there is no room for another", () => {
  const { lent, ann, bob, begins } = scene(2);
  const busy = begins(ann);
  const quiet = lent(bob);
  assert.notEqual(quiet, busy);
  assert.equal(lent(ann), busy, "the task is hers");
});

test("pool: who was lent such an instance once is not lent it again for that", () => {
  const { lent, ann, bob, begins } = scene(2);
  const busy = begins(ann);
  const quiet = lent(ann);
  assert.equal(quiet, busy);
  quiet.release?.();
  const [first, second] = [lent(bob), lent(bob)];
  assert.equal(second, busy, "there is no room for a third");
  second.release?.();
  first.release?.();
  assert.equal(lent(bob), first, "though it was the other that he had last");
});

test("pool: a task that is over keeps nobody away", () => {
  const { lent, ann, bob, begins } = scene(2);
  const idle = begins(ann, true);
  assert.equal(lent(bob), idle);
});

test("pool: an instance whose call was let go is ended, but not with a task that it works on", () => {
  const { lanes, pool, lent, ended, ann, bob, begins } = scene(1);
  const busy = begins(ann);
  assert.equal(lent(bob), busy);
  busy.astray.set(7, { session: bob, untilMs: 1000 });
  busy.release?.();
  assert.deepEqual(ended, []);
  busy.tasks.clear();
  assert.equal(lent(bob), busy);
  busy.release?.();
  assert.deepEqual(ended, [busy]);
  assert.deepEqual(pool.members(), []);
  lanes.clock.advance(60_000);
});

test("pool: where a call of another client's that was let go may be talking, one is lent only where there is no room, or that is long past", () => {
  const { lanes, lent, ann, bob, begins } = scene(2);
  const busy = begins(ann);
  busy.astray.set(7, { session: ann, untilMs: 1000 });
  for (const task of busy.tasks.values()) task.isOver = true;
  const other = lent(bob);
  assert.notEqual(other, busy);
  lanes.clock.advance(1000);
  assert.equal(lent(bob), busy);
});
