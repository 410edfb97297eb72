import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText, readDuration } from "../../../src/cli/duration.ts";

test("durations: are read in seconds, minutes, hours and days, up to what there may be", () => {
  const read = (text: string) => readDuration("--ttl", text, 86_400_000);
  assert.deepEqual([read("90s"), read("15m"), read("8h"), read("1d")], [90_000, 900_000, 28_800_000, 86_400_000]);
  for (const text of ["", "15", "0m", "-1m", "1.5h", "1h30m", "m", "1w"]) {
    assert.throws(() => read(text), { code: "usage", message: /^--ttl: ".*" is no duration: write 90s/ });
  }
  assert.throws(() => read("25h"), { code: "usage", message: "--ttl: 25h is longer than the 1d that there may be" });
});

test("durations: are said in their two largest units", () => {
  assert.deepEqual([900_000, 5_400_000, 90_061_000, 1_200, 0].map(durationText), [
    "15m",
    "1h 30m",
    "1d 1h",
    "2s",
    "0s",
  ]);
});
