// What is looked through as it is read, and then not again: masked as what is looked through whole, wherever reads end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { type Frame, flatten, frameOf } from "../../../src/wire/frame.ts";
import { FrameReader } from "../../../src/wire/framing.ts";
import { createMasker, type Masker } from "../../../src/wire/mask.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

const secret = "s3cret-Value-of-a-core";

function maskerOf(...values: readonly string[]): Masker {
  const masker = createMasker();
  for (const value of values) masker.add(new Secret(value));
  return masker;
}

/** The frames of what is read in these pieces. `between` is called before each of them. */
function read(masker: Masker, pieces: readonly Buffer[], between: (index: number) => void = () => {}): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader(
    { maxBytes: 10_000_000, framing: "newline", look: (chunk) => masker.look(chunk) },
    { frame: (frame) => frames.push(frame), fault: ({ message }) => assert.fail(message) },
  );
  for (const [index, piece] of pieces.entries()) {
    between(index);
    // Each in memory of its own, as reads are.
    reader.push(Buffer.from(piece));
  }
  return frames;
}

function masked(masker: Masker, frames: readonly Frame[]): string[] {
  return frames.map((frame) => flatten(masker.maskFrame(frame)).toString());
}

function cut(bytes: Buffer, ends: readonly number[]): Buffer[] {
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

test("mask look: masks the same as without, for reads of every kind", () => {
  const random = seededRandom(77);
  for (let round = 0; round < 150; round++) {
    const lines: string[] = [];
    for (let count = 1 + random.below(6); count > 0; count--) {
      const size = random.pick([0, 10, 200, 3000, 100_000]);
      const parts = ["x".repeat(random.below(size + 1)), random.pick(["", secret, secret.slice(1), "über"])];
      lines.push(JSON.stringify({ text: parts.join(""), more: "y".repeat(random.below(size + 1)) }));
    }
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    const most = random.pick([40, 700, 9_000, 65_536]);
    const ends: number[] = [];
    for (let at = 1 + random.below(most); at < bytes.length; at += 1 + random.below(most)) ends.push(at);
    const masker = maskerOf(secret, "another-secret-value");
    const wanted = lines.map((line) => flatten(maskerOf(secret).maskFrame(frameOf(Buffer.from(line)))).toString());
    assert.deepEqual(masked(masker, read(masker, cut(bytes, ends))), wanted, `round ${round}`);
  }
});

test("mask look: finds a secret that lies across two or three reads, wherever they end", () => {
  const masker = maskerOf(secret);
  const line = Buffer.from(`{"text":"${"x".repeat(70_000)}${secret}${"y".repeat(70_000)}"}\n`);
  const start = line.indexOf(secret);
  for (let end = start - 1; end <= start + secret.length + 1; end++) {
    for (const ends of [[end], [end, end + 3], [end - 70_000 + 30, end]]) {
      const [text = ""] = masked(masker, read(masker, cut(line, ends)));
      assert.ok(!text.includes(secret) && text.includes(`x${"*".repeat(secret.length)}y`), `${ends} of ${start}`);
    }
  }
});

test("mask look: finds a secret in a large message that trickles in and is joined on the way", () => {
  const masker = maskerOf(secret);
  const line = Buffer.from(`{"text":"${`${"x".repeat(300)}${secret}`.repeat(250)}"}\n`);
  const ends = Array.from({ length: Math.floor(line.length / 310) }, (_, index) => 310 * (index + 1));
  const [text = ""] = masked(masker, read(masker, cut(line, ends)));
  assert.ok(!text.includes(secret));
  assert.equal(text.split("*".repeat(secret.length)).length, 251);
});

test("mask look: a secret that is added while a message comes in is masked in all of it", () => {
  for (const addedBefore of [0, 1, 2]) {
    const masker = maskerOf("one-that-was-known");
    const line = Buffer.from(`{"text":"${`${"x".repeat(65_500)}${secret}`.repeat(2)}"}\n`);
    const frames = read(masker, cut(line, [66_000]), (index) => {
      if (index === addedBefore) masker.add(new Secret(secret));
    });
    if (addedBefore === 2) masker.add(new Secret(secret));
    assert.ok(!masked(masker, frames).join("").includes(secret), `added before read ${addedBefore}`);
  }
});

test("mask look: half a BOM in front of the first message hides nothing of it", () => {
  const masker = maskerOf(secret);
  const line = Buffer.concat([Buffer.from([0xef, 0xbb]), Buffer.from(`{"text":"${secret}"}\n`)]);
  const [frame] = read(masker, [line]);
  assert.ok(frame !== undefined && !flatten(masker.maskFrame(frame)).includes(secret));
});

test("mask look: says nothing where there is something to mask, or nothing to look for", () => {
  const masker = maskerOf(secret);
  assert.equal(masker.look(Buffer.from(`a ${secret} b`)), undefined);
  assert.notEqual(masker.look(Buffer.from("a b")), undefined);
  assert.equal(createMasker().look(Buffer.from("a b")), undefined);
});
