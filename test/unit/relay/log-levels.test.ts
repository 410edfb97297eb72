import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientSession } from "../../../src/relay/call.ts";
import { LogLevels } from "../../../src/relay/log-levels.ts";
import { logLevelOf } from "../../../src/sessions/log-level.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { LaneScene } from "../../helpers/lane-scene.ts";

const debug = logLevelOf("debug") ?? -1;
const error = logLevelOf("error") ?? -1;

function scene() {
  const clock = new FakeClock();
  const told: string[] = [];
  const levels = new LogLevels({ clock, shared: () => [{ setLogLevel: (name) => told.push(name) }], own: () => [] });
  const lanes = new LaneScene();
  /** A request of the modern era, as a session of its own. */
  const request = (level: number): ClientSession => {
    const { session } = lanes.client();
    levels.want(session, level);
    return session;
  };
  return { clock, told, levels, request };
}

test("log levels: who wants more is heard at once, who wants less when nobody has wanted more for a while", () => {
  const { clock, told, levels, request } = scene();
  const first = request(error);
  assert.deepEqual(told, ["error"]);
  const second = request(debug);
  assert.deepEqual(told, ["error", "debug"]);
  levels.forget(second);
  clock.advance(9_999);
  assert.deepEqual(told, ["error", "debug"]);
  clock.advance(1);
  assert.deepEqual(told, ["error", "debug", "error"]);
  levels.forget(first);
  clock.advance(60_000);
  assert.deepEqual(told, ["error", "debug", "error"], "a Core that nobody hears is left as it is");
  assert.equal(clock.timers, 0);
});

test("log levels: requests of the modern era that want one level and the other do not keep Cores busy", () => {
  const { clock, told, levels, request } = scene();
  for (let n = 0; n < 100; n++) {
    levels.forget(request(n % 2 === 0 ? error : debug));
    clock.advance(100);
  }
  assert.deepEqual(told, ["error", "debug"]);
  levels.close();
  assert.equal(clock.timers, 0);
});

test("log levels: a session that changes its mind has the last word only", () => {
  const { clock, told, levels, request } = scene();
  const session = request(debug);
  levels.want(session, error);
  clock.advance(10_000);
  assert.deepEqual(told, ["debug", "error"]);
  levels.forget(session);
  request(error);
  assert.deepEqual(told, ["debug", "error"]);
});
