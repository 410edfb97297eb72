import assert from "node:assert/strict";
import { test } from "node:test";
import { flatten } from "../../src/wire/frame.ts";
import { FrameReader, type Framing } from "../../src/wire/framing.ts";
import { type Random, seededRandom } from "../helpers/seeded-random.ts";

function hear(chunks: readonly Buffer[], framing: Framing | "auto", maxBytes: number): string[] {
  const log: string[] = [];
  const reader = new FrameReader(
    { maxBytes, framing },
    {
      frame(frame) {
        assert.equal(
          frame.size,
          frame.chunks.reduce((sum, chunk) => sum + chunk.length, 0),
        );
        assert.ok(frame.size > 0 && frame.size <= maxBytes);
        if (frame.size < 65_536) assert.equal(frame.chunks.length, 1);
        log.push(flatten(frame).toString("latin1"));
      },
      fault: ({ code, fatal }) => log.push(`${fatal ? "fatal " : ""}${code}`),
    },
  );
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return log;
}

function cut(random: Random, bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random.below(random.pick([2, 8, 200, 5000]));
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

const byByte = (bytes: Buffer): Buffer[] => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));

function expectAlike(random: Random, bytes: Buffer, framing: Framing | "auto", maxBytes: number): string[] {
  const whole = hear([bytes], framing, maxBytes);
  assert.deepEqual(hear(byByte(bytes), framing, maxBytes), whole, bytes.toString("latin1"));
  assert.deepEqual(hear(cut(random, bytes), framing, maxBytes), whole, bytes.toString("latin1"));
  return whole;
}

test("frame reader: random messages come out as they went in, in any framing and chunking", () => {
  const random = seededRandom(6);
  for (let round = 0; round < 400; round++) {
    const texts = Array.from(
      { length: random.below(6) },
      () => `{"a":"${"xy".repeat(random.below(random.pick([5, 300])))}"}`,
    );
    const lines = texts.map((text) => text + random.pick(["\n", "\r\n", "\n\n"])).join("");
    const bodies = texts.map(
      (text) => `${random.pick(["", "Content-Type: x\r\n"])}Content-Length: ${text.length}\r\n\r\n${text}`,
    );
    const maxBytes = random.pick([200, 100_000]);
    const heard = texts.map((text) => (text.length > maxBytes ? "too_large" : text));
    // A carriage return counts as part of a line, so it would push a text of just the limit over it.
    const isClear = texts.every((text) => text.length !== maxBytes);
    if (isClear) assert.deepEqual(expectAlike(random, Buffer.from(lines), "auto", maxBytes), heard);
    assert.deepEqual(expectAlike(random, Buffer.from(bodies.join("")), "auto", maxBytes), heard);
  }
});

test("frame reader: any bytes at all are read alike in every chunking, within the limit", () => {
  const random = seededRandom(7);
  const parts = [
    "\n",
    "\r",
    "\r\n\r\n",
    "{}",
    "C",
    "Content-Length: ",
    "5",
    "12",
    ":",
    "\xef",
    "\xbb",
    "\xbf",
    "\xef\xbb\xbf",
    " ",
    "x",
    "xxxxxxxxxx",
  ];
  for (let round = 0; round < 1500; round++) {
    const text = Array.from({ length: random.below(25) }, () => random.pick(parts)).join("");
    expectAlike(
      random,
      Buffer.from(text, "latin1"),
      random.pick(["auto", "newline", "content-length"] as const),
      random.pick([1, 4, 20, 1000]),
    );
  }
});
