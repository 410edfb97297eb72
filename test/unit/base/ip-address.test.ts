import assert from "node:assert/strict";
import { test } from "node:test";
import { plainAddress } from "../../../src/base/ip-address.ts";

test("ip-address: every spelling of an address becomes the same text", () => {
  const cases: [string, string][] = [
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::FFFF:a00:1", "10.0.0.1"],
    ["0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1"],
    ["2001:DB8:0:0::0001", "2001:db8::1"],
    ["::1", "::1"],
    ["fe80::1%eth0", "fe80::1"],
  ];
  for (const [written, plain] of cases) assert.equal(plainAddress(written), plain, written);
});

test("ip-address: what is no address is none", () => {
  for (const text of [
    "",
    "unix",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.1",
    "10.0.0.1:80",
    "[::1]",
    ":::",
    "1::2::3",
    " ::1",
  ]) {
    assert.equal(plainAddress(text), undefined, text);
  }
});
