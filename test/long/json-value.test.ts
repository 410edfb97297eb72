// The WebAssembly scan of values against the plain one and JSON.parse: it must accept exactly what they accept, to the same end.
import assert from "node:assert/strict";
import { isAscii } from "node:buffer";
import { test } from "node:test";
import { compileJsonValue, slackBytes, textStart } from "../../src/wire/json-value.ts";
import { maxDepth, valueEnd } from "../../src/wire/values.ts";
import { type Random, seededRandom } from "../helpers/seeded-random.ts";

const code = compileJsonValue()();
code.memory.grow(32);
const memory = Buffer.from(code.memory.buffer);
const behind = Buffer.from(`"]}},:tru\\1 \n`);

/** Both scans of `bytes` as they stand `shift` bytes into the memory; they must agree. The end, or 0 where it is refused. */
function endOf(bytes: Buffer, shift = 0, depth = 0): number {
  const start = textStart + shift;
  bytes.copy(memory, start);
  // What stands behind the text, as it would be left there by a longer one, must not count.
  behind.copy(memory, start + bytes.length, 0, slackBytes);
  const end = code.valueEnd(start, start + bytes.length, maxDepth - depth);
  const plain = valueEnd(bytes, 0, bytes.length, depth);
  const got = end === 0 ? 0 : end - start;
  if (got !== Math.max(plain, 0)) {
    assert.fail(`${got} instead of ${plain} at shift ${shift}, depth ${depth}: ${bytes.toString("latin1")}`);
  }
  if (end !== 0) assert.equal(code.sawHigh() === 0, isAscii(bytes.subarray(0, got)), bytes.toString("latin1"));
  return got;
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString("latin1"));
    return true;
  } catch {
    return false;
  }
}

/** As endOf, for a text that ends with a closing brace or bracket, and held against JSON.parse too. */
function agree(text: string | Buffer, shift = 0): boolean {
  const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
  const isWhole = endOf(bytes, shift) === bytes.length;
  if (isWhole !== isJson(bytes)) assert.fail(`JSON.parse says otherwise: ${bytes.toString("latin1")}`);
  return isWhole;
}

/** All texts of up to `length` letters of the alphabet, between `before` and `after`. */
function exhaust(
  alphabet: readonly string[],
  length: number,
  before: string,
  after: string,
): [right: number, all: number] {
  const size = before.length + length + after.length;
  const bytes = Buffer.alloc(size);
  bytes.write(before, "latin1");
  let right = 0;
  let all = 0;
  const grow = (at: number, left: number): void => {
    bytes.write(after, at, "latin1");
    all++;
    if (endOf(bytes.subarray(0, at + after.length)) === at + after.length) right++;
    if (left === 0) return;
    for (const letter of alphabet) {
      bytes.write(letter, at, "latin1");
      grow(at + 1, left - 1);
    }
  };
  grow(before.length, length);
  return [right, all];
}

/** A text of `length` bytes that begins inside an array, so that what comes next stands at that offset of a block. */
function lead(length: number, filler: "string" | "space" | "digits"): string {
  if (filler === "space") return `[${" ".repeat(length - 1)}`;
  if (filler === "digits") return `[${"1".repeat(length - 2)},`;
  return `["${"x".repeat(length - 4)}",`;
}

const letters = (text: string): string[] => [...text];

test("json-value: agrees on every short text of structure, numbers, escapes and literals, inside a block and across its border", () => {
  // A block is 128 bytes; words are made of two lanes of 64.
  for (const at of [1, 62, 63, 125, 126, 127]) {
    const before = at === 1 ? "[" : lead(at, "string");
    const short = at === 1 ? 0 : 1;
    exhaust(letters('[]{},:"1 '), 6 - short, before, "]");
    exhaust(letters('{},:"a\n'), 6 - short, at === 1 ? "{" : `${before}{`, at === 1 ? "}" : "}]");
    exhaust(letters("01-+.eE,"), 6 - short, before, "]");
    exhaust(letters('\\"unx0'), 6 - short, `${before}"`, '"]');
    exhaust(letters("truefalsnx, ").slice(0, 12), 4 - short, `${before}t`, "]");
  }
});

const pieces = [
  "true",
  "false",
  "null",
  "tru",
  "fals",
  "nul",
  "truee",
  "nulll",
  "falsee",
  "trul",
  "nue",
  "fall",
  "falss",
  "True",
  "tr ue",
  "t",
  "truefalse",
  "0",
  "-0",
  "00",
  "01",
  "-01",
  "-",
  "--1",
  "1-",
  "+1",
  "1.",
  ".1",
  "1.5",
  "1..5",
  "1.5.5",
  "1e5",
  "1E+5",
  "1e-05",
  "1e",
  "1e+",
  "1e5e5",
  "1e5.5",
  "1.5e5",
  "1.5E-5",
  "1.e5",
  "-1.25e+10",
  "0.5",
  "0e0",
  "00.5",
  "-e5",
  "1+1",
  "1a",
  "0x10",
  "1_0",
  "Infinity",
  "NaN",
  "12345678901234567890123",
  '""',
  '"a"',
  '"a',
  'a"',
  '"a""b"',
  '"\\n"',
  '"\\""',
  '"\\\\"',
  '"\\\\\\""',
  '"\\\\\\\\"',
  '"\\u00e9"',
  '"\\u00E9\\uD83D\\uDE00"',
  '"\\u00g0"',
  '"\\u00"',
  '"\\u"',
  '"\\x"',
  '"\\',
  '"\\\\\\',
  '"\n"',
  '"\t"',
  '"\x00"',
  '"\x1f"',
  '"\x7f"',
  '"\xc3\xa9"',
  '"\xff"',
  "\\",
  '\\"a"',
  '"\\u005c"',
  "{}",
  "[]",
  "[ ]",
  "{ }",
  "{\n}",
  "[[]]",
  "[{}]",
  '{"a":1}',
  '{"a" : [ ] }',
  '{"a":{"b":{}}}',
  '{"a"}',
  '{"a":}',
  "{1:1}",
  "{a:1}",
  '{"a":1,}',
  '{,"a":1}',
  '{"a":1 "b":2}',
  '{"a":1,"b"}',
  '{"a":1,2}',
  '{"a","b":1}',
  '{"a":"b":"c"}',
  '["a":1]',
  "[1,]",
  "[,1]",
  "[1,,1]",
  "[1 1]",
  "[",
  "]",
  "{",
  "}",
  "[}",
  "{]",
  '{"a":[}',
  '[{"a":]',
  "[[1]",
  "1]",
  '{"a":[1,{"b":[2,{"c":3}]}]}',
  '{"a":1}{"b":2}',
  "[1][2]",
  '"a"[1]',
  "1[",
  "1{",
  'true"a"',
  ":",
  ",",
  "1:1",
  "1 : 1",
  "\x00",
  "\x08",
  "\x0b",
  "\x0c",
  "\x1f",
  "\x7f",
  "\x80",
  "\xa0",
  "\xef\xbb\xbf1",
  "/**/1",
  "//",
  "'a'",
  "#",
  "@",
];

test("json-value: agrees on right and wrong pieces at every offset of a block", () => {
  let right = 0;
  for (let length = 5; length < 270; length++) {
    for (const filler of ["string", "space", "digits"] as const) {
      const before = lead(length, filler);
      for (const piece of pieces) {
        if (agree(`${before}${piece}]`)) right++;
        agree(`${before}${piece},${piece} ,1]`);
        agree(`${before}{"k":${piece}}]`);
      }
    }
  }
  assert.ok(right > 10_000, `${right} right ones`);
});

test("json-value: agrees on runs of backslashes and on strings across borders", () => {
  for (let before = 0; before < 134; before++) {
    for (let run = 0; run < 270; run += 1 + (run >> 3)) {
      const slashes = "\\".repeat(run);
      for (const next of ['"', "n", "u0041", "u004", "x", ""]) {
        agree(`["${"y".repeat(before)}${slashes}${next}","z"]`);
        agree(`["${"y".repeat(before + 200)}${slashes}${next}${"y".repeat(200)}","z"]`);
      }
    }
  }
});

test("json-value: ends where the value ends, whatever comes behind it", () => {
  for (let length = 2; length < 200; length++) {
    for (const rest of [',"name":"x"}}', '}\n"\\q tru', "]]", '"', "\\\\\\", "\x00}", "}"]) {
      const value = `["${"é".repeat(length)}",{"a":[1,2]}]`;
      const bytes = Buffer.from(`${value}${rest}}`);
      assert.equal(endOf(bytes, length % 64), Buffer.byteLength(value));
    }
  }
});

test("json-value: refuses what is nested deeper than is allowed, and only that", () => {
  for (const [open, close] of [
    ["[", "]"],
    ['{"a":', "}"],
    ["[ ", "]"],
    ['[{"a":', "}]"],
  ] as const) {
    const each = open.includes("{") && open.includes("[") ? 2 : 1;
    for (const depth of [0, 1, 3, 100, 126, 127]) {
      for (let levels = Math.max(1, maxDepth - depth - 3); levels <= maxDepth - depth + 3; levels++) {
        const count = Math.ceil(levels / each);
        const text = `${open.repeat(count)}1${close.repeat(count)}`;
        const end = endOf(Buffer.from(text), 0, depth);
        assert.equal(end > 0, count * each <= maxDepth - depth, `${count * each} levels at depth ${depth}`);
        endOf(Buffer.from(`[1,${text},${text}]`), 0, depth);
      }
    }
  }
  // At the deepest level, where brackets open and close in turn: all of them may be taken at once.
  for (const [over, right] of [
    [0, true],
    [1, false],
  ] as const) {
    const levels = maxDepth - 1 + over;
    for (let pad = 0; pad < 130; pad++) {
      const text = `${"[".repeat(levels)}${" ".repeat(pad)}1,[2],{"a":3},[4]${" ".repeat(70)}${"]".repeat(levels)}`;
      assert.equal(endOf(Buffer.from(text)) > 0, right, `${levels + 1} levels, ${pad} spaces`);
    }
  }
  // Up and down many times: what was open before must not be remembered.
  const zigzag = Array.from({ length: 60 }, (_, n) => `${"[".repeat(n)}{"k":[]}${"]".repeat(n)}`).join(",");
  assert.equal(agree(`[${zigzag}]`), true);
});

const atoms = [
  "0",
  "7",
  "-1",
  "42",
  "1234567",
  "1.5",
  "-0.25e-7",
  "1e400",
  "true",
  "false",
  "null",
  '""',
  '"a"',
  '"id"',
  '"\\n"',
  '"\\u0041"',
  '"é😀"',
  "{}",
  "[]",
];

function value(random: Random, depth: number): string {
  const s = () => (random.below(8) === 0 ? random.pick([" ", "\n", "\t", "\r\n", "    ", "\n      "]) : "");
  const kind = depth > 6 ? 9 : random.below(11);
  if (kind === 0)
    return `"${"x".repeat(random.below(200))}${random.pick(["", "\\n", "\\\\", '\\"', "\\u00e9", "é"])}${"y".repeat(random.below(200))}"`;
  if (kind === 1)
    return `"${Array.from({ length: random.below(40) }, () => random.pick(["a", "\\\\", '\\"', "\\u1aF0", "é", " ", "\\/", "[", "}", ","])).join("")}"`;
  const many = random.below(random.pick([3, 6, 30]));
  if (kind <= 4)
    return `[${s()}${Array.from({ length: many }, () => value(random, depth + 2)).join(`${s()},${s()}`)}${s()}]`;
  if (kind <= 7) {
    const entry = () => `"${random.pick(["a", "name", "x\\ty", "", "é"])}"${s()}:${s()}${value(random, depth + 1)}`;
    return `{${s()}${Array.from({ length: many }, entry).join(`${s()},${s()}`)}${s()}}`;
  }
  return random.pick(atoms);
}

const noise = [...'"\\[]{},:0123456789-+.eEtrufalsn \n\t/x']
  .map((letter) => letter.charCodeAt(0))
  .concat([0, 0x1f, 0x7f, 0x80, 0xc3, 0xff]);

function mutate(random: Random, bytes: Buffer): Buffer {
  const copy = [...bytes];
  for (let count = random.below(3); count >= 0; count--) {
    const at = 1 + random.below(copy.length - 1);
    const how = random.below(7);
    if (how < 3) copy[at] = random.pick(noise);
    else if (how === 3) copy.splice(at, 1 + random.below(3));
    else if (how === 4) copy.splice(at, 0, random.pick(noise));
    else if (how === 5) copy.splice(at, 0, ...copy.slice(at, at + random.below(80)));
    else copy.splice(at, random.below(80));
  }
  return Buffer.from(copy);
}

test("json-value: agrees on random JSON, whole, damaged and cut short, at every alignment", () => {
  const random = seededRandom(20);
  const tally = { right: 0, wrong: 0 };
  for (let round = 0; round < 4000; round++) {
    const text = value(random, 0);
    if (text[0] !== "[" && text[0] !== "{") continue;
    const whole = Buffer.from(text);
    assert.equal(endOf(whole, round % 64), whole.length, text);
    let damaged = mutate(random, whole);
    if (random.below(4) === 0) damaged = damaged.subarray(0, 1 + random.below(damaged.length));
    // The plain scan wants a closing last byte.
    if (damaged.at(-1) !== 0x5d && damaged.at(-1) !== 0x7d)
      damaged = Buffer.concat([damaged, Buffer.from(random.pick(["]", "}"]))]);
    const end = endOf(damaged, round % 61, random.pick([0, 2, 100]));
    if (end === 0) tally.wrong++;
    else tally.right++;
    if (end > 0 && end === damaged.length && !isJson(damaged)) assert.fail(damaged.toString("latin1"));
  }
  assert.ok(tally.right > 100 && tally.wrong > 1000, JSON.stringify(tally));
});

test("json-value: agrees on large documents with single bytes changed", () => {
  const random = seededRandom(21);
  for (let document = 0; document < 6; document++) {
    const parts: string[] = [];
    for (let size = 0; size < 60_000; ) {
      const part = value(random, 0);
      parts.push(part);
      size += part.length;
    }
    const bytes = Buffer.from(`[${parts.join(",")}]`);
    assert.equal(agree(bytes, document), true);
    for (let flip = 0; flip < 400; flip++) {
      const at = 1 + random.below(bytes.length - 2);
      const before = bytes[at] as number;
      bytes[at] = random.below(2) === 0 ? random.pick(noise) : before ^ (1 << random.below(8));
      agree(bytes, random.below(64));
      bytes[at] = before;
    }
  }
});

test("json-value: says whether a control character stood between the tokens", () => {
  const saw = (text: string): boolean => {
    assert.equal(endOf(Buffer.from(text)) > 0, true, text);
    return code.sawControl() !== 0;
  };
  for (let length = 5; length < 270; length++) {
    const before = lead(length, "string");
    assert.equal(saw(`${before}"\\n", 1 ]`), false);
    for (const space of ["\n", "\r", "\t"]) {
      assert.equal(saw(`${before}${space}1]`), true);
      assert.equal(saw(`[${space}${before}1]]`), true);
      assert.equal(saw(`${before}1]${space}]`), false, "what is behind the value does not count");
    }
  }
});
