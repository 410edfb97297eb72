// Which addresses are refused, and that it is the address which is connected to that counts.
import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { guardedLookup, refusedAddress, refusedHost } from "../../../src/links/address.ts";
import type { Way } from "../../../src/links/connection.ts";
import { LinkClient } from "../../helpers/link-client.ts";

const refused: Readonly<Record<string, readonly string[]>> = {
  "an address of this machine": [
    "0.0.0.0",
    "127.0.0.1",
    "127.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
  ],
  "an address of a private network": [
    ...["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::1", "fec0::1"],
    ...["::ffff:10.1.2.3", "::ffff:a01:203", "64:ff9b::10.1.2.3", "64:ff9b::a01:203", "64:ff9b::c0a8:1"],
  ],
  "the metadata service of a cloud": [
    ...["169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"],
    ...["::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe"],
  ],
  "an address of a provider's shared network": ["100.64.0.1", "100.127.255.255"],
  "a link-local address": ["169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1"],
  "a multicast address": ["224.0.0.1", "239.255.255.255", "ff02::1"],
  "an address for documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
  "an address for tests of networks": ["198.18.0.1", "198.19.255.255"],
  "an address of a tunnel": ["2001::1", "2002:7f00:1::", "2002:808:808::1", "64:ff9b:1::1"],
  "a reserved address": [
    "192.0.0.1",
    "192.88.99.1",
    "240.0.0.1",
    "255.255.255.255",
    "2001:2::1",
    "::7f00:1",
    "100::1",
    "5f00::1",
    "4000::1",
  ],
  "no address": ["", "example.com", "1.2.3", "1.2.3.4.5", "::g"],
};

test("address: what is no unicast address of the Internet is refused, with what it is", () => {
  for (const [meaning, addresses] of Object.entries(refused)) {
    for (const address of addresses) assert.equal(refusedAddress(address), meaning, address);
  }
});

test("address: those of the Internet are not, next to refused ones, mapped, and behind NAT64", () => {
  const allowed = [
    ...["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"],
    ...["128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255"],
    ...["192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"],
    ...["2606:4700::1111", "2a00::1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b::808:808"],
  ];
  for (const address of allowed) assert.equal(refusedAddress(address), undefined, address);
});

test("address: a URL's host is judged in every spelling that leads to an address", () => {
  for (const host of [
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[0:0::1]",
  ]) {
    assert.match(refusedHost(new URL(`http://${host}/mcp`))?.message ?? "", /is an address of this machine/, host);
  }
  for (const host of ["8.8.8.8", "mcp.example", "localhost"]) {
    assert.equal(refusedHost(new URL(`https://${host}/mcp`)), undefined, host);
  }
});

function lookupTo(...addresses: readonly string[]) {
  return guardedLookup(((_host: string, _options: object, done: (error: null, found: LookupAddress[]) => void) => {
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  }) as never);
}

function found(lookup: ReturnType<typeof guardedLookup>, all: boolean): Promise<unknown> {
  return new Promise((resolve) =>
    lookup("mcp.example", { all }, (error, address) => resolve(error?.message ?? address)),
  );
}

test("address: of a name's addresses only those that may be connected to are given to the socket", async () => {
  assert.deepEqual(await found(lookupTo("10.0.0.1", "8.8.8.8", "::1"), true), [{ address: "8.8.8.8", family: 4 }]);
  assert.equal(await found(lookupTo("10.0.0.1", "8.8.8.8"), false), "8.8.8.8");
  for (const all of [true, false]) {
    assert.equal(await found(lookupTo("169.254.169.254"), all), "169.254.169.254 is the metadata service of a cloud");
    assert.equal(await found(lookupTo(), all), "mcp.example has no address");
  }
});

test("address: no connection of any kind is made to this machine, by address or by name, unless that is allowed", async () => {
  let connections = 0;
  await using server = createServer(() => connections++).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const schemes: readonly (readonly [Way, string])[] = [
    ["http", "http"],
    ["http", "https"],
    ["sse", "http"],
    ["websocket", "ws"],
    ["websocket", "wss"],
  ];
  for (const [way, scheme] of schemes) {
    for (const host of ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"]) {
      const client = new LinkClient(way, `${scheme}://${host}:${port}/mcp`, { allowPrivate: false });
      if (way === "http") {
        await client.expect("opened");
        client.hello();
        await client.expect("returned");
      }
      const { loss } = await client.expect("lost");
      assert.equal(loss.kind, "wrong");
      assert.match(
        loss.reason,
        /is not connected to: \S+ is an address of this machine; write allow_private: true if that is meant$/,
      );
    }
  }
  assert.equal(connections, 0);
});
