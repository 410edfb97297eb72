import assert from "node:assert/strict";
import { test } from "node:test";
import { createProxies, type ForwardedHeaders } from "../../../src/doors/forwarded.ts";

const proxies = createProxies(["127.0.0.0/8", "::1/128", "10.0.0.0/8", "fd00::/8"]);

function addressOf(chain: string | undefined, peer = "127.0.0.1"): string | undefined {
  return proxies.clientOf(peer, { "x-forwarded-for": chain }).address;
}

const everything: ForwardedHeaders = {
  "x-forwarded-for": "203.0.113.9",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "hub.example",
};

test("forwarded: a peer that is not trusted speaks for itself, whatever its headers say", () => {
  for (const peer of ["192.0.2.1", "11.0.0.1", "2001:db8::1", "::ffff:192.0.2.1"]) {
    const client = proxies.clientOf(peer, everything);
    assert.deepEqual(client, { address: peer.replace("::ffff:", ""), scheme: undefined, host: undefined });
  }
  const nobody = createProxies([]);
  assert.equal(nobody.clientOf("127.0.0.1", everything).address, "127.0.0.1");
  assert.equal(proxies.clientOf(undefined, everything).address, undefined);
});

test("forwarded: a trusted peer is believed, in every spelling of its address", () => {
  for (const peer of ["127.0.0.1", "127.8.8.8", "::1", "10.1.2.3", "::ffff:10.1.2.3", "::ffff:a01:203", "fd12::1"]) {
    const client = proxies.clientOf(peer, everything);
    assert.deepEqual(client, { address: "203.0.113.9", scheme: "https", host: "hub.example" }, peer);
  }
});

test("forwarded: of a chain, the rightmost address that is no trusted proxy counts", () => {
  assert.equal(addressOf("203.0.113.9, 10.0.0.1"), "203.0.113.9");
  assert.equal(addressOf("203.0.113.9,10.0.0.1,::1 , fd00::5"), "203.0.113.9");
  // What a client wrote itself stands to the left of what the first proxy saw.
  assert.equal(addressOf("1.1.1.1, 127.0.0.1, 203.0.113.9"), "203.0.113.9");
  assert.equal(addressOf("1.1.1.1, 203.0.113.9, 10.0.0.1"), "203.0.113.9");
  // Proxies only: the outermost of them asked for itself.
  assert.equal(addressOf("10.0.0.3, 10.0.0.2"), "10.0.0.3");
  assert.equal(addressOf(undefined), "127.0.0.1");
});

test("forwarded: addresses are taken with ports, brackets and quotes, as proxies write them", () => {
  const cases: [string, string][] = [
    ["203.0.113.9:50123", "203.0.113.9"],
    ["2001:DB8::1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:db8::1]:50123", "2001:db8::1"],
    ['"[2001:db8::1]:50123"', "2001:db8::1"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    [" , 203.0.113.9 ,, ", "203.0.113.9"],
  ];
  for (const [chain, address] of cases) assert.equal(addressOf(chain), address, chain);
});

test("forwarded: a garbled entry ends the chain at the last address that is sure", () => {
  const garbled = [
    "unknown",
    "_hidden",
    "evil.example",
    "1.2.3",
    "1.2.3.4.5",
    "[1.2.3.4]",
    "1.2.3.4:x",
    "[::1",
    "\u0000",
  ];
  garbled.push("127.0.0.1 203.0.113.9", "unix", "-", "%", "9".repeat(15_000), `"${'"'.repeat(60)}"`);
  for (const entry of garbled) {
    assert.equal(addressOf(entry), "127.0.0.1", entry.slice(0, 40));
    assert.equal(addressOf(`203.0.113.9, ${entry}, 10.0.0.1`), "10.0.0.1", entry.slice(0, 40));
  }
});

test("forwarded: a chain longer than anybody has is read only so far", () => {
  const hops = (count: number) => `203.0.113.9, ${Array(count).fill("10.0.0.1").join(", ")}`;
  assert.equal(addressOf(hops(31)), "203.0.113.9");
  assert.equal(addressOf(hops(1_000)), "10.0.0.1");
  assert.equal(addressOf(",".repeat(16_000)), "127.0.0.1");
});

test("forwarded: of several schemes and hosts the nearest proxy's counts, and WebSocket schemes are the web's", () => {
  const read = (proto: string | undefined, host: string | undefined) => {
    const client = proxies.clientOf("::1", { "x-forwarded-proto": proto, "x-forwarded-host": host });
    return [client.scheme, client.host];
  };
  assert.deepEqual(read("https, http", "a.example, b.example"), ["http", "b.example"]);
  assert.deepEqual(read("WSS", "hub.example:8443"), ["https", "hub.example:8443"]);
  assert.deepEqual(read("ws", " "), ["http", undefined]);
  assert.deepEqual(read("gopher", undefined), [undefined, undefined]);
});

test("forwarded: who comes in by a socket file is trusted only where unix is listed", () => {
  assert.deepEqual(proxies.clientOf("unix", everything), { address: "unix", scheme: undefined, host: undefined });
  const sockets = createProxies(["unix"]);
  assert.equal(sockets.clientOf("unix", everything).address, "203.0.113.9");
  assert.equal(sockets.clientOf("unix", {}).address, "unix");
  assert.equal(sockets.clientOf("127.0.0.1", everything).address, "127.0.0.1");
});
