// What leaves an outbox is compared with the message as it should be, byte for byte; time plays no part.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Writable } from "node:stream";
import { test } from "node:test";
import { type Frame, frameOf, frameOfText, noSplices, type Splice, TextFrame } from "../../../src/wire/frame.ts";
import { Outbox } from "../../../src/wire/outbox.ts";
import type { Wrap } from "../../../src/wire/wrap.ts";

const KiB = 1024;

/** A stream that takes what it is given when the test says so, and keeps the very buffers. */
class Gate extends Writable {
  readonly writes: Buffer[][] = [];
  readonly #held: (() => void)[] = [];
  open: boolean;

  constructor({ open = true, highWaterMark = 16 * KiB } = {}) {
    super({ highWaterMark });
    this.open = open;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.writes.flat());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#take([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#take(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  release(): void {
    this.#held.shift()?.();
  }

  #take(chunks: Buffer[], done: () => void): void {
    this.writes.push(chunks);
    if (this.open) done();
    else this.#held.push(done);
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function outboxOn(writable: Writable, wrap: Wrap = "newline", maxBytes = 1024 * KiB): Outbox {
  return new Outbox({ wrap, maxBytes, writable });
}

/** The frame cut into chunks of `size` bytes. */
function cut(bytes: Buffer, size: number): Frame {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(Buffer.from(bytes.subarray(at, at + size)));
  return { chunks, size: bytes.length };
}

/** The message a frame and its splices stand for, made the slow way. */
function spliced(bytes: Buffer, splices: readonly Splice[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of splices) {
    parts.push(bytes.subarray(at, start), Buffer.from(text, "latin1"));
    at = end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}

function unwrap(bytes: Buffer, wrap: Wrap): Buffer {
  if (wrap === "newline") {
    assert.equal(bytes.at(-1), 0x0a);
    return bytes.subarray(0, -1);
  }
  if (wrap === "content-length") {
    const end = bytes.indexOf("\r\n\r\n") + 4;
    assert.equal(bytes.toString("latin1", 0, end), `Content-Length: ${bytes.length - end}\r\n\r\n`);
    return bytes.subarray(end);
  }
  assert.equal(bytes[0], 0x81);
  const short = bytes[1] ?? 0;
  const [start, size] =
    short < 126 ? [2, short] : short === 126 ? [4, bytes.readUInt16BE(2)] : [10, Number(bytes.readBigUInt64BE(2))];
  assert.equal(bytes.length - start, size);
  return bytes.subarray(start);
}

const message = (size: number) => Buffer.from(`{"id":1,"x":"${"é".repeat(Math.ceil(size / 2))}"}`);

for (const wrap of ["newline", "content-length", "websocket"] as const) {
  test(`outbox: wraps messages of every size as ${wrap}`, async () => {
    for (const size of [0, 100, 126, 4 * KiB, 15 * KiB, 17 * KiB, 65_520, 70 * KiB, 300 * KiB]) {
      const gate = new Gate();
      const bytes = size === 0 ? Buffer.alloc(0) : message(size);
      outboxOn(gate, wrap).send(frameOf(bytes), noSplices);
      await turn();
      assert.ok(unwrap(gate.bytes, wrap).equals(bytes), `size ${size}`);
    }
  });

  test(`outbox: puts splices in their places, whatever the chunks, as ${wrap}`, async () => {
    const long = "b".repeat(40);
    for (const bytes of [message(200), message(40 * KiB)]) {
      const last = bytes.length;
      const cases: Splice[][] = [
        [{ start: 6, end: 7, text: "42" }],
        [
          { start: 0, end: 0, text: "[" },
          { start: last, end: last, text: "]" },
        ],
        [
          { start: 6, end: 7, text: '"\xc3\xa9"' },
          { start: 20, end: 90, text: "" },
          { start: 120, end: 121, text: long },
        ],
        [{ start: 0, end: last, text: "null" }],
        [
          { start: 10, end: 10, text: "a" },
          { start: 10, end: 12, text: "b" },
          { start: 12, end: 12, text: "c" },
        ],
      ];
      for (const splices of cases) {
        for (const chunkBytes of [1, 7, 10, 1500, last]) {
          if (chunkBytes < 10 && last > KiB) continue;
          const gate = new Gate();
          outboxOn(gate, wrap).send(cut(bytes, chunkBytes), splices);
          await turn();
          assert.ok(unwrap(gate.bytes, wrap).equals(spliced(bytes, splices)), `${splices.length} in ${chunkBytes}`);
        }
      }
    }
  });
}

test("outbox: small messages of one turn leave in one write", async () => {
  const gate = new Gate();
  const outbox = outboxOn(gate);
  for (let id = 0; id < 10; id++) outbox.send(frameOfText(`{"id":${id}}`), noSplices);
  assert.equal(gate.writes.length, 0);
  await turn();
  assert.equal(gate.writes.length, 1);
  assert.equal(gate.writes[0]?.length, 1);
  assert.equal(gate.bytes.toString().split("\n").length, 11);
});

test("outbox: large chunks leave as they are, not copied, in order with small messages", async () => {
  const gate = new Gate();
  const outbox = outboxOn(gate, "websocket");
  const large = message(100 * KiB);
  outbox.send(frameOfText("[1]"), noSplices);
  outbox.send(frameOf(large), noSplices);
  outbox.send(frameOfText("[2]"), noSplices);
  await turn();
  assert.equal(gate.writes.length, 1);
  const [first, second, third] = gate.writes[0] ?? [];
  assert.equal(first?.toString("latin1", 2, 5), "[1]");
  assert.equal(second?.buffer, large.buffer);
  assert.equal(third?.toString("latin1", 2), "[2]");
});

test("outbox: a frame of one line stays one, whatever is put into it", async () => {
  const gate = new Gate();
  const outbox = outboxOn(gate);
  outbox.send(new TextFrame('{"id":1}', true), [{ start: 6, end: 7, text: "[2,\r\n3]" }]);
  outbox.send(new TextFrame('{"id":4}', true), [{ start: 6, end: 7, text: "5" }]);
  await turn();
  assert.equal(gate.bytes.toString(), '{"id":[2,  3]}\n{"id":5}\n');
});

test("outbox: raw line ends become spaces under newline framing and the source stays as it was", async () => {
  for (const size of [50, 40 * KiB]) {
    const source = Buffer.from(`{\r\n  "id": 1,\n  "x": "${"x".repeat(size)}\\n"\r}`);
    const before = Buffer.from(source);
    const gate = new Gate();
    outboxOn(gate).send(cut(source, size), [{ start: 11, end: 12, text: "7" }]);
    const whole = frameOf(source);
    outboxOn(gate).send(whole, noSplices);
    await turn();
    const lines = gate.bytes.toString().split("\n");
    assert.equal(lines.length, 3);
    assert.equal(lines[1], before.toString().replaceAll(/[\r\n]/g, " "));
    assert.equal(lines[0], lines[1]?.replace("1", "7"));
    assert.ok(source.equals(before));
  }
});

test("outbox: raw line ends stay as they are under the other framings", async () => {
  const gate = new Gate();
  outboxOn(gate, "content-length").send(frameOfText("{\n}"), noSplices);
  await turn();
  assert.equal(unwrap(gate.bytes, "content-length").toString(), "{\n}");
});

test("outbox: counts every byte until the stream has taken it", async () => {
  const gate = new Gate({ open: false });
  const outbox = outboxOn(gate, "websocket");
  outbox.send(frameOfText("[1]"), noSplices);
  assert.equal(outbox.pendingBytes, 5);
  outbox.flush();
  assert.equal(outbox.pendingBytes, 5);
  outbox.send(frameOf(message(20 * KiB)), noSplices);
  const size = message(20 * KiB).length + 4;
  assert.equal(outbox.pendingBytes, 5 + size);
  assert.equal(outbox.takenBytes, 0);
  gate.release();
  assert.equal(outbox.pendingBytes, size);
  assert.equal(outbox.takenBytes, 5);
  await turn();
  gate.release();
  assert.equal(outbox.pendingBytes, 0);
  assert.equal(outbox.takenBytes, 5 + size);
});

test("outbox: a message over the limit is not taken, not even in part", async () => {
  const gate = new Gate({ open: false });
  const outbox = outboxOn(gate, "newline", 100);
  assert.equal(outbox.send(frameOfText(`"${"x".repeat(90)}"`), noSplices), "ok");
  assert.equal(outbox.send(frameOfText('"1234567"'), noSplices), "full");
  assert.equal(outbox.pendingBytes, 93);
  assert.equal(outbox.sendRaw(Buffer.alloc(8)), "full");
  assert.equal(outbox.send(frameOfText("[123]"), noSplices), "ok");
  await turn();
  gate.release();
  assert.equal(outbox.send(frameOfText('"1234567"'), noSplices), "ok");
});

test("outbox: hands over a bounded part at a time and says when all is taken", async () => {
  await handsOverParts(2048 * KiB);
  await handsOverParts(64 * KiB, { handoverBytes: 64 * KiB });
});

async function handsOverParts(most: number, options: { readonly handoverBytes?: number } = {}): Promise<void> {
  const gate = new Gate({ open: false });
  let drains = 0;
  const outbox = new Outbox({
    wrap: "newline",
    maxBytes: 8192 * KiB,
    writable: gate,
    onDrain: () => drains++,
    ...options,
  });
  const bytes = message(5030 * KiB);
  outbox.send(frameOf(bytes), noSplices);
  await turn();
  assert.ok(gate.writableLength <= most);
  assert.equal(outbox.pendingBytes, bytes.length + 1);
  while (outbox.pendingBytes > 0) {
    assert.equal(drains, 0);
    const before = outbox.takenBytes;
    gate.release();
    assert.ok(outbox.takenBytes > before, "progress shows inside a message");
    await turn();
  }
  assert.equal(drains, 1);
  assert.ok(unwrap(gate.bytes, "newline").equals(bytes));
}

test("outbox: a reader that is slow over one large write is seen to take bytes", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const reader = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
  const [socket] = (await once(server, "connection")) as [Socket];
  const size = 64 * 1024 * KiB;
  const outbox = new Outbox({ wrap: "newline", maxBytes: 2 * size, handoverBytes: 2 * size, writable: socket });
  outbox.send(frameOf(message(size)), noSplices);
  outbox.flush();
  let read = 0;
  let steps = 0;
  let before = outbox.takenBytes;
  for await (const chunk of reader) {
    read += chunk.length;
    const taken = outbox.takenBytes;
    if (taken > before) steps++;
    before = taken;
    if (outbox.pendingBytes === 0 && read > size) break;
  }
  assert.ok(steps > 3, `progress was seen ${steps} times inside one write`);
  assert.equal(outbox.takenBytes, read);
  socket.destroy();
  server.close();
});

test("outbox: bytes handed over are never written again while the stream may hold them", async () => {
  const gate = new Gate();
  const outbox = outboxOn(gate);
  const expected: string[] = [];
  for (let id = 0; id < 500; id++) {
    const text = `{"id":${id},"x":"${"y".repeat(id * 3)}"}`;
    expected.push(text);
    outbox.send(frameOfText(text), noSplices);
    if (id % 7 === 0) outbox.flush();
  }
  await turn();
  assert.equal(gate.bytes.toString(), `${expected.join("\n")}\n`);
});

test("outbox: close lets what was accepted leave, ends the stream and accepts nothing more", async () => {
  const gate = new Gate({ open: false });
  const outbox = outboxOn(gate);
  outbox.send(frameOf(message(600 * KiB)), noSplices);
  outbox.close();
  assert.equal(outbox.send(frameOfText("1"), noSplices), "closed");
  assert.equal(outbox.sendRaw(Buffer.of(1)), "closed");
  const finished = once(gate, "finish");
  gate.open = true;
  gate.release();
  await finished;
  assert.equal(gate.bytes.length, message(600 * KiB).length + 1);
});

test("outbox: a stream that ended or failed is closed, holds nothing and throws nothing", async () => {
  const failed = new Gate({ open: false });
  const outbox = outboxOn(failed);
  outbox.send(frameOf(message(100 * KiB)), noSplices);
  await turn();
  failed.destroy(new Error("broken pipe"));
  assert.equal(outbox.send(frameOfText("1"), noSplices), "closed");
  await new Promise((resolve) => failed.once("close", resolve));
  assert.equal(outbox.pendingBytes, 0);

  const ended = new Gate();
  const other = outboxOn(ended);
  ended.end();
  assert.equal(other.send(frameOfText("1"), noSplices), "closed");
});

test("outbox: the wrap may be set until the first send", async () => {
  const gate = new Gate();
  const outbox = outboxOn(gate);
  outbox.wrap = "content-length";
  outbox.send(frameOfText("[1]"), noSplices);
  outbox.sendRaw(Buffer.from("raw"));
  await turn();
  assert.equal(gate.bytes.toString(), "Content-Length: 3\r\n\r\n[1]raw");
});

test("outbox: over a real socket everything arrives, also when the reader pauses", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connect(port, "127.0.0.1");
  const [socket] = (await once(server, "connection")) as [Socket];
  const outbox = outboxOn(socket, "newline", 64 * 1024 * KiB);

  let expected = 0;
  const sendMany = (count: number) => {
    for (let index = 0; index < count; index++) {
      const bytes = Buffer.from(`{"id":${expected},"x":"${"z".repeat((expected * 97) % 40_000)}"}`);
      assert.equal(outbox.send(frameOf(bytes), noSplices), "ok");
      expected++;
    }
  };
  for (let round = 0; round < 40; round++) {
    sendMany(20);
    await turn();
  }
  assert.ok(outbox.pendingBytes > 0, "the reader is paused");
  let text = "";
  client.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(socket, "drain");
  sendMany(20);
  await turn();
  outbox.trim();
  sendMany(1);
  outbox.close();
  await once(client, "end");
  client.destroy();
  const lines = text.split("\n");
  assert.equal(lines.pop(), "");
  assert.equal(lines.length, expected);
  for (const [index, line] of lines.entries()) {
    const { id, x } = JSON.parse(line) as { id: number; x: string };
    assert.equal(id, index);
    assert.equal(x, "z".repeat((index * 97) % 40_000));
  }
  assert.equal(outbox.pendingBytes, 0);
  await new Promise((resolve) => server.close(resolve));
});

test("outbox: does not look for line ends in a frame that is known to have none", async () => {
  const gate = new Gate();
  const outbox = outboxOn(gate);
  const frame = cut(Buffer.from(`{"a":1,\n"b":"${"x".repeat(60 * KiB)}"}`), 20 * KiB);
  outbox.send({ ...frame, isOneLine: true }, noSplices);
  outbox.send(frame, noSplices);
  await turn();
  const text = Buffer.concat(frame.chunks).toString();
  assert.equal(gate.bytes.toString(), `${text}\n${text.replace("\n", " ")}\n`);
});

test("outbox: many frames of one read begin to leave before the last is there, a few each of several reads leave together", async () => {
  const frame = frameOfText('{"jsonrpc":"2.0","id":1,"method":"ping"}');
  const together = new Gate();
  const one = outboxOn(together);
  for (let n = 0; n < 50; n++) one.send(frame, noSplices);
  assert.equal(together.writes.length, 1, "within the turn");
  await turn();
  assert.equal(together.writes.length, 2);
  const apart = new Gate();
  const several = outboxOn(apart);
  for (let read = 0; read < 10; read++) {
    for (let n = 0; n < 8; n++) several.send(frame, noSplices);
    // Between two reads of one turn.
    await new Promise<void>((resolve) => process.nextTick(resolve));
  }
  assert.equal(apart.writes.length, 0, "before the end of the turn");
  await turn();
  assert.equal(apart.writes.length, 1);
  assert.equal(apart.bytes.length, 80 * (frame.size + 1));
});
