import assert from "node:assert/strict";
import { test } from "node:test";
import { LaneScene } from "../../helpers/lane-scene.ts";

test("core-availability: a call that its Core's connection does not take any more is told so, and when to come back", () => {
  const scene = new LaneScene();
  const { port, lane } = scene.core();
  port.send = () => "closed";
  const client = scene.client();
  const asked = client.asks("tools/call", { name: "x" }, (request) => {
    scene.calls.begin(request, lane, undefined);
    return true;
  });
  const { message, data } = (client.answerTo(asked)?.error ?? {}) as { message?: string; data?: object };
  assert.equal(message, `core "${port.name}" is just losing its connection; try again`);
  const { may_have_run, retry_after_ms } = data as { may_have_run?: boolean; retry_after_ms?: number };
  assert.deepEqual([may_have_run, retry_after_ms], [false, 1000]);
});
