import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { Connections } from "../../../src/doors/connections.ts";
import { createProxies } from "../../../src/doors/forwarded.ts";
import { DoorServer, readAll } from "../../helpers/door-server.ts";
import { MemoryLog } from "../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

/** As much of a socket as is looked at: addresses that no test machine has. */
class Peer extends EventEmitter {
  readonly remoteAddress: string | undefined;
  isOpen = true;

  constructor(remoteAddress: string | undefined) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.isOpen = false;
    this.emit("close");
  }
}

function counted(limits: { maxConnections?: number; maxConnectionsPerAddress?: number }, proxies: string[] = []) {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const { trusts } = createProxies(proxies);
  const all = { maxConnections: 100, maxConnectionsPerAddress: 2, ...limits };
  const connections = new Connections(all, { clock, log, isProxy: trusts });
  const come = (address?: string): Peer => {
    const peer = new Peer(address);
    assert.equal(connections.admit(peer as unknown as Socket), peer.isOpen);
    return peer;
  };
  return { connections, clock, log, come };
}

test("connections: an address has its share, another one its own, and who leaves makes room", () => {
  const { connections, come } = counted({});
  const first = come("192.0.2.1");
  assert.ok(come("192.0.2.1").isOpen);
  assert.ok(!come("192.0.2.1").isOpen);
  assert.ok(!come("::ffff:192.0.2.1").isOpen, "the same address over an IPv6 socket");
  assert.ok(come("192.0.2.2").isOpen);
  first.destroy();
  assert.ok(come("192.0.2.1").isOpen);
  assert.equal(connections.size, 3);
  assert.deepEqual(connections.refused, { total: 0, address: 2, half_open: 0 });
});

test("connections: IPv6 is counted by network, since one machine has all addresses of its own", () => {
  const { come } = counted({});
  assert.ok(come("2001:db8:1:2::1").isOpen);
  assert.ok(come("2001:db8:1:2:aaaa:bbbb:cccc:dddd").isOpen);
  assert.ok(!come("2001:db8:1:2:0:0:0:2").isOpen);
  assert.ok(come("2001:db8:1:3::1").isOpen);
  assert.ok(come("2001:db8::1").isOpen);
  assert.ok(come("2001:db8::2").isOpen);
  assert.ok(!come("2001:db8::ffff:3").isOpen);
  assert.ok(come("fe80::1%eth0").isOpen);
});

test("connections: loopback, trusted proxies and socket files are not counted by address, but in all", () => {
  const { connections, come } = counted({ maxConnections: 12 }, ["10.0.0.0/8"]);
  for (const address of ["127.0.0.1", "::1", "10.1.2.3", undefined]) {
    for (let time = 0; time < 3; time++) {
      const peer = come(address);
      assert.ok(peer.isOpen, address);
      connections.letIn(peer as unknown as Socket);
    }
  }
  assert.ok(!come("127.0.0.1").isOpen);
  assert.deepEqual(connections.refused, { total: 1, address: 0, half_open: 0 });
});

test("connections: with no room left the oldest half-open one gives way, and none that was let in or is a proxy's", () => {
  const { connections, log, come } = counted({ maxConnections: 5 }, ["10.0.0.0/8"]);
  const [proxy, file, inside, older, newer] = [
    come("10.0.0.1"),
    come(undefined),
    come("192.0.2.1"),
    come("192.0.2.2"),
    come("192.0.2.3"),
  ];
  connections.letIn(inside as unknown as Socket);
  const sixth = come("192.0.2.4");
  assert.deepEqual([older.isOpen, newer.isOpen, connections.size], [false, true, 5]);
  const seventh = come("192.0.2.5");
  assert.deepEqual([newer.isOpen, sixth.isOpen], [false, true]);
  for (const peer of [sixth, seventh]) connections.letIn(peer as unknown as Socket);
  assert.ok(!come("192.0.2.6").isOpen, "all others are known");
  assert.ok([proxy, file, inside, sixth, seventh].every(({ isOpen }) => isOpen));
  assert.deepEqual(connections.refused, { total: 1, address: 0, half_open: 2 });
  assert.match(log.lines[0] ?? "", /connection_refused .*"half_open","limit":5,"peer":"192.0.2.2"/);
});

test("connections: one that gave way to another of its own address is counted no more", () => {
  const { connections, come } = counted({ maxConnections: 2, maxConnectionsPerAddress: 3 });
  const peers = [come("192.0.2.1")];
  for (let time = 0; time < 5; time++) {
    const peer = come("192.0.2.2");
    assert.ok(peer.isOpen);
    peers.push(peer);
  }
  for (const peer of peers) if (peer.isOpen) peer.destroy();
  assert.equal(connections.size, 0);
  assert.ok(come("192.0.2.2").isOpen);
  assert.ok(come("192.0.2.2").isOpen);
});

test("connections: refusals are said at once, then summed up every ten seconds", () => {
  const { clock, log, come } = counted({});
  for (let time = 0; time < 7; time++) come("192.0.2.1");
  assert.equal(log.lines.length, 1);
  assert.match(log.lines[0] ?? "", /warn connection_refused .*"address","limit":2,"peer":"192.0.2.1".*"times":1/);
  clock.advance(10_000);
  assert.match(log.lines[1] ?? "", /"times":4/);
  clock.advance(10_000);
  assert.deepEqual([log.lines.length, clock.timers], [2, 0]);
  come("192.0.2.1");
  assert.equal(log.lines.length, 3);
});

test("connections: cut off at the end, and what was not said yet is said", async () => {
  const { connections, clock, log, come } = counted({});
  const peers = Array.from({ length: 4 }, () => come("192.0.2.1"));
  await connections.close();
  assert.deepEqual([connections.size, clock.timers, log.lines.length], [0, 0, 2]);
  assert.ok(peers.every((peer) => !peer.isOpen));
});

const [outward] = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).filter((it) => !it.internal));

test("connections: a real machine beyond loopback meets its limit, and only that", {
  skip: outward === undefined ? "needs a network interface besides loopback" : false,
}, async () => {
  await using hub = await DoorServer.open({ listen: ":0", http: { maxConnectionsPerAddress: 2 } });
  const from = (host: string) => connect(hub.port, host);
  const mine = [from(outward?.address ?? ""), from(outward?.address ?? "")];
  for (const socket of mine) await once(socket, "connect");
  while (hub.server.connections < 2) await new Promise((resolve) => setImmediate(resolve));
  const third = from(outward?.address ?? "");
  third.on("error", () => {});
  assert.equal((await readAll(third)).length, 0);
  assert.deepEqual(hub.server.refusedConnections, { total: 0, address: 1, half_open: 0 });
  const local = from("127.0.0.1");
  local.write("GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n");
  assert.match(String((await once(local, "data"))[0]), /^HTTP\/1.1 200 /);
  for (const socket of [...mine, local]) socket.destroy();
});
