import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { WebSocket } from "ws";
import { frameOfText, noSplices } from "../../../src/wire/frame.ts";
import { DoorServer, readAll } from "../../helpers/door-server.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { clientFrame, text } from "../../helpers/ws-frames.ts";

const MiB = 1024 * 1024;

async function connected(hub: DoorServer): Promise<WebSocket> {
  const socket = new WebSocket(`${hub.wsUrl}/mcp`, "mcp", { maxPayload: 100 * MiB });
  await once(socket, "open");
  return socket;
}

async function closeOf(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  return { code, reason: reason.toString() };
}

async function messageOf(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, "message")) as [Buffer];
  return data.toString();
}

/** The code of the first close frame in what the hub sent; frames before it must be short. */
function closeCode(bytes: Buffer): number | undefined {
  for (let at = 0; at + 1 < bytes.length; at += 2 + (bytes[at + 1] ?? 0)) {
    if (bytes[at] === 0x88) return bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("ws-door: carries messages of every size both ways", async () => {
  await using hub = await DoorServer.open();
  const socket = await connected(hub);
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 3 * MiB]) {
    const payload = "é".repeat(size / 2);
    const echo = messageOf(socket);
    socket.send(payload);
    assert.equal(await echo, payload);
  }
  socket.close(1000, "bye");
  assert.deepEqual(await closeOf(socket), { code: 1000, reason: "" });
  await hub.doorkeeper.last.left;
});

test("ws-door: keeps many messages of many clients in order", async () => {
  await using hub = await DoorServer.open();
  const sockets = await Promise.all(Array.from({ length: 8 }, () => connected(hub)));
  await Promise.all(
    sockets.map(async (socket, client) => {
      const got: string[] = [];
      const all = new Promise<void>((resolve) => {
        socket.on("message", (data) => {
          got.push(String(data));
          if (got.length === 500) resolve();
        });
      });
      const sent = Array.from({ length: 500 }, (_, index) => `${client}:${index}:${"x".repeat(index * 7)}`);
      for (const payload of sent) socket.send(payload);
      await all;
      assert.deepEqual(got, sent);
      socket.close();
      await once(socket, "close");
    }),
  );
});

test("ws-door: answers pings with their payload", async () => {
  await using hub = await DoorServer.open();
  const socket = await connected(hub);
  socket.ping("are you there");
  const [payload] = (await once(socket, "pong")) as [Buffer];
  assert.equal(payload.toString(), "are you there");
  socket.terminate();
});

test("ws-door: binary, unmasked, oversized and garbled frames end the connection with their codes", async () => {
  await using hub = await DoorServer.open({ limits: { maxMessageBytes: 1000 } });
  const cases: [Buffer, number][] = [
    [clientFrame({ opcode: 2, payload: "{}" }), 1003],
    [text("{}", { mask: false }), 1002],
    [text("{}", { rsv: 0x40 }), 1002],
    [text("x".repeat(1001)), 1009],
    [
      Buffer.concat([text("x".repeat(600), { fin: false }), clientFrame({ opcode: 0, payload: "x".repeat(600) })]),
      1009,
    ],
    [Buffer.from("GET / HTTP/1.1\r\n\r\n"), 1002],
  ];
  for (const [bytes, code] of cases) {
    const socket = await hub.upgraded();
    const all = readAll(socket);
    socket.write(Buffer.concat([bytes, text("late")]));
    assert.equal(closeCode(await all), code);
    const visitor = hub.doorkeeper.last;
    await visitor.left;
    assert.deepEqual(visitor.received, []);
    assert.equal(visitor.faults.length, code === 1009 ? 1 : 0);
    socket.end();
  }
});

test("ws-door: a client of the ws package sees the code and the reason of a refusal", async () => {
  await using hub = await DoorServer.open({ limits: { maxMessageBytes: 1000 } });
  const binary = await connected(hub);
  binary.send(Buffer.from("{}"));
  assert.deepEqual(await closeOf(binary), { code: 1003, reason: "text messages only" });
  const large = await connected(hub);
  large.send("x".repeat(5 * MiB));
  const error = messageOf(large);
  assert.deepEqual(await closeOf(large), { code: 1009, reason: "the message is larger than 1000 bytes" });
  assert.equal(await error, '{"error":"too_large"}');
});

test("ws-door: a client that goes away without a word leaves at once", async () => {
  await using hub = await DoorServer.open();
  for (const goAway of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
    const socket = await hub.upgraded();
    socket.write(text("{}").subarray(0, 5));
    goAway(socket);
    await hub.doorkeeper.last.left;
    assert.equal(hub.doorkeeper.last.say("{}"), "closed");
    socket.destroy();
  }
});

test("ws-door: a client that reads nothing is cut off when its outbox is full", async () => {
  await using hub = await DoorServer.open({ limits: { maxOutboxBytes: 8 * MiB } });
  const socket = await hub.upgraded();
  socket.pause();
  const visitor = hub.doorkeeper.last;
  const payload = `"${"x".repeat(MiB)}"`;
  const answers: string[] = [];
  while (answers.at(-1) !== "full") {
    answers.push(visitor.say(payload));
    await turn();
    assert.ok(answers.length < 1000);
  }
  assert.equal(visitor.say("1"), "closed");
  await visitor.left;
  assert.match(hub.log.lines.join(), /warn slow_reader_cut .*outbox full/);
  socket.destroy();
});

test("ws-door: a client that takes nothing for 30 s while bytes wait is cut off", async () => {
  const clock = new FakeClock();
  await using hub = await DoorServer.open({ clock });
  const socket = await hub.upgraded();
  socket.pause();
  const visitor = hub.doorkeeper.last;
  for (let index = 0; index < 20; index++) visitor.say(`"${"x".repeat(MiB)}"`);
  await turn();
  clock.advance(25_000);
  await turn();
  assert.equal(visitor.leaves, 0);
  // The system's buffers may still take a little on the way, which counts as taking.
  while (visitor.leaves === 0) {
    clock.advance(10_000);
    await turn();
  }
  assert.match(hub.log.lines.join(), /warn slow_reader_cut .*took nothing/);
  socket.destroy();
});

test("ws-door: a message that is not whole after 30 s ends its client; one that follows another has a time of its own", async () => {
  const clock = new FakeClock();
  await using hub = await DoorServer.open({ clock });
  const socket = await hub.upgraded();
  const visitor = hub.doorkeeper.last;
  const ping = clientFrame({ opcode: 9, payload: "" });
  const part = "x".repeat(20_000);
  /** Resolves when all of it was read. */
  const write = async (...frames: readonly Buffer[]) => {
    socket.write(Buffer.concat([...frames, ping]));
    await once(socket, "data");
  };
  await write(text(part, { fin: false }));
  clock.advance(20_000);
  await write(clientFrame({ opcode: 0, payload: part }), text(part, { fin: false }));
  clock.advance(20_000);
  await write(clientFrame({ opcode: 0, payload: part, fin: false }));
  assert.equal(visitor.leaves, 0);
  assert.equal(visitor.received.length, 1);
  clock.advance(15_000);
  await visitor.left;
  assert.match(hub.log.lines.join(), /warn unfinished_message_cut .*too slow/);
  socket.destroy();
});

test("ws-door: what all clients have not read is bounded, and those for whom the most waits are cut off", async () => {
  const clock = new FakeClock();
  await using hub = await DoorServer.open({ clock, limits: { maxAllUnreadBytes: 20 * MiB } });
  const sockets = [];
  const visitors = [];
  for (const mebibytes of [14, 28]) {
    const socket = await hub.upgraded();
    socket.pause();
    sockets.push(socket);
    const visitor = hub.doorkeeper.last;
    visitors.push(visitor);
    visitor.visit.sink.send(frameOfText(`"${"x".repeat(mebibytes * MiB)}"`), noSplices);
  }
  await turn();
  clock.advance(2_500);
  await visitors[1]?.left;
  assert.equal(visitors[0]?.say("1"), "ok");
  assert.match(hub.log.lines.join(), /warn slow_reader_cut .*outbox full/);
  for (const socket of sockets) socket.destroy();
});

test("ws-door: a slow client that keeps taking is not cut off", async () => {
  const clock = new FakeClock();
  await using hub = await DoorServer.open({ clock, limits: { maxOutboxBytes: 200 * MiB } });
  const socket = await hub.upgraded();
  socket.pause();
  const visitor = hub.doorkeeper.last;
  const frame = frameOfText(`"${"x".repeat(MiB)}"`);
  const total = 96;
  for (let index = 0; index < total; index++) visitor.visit.sink.send(frame, noSplices);
  await turn();
  // Steps larger than what the system's buffers hold, as only what leaves them can be seen; 120 s in all.
  const step = 16 * MiB;
  let bytes = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    const steps = Math.floor(bytes / step);
    bytes += chunk.length;
    if (Math.floor(bytes / step) > steps) clock.advance(20_000);
    if (bytes >= total * frame.size) break;
  }
  assert.ok(bytes >= total * frame.size, "not cut off in the middle");
  assert.doesNotMatch(hub.log.lines.join(), /slow_reader_cut/);
});

test("ws-door: a silent client is pinged after 25 s and cut off when it does not answer", async () => {
  const clock = new FakeClock();
  await using hub = await DoorServer.open({ clock });
  const answering = await connected(hub);
  const visitorOfAnswering = hub.doorkeeper.last;
  const silent = await hub.upgraded();
  const visitorOfSilent = hub.doorkeeper.last;
  const pinged = Promise.all([once(answering, "ping"), once(silent, "data")]);
  clock.advance(24_000);
  clock.advance(4_000);
  const [, [bytes]] = (await pinged) as [unknown, [Buffer]];
  assert.deepEqual([...bytes], [0x89, 0]);
  // The pong is in when an echo behind it is.
  answering.send("{}");
  await messageOf(answering);
  clock.advance(28_000);
  await visitorOfSilent.left;
  assert.match(hub.log.lines.join(), /silent_client_cut/);
  assert.equal(visitorOfAnswering.leaves, 0);
  answering.close();
  await once(answering, "close");
  silent.destroy();
});

test("ws-door: a client that speaks without being answered is pinged too, for what is idle on its way", async () => {
  const clock = new FakeClock();
  await using hub = await DoorServer.open({ clock });
  hub.doorkeeper.echoes = false;
  const socket = await connected(hub);
  const visitor = hub.doorkeeper.last;
  let pings = 0;
  socket.on("ping", () => pings++);
  for (let count = 1; pings === 0 && count <= 6; count++) {
    socket.send("{}");
    while (visitor.received.length < count) await turn();
    clock.advance(10_000);
    await turn();
  }
  assert.equal(pings, 1);
  socket.close();
  await once(socket, "close");
});

test("ws-door: no timer runs while nobody is there", async () => {
  const clock = new FakeClock();
  await using hub = await DoorServer.open({ clock });
  assert.equal(clock.timers, 0);
  const socket = await connected(hub);
  assert.equal(clock.timers, 1);
  socket.close();
  await once(socket, "close");
  while (hub.door.sessions > 0) await turn();
  clock.advance(3_000);
  assert.equal(clock.timers, 0);
});

test("ws-door: closes in good order: answers first, then 1001", async () => {
  await using hub = await DoorServer.open();
  hub.doorkeeper.echoes = false;
  const idle = await connected(hub);
  const busy = await connected(hub);
  const visitor = hub.doorkeeper.last;
  busy.send('{"id":1}');
  while (visitor.busy === 0) await turn();
  const closing = hub.door.close(60_000);
  assert.equal((await closeOf(idle)).code, 1001);
  assert.equal(busy.readyState, WebSocket.OPEN);
  const answer = messageOf(busy);
  const closed = closeOf(busy);
  visitor.answer();
  assert.equal(await answer, '{"id":1}');
  assert.deepEqual(await closed, { code: 1001, reason: "the hub is shutting down" });
  await closing;
  assert.equal(hub.door.sessions, 0);
});

test("ws-door: closing does not wait longer than its grace, nor for a client that never answers", async () => {
  const clock = new FakeClock();
  await using hub = await DoorServer.open({ clock });
  hub.doorkeeper.echoes = false;
  const deaf = await hub.upgraded();
  const visitor = hub.doorkeeper.last;
  deaf.write(text('{"id":1}'));
  while (visitor.busy === 0) await turn();
  const closing = hub.door.close(10_000);
  const closeFrame = once(deaf, "data");
  clock.advance(10_000);
  const [bytes] = (await closeFrame) as [Buffer];
  assert.equal(closeCode(bytes), 1001);
  clock.advance(5_000);
  await closing;
  assert.equal(visitor.leaves, 1);
  assert.equal(clock.timers, 0);
  deaf.destroy();
});

test("ws-door: the relay may end a visit for each of its reasons", async () => {
  await using hub = await DoorServer.open();
  for (const [reason, code] of [
    ["shutdown", 1001],
    ["protocol_error", 1008],
    ["slow_reader", 1006],
  ] as const) {
    const socket = await connected(hub);
    const closed = closeOf(socket);
    hub.doorkeeper.last.visit.end(reason);
    assert.equal((await closed).code, code, reason);
  }
});

test("ws-door: after its own close frame the hub takes nothing but the answer to it", async () => {
  await using hub = await DoorServer.open();
  for (const [reason, code] of [
    ["unauthorized", 4401],
    ["dismissed", 4410],
  ] as const) {
    const socket = await hub.upgraded();
    const visitor = hub.doorkeeper.last;
    const all = readAll(socket);
    visitor.visit.end(reason);
    const close = clientFrame({ opcode: 8, payload: Buffer.of(code >> 8, code & 0xff) });
    socket.write(
      Buffer.concat([text("late"), text("la", { fin: false }), clientFrame({ opcode: 0, payload: "ter" }), close]),
    );
    assert.equal(closeCode(await all), code);
    await visitor.left;
    assert.deepEqual(visitor.received, []);
    socket.end();
  }
});

test("ws-door: messages that are not whole take no more than the door has for all; who goes over it is told to try later", async () => {
  await using hub = await DoorServer.open({ limits: { maxIncomingBytes: MiB } });
  const large = text("x".repeat(700_000));
  const holding = await hub.upgraded();
  holding.write(large.subarray(0, 600_000));
  const over = await hub.upgraded();
  const refused = readAll(over);
  // Whoever of the two comes to the limit is closed; the other one keeps what it has.
  over.write(large.subarray(0, 600_000));
  const kept = readAll(holding);
  const code = await Promise.race([refused, kept]);
  assert.equal(closeCode(code), 1013);
  assert.equal(hub.log.lines.filter((line) => line.startsWith("warn unfinished_message_cut ")).length, 1);
  for (const socket of [holding, over]) socket.destroy();
  await Promise.all(hub.doorkeeper.visitors.map(({ left }) => left));
  // All of it is there again, though the connections were just dropped.
  const socket = await connected(hub);
  const echo = messageOf(socket);
  socket.send("y".repeat(MiB - 1000));
  assert.equal((await echo).length, MiB - 1000);
  socket.terminate();
});
