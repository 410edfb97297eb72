import assert from "node:assert/strict";
import { test } from "node:test";
import { byPlace, frameOf, merged, type Splice, smallText } from "../../../src/wire/frame.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

test("frame: splices of two lists are one in order, whatever order they were in", () => {
  const random = seededRandom(41);
  for (let round = 0; round < 2000; round++) {
    const at = Array.from({ length: random.below(round < 1900 ? 8 : 60) }, () => random.below(1000));
    const all: Splice[] = [...new Set(at)].map((start) => ({ start, end: start, text: String(start) }));
    const cut = random.below(all.length + 1);
    // What is all there is comes back as it was.
    const [some, more] = [all.slice(0, cut), all.slice(cut)];
    if (some.length === 0) more.sort(byPlace);
    if (more.length === 0) some.sort(byPlace);
    assert.deepEqual(merged(some, more), all.toSorted(byPlace));
  }
});

test("frame: of two splices at one place the one that only puts something in comes first", () => {
  const put: Splice = { start: 3, end: 3, text: "a" };
  const cut: Splice = { start: 3, end: 9, text: "" };
  const first: Splice = { start: 0, end: 1, text: "" };
  for (const [some, more] of [
    [[put], [cut]],
    [[cut], [put]],
  ] as const) {
    assert.deepEqual(merged(some, more), [put, cut]);
    assert.deepEqual(merged([first, ...some], more), [first, put, cut]);
    assert.deepEqual(merged([first, ...some], [...more, { ...first, start: 1 }]), [
      first,
      { ...first, start: 1 },
      put,
      cut,
    ]);
  }
});

test("frame: the text of a small one is made once, of others not at all", () => {
  const frame = frameOf(Buffer.from("é"));
  assert.equal(smallText(frame, 2), "Ã©");
  assert.equal(frame.text, "Ã©");
  assert.equal(smallText(frameOf(Buffer.from("abc")), 2), undefined);
  assert.equal(smallText({ chunks: [Buffer.from("a"), Buffer.from("b")], size: 2 }, 9), undefined);
});
