// Every way of unmasking is held against the definition in RFC 6455, 5.3, with what stands before and behind the payload.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ScanMemory } from "../../../src/wire/scan-memory.ts";
import { unmask, wordsOf } from "../../../src/wire/ws-unmask.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

const random = seededRandom(11);
const masks = [0, 0x01020304, 0xff01805a | 0, -1];
const margin = 9;

function randomBytes(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => random.below(256)));
}

function defined(bytes: Buffer, start: number, end: number, mask: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeInt32BE(mask);
  return Buffer.from(bytes.map((byte, at) => (at < start || at >= end ? byte : byte ^ (key[(at - start) & 3] ?? 0))));
}

for (const [way, run] of Object.entries({
  "byte by byte": (bytes: Buffer, start: number, end: number, mask: number) =>
    unmask(bytes, start, end, mask, undefined),
  "by words": (bytes: Buffer, start: number, end: number, mask: number) =>
    unmask(bytes, start, end, mask, wordsOf(bytes)),
})) {
  test(`ws-unmask: ${way}, at every alignment and of every small size`, () => {
    for (let start = margin; start < margin + 8; start++) {
      for (const size of [0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 66, 67, 71, 72, 100, 301]) {
        for (const mask of masks) {
          const bytes = randomBytes(start + size + margin);
          const expected = defined(bytes, start, start + size, mask);
          run(bytes, start, start + size, mask);
          assert.deepEqual(bytes, expected, `${size} bytes at ${start}`);
        }
      }
    }
  });
}

test("ws-unmask: by vectors, at any alignment, in one part and in several", () => {
  const vectors = new ScanMemory();
  for (const size of [8192, 8193, 8255, 8256, 65_535, 65_536, 65_537, 131_072, 200_003]) {
    for (const [index, mask] of masks.entries()) {
      const start = margin + index * 3;
      const bytes = randomBytes(start + size + margin);
      const expected = defined(bytes, start, start + size, mask);
      assert.ok(vectors.unmask(bytes, start, start + size, mask));
      assert.ok(bytes.equals(expected), `${size} bytes at ${start}`);
    }
  }
});

test("ws-unmask: few bytes are left to the other ways", () => {
  const bytes = randomBytes(8191);
  const before = Buffer.from(bytes);
  assert.equal(new ScanMemory().unmask(bytes, 0, bytes.length, 0x01020304), false);
  assert.deepEqual(bytes, before);
});
