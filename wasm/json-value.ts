// Where a JSON object or array ends, and whether it is JSON at all, 128 bytes at a time: AssemblyScript, compiled to WebAssembly with
// 128-bit vectors. What it says, and why it is built so: docs/decisions/0006-wasm-scan.md. It decides exactly as
// src/wire/values.ts does; test/fuzz/json-value.test.ts compares the two.
//
// A block of 128 bytes becomes eight words of 128 bits, one for each bit of a byte ("slices"). From them boolean operations make words for
// what the bytes are: bit i of `comma` says that byte i is a comma outside strings. The grammar is then a handful of rules on such
// words, the same work whatever the bytes are. What crosses into the next block is the top bit of a word that is kept, `last…`.
import { and, any, before, behind, but, insideQuotes, lastBit, moved, none, or, sum, xor } from "./words";

/** For each open level whether it is an object. The caller's limit of levels is at most 128. */
const levels = memory.data(136);

// Words of the block before. In memory: as variables they would be moved about in every block.
const keptBytes: usize = 352;
const kept = memory.data(352, 16);
const lastUnicode = kept;
const lastColon = kept + 16;
const lastComma = kept + 32;
const lastOpen = kept + 48;
const lastKey = kept + 64; // in a key
const lastKeyEnd = kept + 80; // behind a key, the colon is due
const lastWord = kept + 96; // part of a number or a literal
const lastDigit = kept + 112;
const lastLeading = kept + 128;
const lastMinus = kept + 144;
const lastSign = kept + 160;
const lastDot = kept + 176;
const lastExponent = kept + 192;
const lastFraction = kept + 208;
const lastPower = kept + 224;
const lastNumber = kept + 240; // any of the six above
const lastLiteral = kept + 256;
const lastTrue = kept + 272;
const lastNull = kept + 288;
const lastFalse = kept + 304;
const errors = kept + 320; // in any block before
const controls = kept + 336;

/** Whether a control character (a line end or a tab) stood between the tokens of the last value. */
let hadControl = false;

export function sawControl(): bool {
  return hadControl;
}

/** The end of the run of blocks from `at` that are inside a string and hold nothing but plain characters, `\n`, `\t` and `\"`. */
function plainEnd(at: usize, limit: usize): usize {
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  const lastControl = i8x16.splat(0x1f);
  const ns = i8x16.splat(0x6e);
  let p = at;
  while (p < limit) {
    let bad = i64x2.splat(0);
    for (let o: usize = 0; o < 64; o += 16) {
      const v = v128.load(p + o);
      const escaped = i8x16.eq(v128.load(p + o - 1), backslashes);
      const quote = i8x16.eq(v, quotes);
      const wrong = v128.andnot(v128.xor(escaped, quote), i8x16.eq(v, ns));
      bad = v128.or(bad, v128.or(wrong, i8x16.eq(i8x16.min_u(v, lastControl), v)));
    }
    if (v128.any_true(bad)) break;
    p += 64;
  }
  return p;
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

/**
 * The offset behind the object or array at `at`, or 0 when it is not JSON, not closed before `limit`, or nested deeper than `maxLevels`.
 * 64 bytes before and 128 behind the text must be readable; what they hold does not matter.
 */
export function valueEnd(at: usize, limit: usize, maxLevels: i32): usize {
  let level: i32 = 0;
  let context: u64 = 0; // all ones in an object

  let inString = none(); // all ones when the last block ended in a string
  let isLong = false;
  let escapeCarry: u64 = 0;
  let hexCarry = false;



  for (let offset: usize = 0; offset < keptBytes; offset += 16) v128.store(kept + offset, none());
  // The value itself may come first, as behind a colon.
  v128.store(lastColon, lastBit());
  store<u8>(levels, 0);

  for (let p = at; p < limit; p += 128) {
    if (isLong && !hexCarry && (escapeCarry !== 0 || load<u8>(p - 1) !== 0x5c)) {
      const end = plainEnd(p, limit);
      if (end !== p) {
        p = end;
        escapeCarry = load<u8>(p - 1) === 0x5c ? 1 : 0;
        if (p >= limit) return 0;
      }
    }

    // Every eighth byte into one register: those at 0, 8, 16 … into the first. Each round of interleaving moves the bits of a byte's
    // index around by one.
    const v0 = v128.load(p);
    const v1 = v128.load(p, 16);
    const v2 = v128.load(p, 32);
    const v3 = v128.load(p, 48);
    const v4 = v128.load(p, 64);
    const v5 = v128.load(p, 80);
    const v6 = v128.load(p, 96);
    const v7 = v128.load(p, 112);
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
    if (any(backslash) || escapeCarry !== 0 || hexCarry) {
      const low = i64x2.extract_lane(backslash, 0) as u64;
      const high = i64x2.extract_lane(backslash, 1) as u64;
      const escapedLow = escapedBy(low, escapeCarry);
      escapeCarry = (low & ~escapedLow) >> 63;
      const escapedHigh = escapedBy(high, escapeCarry);
      escapeCarry = (high & ~escapedHigh) >> 63;
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
      hexCarry = <u64>i64x2.extract_lane(unicode, 1) >> 60 !== 0;
    } else {
      v128.store(lastUnicode, none());
    }
    let s = insideQuotes(quote);
    const odd = v128.shuffle<i32>(none(), i32x4.shr_s(s, 31), 0, 1, 5, 5);
    s = xor(s, xor(inString, odd)); // from each opening quote to the byte before the closing one
    const ends = i32x4.shr_s(s, 31);
    inString = v128.shuffle<i32>(ends, ends, 3, 3, 3, 3);
    isLong = i64x2.extract_lane(s, 1) === -1;
    wrong = or(wrong, and(control, s));
    wrong = or(wrong, but(b7, s));

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
    const wordStart = but(word, behind(word, v128.load(lastWord)));
    v128.store(lastWord, word);

    // Brackets, 64 bytes at a time: the context of every byte, all ones in objects.
    let inObjectLow = context;
    let inObject = context;
    let end = -1;
    let opens = i64x2.extract_lane(open, 0) as u64;
    let closes = i64x2.extract_lane(close, 0) as u64;
    let curly = i64x2.extract_lane(b5, 0) as u64;
    for (let lane = 0; ; lane = 64) {
      const both = opens | closes;
      inObject = context;
      if (both !== 0) {
        const rest = ~both;
        // Up to and with the first bracket, and behind every opening one up to and with the next.
        const behindOpen = (((opens << 1) | 1) + rest) ^ rest;
        const behindCurly = ((((opens & curly) << 1) | (context & 1)) + rest) ^ rest;
        const first = both & (0 - both);
        const closesFirst = (closes & first) !== 0 ? 1 : 0;
        const below = level - closesFirst;
        if (((opens & behindOpen & ~first) | (closes & (~behindOpen | (behindCurly ^ curly)))) === 0 && below >= 1) {
          // They alternate, so that nothing here is deeper than one level above `below`, and each pair matches.
          if (below >= maxLevels && opens !== 0) return 0;
          const outer = <u64>load<u8>(levels + below);
          inObject = behindCurly | ((0 - outer) & ~behindOpen);
          const opensLast = opens > closes ? 1 : 0;
          level = below + opensLast;
          // Without a branch: which way it goes is a matter of chance.
          const type = ((((curly >> (63 - clz(opens))) & 1) ^ outer) & (0 - <u64>opensLast)) ^ outer;
          store<u8>(levels + level, <u8>type);
          context = 0 - type;
        } else {
          let left = both;
          let unlike: u64 = 0;
          do {
            const i = ctz(left);
            const isOpen = (opens >> i) & 1;
            const type = (curly >> i) & 1;
            const slot = level + <i32>isOpen;
            unlike |= (<u64>load<u8>(levels + slot) ^ type) & (isOpen ^ 1);
            store<u8>(levels + slot, <u8>type);
            level = slot - 1 + <i32>isOpen;
            const next = 0 - <u64>load<u8>(levels + level);
            inObject ^= ((next ^ context) << i) << 1;
            context = next;
            if (level === 0) {
              end = lane + <i32>i;
              break;
            }
            if (level > maxLevels) return 0;
            left &= left - 1;
          } while (left !== 0);
          if (unlike !== 0) return 0;
        }
      }
      if (lane === 64) break;
      inObjectLow = inObject;
      if (end >= 0) break;
      opens = i64x2.extract_lane(open, 1) as u64;
      closes = i64x2.extract_lane(close, 1) as u64;
      curly = i64x2.extract_lane(b5, 1) as u64;
    }
    const inObjects = i64x2.replace_lane(i64x2.splat(inObjectLow), 1, inObject);

    // What may follow what.
    let behindComma = behind(comma, v128.load(lastComma));
    let behindColon = behind(colon, v128.load(lastColon));
    let behindOpen = behind(open, v128.load(lastOpen));
    v128.store(lastComma, comma);
    v128.store(lastColon, colon);
    v128.store(lastOpen, open);
    if (any(space)) {
      const a = sum(behindComma, space);
      v128.store(lastComma, or(comma, but(space, a)));
      behindComma = but(a, space);
      const b = sum(behindColon, space);
      v128.store(lastColon, or(colon, but(space, b)));
      behindColon = but(b, space);
      const c = sum(behindOpen, space);
      v128.store(lastOpen, or(open, but(space, c)));
      behindOpen = but(c, space);
    }
    const atItem = or(behindComma, behindOpen);
    const atValue = or(atItem, behindColon);
    const atKey = and(atItem, inObjects);
    wrong = or(wrong, but(atKey, or(opening, close)));
    wrong = or(wrong, but(or(or(opening, wordStart), open), atValue));
    wrong = or(wrong, and(or(comma, colon), atValue));
    wrong = or(wrong, and(close, or(behindComma, behindColon)));
    const inKey = i64x2.shr_u(before(none(), v128.load(lastKey)), 63);
    const keyRun = sum(or(and(atKey, opening), inKey), s);
    v128.store(lastKey, but(s, keyRun));
    const keyEnd = but(keyRun, s);
    let behindKey = behind(keyEnd, v128.load(lastKeyEnd));
    v128.store(lastKeyEnd, keyEnd);
    if (any(space)) {
      const a = sum(behindKey, space);
      v128.store(lastKeyEnd, or(keyEnd, but(space, a)));
      behindKey = but(a, space);
    }
    wrong = or(wrong, xor(behindKey, colon));

    // Literals: a word that starts with neither a digit nor a minus is one of three, letter by letter.
    const digit = but(outside3, and(b3, or(b2, b1)));
    let number = word;
    const starts = but(wordStart, or(digit, and(outside2, and(q11, r01))));
    if (any(or(starts, v128.load(lastLiteral)))) {
      const isTrue = but(and(and(starts, h7), q01), b10);
      const isNull = and(and(starts, h6), and(q11, r10));
      const isFalse = and(and(starts, h6), and(q01, r10));
      const t = before(isTrue, v128.load(lastTrue));
      const n = before(isNull, v128.load(lastNull));
      const f = before(isFalse, v128.load(lastFalse));
      v128.store(lastTrue, isTrue);
      v128.store(lastNull, isNull);
      v128.store(lastFalse, isFalse);
      const r = moved(isTrue, t, 1);
      const u = or(moved(isTrue, t, 2), moved(isNull, n, 1));
      const e = or(moved(isTrue, t, 3), moved(isFalse, f, 4));
      const l = or(or(moved(isNull, n, 2), moved(isNull, n, 3)), moved(isFalse, f, 2));
      const a = moved(isFalse, f, 1);
      const s = moved(isFalse, f, 3);
      const rs = or(r, s);
      const ue = or(u, e);
      const letters = or(or(rs, ue), or(l, a));
      wrong = or(wrong, but(starts, or(or(isTrue, isNull), isFalse)));
      // Letter by letter, but in slices: r 72, u 75, e 65, l 6c, a 61, s 73. So they are outside strings, too.
      let unlike = or(xor(b4, or(rs, u)), xor(b3, l));
      unlike = or(unlike, xor(b2, or(ue, l)));
      unlike = or(unlike, xor(b1, rs));
      unlike = or(unlike, xor(b0, or(or(ue, a), s)));
      wrong = or(wrong, or(and(letters, unlike), but(letters, b65)));
      const literal = or(starts, letters);
      // Whatever else goes on behind a literal is no number either.
      wrong = or(wrong, and(digit, behind(literal, v128.load(lastLiteral))));
      v128.store(lastLiteral, literal);
      number = but(word, literal);
    }

    // Numbers: mostly integers without a sign.
    const zero = but(digit, or(b32, b10));
    let leading = and(zero, wordStart);
    if (any(or(but(number, digit), v128.load(lastNumber)))) {
      const minus = and(and(outside2, number), and(q11, r01));
      const dot = and(and(outside2, number), and(q11, r10));
      const exponent = and(but(b6, b4), and(n0101, number));
      const sign = or(minus, and(and(outside2, number), and(q10, r11)));
      const behindExponent = behind(exponent, v128.load(lastExponent));
      const leadingMinus = and(minus, wordStart);
      const powerSign = and(sign, behindExponent);
      const behindDigit = behind(digit, v128.load(lastDigit));
      const behindMinus = behind(leadingMinus, v128.load(lastMinus));
      const behindSign = behind(powerSign, v128.load(lastSign));
      const behindDot = behind(dot, v128.load(lastDot));
      leading = or(leading, and(zero, behindMinus));
      wrong = or(wrong, but(number, or(or(digit, sign), or(dot, exponent))));
      wrong = or(wrong, but(sign, or(leadingMinus, powerSign)));
      wrong = or(wrong, but(or(dot, exponent), behindDigit));
      wrong = or(wrong, but(or(or(behindMinus, behindSign), behindDot), digit));
      wrong = or(wrong, but(behindExponent, or(digit, powerSign)));
      const inFraction = i64x2.shr_u(before(none(), v128.load(lastFraction)), 63);
      const fraction = sum(or(and(behindDot, digit), inFraction), digit);
      v128.store(lastFraction, but(digit, fraction));
      wrong = or(wrong, and(but(fraction, digit), dot));
      const inPower = i64x2.shr_u(before(none(), v128.load(lastPower)), 63);
      const power = sum(or(and(or(behindExponent, behindSign), digit), inPower), digit);
      v128.store(lastPower, but(digit, power));
      wrong = or(wrong, and(but(power, digit), or(dot, exponent)));
      v128.store(lastExponent, exponent);
      v128.store(lastMinus, leadingMinus);
      v128.store(lastSign, powerSign);
      v128.store(lastDot, dot);
      const last = or(or(or(exponent, leadingMinus), or(powerSign, dot)), or(v128.load(lastFraction), v128.load(lastPower)));
      v128.store(lastNumber, and(last, lastBit()));
    }
    wrong = or(wrong, and(behind(leading, v128.load(lastLeading)), digit));
    v128.store(lastLeading, leading);
    v128.store(lastDigit, digit);

    if (end >= 0) {
      const within = <u64>-1 >> (63 - (end & 63));
      const mask = end < 64 ? i64x2.replace_lane(none(), 0, within) : i64x2.replace_lane(i64x2.splat(-1), 1, within);
      const stop = p + end + 1;
      hadControl = any(or(v128.load(controls), and(control, mask)));
      return !any(or(v128.load(errors), and(wrong, mask))) && stop <= limit ? stop : 0;
    }
    v128.store(errors, or(v128.load(errors), wrong));
    v128.store(controls, or(v128.load(controls), control));
  }
  return 0;
}
