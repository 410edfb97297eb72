import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimit, StderrTail } from "../../../src/cores/stderr.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

function open(mask: (text: string) => string = (text) => text) {
  const clock = new FakeClock();
  const logged: string[] = [];
  const dropped: number[] = [];
  const tail = new StderrTail({
    clock,
    mask,
    line: (text) => logged.push(text),
    dropped: (count) => dropped.push(count),
  });
  return { clock, logged, dropped, tail, push: (text: string) => tail.push(Buffer.from(text)) };
}

test("stderr: lines are put together from any chunks, characters included", () => {
  const { tail, logged } = open();
  for (const byte of Buffer.from("grüße\r\n\nzweite\rdritte\nrest")) tail.push(Buffer.from([byte]));
  assert.deepEqual(logged, ["grüße", "zweite", "dritte"]);
  tail.end();
  assert.deepEqual(tail.lines(), ["grüße", "zweite", "dritte", "rest"]);
});

test("stderr: the last hundred lines are kept, oldest first", () => {
  const { tail, push } = open();
  for (let n = 0; n < 250; n++) push(`line ${n}\n`);
  const lines = tail.lines();
  assert.equal(lines.length, 100);
  assert.equal(lines[0], "line 150");
  assert.equal(lines[99], "line 249");
});

test("stderr: a line is cut, after masking, so that no half of a secret shows", () => {
  const secret = "s".repeat(100);
  const { tail, push, logged } = open((text) => text.replaceAll(secret, "*".repeat(100)));
  push(`${"x".repeat(8 * 1024 - 50)}${secret}${"y".repeat(100_000)}\n`);
  const [line = ""] = logged;
  assert.ok(line.endsWith("… (cut)"));
  assert.ok(!line.includes("s"));
  assert.ok(line.length < 9000);
  assert.equal(tail.lines()[0], line);
});

test("stderr: a flood is logged at 200 lines a second, the rest counted, none of it masked", () => {
  let masked = 0;
  const { clock, tail, push, logged, dropped } = open((text) => {
    masked++;
    return text;
  });
  push("noise\n".repeat(1000));
  assert.equal(logged.length, 200);
  assert.equal(masked, 200);
  clock.advance(1000);
  assert.deepEqual(dropped, [800]);
  push("noise\n".repeat(201));
  assert.equal(logged.length, 400);
  tail.end();
  assert.deepEqual(dropped, [800, 1]);
  assert.equal(clock.timers, 0);
});

test("rate limit: what was quiet is not told", () => {
  const clock = new FakeClock();
  const told: number[] = [];
  const limit = new RateLimit(clock, 1, (count) => told.push(count));
  assert.equal(limit.take(), true);
  clock.advance(1000);
  assert.equal(limit.take(), true);
  limit.close();
  assert.deepEqual(told, []);
});
