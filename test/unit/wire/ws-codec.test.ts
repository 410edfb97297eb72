// The reader is fed frames whole, split everywhere and byte by byte, and held against the frames of the ws package.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { test } from "node:test";
import { WebSocket } from "ws";
import { handshakeResponse } from "../../../src/doors/ws-handshake.ts";
import { type Frame, flatten } from "../../../src/wire/frame.ts";
import { IncomingBudget } from "../../../src/wire/incoming-budget.ts";
import { ScanMemory } from "../../../src/wire/scan-memory.ts";
import { closeFrame, pingFrame, pongFrame, WsReader } from "../../../src/wire/ws-codec.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";
import { clientFrame, text } from "../../helpers/ws-frames.ts";

const maxBytes = 1024 * 1024;
const memory = new ScanMemory();
const vectors = new ScanMemory();
const incoming = new IncomingBudget(Number.POSITIVE_INFINITY);

/** Everything that a reader reports, as lines. */
function eventsOf(chunks: readonly Buffer[], limit = maxBytes): string[] {
  const events: string[] = [];
  const reader = new WsReader(
    { maxBytes: limit, memory, vectors, incoming },
    {
      message(frame) {
        assert.equal(
          frame.size,
          frame.chunks.reduce((sum, chunk) => sum + chunk.length, 0),
        );
        events.push(`message ${flatten(frame).toString()}`);
      },
      ping: (payload) => events.push(`ping ${payload.toString("latin1")}`),
      pong: () => events.push("pong"),
      close: (code) => events.push(`close ${code}`),
      fault: (code) => events.push(`fault ${code}`),
    },
  );
  // Copies: the reader writes into what it is given.
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return events;
}

/** The events of `bytes`, having checked that they are the same however the bytes are cut. */
function read(bytes: Buffer, limit = maxBytes): string[] {
  const events = eventsOf([bytes], limit);
  if (bytes.length <= 2048) {
    assert.deepEqual(
      eventsOf(
        [...bytes].map((byte) => Buffer.of(byte)),
        limit,
      ),
      events,
      "byte by byte",
    );
    for (let at = 1; at < bytes.length; at++) {
      assert.deepEqual(eventsOf([bytes.subarray(0, at), bytes.subarray(at)], limit), events, `cut at ${at}`);
    }
  } else {
    for (const size of [1000, 4097, 65_536]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      assert.deepEqual(eventsOf(chunks, limit), events, `in chunks of ${size}`);
    }
  }
  return events;
}

test("ws-codec: reads text messages of every header form", () => {
  for (const size of [0, 1, 2, 3, 4, 5, 125, 126, 127, 130, 1000, 65_535, 65_536, 200_003]) {
    const payload = `${size} ${"aé€".repeat(size)}`.slice(0, size);
    assert.deepEqual(read(text(payload)), [`message ${payload}`]);
  }
});

test("ws-codec: reads large fragments, each in any chunks, between small and empty ones", () => {
  const parts = ["a".repeat(100_003), "", "b".repeat(10), "é".repeat(70_001), "c".repeat(5000), "d".repeat(65_537)];
  const frames = parts.map((payload, index) =>
    clientFrame({
      opcode: index === 0 ? 1 : 0,
      fin: index === parts.length - 1,
      payload,
      mask: Buffer.of(index, 9, 8, 7),
    }),
  );
  assert.deepEqual(read(Buffer.concat([...frames, text("next")])), [`message ${parts.join("")}`, "message next"]);
});

test("ws-codec: leaves a large payload in the chunks it came in", () => {
  const payload = "x".repeat(200_000);
  const bytes = text(payload);
  const chunks = [bytes.subarray(0, 65_536), bytes.subarray(65_536, 131_072), bytes.subarray(131_072)].map((chunk) =>
    Buffer.from(chunk),
  );
  const frames: Frame[] = [];
  const ignore = () => {};
  const events = {
    message: (frame: Frame) => frames.push(frame),
    ping: ignore,
    pong: ignore,
    close: ignore,
    fault: ignore,
  };
  const reader = new WsReader({ maxBytes, memory, vectors, incoming }, events);
  for (const chunk of chunks) reader.push(chunk);
  assert.deepEqual(
    frames[0]?.chunks.map(({ buffer }) => buffer),
    chunks.map(({ buffer }) => buffer),
  );
  assert.equal(Buffer.concat(frames[0]?.chunks ?? []).toString(), payload);
});

test("ws-codec: reads many messages of one chunk and keeps them apart", () => {
  const frames = ["{}", '{"id":1}', "x".repeat(300), "", "y".repeat(126)];
  const bytes = Buffer.concat(
    frames.map((payload, index) => text(payload, { mask: Buffer.of(index, 200, 3, 255 - index) })),
  );
  assert.deepEqual(
    read(bytes),
    frames.map((payload) => `message ${payload}`),
  );
});

test("ws-codec: unmasks with every mask at every alignment", () => {
  for (let shift = 0; shift < 16; shift++) {
    const payload = Buffer.from(Array.from({ length: shift < 8 ? 301 : 20_301 }, (_, index) => (index * 7) & 0x7f));
    for (const mask of [Buffer.of(0, 0, 0, 0), Buffer.of(255, 1, 128, 90), Buffer.of(1, 2, 3, 4)]) {
      const bytes = Buffer.concat([Buffer.alloc(shift), text(payload, { mask })]);
      const seen: Buffer[] = [];
      const reader = new WsReader(
        { maxBytes, memory, vectors, incoming },
        {
          message: (frame) => seen.push(flatten(frame)),
          ping() {},
          pong() {},
          close() {},
          fault: (code) => assert.fail(String(code)),
        },
      );
      reader.push(bytes.subarray(shift));
      assert.deepEqual(seen, [payload]);
    }
  }
});

test("ws-codec: joins fragments, with control frames between them", () => {
  const bytes = Buffer.concat([
    text("one ", { fin: false }),
    clientFrame({ opcode: 9, payload: "are you there" }),
    clientFrame({ opcode: 0, payload: "two ", fin: false }),
    clientFrame({ opcode: 0, payload: "", fin: false }),
    clientFrame({ opcode: 10 }),
    clientFrame({ opcode: 0, payload: "three" }),
    text("next"),
  ]);
  assert.deepEqual(read(bytes), ["ping are you there", "pong", "message one two three", "message next"]);
});

test("ws-codec: joins large and tiny fragments in order", () => {
  const parts = Array.from({ length: 40 }, (_, index) => `${index}:`.repeat(index % 5 === 0 ? 6000 : 3));
  const frames = parts.map((payload, index) =>
    clientFrame({ opcode: index === 0 ? 1 : 0, payload, fin: index === 39 }),
  );
  assert.deepEqual(read(Buffer.concat(frames)), [`message ${parts.join("")}`]);
});

test("ws-codec: ten thousand one-byte fragments do not become ten thousand buffers", () => {
  let chunks = 0;
  const reader = new WsReader(
    { maxBytes, memory, vectors, incoming },
    {
      message: (frame) => (chunks = frame.chunks.length),
      ping() {},
      pong() {},
      close() {},
      fault: (code) => assert.fail(String(code)),
    },
  );
  reader.push(text("a", { fin: false }));
  for (let index = 0; index < 10_000; index++) reader.push(clientFrame({ opcode: 0, payload: "b", fin: false }));
  reader.push(clientFrame({ opcode: 0, payload: "c" }));
  assert.equal(chunks, 1);
});

test("ws-codec: a fragment that is little of its chunk does not keep all of it", () => {
  const frames: Frame[] = [];
  const reader = new WsReader(
    { maxBytes, memory, vectors, incoming },
    {
      message: (frame) => frames.push(frame),
      ping() {},
      pong() {},
      close() {},
      fault: (code) => assert.fail(String(code)),
    },
  );
  const pongs = Array.from({ length: 400 }, () => clientFrame({ opcode: 10, payload: "p".repeat(125) }));
  reader.push(Buffer.concat([text("a".repeat(5000), { fin: false }), ...pongs]));
  const own = Buffer.concat([
    clientFrame({ opcode: 0, payload: "b".repeat(50_000), fin: false }),
    ...pongs.slice(0, 9),
  ]);
  reader.push(own);
  reader.push(clientFrame({ opcode: 0, payload: "c" }));
  const [frame] = frames;
  assert.equal(frame && flatten(frame).toString(), `${"a".repeat(5000)}${"b".repeat(50_000)}c`);
  assert.equal(frame?.chunks[0]?.buffer.byteLength, 5000);
  assert.equal(frame?.chunks[1]?.buffer, own.buffer);
});

test("ws-codec: refuses what the protocol forbids with 1002 and reads nothing after it", () => {
  const wrong: Record<string, Buffer> = {
    "no mask": text("x", { mask: false }),
    "reserved bit 1": text("x", { rsv: 0x40 }),
    "reserved bit 2": text("x", { rsv: 0x20 }),
    "reserved bit 3": clientFrame({ opcode: 9, rsv: 0x10 }),
    "unknown data opcode": clientFrame({ opcode: 3 }),
    "unknown control opcode": clientFrame({ opcode: 11 }),
    "fragmented ping": clientFrame({ opcode: 9, fin: false }),
    "long ping": clientFrame({ opcode: 9, payload: "x".repeat(126) }),
    "nothing to continue": clientFrame({ opcode: 0, payload: "x" }),
    "close of one byte": clientFrame({ opcode: 8, payload: "x" }),
    "close code 1005": clientFrame({ opcode: 8, payload: Buffer.of(0x03, 0xed) }),
    "close code 999": clientFrame({ opcode: 8, payload: Buffer.of(0x03, 0xe7) }),
    "close code 5000": clientFrame({ opcode: 8, payload: Buffer.of(0x13, 0x88) }),
  };
  for (const [name, bytes] of Object.entries(wrong)) {
    assert.deepEqual(read(Buffer.concat([text("ok"), bytes, text("late")])), ["message ok", "fault 1002"], name);
  }
  assert.deepEqual(read(Buffer.concat([text("a", { fin: false }), text("b")])), ["fault 1002"]);
});

test("ws-codec: refuses binary with 1003 and a garbled close reason with 1007", () => {
  assert.deepEqual(read(clientFrame({ opcode: 2, payload: "x" })), ["fault 1003"]);
  assert.deepEqual(read(clientFrame({ opcode: 8, payload: Buffer.of(0x03, 0xe8, 0xff) })), ["fault 1007"]);
});

test("ws-codec: refuses a message over the limit by its header, fragments counted together", () => {
  assert.deepEqual(read(text("x".repeat(100)), 100), [`message ${"x".repeat(100)}`]);
  assert.deepEqual(read(text("x".repeat(101)), 100), ["fault 1009"]);
  assert.deepEqual(read(text("", { length: 2 ** 40 }).subarray(0, 10), 100), ["fault 1009"]);
  const fragments = [text("x".repeat(60), { fin: false }), clientFrame({ opcode: 0, payload: "x".repeat(41) })];
  assert.deepEqual(read(Buffer.concat(fragments), 100), ["fault 1009"]);
  const ping = clientFrame({ opcode: 9, payload: "p".repeat(125) });
  assert.deepEqual(read(Buffer.concat([text("x".repeat(60), { fin: false }), ping]), 100), [`ping ${"p".repeat(125)}`]);
});

test("ws-codec: what readers hold of messages that are not whole is bounded, and given back", () => {
  const budget = new IncomingBudget(300_000);
  const events: string[] = [];
  const opened = () =>
    new WsReader(
      { maxBytes, memory, vectors, incoming: budget },
      {
        message: (frame) => events.push(`message ${frame.size}, ${budget.heldBytes} held`),
        ping: () => {},
        pong: () => {},
        close: (code) => events.push(`close ${code}`),
        fault: (code) => events.push(`fault ${code}, ${budget.heldBytes} held`),
      },
    );
  const push = (reader: WsReader, ...frames: Buffer[]) => reader.push(Buffer.concat(frames));
  const happened = () => events.splice(0);
  const large = text("x".repeat(200_000));

  // Whole in one chunk: nothing of it.
  const first = opened();
  push(first, large, text("{}"));
  assert.deepEqual(happened(), ["message 200000, 0 held", "message 2, 0 held"]);
  // A payload that is copied counts as a whole, a larger one as it comes, fragments as what they are gathered in.
  push(first, text("x".repeat(60_000)).subarray(0, 20));
  assert.equal(budget.heldBytes, 60_000);
  const second = opened();
  push(second, large.subarray(0, 100_014));
  assert.equal(budget.heldBytes, 160_000);
  const third = opened();
  push(third, text("a", { fin: false }), clientFrame({ opcode: 0, payload: "b".repeat(5000), fin: false }));
  const tiny = 16 * 1024 + 5000;
  assert.equal(budget.heldBytes, 160_000 + tiny);
  push(third, clientFrame({ opcode: 9, payload: "ping" }).subarray(0, 7));
  assert.equal(budget.heldBytes, 160_004 + tiny);
  push(third, clientFrame({ opcode: 9, payload: "ping" }).subarray(7), clientFrame({ opcode: 0, payload: "c" }));
  assert.deepEqual(happened(), ["message 5002, 160000 held"]);

  // Nor does what ends a message need room.
  const filler = opened();
  push(filler, text("x".repeat(140_000), { fin: false }));
  assert.equal(budget.heldBytes, 300_000);
  push(filler, clientFrame({ opcode: 0, payload: "y" }));
  assert.deepEqual(happened(), ["message 140001, 160000 held"]);

  // Who goes over it ends; the others go on.
  const fourth = opened();
  push(fourth, text("x".repeat(130_000), { fin: false }));
  assert.equal(budget.heldBytes, 290_000);
  push(fourth, clientFrame({ opcode: 0, payload: "x".repeat(20_000), fin: false }));
  assert.deepEqual(happened(), ["fault 1013, 160000 held"]);
  const fifth = opened();
  push(fifth, text("x".repeat(200_000), { fin: false }).subarray(0, 150_000));
  assert.deepEqual(happened(), ["fault 1013, 160000 held"]);
  push(fifth, large);
  push(second, large.subarray(100_014));
  assert.deepEqual(happened(), ["message 200000, 60000 held"]);
  first.end();
  first.end();
  assert.equal(budget.heldBytes, 0);

  // A fragment in many chunks, then a fault of another kind.
  const sixth = opened();
  const fragment = text("x".repeat(200_000), { fin: false });
  for (let at = 0; at < fragment.length; at += 50_000) push(sixth, fragment.subarray(at, at + 50_000));
  assert.equal(budget.heldBytes, 200_000 + 16 * 1024 - 14);
  push(sixth, text("a new one"));
  assert.deepEqual(happened(), ["fault 1002, 0 held"]);
});

test("ws-codec: reads close frames with and without a code, and nothing after them", () => {
  const late = text("late");
  assert.deepEqual(read(Buffer.concat([clientFrame({ opcode: 8 }), late])), ["close undefined"]);
  const bye = Buffer.concat([Buffer.of(0x03, 0xe8), Buffer.from("bye")]);
  assert.deepEqual(read(Buffer.concat([clientFrame({ opcode: 8, payload: bye }), late])), ["close 1000"]);
  assert.deepEqual(read(clientFrame({ opcode: 8, payload: Buffer.of(0x11, 0x94) })), ["close 4500"]);
});

test("ws-codec: survives garbage: whatever comes, it ends with at most one fault", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 500; round++) {
    const bytes = Buffer.from(Array.from({ length: 64 }, () => random.below(256)));
    const ends = read(bytes).filter((event) => /^(fault|close)/.test(event));
    assert.ok(ends.length <= 1);
  }
});

test("ws-codec: agrees with the ws package frame by frame over a socket", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = new WebSocket(`ws://127.0.0.1:${port}`, "mcp");
  const [request, socket] = (await once(server, "upgrade")) as [Parameters<typeof handshakeResponse>[0], Socket];
  const received: string[] = [];
  const closed = new Promise<number | undefined>((resolve) => {
    const reader = new WsReader(
      { maxBytes: 4 * maxBytes, memory, vectors, incoming },
      {
        message: (frame) => received.push(flatten(frame).toString()),
        ping: (payload) => socket.write(pongFrame(payload)),
        pong: () => received.push("(pong)"),
        close: resolve,
        fault: (code, reason) => assert.fail(`${code} ${reason}`),
      },
    );
    socket.on("data", (chunk: Buffer) => reader.push(chunk));
  });
  socket.write(handshakeResponse(request));
  await once(client, "open");
  assert.equal(client.protocol, "mcp");
  assert.equal(client.extensions, "");

  const sent: string[] = [];
  for (let index = 0; index < 60; index++) {
    const payload = `${index} ${"äx€".repeat(index ** 3)}`;
    sent.push(payload);
    client.send(payload);
    client.send(`${index} a`, { fin: false });
    client.send("", { fin: false });
    client.send("b", { fin: true });
    sent.push(`${index} ab`);
  }
  const ponged = once(client, "pong");
  client.ping("hello");
  const [payload] = (await ponged) as [Buffer];
  assert.equal(payload.toString(), "hello");
  assert.deepEqual(received, sent);

  socket.write(pingFrame);
  await once(client, "ping");
  client.close(4001, "done");
  assert.equal(await closed, 4001);
  assert.equal(received.at(-1), "(pong)");
  const ended = once(client, "close");
  socket.end(closeFrame(4001, `€${"x".repeat(200)}`));
  const [code, reason] = (await ended) as [number, Buffer];
  assert.equal(code, 4001);
  assert.equal(reason.toString(), `€${"x".repeat(120)}`);
  await new Promise((resolve) => server.close(resolve));
});
