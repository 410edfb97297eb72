// The hub's own share of a call's time: what it waits for in a queue of the hub's, and not what it waits for a Core to start, or asks it before.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call, CallHook } from "../../../src/relay/call.ts";
import { frameOfText } from "../../../src/wire/frame.ts";
import { LaneScene } from "../../helpers/lane-scene.ts";

function scene(limits = {}) {
  const lanes = new LaneScene(limits);
  const core = lanes.core();
  const shares: number[] = [];
  const meter = { request() {}, error() {}, observe() {}, observeHub: (ms: number) => void shares.push(ms) };
  return { lanes, core, lane: Object.assign(core.lane, { meter }), client: lanes.client(), shares };
}

test("hub share: a call that waits for its Core to start is not the hub's work", () => {
  const { lanes, core, lane, client, shares } = scene();
  core.port.state = { t: "starting", since: 0 };
  lanes.calls.begin(client.request("tools/call", { name: "look" }), lane, undefined);
  lanes.clock.advance(900);
  core.port.heardMs = lanes.clock.now();
  core.becomes({ t: "up", since: 900 });
  core.answers("tools/call", '"result":{}');
  assert.deepEqual(shares, [0]);
});

test("hub share: waiting for a free place is", () => {
  const { lanes, core, lane, client, shares } = scene({ maxConcurrency: 1, maxQueue: 1 });
  for (let call = 0; call < 2; call++)
    lanes.calls.begin(client.request("tools/call", { name: "look" }), lane, undefined);
  for (let call = 0; call < 2; call++) {
    lanes.clock.advance(300);
    core.port.heardMs = lanes.clock.now();
    core.answers("tools/call", '"result":{}');
  }
  assert.deepEqual(shares, [0, 300]);
});

test("hub share: what a Core took for an answer that was not the last is the Core's", () => {
  const { lanes, core, lane, client, shares } = scene();
  const request = client.request("tools/call", { name: "look" });
  let taken: Call | undefined;
  const once: CallHook = {
    takes: (_frame, _scan, call) => {
      if (taken !== undefined) return undefined;
      taken = call;
      return () => lanes.calls.resend(call, frameOfText(request.bytes.toString()), []);
    },
  };
  lanes.calls.begin(request, lane, undefined, [once]);
  for (let round = 0; round < 2; round++) {
    lanes.clock.advance(400);
    core.port.heardMs = lanes.clock.now();
    core.answers("tools/call", '"result":{}');
  }
  assert.deepEqual(shares, [0]);
});
