// Instances of sessions, and those that are lent to clients without one: they share what room there is.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CoreState } from "../../../src/cores/supervisor.ts";
import type { Member } from "../../../src/hub/members.ts";
import { SessionInstances } from "../../../src/hub/session-instances.ts";
import type { ResolvedCore } from "../../../src/manifest/manifest.ts";
import type { Call, ClientSession, Lane } from "../../../src/relay/call.ts";
import type { Envelope } from "../../../src/sessions/envelope.ts";
import { LaneScene } from "../../helpers/lane-scene.ts";

function scene(maxSessions: number) {
  const lanes = new LaneScene();
  const started: Lane[] = [];
  const ended: Lane[] = [];
  const cores = new Map<Lane, { state: CoreState }>();
  const make = (owner: ClientSession | undefined) => {
    const { lane } = lanes.core(owner === undefined ? { serial: true } : { owner });
    const core = { name: "own", state: { t: "idle", since: 0 } as CoreState, start: () => void started.push(lane) };
    cores.set(lane, core);
    return { core, lane } as unknown as Member;
  };
  const stop = async ({ lane }: Member) => void ended.push(lane);
  const definition = { key: "own", maxSessions, scaling: { min: 1, max: 1 }, idleTimeoutMs: 60_000 } as ResolvedCore;
  const deps = { clock: lanes.clock, definition, make, stop, finish: stop, callOver: () => {} };
  const instances = new SessionInstances(deps, make(undefined));
  const legacy = () => lanes.client().session;
  /** Each call later than the one before. */
  const used = (session: ClientSession) => {
    lanes.clock.advance(1);
    return instances.laneFor(session);
  };
  /** What a modern client's call is lent; undefined: nothing. */
  const lent = () => {
    const { session } = lanes.client();
    session.envelope = {} as Envelope;
    return used(session).lease?.({ session } as Call);
  };
  return { lanes, legacy, used, lent, started, ended, cores };
}

const settled = () => new Promise(setImmediate);

test("session instances: an idle one of either era is ended for a call of the other, where there is no room", async () => {
  const { legacy, used, lent, started, ended } = scene(1);
  const first = used(legacy());
  const second = lent();
  await settled();
  assert.deepEqual(ended, [first]);
  second?.release?.();
  const third = used(legacy());
  await settled();
  assert.deepEqual(ended, [first, second]);
  assert.deepEqual(started, [first, second, third]);
});

test("session instances: of both eras the one that has been idle longest is ended, and where there is room none", async () => {
  const { lanes, legacy, used, lent, ended } = scene(2);
  const early = lent();
  early?.release?.();
  const one = used(legacy());
  assert.deepEqual(ended, []);
  const other = used(legacy());
  assert.deepEqual(ended, [early]);
  await settled();
  const late = lent();
  lanes.clock.advance(1);
  late?.release?.();
  used(legacy());
  assert.deepEqual(ended, [early, one, other], "the modern one was used last");
});

test("session instances: where all are in use, neither era gets another one", () => {
  const { lanes, legacy, used, lent, ended } = scene(1);
  const session = legacy();
  const lane = used(session);
  lane.running.set(1, {} as Call);
  assert.equal(lent(), undefined);
  lane.running.delete(1);
  assert.notEqual(lent(), undefined);
  assert.throws(() => used(legacy()), /all 1 instances of core "own" are in use \(max_sessions\)/);
  assert.deepEqual(ended, [lane]);
  lanes.clock.advance(60_000);
});

test("session instances: one that was given up is started again by a call of its client, a minute later, and until then says when", () => {
  const { lanes, legacy, used, started, cores } = scene(1);
  const session = legacy();
  const lane = used(session);
  const core = cores.get(lane) as { state: CoreState };
  const reason = "exited with code 1; given up after 3 restarts in a row";
  const failed = { t: "failed", code: "core_down", reason, cause: "exited with code 1" } as const;
  core.state = { ...failed, since: lanes.clock.now() };
  assert.throws(() => used(session), {
    code: "core_down",
    message: `this client's instance of core "own" failed: exited with code 1; a call after 59999 ms starts it again`,
    data: { core: "own", state: "failed", may_have_run: false, retry_after_ms: 59_999 },
  });
  assert.deepEqual(started, [lane]);
  lanes.clock.advance(59_998);
  assert.equal(used(session), lane);
  assert.deepEqual(started, [lane, lane]);
});
