// Many patterns in long text: every match, wherever it lies, as a look at every byte for every pattern finds it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PatternSearch } from "../../../src/wire/mask-search.ts";
import { type Random, seededRandom } from "../../helpers/seeded-random.ts";

function textOf(random: Random, length: number): string {
  return Array.from({ length }, () => random.pick(["a", "b", "c", "d"])).join("");
}

/** Where matches start, with the length of the longest one there. */
function bySearch(search: PatternSearch, text: Buffer): [number, number][] {
  const found: [number, number][] = [];
  for (let at = search.next(text, 0); at >= 0; at = search.next(text, at + 1)) found.push([at, search.length]);
  return found;
}

function byLook(patterns: readonly string[], text: string): [number, number][] {
  const longestFirst = [...patterns].sort((one, other) => other.length - one.length);
  const found: [number, number][] = [];
  for (let at = 0; at < text.length; at++) {
    const match = longestFirst.find((pattern) => text.startsWith(pattern, at));
    if (match !== undefined) found.push([at, match.length]);
  }
  return found;
}

test("pattern search: finds every match in texts of all sizes, also where many crowd together", () => {
  const random = seededRandom(31);
  for (let round = 0; round < 120; round++) {
    // Few letters: the patterns' parts stand everywhere, and short patterns match often.
    const patterns = Array.from({ length: 1 + random.below(5) }, () => textOf(random, 4 + random.below(8)));
    const text = textOf(random, random.below(6000));
    const search = new PatternSearch(patterns.map((pattern) => Buffer.from(pattern)));
    assert.deepEqual(bySearch(search, Buffer.from(text)), byLook(patterns, text), `round ${round}`);
  }
});

test("pattern search: finds the only match of a long text at every place", () => {
  const pattern = "the-only-one";
  const search = new PatternSearch([Buffer.from(pattern)]);
  for (const length of [2047, 2048, 2049, 3001, 4096]) {
    for (let at = 0; at + pattern.length <= length; at++) {
      const text = Buffer.alloc(length, "-on");
      text.write(pattern, at);
      if (search.next(text, 0) !== at) assert.fail(`not found at ${at} of ${length}`);
      assert.equal(search.next(text, at + 1), -1);
    }
  }
});

test("pattern search: finds every match of long patterns, wherever the text lies in memory", () => {
  const random = seededRandom(32);
  for (let round = 0; round < 150; round++) {
    const [least, more] = round % 3 === 0 ? [68, 400] : [7, 50];
    const patterns = Array.from({ length: 1 + random.below(40) }, () => textOf(random, least + random.below(more)));
    // Whole patterns, and what is nearly one, with little between them.
    let text = "";
    while (text.length < 4000) {
      const pattern = random.pick(patterns);
      text += random.pick([pattern, pattern.slice(1), pattern.slice(0, -1), textOf(random, random.below(60))]);
    }
    const shift = random.below(8);
    const bytes = Buffer.from(" ".repeat(shift) + text).subarray(
      shift,
      shift + 1900 + random.below(text.length - 1900),
    );
    const search = new PatternSearch(patterns.map((pattern) => Buffer.from(pattern)));
    assert.deepEqual(bySearch(search, bytes), byLook(patterns, bytes.toString()), `round ${round}`);
  }
});

test("pattern search: finds each of thousands of patterns", () => {
  const random = seededRandom(33);
  const hex = () => Array.from({ length: 12 }, () => random.below(16).toString(16)).join("");
  const patterns = [...new Set(Array.from({ length: 3000 }, hex))];
  const search = new PatternSearch(patterns.map((pattern) => Buffer.from(pattern)));
  for (const pattern of patterns) {
    const at = random.below(2100);
    const text = Buffer.alloc(at + pattern.length + random.below(100), " ");
    text.write(pattern, at);
    assert.equal(search.next(text, 0), at);
    assert.equal(patterns[search.index], pattern);
  }
});
