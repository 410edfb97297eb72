import assert from "node:assert/strict";
import { test } from "node:test";
import { HubError } from "../../../src/base/errors.ts";
import { CoreRefusal } from "../../../src/cores/own-requests.ts";
import { fallOf, startFailed } from "../../../src/cores/start-failed.ts";
import { LogRecord } from "../../helpers/core-run.ts";

test("start-failed: a Core that refuses the handshake is down by its own words, which is no bug of the hub", () => {
  const { log, lines } = new LogRecord();
  const refusal = new CoreRefusal("wiki", 'core "wiki" refused initialize: API_KEY is not set', -32000, undefined);
  const fall = { code: "core_down", reason: "refused initialize: API_KEY is not set", fatal: false };
  assert.deepEqual(fallOf(refusal, "wiki", log), fall);
  assert.deepEqual(lines, []);
});

test("start-failed: what nobody foresaw is internal, and its cause in the log", () => {
  const { log, lines } = new LogRecord();
  assert.equal(fallOf(new TypeError("x is not a function"), "wiki", log).code, "internal");
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [["error", "core_start_failed"]],
  );
});

test("start-failed: a reason that a Core makes long is cut, whatever it comes by", () => {
  const { log } = new LogRecord();
  const words = "x".repeat(1_000_000);
  for (const error of [
    new CoreRefusal("wiki", `core "wiki" refused initialize: ${words}`, -32000, undefined),
    new HubError("core_timeout", words),
    startFailed("era_unsupported", `speaks protocol ${words}`, true),
  ]) {
    const { reason } = fallOf(error, "wiki", log);
    assert.ok(reason.length < 600, String(reason.length));
    assert.match(reason, /x… \(cut\)$/);
  }
});
