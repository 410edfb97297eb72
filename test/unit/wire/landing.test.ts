// Large messages that come to lie in the memory they are scanned in as they are read: what is scanned must be what is forwarded, whatever else
// comes in meanwhile, and what is said of it what is said without.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, flatten } from "../../../src/wire/frame.ts";
import { IncomingBudget } from "../../../src/wire/incoming-budget.ts";
import { MessageReader } from "../../../src/wire/message-reader.ts";
import { createScan, scan } from "../../../src/wire/scan.ts";
import { ScanMemory } from "../../../src/wire/scan-memory.ts";
import { WsReader } from "../../../src/wire/ws-codec.ts";
import { type Random, seededRandom } from "../../helpers/seeded-random.ts";
import { clientFrame, text } from "../../helpers/ws-frames.ts";

const mebibyte = 1024 * 1024;

/** Readers of one door, and what they have read. */
function door(readers: number) {
  const memory = new ScanMemory();
  const shared = { maxBytes: 10 * mebibyte, memory, vectors: new ScanMemory(), incoming: new IncomingBudget(1e9) };
  const frames: Frame[][] = Array.from({ length: readers }, () => []);
  const events = { ping() {}, pong() {}, close() {}, fault: (code: number) => assert.fail(String(code)) };
  const all = frames.map((list) => new WsReader(shared, { ...events, message: (frame) => list.push(frame) }));
  return { memory, frames, readers: all };
}

/** Reads the frame as a relay does; it must be `payload`, and scanned as that. Returns whether it was in the memory already. */
function check(message: MessageReader, frame: Frame, payload: Buffer, memory: ScanMemory): boolean {
  assert.ok(flatten(frame).equals(payload), "what is forwarded");
  message.read(frame);
  assert.ok(message.bytes.equals(payload), "what is scanned");
  const plain = createScan();
  assert.deepEqual(message.fault, scan(payload, plain));
  if (message.fault === undefined) assert.deepEqual(message.scan, plain);
  assert.equal(message.frame.landing, undefined);
  const isAscii = memory.isAscii();
  message.release();
  return isAscii;
}

function call(random: Random, size: number): Buffer {
  const filler = random.pick(["x", 'a"\\', "é", "😀", "\\n"]);
  const value = JSON.stringify(filler.repeat(Math.ceil(size / Buffer.byteLength(filler))));
  const bytes = Buffer.from(
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"n","arguments":{"a":${value}}}}`,
  );
  // Not UTF-8, or not JSON, at a place of chance.
  if (random.below(4) === 0) bytes[random.below(bytes.length)] = random.pick([0xff, 0x80, 0x22, 0x0a]);
  return bytes;
}

function cut(random: Random, bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random.pick([1, 7, 100, 5000, 16_384, 65_536]);
    // Each in memory of its own, as reads are.
    chunks.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return chunks;
}

test("landing: what several clients send at a time is scanned as it is forwarded, read at once or later", () => {
  const random = seededRandom(91);
  const message = new MessageReader();
  for (let round = 0; round < 40; round++) {
    const { memory, frames, readers } = door(3);
    const payloads = readers.map(() => Array.from({ length: 3 }, () => call(random, 1000 + random.below(300_000))));
    const masked = (payload: Buffer) => text(payload, { mask: Buffer.from([1, 2, 3, 4].map(() => random.below(256))) });
    const queues = payloads.map((list) => cut(random, Buffer.concat(list.map(masked))));
    const isLate = round % 2 === 1;
    const seen = readers.map(() => 0);
    const look = (index: number) => {
      for (const frame of frames[index]?.splice(0) ?? []) {
        check(message, frame, payloads[index]?.[seen[index] as number] as Buffer, memory);
        (seen[index] as number)++;
      }
    };
    while (queues.some(({ length }) => length > 0)) {
      const index = random.below(readers.length);
      for (let count = 1 + random.below(12); count > 0; count--) {
        const chunk = queues[index]?.shift();
        if (chunk !== undefined) readers[index]?.push(chunk);
        if (!isLate) look(index);
      }
      if (isLate && random.below(6) === 0) look(random.below(readers.length));
    }
    for (const index of readers.keys()) look(index);
    assert.deepEqual(seen, [3, 3, 3], `round ${round}`);
  }
});

test("landing: ASCII is known as such, and nothing else is", () => {
  const message = new MessageReader();
  for (const [last, isAscii] of [
    ["x", true],
    ["\x7f", true],
    ["é", false],
  ] as const) {
    for (const size of [65_537, 65_600, 131_072, 200_001]) {
      const payload = Buffer.from(`${" ".repeat(size)}{"jsonrpc":"2.0","method":"a","params":{"b":"${last}"}}`);
      for (const mask of [Buffer.of(0, 0, 0, 0), Buffer.of(255, 1, 128, 90)]) {
        const { memory, frames, readers } = door(1);
        const bytes = text(payload, { mask });
        for (let at = 0; at < bytes.length; at += 65_536)
          readers[0]?.push(Buffer.from(bytes.subarray(at, at + 65_536)));
        assert.equal(check(message, frames[0]?.[0] as Frame, payload, memory), isAscii, `${last} behind ${size}`);
      }
    }
  }
});

test("landing: one byte that is not UTF-8 is found at every place of a block", () => {
  const message = new MessageReader();
  const { memory, frames, readers } = door(1);
  for (let at = 0; at < 130; at++) {
    const payload = Buffer.from(`{"jsonrpc":"2.0","method":"a","params":{"b":"${"x".repeat(70_000)}"}}`);
    payload[payload.length - 5 - at] = 0xff;
    const bytes = text(payload, { mask: Buffer.of(9, 200, at, 77) });
    for (const part of [bytes.subarray(0, 66_000), bytes.subarray(66_000)]) readers[0]?.push(Buffer.from(part));
    check(message, frames[0]?.pop() as Frame, payload, memory);
    assert.equal(message.fault?.message, "not valid UTF-8");
  }
});

test("landing: what is larger than the memory that is kept, or comes in fragments, is scanned all the same", () => {
  const message = new MessageReader();
  const { memory, frames, readers } = door(1);
  const payload = Buffer.from(`{"jsonrpc":"2.0","method":"a","params":{"b":"${"x".repeat(5 * mebibyte)}"}}`);
  const half = payload.length >> 1;
  const fragments = [
    clientFrame({ opcode: 1, payload: payload.subarray(0, half), fin: false }),
    clientFrame({ opcode: 0, payload: payload.subarray(half) }),
  ];
  for (const bytes of [text(payload), Buffer.concat(fragments)]) {
    for (let at = 0; at < bytes.length; at += 65_536) readers[0]?.push(Buffer.from(bytes.subarray(at, at + 65_536)));
    assert.ok(memory.keptBytes <= 4 * mebibyte, "as it comes in");
    assert.equal(check(message, frames[0]?.pop() as Frame, payload, memory), true);
    assert.ok(memory.keptBytes <= 4 * mebibyte, "afterwards");
  }
});
