import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOfAddress, plainAddress } from "../../../src/base/ip-address.ts";
import { ipNetworks } from "../../../src/base/ip-networks.ts";

test("ip-networks: addresses of both families are in their networks and in no others", () => {
  const networks = ipNetworks(["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::1/128"]);
  const cases: Record<string, boolean> = {
    "10.255.0.1": true,
    "11.0.0.1": false,
    "192.0.2.7": true,
    "192.0.2.8": false,
    "2001:db8:ffff::1": true,
    "2001:db9::1": false,
    "::1": true,
    "::ffff:10.0.0.1": true,
    "::ffff:11.0.0.1": false,
    unknown: false,
    "": false,
  };
  // Twice: the second time from memory.
  for (const round of [1, 2]) {
    for (const [text, isIn] of Object.entries(cases)) {
      assert.equal(networks.has(plainAddress(text) ?? text), isIn, `${text}, round ${round}`);
    }
  }
});

test("ip-networks: no number of addresses fills the memory", () => {
  const networks = ipNetworks(["10.0.0.0/8"]);
  for (let n = 0; n < 5000; n++) assert.equal(networks.has(`10.0.${n >> 8}.${n & 255}`), true);
  assert.equal(networks.has("11.0.0.1"), false);
});

test("ip-networks: a customer of a provider is one IPv4 address, or one /64 of IPv6", () => {
  assert.equal(placeOfAddress("192.0.2.1"), "192.0.2.1");
  assert.equal(placeOfAddress("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2");
  assert.equal(placeOfAddress("2001:db8::1"), "2001:db8:0:0");
  assert.equal(placeOfAddress("::1"), "0:0:0:0");
});
