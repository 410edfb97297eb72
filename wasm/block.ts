// A block of 128 bytes as words: first one for each bit of a byte ("slices"), from which boolean operations make words for what the
// bytes are. What is in a string is decided here, too; the grammar is json-value.ts.
import { and, any, before, but, insideQuotes, moved, none, or, xor } from "./words";

// What `readBlock` writes: offsets of words.
export const slice1 = 16;
export const slice2 = 32;
export const slice3 = 48;
export const slice4 = 64;
export const slice5 = 80;
export const slice6 = 96;
export const controlBytes = 112;
/** From each opening quote to the byte before the closing one. */
export const stringBytes = 128;
/** What is wrong in strings, and what may stand in strings only. */
export const wrongBytes = 144;
// Outside strings:
export const openingQuotes = 160;
export const commas = 176;
export const colons = 192;
export const opens = 208;
export const closes = 224;
export const spaces = 240;
export const digits = 256;
export const minuses = 272;
/** What is none of these or a quote: numbers and literals. */
export const words = 288;
/** The top bit of each: what is not ASCII. */
export const slice7 = 304;
export const blockBytes = 320;

// What is known of the bytes before the next block.
const inString = memory.data(48, 16); // all ones, or none
const lastUnicode = inString + 16;
const escapeCarry = inString + 32; // the last byte escapes the next
const hexCarry = inString + 40; // not all hexadecimal digits of an escape have been seen

export function startOutside(): void {
  v128.store(inString, none());
  v128.store(lastUnicode, none());
  store<u64>(escapeCarry, 0);
  store<u64>(hexCarry, 0);
}

/** `isEscaped`: 1 when the byte before is a backslash that escapes the first. */
export function startInside(isEscaped: u64): void {
  v128.store(inString, i64x2.splat(-1));
  v128.store(lastUnicode, none());
  store<u64>(escapeCarry, isEscaped);
  store<u64>(hexCarry, 0);
}

/** The bytes in which each is escaped by the backslash before it; bit 0 of `carry`: by the last one of the bytes before. */
function escapedBy(backslash: u64, carry: u64): u64 {
  const odd = ~(<u64>-1 / 3); // every other bit
  const potential = backslash & ~carry;
  const codes = (((potential << 1) | odd) - potential) ^ odd;
  return codes ^ (backslash | carry);
}

/** The bits that change places between two rows of a matrix of bits. */
function exchange(a: v128, b: v128, by: i32, mask: v128): v128 {
  return and(xor(i64x2.shr_u(a, by), b), mask);
}

function low(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

function high(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Reads the block at `at`, the next one, into the words at `into`. */
export function readBlock(at: usize, into: usize): void {
  // Every eighth byte into one register: those at 0, 8, 16 … into the first. Each round of interleaving moves the bits of a byte's
  // index around by one.
  const v0 = v128.load(at);
  const v1 = v128.load(at, 16);
  const v2 = v128.load(at, 32);
  const v3 = v128.load(at, 48);
  const v4 = v128.load(at, 64);
  const v5 = v128.load(at, 80);
  const v6 = v128.load(at, 96);
  const v7 = v128.load(at, 112);
  const x0 = low(v0, v4);
  const x1 = high(v0, v4);
  const x2 = low(v1, v5);
  const x3 = high(v1, v5);
  const x4 = low(v2, v6);
  const x5 = high(v2, v6);
  const x6 = low(v3, v7);
  const x7 = high(v3, v7);
  const y0 = low(x0, x4);
  const y1 = high(x0, x4);
  const y2 = low(x1, x5);
  const y3 = high(x1, x5);
  const y4 = low(x2, x6);
  const y5 = high(x2, x6);
  const y6 = low(x3, x7);
  const y7 = high(x3, x7);
  const z0 = low(y0, y4);
  const z1 = high(y0, y4);
  const z2 = low(y1, y5);
  const z3 = high(y1, y5);
  const z4 = low(y2, y6);
  const z5 = high(y2, y6);
  const z6 = low(y3, y7);
  const z7 = high(y3, y7);
  let b0 = low(z0, z4);
  let b1 = high(z0, z4);
  let b2 = low(z1, z5);
  let b3 = high(z1, z5);
  let b4 = low(z2, z6);
  let b5 = high(z2, z6);
  let b6 = low(z3, z7);
  let b7 = high(z3, z7);
  // Then these eight rows of bytes are a matrix of bits that is transposed.
  const nibbles = i8x16.splat(0x0f);
  let t = exchange(b0, b4, 4, nibbles);
  b4 = xor(b4, t);
  b0 = xor(b0, i64x2.shl(t, 4));
  t = exchange(b1, b5, 4, nibbles);
  b5 = xor(b5, t);
  b1 = xor(b1, i64x2.shl(t, 4));
  t = exchange(b2, b6, 4, nibbles);
  b6 = xor(b6, t);
  b2 = xor(b2, i64x2.shl(t, 4));
  t = exchange(b3, b7, 4, nibbles);
  b7 = xor(b7, t);
  b3 = xor(b3, i64x2.shl(t, 4));
  const pairs = i8x16.splat(0x33);
  t = exchange(b0, b2, 2, pairs);
  b2 = xor(b2, t);
  b0 = xor(b0, i64x2.shl(t, 2));
  t = exchange(b1, b3, 2, pairs);
  b3 = xor(b3, t);
  b1 = xor(b1, i64x2.shl(t, 2));
  t = exchange(b4, b6, 2, pairs);
  b6 = xor(b6, t);
  b4 = xor(b4, i64x2.shl(t, 2));
  t = exchange(b5, b7, 2, pairs);
  b7 = xor(b7, t);
  b5 = xor(b5, i64x2.shl(t, 2));
  const singles = i8x16.splat(0x55);
  t = exchange(b0, b1, 1, singles);
  b1 = xor(b1, t);
  b0 = xor(b0, i64x2.shl(t, 1));
  t = exchange(b2, b3, 1, singles);
  b3 = xor(b3, t);
  b2 = xor(b2, i64x2.shl(t, 1));
  t = exchange(b4, b5, 1, singles);
  b5 = xor(b5, t);
  b4 = xor(b4, i64x2.shl(t, 1));
  t = exchange(b6, b7, 1, singles);
  b7 = xor(b7, t);
  b6 = xor(b6, i64x2.shl(t, 1));

  // Halves of a byte by their two bits: `q` the upper two of the lower four, `r` the lower two.
  const b32 = or(b3, b2);
  const b10 = or(b1, b0);
  const b65 = and(b6, b5);
  const q01 = but(b2, b3);
  const q10 = but(b3, b2);
  const q11 = and(b3, b2);
  const r01 = but(b0, b1);
  const r10 = but(b1, b0);
  const r11 = and(b1, b0);
  const n1100 = but(q11, b10);
  const n0101 = and(q01, r01);
  const control = v128.not(or(or(b6, b5), b7));
  const h23 = but(b5, b6);
  const h57 = and(b6, b4);
  const h6 = but(b65, b4);
  const h7 = and(b65, b4);

  let wrong = none();

  // Strings. Bytes of longer characters are legal in them, and nowhere else.
  const anyQuote = but(and(but(h23, b4), r10), or(b32, b7));
  let quote = anyQuote;
  const backslash = but(and(h57, n1100), or(b5, b7));
  if (any(backslash) || load<u64>(escapeCarry) !== 0 || load<u64>(hexCarry) !== 0) {
    const low = i64x2.extract_lane(backslash, 0) as u64;
    const high = i64x2.extract_lane(backslash, 1) as u64;
    const escapedLow = escapedBy(low, load<u64>(escapeCarry));
    const escapedHigh = escapedBy(high, (low & ~escapedLow) >> 63);
    store<u64>(escapeCarry, (high & ~escapedHigh) >> 63);
    const escaped = i64x2.replace_lane(i64x2.splat(escapedLow), 1, escapedHigh);
    quote = but(quote, escaped);
    const u = but(and(h7, n0101), b7);
    // " \ / b f n r t u
    let legal = or(or(anyQuote, backslash), and(but(h23, b4), and(q11, r11)));
    legal = or(legal, and(h6, or(but(r10, b32), and(or(q01, q11), r10))));
    legal = or(legal, and(h7, or(but(r10, b32), but(q01, b10))));
    wrong = but(escaped, or(but(legal, b7), u));
    const digit = but(and(h23, b4), and(b3, or(b2, b1)));
    const letter = but(but(b6, or(b4, b3)), and(b2, r11));
    const hex = but(or(digit, and(letter, or(b2, b10))), b7);
    const unicode = and(escaped, u);
    const crossing = before(unicode, v128.load(lastUnicode));
    const first = or(moved(unicode, crossing, 1), moved(unicode, crossing, 2));
    const second = or(moved(unicode, crossing, 3), moved(unicode, crossing, 4));
    wrong = or(wrong, but(or(first, second), hex));
    v128.store(lastUnicode, unicode);
    store<u64>(hexCarry, <u64>i64x2.extract_lane(unicode, 1) >> 60);
  }
  let s = insideQuotes(quote);
  const odd = v128.shuffle<i32>(none(), i32x4.shr_s(s, 31), 0, 1, 5, 5);
  s = xor(s, xor(v128.load(inString), odd)); // from each opening quote to the byte before the closing one
  const ends = i32x4.shr_s(s, 31);
  v128.store(inString, v128.shuffle<i32>(ends, ends, 3, 3, 3, 3));
  wrong = or(wrong, and(control, s));
  wrong = or(wrong, but(b7, s));
  v128.store(into, b0);
  v128.store(into, b1, slice1);
  v128.store(into, b2, slice2);
  v128.store(into, b3, slice3);
  v128.store(into, b4, slice4);
  v128.store(into, b5, slice5);
  v128.store(into, b6, slice6);
  v128.store(into, b7, slice7);
  v128.store(into, control, controlBytes);
  v128.store(into, s, stringBytes);
  v128.store(into, wrong, wrongBytes);

  // What is outside strings.
  const outside2 = but(h23, or(b4, s));
  const outside3 = but(and(h23, b4), s);
  const comma = and(outside2, n1100);
  const colon = and(outside3, and(q10, r10));
  const bracket = and(but(h57, s), b0);
  const open = and(bracket, and(q10, b1));
  const close = and(bracket, but(q11, b1));
  let space = but(outside2, or(b32, b10));
  if (any(control)) {
    // \t, \n and \r.
    const returns = or(and(q10, xor(b1, b0)), and(q11, r01));
    space = or(space, but(and(control, returns), or(b4, s)));
  }
  const opening = and(quote, s);
  const brackets = or(open, close);
  const word = v128.not(or(or(or(s, quote), or(space, comma)), or(colon, brackets)));
  v128.store(into, opening, openingQuotes);
  v128.store(into, comma, commas);
  v128.store(into, colon, colons);
  v128.store(into, open, opens);
  v128.store(into, close, closes);
  v128.store(into, space, spaces);
  v128.store(into, but(outside3, and(b3, or(b2, b1))), digits);
  v128.store(into, and(outside2, and(q11, r01)), minuses);
  v128.store(into, word, words);
}
