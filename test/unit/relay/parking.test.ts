// For how long a session's first requests wait for Cores that are still starting.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Parking } from "../../../src/relay/parking.ts";
import { LaneScene } from "../../helpers/lane-scene.ts";

const waitMs = 1_500;

test("parking: the wait of a session is one, however often its requests are taken up and parked again meanwhile", () => {
  const lanes = new LaneScene();
  const { clock } = lanes;
  const { session } = lanes.client();
  const parking = new Parking({ clock, listWaitMs: () => waitMs, starting: () => true });
  let woken = 0;
  const park = () => parking.park(session, "1", Buffer.from("{}"), session.sink, () => woken++);
  park();
  for (let waitedMs = 500; waitedMs < waitMs; waitedMs += 500) {
    clock.advance(500);
    // One of the Cores has come.
    assert.equal(parking.take(session).length, 1);
    assert.equal(clock.timers, 0);
    assert.ok(parking.worthwhile(session));
    park();
  }
  clock.advance(499);
  assert.equal(woken, 0);
  clock.advance(1);
  assert.equal(woken, 1);
  assert.equal(parking.take(session).length, 1);
  assert.ok(!parking.worthwhile(session));
  assert.equal(clock.timers, 0);
});
