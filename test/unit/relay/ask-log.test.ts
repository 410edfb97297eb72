// What the log says of questions that are refused: a Core may ask as often as it likes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BridgeScene } from "../../helpers/bridge-scene.ts";
import { scanned } from "../../helpers/lane-scene.ts";

function scene() {
  const at = new BridgeScene();
  const core = () => {
    const { lane, told } = at.core();
    const asks = (method: string) => {
      const { bytes, record } = scanned(`{"jsonrpc":"2.0","id":1,"method":"${method}"}`);
      at.asks.ask(lane, method, "1", { bytes, scan: record });
    };
    return { name: lane.core.name, asks, told };
  };
  const lines = () => at.record.lines.splice(0).filter(({ msg }) => msg === "ask_refused");
  return { at, core, lines };
}

test("asks: a Core that asks without an end is refused each time, and the log says so every ten seconds", () => {
  const { at, core, lines } = scene();
  const { name, asks, told } = core();
  for (let count = 0; count < 1000; count++) asks("roots/list");
  assert.equal(told.length, 1000);
  assert.deepEqual(
    lines().map(({ core, method, times }) => [core, method, times]),
    [[name, "roots/list", 1]],
  );
  at.clock.advance(10_000);
  assert.deepEqual(
    lines().map(({ times }) => times),
    [999],
  );
  asks("roots/list");
  at.asks.close();
  assert.deepEqual(
    lines().map(({ times }) => times),
    [1],
    "what was not said yet is said at the end",
  );
  assert.equal(at.clock.timers, 0);
});

test("asks: methods that a Core makes up are one kind of line, and another Core's are others", () => {
  const { at, core, lines } = scene();
  const [one, other] = [core(), core()];
  for (let count = 0; count < 100; count++) one.asks(`made/up${count}`);
  one.asks("roots/list");
  other.asks("made/up");
  assert.deepEqual(
    lines().map(({ core, method }) => [core, method]),
    [
      [one.name, "made/up0"],
      [other.name, "made/up"],
    ],
  );
  at.clock.advance(10_000);
  assert.deepEqual(
    lines().map(({ method, times }) => [method, times]),
    [["roots/list", 100]],
  );
  at.assertIdle();
});
