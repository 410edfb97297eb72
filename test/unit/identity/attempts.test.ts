import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempts } from "../../../src/identity/attempts.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

function scene() {
  const clock = new FakeClock();
  const lines: Record<string, unknown>[] = [];
  const log = { warn: (msg: string, context: Record<string, unknown>) => void lines.push({ msg, ...context }) };
  const attempts = new Attempts(clock, log);
  const fail = (peer: string, times: number) => {
    for (let time = 0; time < times; time++) attempts.failed(peer);
  };
  return { clock, attempts, lines, fail };
}

test("attempts: ten wrong tokens are free, each further one costs twice the wait, up to five minutes", () => {
  const { clock, attempts, fail } = scene();
  fail("192.0.2.1", 9);
  assert.equal(attempts.waitMs("192.0.2.1", "t"), 0);
  const waits: number[] = [];
  for (let time = 0; time < 11; time++) {
    fail("192.0.2.1", 1);
    const waitMs = attempts.waitMs("192.0.2.1", "t");
    waits.push(waitMs / 1000);
    clock.advance(waitMs);
    assert.equal(attempts.waitMs("192.0.2.1", "t"), 0);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
});

test("attempts: another address is not slowed, another one of the same IPv6 network is, and sockets never are", () => {
  const { attempts, fail } = scene();
  fail("2001:db8:1:2::1", 10);
  fail("192.0.2.1", 10);
  fail("unix", 100);
  assert.ok(attempts.waitMs("2001:db8:1:2:ffff::9", "t") > 0);
  assert.equal(attempts.waitMs("2001:db8:1:3::1", "t"), 0);
  assert.equal(attempts.waitMs("192.0.2.2", "t"), 0);
  assert.equal(attempts.waitMs("unix", "t"), 0);
  assert.equal(attempts.waitMs(undefined, "t"), 0);
});

test("attempts: ten minutes without a wrong token clear the slate, and less does not", () => {
  const { clock, attempts, fail } = scene();
  fail("192.0.2.1", 10);
  clock.advance(599_999);
  fail("192.0.2.1", 1);
  assert.equal(attempts.waitMs("192.0.2.1", "t"), 2000);
  clock.advance(600_000);
  fail("192.0.2.1", 9);
  assert.equal(attempts.waitMs("192.0.2.1", "t"), 0);
});

test("attempts: a token that was right from there is looked at still, and from nowhere else", () => {
  const { attempts, fail } = scene();
  attempts.passed("192.0.2.1", "right");
  fail("192.0.2.1", 10);
  fail("192.0.2.2", 10);
  assert.equal(attempts.waitMs("192.0.2.1", "right"), 0);
  assert.equal(attempts.waitMs("192.0.2.1", "other"), 1000);
  assert.equal(attempts.waitMs("192.0.2.2", "right"), 1000);
});

test("attempts: remembers ten thousand addresses and tokens, and forgets the oldest", () => {
  const { attempts, fail } = scene();
  fail("192.0.2.1", 10);
  attempts.passed("192.0.2.1", "right");
  const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
  for (let n = 0; n < 9_999; n++) fail(address(n), 1);
  assert.ok(attempts.waitMs("192.0.2.1", "t") > 0);
  fail(address(9_999), 1);
  assert.equal(attempts.waitMs("192.0.2.1", "t"), 0);
  fail("192.0.2.1", 10);
  for (let n = 0; n < 9_999; n++) attempts.passed(address(n), "x");
  assert.equal(attempts.waitMs("192.0.2.1", "right"), 0);
  attempts.passed("192.0.2.9", "x");
  assert.ok(attempts.waitMs("192.0.2.1", "right") > 0);
});

test("attempts: the log hears of it at once, then every ten seconds at most, with how often", () => {
  const { clock, lines, fail } = scene();
  fail("192.0.2.1", 15);
  assert.deepEqual(lines, [{ msg: "auth_slowed", peer: "192.0.2.1", failures: 10, retry_after_ms: 1000, times: 1 }]);
  clock.advance(10_000);
  fail("192.0.2.1", 1);
  assert.deepEqual(lines[1], { msg: "auth_slowed", peer: "192.0.2.1", failures: 16, retry_after_ms: 64_000, times: 6 });
  assert.equal(clock.timers, 0);
});
