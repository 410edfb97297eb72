// Where a JSON object or array ends, and whether it is JSON at all, 128 bytes at a time: AssemblyScript, compiled to WebAssembly with
// 128-bit vectors. What it says, and why it is built so: docs/decisions/0006-wasm-scan.md. It decides exactly as
// src/wire/values.ts does; test/long/json-value.test.ts compares the two.
//
// A block of 128 bytes becomes words of 128 bits (block.ts): bit i of `comma` says that byte i is a comma outside strings. The grammar is
// then a handful of rules on such words (words.ts), the same work whatever the bytes are. What crosses into the next block is the top
// bit of a word that is kept, `last…`.
import * as part from "./block";
import { hasBackslash, passedHigh, plainEnd, startPlain } from "./plain-text";
import { and, any, before, behind, but, lastBit, moved, none, or, sum, xor } from "./words";
import { unmask } from "./ws-unmask";

export { unmask };

/** For each open level whether it is an object. The caller's limit of levels is at most 128. */
const levels = memory.data(136);
/** The block being looked at and the next one. */
const blocks = memory.data(640, 16);

// Words of the block before, of which the top bits count. In memory: as variables they would be moved about in every block.
const keptBytes: usize = 352;
const kept = memory.data(352, 16);
const lastComma = kept;
const lastColon = kept + 16;
const lastOpen = kept + 32;
const lastKey = kept + 48; // in a key
const lastKeyEnd = kept + 64; // behind a key, the colon is due
const lastWord = kept + 80; // part of a number or a literal
const lastTrue = kept + 96;
const lastNull = kept + 112;
const lastFalse = kept + 128;
const lastLiteral = kept + 144; // any letter of the three above
const lastDigit = kept + 160;
const lastLeading = kept + 176; // a zero that begins a number
const lastMinus = kept + 192;
const lastSign = kept + 208;
const lastDot = kept + 224;
const lastExponent = kept + 240;
const lastFraction = kept + 256;
const lastPower = kept + 272;
const lastNumber = kept + 288; // any of the six above
const errors = kept + 304; // in any block before
const controls = kept + 320; // in any block before
const highs = kept + 336; // bytes that are not ASCII, in any block before

/** Whether a control character (a line end or a tab) stood between the tokens of the last value. */
let hadControl = false;

export function sawControl(): bool {
  return hadControl;
}

/** Whether it has a byte that is not ASCII. */
let hadHigh = false;

export function sawHigh(): bool {
  return hadHigh;
}

/**
 * The offset behind the object or array at `at`, or 0 when it is not JSON, not closed before `limit`, or nested deeper than `maxLevels`.
 * 64 bytes before and 256 behind the text must be readable; what they hold does not matter.
 */
export function valueEnd(at: usize, limit: usize, maxLevels: i32): usize {
  let level: i32 = 0;
  let context: u64 = 0; // all ones in an object
  let isLong = false; // the last 64 bytes are all in a string

  for (let offset: usize = 0; offset < keptBytes; offset += 16) v128.store(kept + offset, none());
  // The value itself may come first, as behind a colon.
  v128.store(lastColon, lastBit());
  store<u8>(levels, 0);
  let now: usize = blocks;
  part.startOutside();
  startPlain();
  part.readBlock(at, now);

  for (let p = at; p < limit; p += 128) {
    if (isLong && !hasBackslash(load<u64>(p - 8))) {
      const end = plainEnd(p, limit);
      if (end !== p) {
        p = end;
        if (p >= limit) return 0;
        part.startInside(load<u8>(p - 1) === 0x5c ? 1 : 0);
        part.readBlock(p, now);
      }
    }
    // The next one already: the processor does both at once.
    const next = now === blocks ? blocks + part.blockBytes : blocks;
    part.readBlock(p + 128, next);

    const block = now;
    now = next;
    const s = v128.load(block, part.stringBytes);
    const opening = v128.load(block, part.openingQuotes);
    const comma = v128.load(block, part.commas);
    const colon = v128.load(block, part.colons);
    const open = v128.load(block, part.opens);
    const close = v128.load(block, part.closes);
    const space = v128.load(block, part.spaces);
    const word = v128.load(block, part.words);
    let wrong = v128.load(block, part.wrongBytes);
    isLong = load<i64>(block, part.stringBytes + 8) === -1;

    const wordStart = but(word, behind(word, v128.load(lastWord)));
    v128.store(lastWord, word);

    // Brackets, 64 bytes at a time: the context of every byte, all ones in objects.
    let inObjectLow = context;
    let inObject = context;
    let end = -1;
    for (let lane: usize = 0; ; lane = 8) {
      const up = load<u64>(block + lane, part.opens);
      const down = load<u64>(block + lane, part.closes);
      const curly = load<u64>(block + lane, part.slice5);
      const both = up | down;
      inObject = context;
      if (both !== 0) {
        const rest = ~both;
        // Up to and with the first bracket, and behind every opening one up to and with the next.
        const behindOpen = (((up << 1) | 1) + rest) ^ rest;
        const behindCurly = ((((up & curly) << 1) | (context & 1)) + rest) ^ rest;
        const first = both & (0 - both);
        const closesFirst = (down & first) !== 0 ? 1 : 0;
        const below = level - closesFirst;
        if (((up & behindOpen & ~first) | (down & (~behindOpen | (behindCurly ^ curly)))) === 0 && below >= 1) {
          // They alternate, so that nothing here is deeper than one level above `below`, and each pair matches.
          if (below >= maxLevels && up !== 0) return 0;
          const outer = <u64>load<u8>(levels + below);
          inObject = behindCurly | ((0 - outer) & ~behindOpen);
          const opensLast = up > down ? 1 : 0;
          level = below + opensLast;
          // Without a branch: which way it goes is a matter of chance.
          const type = ((((curly >> (63 - clz(up))) & 1) ^ outer) & (0 - <u64>opensLast)) ^ outer;
          store<u8>(levels + level, <u8>type);
          context = 0 - type;
        } else {
          let left = both;
          let unlike: u64 = 0;
          do {
            const i = ctz(left);
            const isOpen = (up >> i) & 1;
            const type = (curly >> i) & 1;
            const slot = level + <i32>isOpen;
            unlike |= (<u64>load<u8>(levels + slot) ^ type) & (isOpen ^ 1);
            store<u8>(levels + slot, <u8>type);
            level = slot - 1 + <i32>isOpen;
            const next = 0 - <u64>load<u8>(levels + level);
            inObject ^= ((next ^ context) << i) << 1;
            context = next;
            if (level === 0) {
              end = <i32>(lane * 8) + <i32>i;
              break;
            }
            if (level > maxLevels) return 0;
            left &= left - 1;
          } while (left !== 0);
          if (unlike !== 0) return 0;
        }
      }
      if (lane === 8) break;
      inObjectLow = inObject;
      if (end >= 0) break;
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

    const b0 = v128.load(block);
    const b1 = v128.load(block, part.slice1);
    const b2 = v128.load(block, part.slice2);
    const b3 = v128.load(block, part.slice3);
    const b4 = v128.load(block, part.slice4);
    const b10 = or(b1, b0);
    const b32 = or(b3, b2);

    // Literals: a word that starts with neither a digit nor a minus is one of three, letter by letter.
    const digit = v128.load(block, part.digits);
    let number = word;
    const starts = but(wordStart, or(digit, v128.load(block, part.minuses)));
    if (any(or(starts, v128.load(lastLiteral)))) {
      const b65 = and(v128.load(block, part.slice6), v128.load(block, part.slice5));
      const h6 = but(b65, b4);
      const q01 = but(b2, b3);
      const r10 = but(b1, b0);
      const isTrue = but(and(and(starts, and(b65, b4)), q01), b10);
      const isNull = and(and(starts, h6), and(and(b3, b2), r10));
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
      const b6 = v128.load(block, part.slice6);
      const punctuation = but(and(number, v128.load(block, part.slice5)), or(b6, b4));
      const minus = v128.load(block, part.minuses);
      const dot = and(punctuation, and(and(b3, b2), but(b1, b0)));
      const plus = and(punctuation, and(but(b3, b2), and(b1, b0)));
      const exponent = and(and(number, but(b6, b4)), and(but(b2, b3), but(b0, b1)));
      const sign = or(minus, plus);
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
      const last = or(
        or(or(exponent, leadingMinus), or(powerSign, dot)),
        or(v128.load(lastFraction), v128.load(lastPower)),
      );
      v128.store(lastNumber, and(last, lastBit()));
    }
    wrong = or(wrong, and(behind(leading, v128.load(lastLeading)), digit));
    v128.store(lastLeading, leading);
    v128.store(lastDigit, digit);

    if (end >= 0) {
      const within = <u64>-1 >> (63 - (end & 63));
      const mask = end < 64 ? i64x2.replace_lane(none(), 0, within) : i64x2.replace_lane(i64x2.splat(-1), 1, within);
      const stop = p + end + 1;
      hadControl = any(or(v128.load(controls), and(v128.load(block, part.controlBytes), mask)));
      const high = or(v128.load(highs), and(v128.load(block, part.slice7), mask));
      hadHigh = any(high) || i8x16.bitmask(passedHigh()) !== 0;
      return !any(or(v128.load(errors), and(wrong, mask))) && stop <= limit ? stop : 0;
    }
    v128.store(errors, or(v128.load(errors), wrong));
    v128.store(highs, or(v128.load(highs), v128.load(block, part.slice7)));
    v128.store(controls, or(v128.load(controls), v128.load(block, part.controlBytes)));
  }
  return 0;
}
