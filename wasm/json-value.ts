// Where a JSON object or array ends, and whether it is JSON at all, 64 bytes at a time: AssemblyScript, compiled to WebAssembly with
// 128-bit vectors. What it says, and why it is built so: docs/decisions/0006-wasm-scan.md. It decides exactly as
// src/wire/values.ts does; test/fuzz/json-value.test.ts compares the two.
//
// A block of 64 bytes becomes seven words, one for each bit of an ASCII character ("slices"). From them boolean operations make words for
// what the bytes are: bit i of `comma` says that byte i is a comma outside strings. The grammar is then a handful of rules on such
// words, the same work whatever the bytes are. Adding is the trick that carries a bit over a run of ones: `(starts + run) & ~run`
// is where each run ends that has a start at its beginning. What crosses into the next block is kept in a bit, `…Carry`.

/** For each open level whether it is an object. The caller's limit of levels is at most 128. */
const levels = memory.data(136);

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

function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32>i8x16.bitmask(a) | ((<u32>i8x16.bitmask(b)) << 16);
  const high = <u32>i8x16.bitmask(c) | ((<u32>i8x16.bitmask(d)) << 16);
  return <u64>low | ((<u64>high) << 32);
}

function twice(v: v128): v128 {
  return i8x16.add(v, v);
}

/**
 * The offset behind the object or array at `at`, or 0 when it is not JSON, not closed before `limit`, or nested deeper than `maxLevels`.
 * 64 bytes before and 128 behind the text must be readable; what they hold does not matter.
 */
export function valueEnd(at: usize, limit: usize, maxLevels: i32): usize {
  let level: i32 = 0;
  let context: u64 = 0; // all ones in an object
  let errors: u64 = 0;
  let controls: u64 = 0;

  let inString: u64 = 0; // all ones when the last block ended in a string
  let isLong = false;
  let escapeCarry: u64 = 0;
  let hexCarry: u64 = 0;

  // The value itself may come first, as behind a colon.
  let colonCarry: u64 = 1;
  let commaCarry: u64 = 0;
  let openCarry: u64 = 0;
  let keyCarry: u64 = 0; // in a key
  let keyEndCarry: u64 = 0; // behind a key, the colon is due

  let wordCarry: u64 = 0; // the last byte was part of a number or a literal
  let digitCarry: u64 = 0;
  let zeroCarry: u64 = 0;
  let minusCarry: u64 = 0;
  let signCarry: u64 = 0;
  let dotCarry: u64 = 0;
  let exponentCarry: u64 = 0;
  let fractionCarry: u64 = 0;
  let powerCarry: u64 = 0;
  let numberCarry: u64 = 0; // any of the six above
  let literalCarry: u64 = 0;
  let lastTrue: u64 = 0;
  let lastNull: u64 = 0;
  let lastFalse: u64 = 0;

  store<u8>(levels, 0);

  for (let p = at; p < limit; p += 64) {
    if (isLong && hexCarry === 0 && (escapeCarry !== 0 || load<u8>(p - 1) !== 0x5c)) {
      const end = plainEnd(p, limit);
      if (end !== p) {
        p = end;
        escapeCarry = load<u8>(p - 1) === 0x5c ? 1 : 0;
        if (p >= limit) return 0;
      }
    }

    // The slices. Bytes of longer characters count as DEL: legal in strings, and nowhere else.
    let v0 = v128.load(p);
    let v1 = v128.load(p, 16);
    let v2 = v128.load(p, 32);
    let v3 = v128.load(p, 48);
    const del = i8x16.splat(0x7f);
    v0 = twice(i8x16.min_u(v0, del));
    v1 = twice(i8x16.min_u(v1, del));
    v2 = twice(i8x16.min_u(v2, del));
    v3 = twice(i8x16.min_u(v3, del));
    const b6 = bits(v0, v1, v2, v3);
    v0 = twice(v0);
    v1 = twice(v1);
    v2 = twice(v2);
    v3 = twice(v3);
    const b5 = bits(v0, v1, v2, v3);
    v0 = twice(v0);
    v1 = twice(v1);
    v2 = twice(v2);
    v3 = twice(v3);
    const b4 = bits(v0, v1, v2, v3);
    v0 = twice(v0);
    v1 = twice(v1);
    v2 = twice(v2);
    v3 = twice(v3);
    const b3 = bits(v0, v1, v2, v3);
    v0 = twice(v0);
    v1 = twice(v1);
    v2 = twice(v2);
    v3 = twice(v3);
    const b2 = bits(v0, v1, v2, v3);
    v0 = twice(v0);
    v1 = twice(v1);
    v2 = twice(v2);
    v3 = twice(v3);
    const b1 = bits(v0, v1, v2, v3);
    v0 = twice(v0);
    v1 = twice(v1);
    v2 = twice(v2);
    v3 = twice(v3);
    const b0 = bits(v0, v1, v2, v3);

    // Halves of a byte by their two bits: `q` the upper two of the lower four, `r` the lower two.
    const q00 = ~(b3 | b2);
    const q01 = b2 & ~b3;
    const q10 = b3 & ~b2;
    const q11 = b3 & b2;
    const r00 = ~(b1 | b0);
    const r01 = b0 & ~b1;
    const r10 = b1 & ~b0;
    const r11 = b1 & b0;
    const below40 = ~b6;
    const from40 = b6;
    const h0 = below40 & ~b5; // 0x00 to 0x1f: control characters
    const h23 = below40 & b5;
    const h2 = h23 & ~b4;
    const h3 = h23 & b4;
    const h57 = from40 & b4;
    const h6 = from40 & b5 & ~b4;
    const h7 = h57 & b5;
    const n1100 = q11 & r00;
    const n0010 = q00 & r10;
    const n0101 = q01 & r01;

    let wrong: u64 = 0;

    // Strings.
    let quote = h2 & n0010;
    const backslash = h57 & ~b5 & n1100;
    let escaped: u64 = 0;
    if ((backslash | escapeCarry | hexCarry) !== 0) {
      const anyQuote = quote;
      const odd = ~(<u64>-1 / 3); // every other bit
      const potential = backslash & ~escapeCarry;
      const codes = (((potential << 1) | odd) - potential) ^ odd;
      escaped = codes ^ (backslash | escapeCarry);
      escapeCarry = (codes & backslash) >> 63;
      quote &= ~escaped;
      const u = h7 & n0101;
      // " \ / b f n r t u
      const legal =
        anyQuote |
        backslash |
        (h2 & q11 & r11) |
        (h6 & (n0010 | (q01 & r10) | (q11 & r10))) |
        (h7 & (n0010 | (q01 & r00))) |
        u;
      wrong |= escaped & ~legal;
      const digit = h3 & ~(b3 & (b2 | b1));
      const hex = digit | (from40 & ~b4 & ~b3 & (b2 | b1 | b0) & ~(b2 & r11));
      const starts = escaped & u;
      wrong |= ((starts << 1) | (starts << 2) | (starts << 3) | (starts << 4) | hexCarry) & ~hex;
      hexCarry = (starts >> 63) | (starts >> 62) | (starts >> 61) | (starts >> 60);
    }
    let s = quote ^ (quote << 1);
    s ^= s << 2;
    s ^= s << 4;
    s ^= s << 8;
    s ^= s << 16;
    s ^= s << 32;
    s ^= inString; // from each opening quote to the byte before the closing one
    inString = <u64>(<i64>s >> 63);
    isLong = s === <u64>-1;
    const outside = ~s;
    wrong |= h0 & s;

    // What is outside strings.
    const comma = h2 & n1100 & outside;
    const colon = h3 & q10 & r10 & outside;
    const bracket = h57 & outside & b0;
    const open = bracket & q10 & b1;
    const close = bracket & q11 & ~b1;
    let space = h2 & q00 & r00;
    if (h0 !== 0) space |= h0 & ~b4 & ((q10 & (r01 | r10)) | (q11 & r01));
    space &= outside;
    const opening = quote & s;
    const brackets = open | close;
    const word = outside & ~(quote | space | comma | colon | brackets);
    const wordStart = word & ~((word << 1) | wordCarry);
    wordCarry = word >> 63;

    // Brackets: the context of every byte, all ones in objects.
    let inObject = context;
    let end = -1;
    if (brackets !== 0) {
      const curly = b5;
      const rest = ~brackets;
      // Up to and with the first bracket, and behind every opening one up to and with the next.
      const behindOpen = (((open << 1) | 1) + rest) ^ rest;
      const behindCurly = ((((open & curly) << 1) | (context & 1)) + rest) ^ rest;
      const first = brackets & (0 - brackets);
      const closesFirst = (close & first) !== 0 ? 1 : 0;
      const below = level - closesFirst;
      if (((open & behindOpen & ~first) | (close & (~behindOpen | (behindCurly ^ curly)))) === 0 && below >= 1) {
        // They alternate, so that nothing here is deeper than one level above `below`, and each pair matches.
        const outer = <u64>load<u8>(levels + below);
        inObject = behindCurly | ((0 - outer) & ~behindOpen);
        const opensLast = open > close ? 1 : 0;
        level = below + opensLast;
        // Without a branch: which way it goes is a matter of chance.
        const type = ((((curly >> (63 - clz(open))) & 1) ^ outer) & (0 - <u64>opensLast)) ^ outer;
        store<u8>(levels + level, <u8>type);
        context = 0 - type;
      } else {
        let left = brackets;
        let unlike: u64 = 0;
        do {
          const i = ctz(left);
          const isOpen = (open >> i) & 1;
          const type = (curly >> i) & 1;
          const slot = level + <i32>isOpen;
          unlike |= (<u64>load<u8>(levels + slot) ^ type) & (isOpen ^ 1);
          store<u8>(levels + slot, <u8>type);
          level = slot - 1 + <i32>isOpen;
          const next = 0 - <u64>load<u8>(levels + level);
          inObject ^= ((next ^ context) << i) << 1;
          context = next;
          if (level === 0) {
            end = <i32>i;
            break;
          }
          if (level > maxLevels) return 0;
          left &= left - 1;
        } while (left !== 0);
        if (unlike !== 0) return 0;
      }
      if (level > maxLevels) return 0;
    }

    // What may follow what.
    let behindComma = (comma << 1) | commaCarry;
    let behindColon = (colon << 1) | colonCarry;
    let behindOpen = (open << 1) | openCarry;
    commaCarry = comma >> 63;
    colonCarry = colon >> 63;
    openCarry = open >> 63;
    if (space !== 0) {
      const a = behindComma + space;
      commaCarry |= a < space ? 1 : 0;
      behindComma = a & ~space;
      const b = behindColon + space;
      colonCarry |= b < space ? 1 : 0;
      behindColon = b & ~space;
      const c = behindOpen + space;
      openCarry |= c < space ? 1 : 0;
      behindOpen = c & ~space;
    }
    const atItem = behindComma | behindOpen;
    const atValue = atItem | behindColon;
    const atKey = atItem & inObject;
    wrong |= atKey & ~(opening | close);
    wrong |= (opening | wordStart | open) & ~atValue;
    wrong |= (comma | colon) & atValue;
    wrong |= close & (behindComma | behindColon);
    const keyStart = (atKey & opening) | keyCarry;
    const keyRun = keyStart + s;
    keyCarry = keyRun < s ? 1 : 0;
    const keyEnd = keyRun & outside;
    let behindKey = (keyEnd << 1) | keyEndCarry;
    keyEndCarry = keyEnd >> 63;
    if (space !== 0) {
      const a = behindKey + space;
      keyEndCarry |= a < space ? 1 : 0;
      behindKey = a & ~space;
    }
    wrong |= behindKey ^ colon;

    // Literals: a run of word bytes that starts with neither a digit nor a minus is one of three, letter by letter.
    const digit = h3 & ~(b3 & (b2 | b1)) & word;
    let number = word;
    const literalStart = wordStart & ~(digit | (h2 & q11 & r01));
    if ((literalStart | literalCarry) !== 0) {
      const starts = literalStart | literalCarry;
      const run = starts + word;
      const literal = (run ^ word) & word;
      literalCarry = run < word ? 1 : 0;
      const isTrue = literalStart & h7 & q01 & r00;
      const isNull = literalStart & h6 & q11 & r10;
      const isFalse = literalStart & h6 & q01 & r10;
      const r = (isTrue << 1) | (lastTrue >> 63);
      const u = (isTrue << 2) | (lastTrue >> 62) | (isNull << 1) | (lastNull >> 63);
      const e = (isTrue << 3) | (lastTrue >> 61) | (isFalse << 4) | (lastFalse >> 60);
      const l =
        (isNull << 2) | (lastNull >> 62) | (isNull << 3) | (lastNull >> 61) | (isFalse << 2) | (lastFalse >> 62);
      const a = (isFalse << 1) | (lastFalse >> 63);
      const s = (isFalse << 3) | (lastFalse >> 61);
      lastTrue = isTrue;
      lastNull = isNull;
      lastFalse = isFalse;
      const letters = r | u | e | l | a | s;
      wrong |= (isTrue | isNull | isFalse | letters) ^ literal;
      // Letter by letter, but in slices: r 72, u 75, e 65, l 6c, a 61, s 73.
      const rs = r | s;
      const ue = u | e;
      wrong |= letters & (~(b6 & b5) | (b4 ^ (rs | u)) | (b3 ^ l) | (b2 ^ (ue | l)) | (b1 ^ rs) | (b0 ^ (ue | a | s)));
      number = word & ~literal;
    } else {
      lastTrue = 0;
      lastNull = 0;
      lastFalse = 0;
    }

    // Numbers: mostly integers without a sign.
    let leading = digit & q00 & r00 & wordStart;
    if (((number & ~digit) | numberCarry) !== 0) {
      const minus = h2 & q11 & r01 & number;
      const dot = h2 & q11 & r10 & number;
      const exponent = from40 & ~b4 & n0101 & number;
      const sign = minus | (h2 & q10 & r11 & number);
      const behindExponent = (exponent << 1) | exponentCarry;
      const leadingMinus = minus & wordStart;
      const powerSign = sign & behindExponent;
      const behindDigit = (digit << 1) | digitCarry;
      const behindMinus = (leadingMinus << 1) | minusCarry;
      const behindSign = (powerSign << 1) | signCarry;
      const behindDot = (dot << 1) | dotCarry;
      leading |= digit & q00 & r00 & behindMinus;
      wrong |= number & ~(digit | sign | dot | exponent);
      wrong |= sign & ~(leadingMinus | powerSign);
      wrong |= (dot | exponent) & ~behindDigit;
      wrong |= (behindMinus | behindSign | behindDot) & ~digit;
      wrong |= behindExponent & ~(digit | powerSign);
      const fraction = ((behindDot & digit) | fractionCarry) + digit;
      fractionCarry = fraction < digit ? 1 : 0;
      wrong |= fraction & ~digit & dot;
      const power = (((behindExponent | behindSign) & digit) | powerCarry) + digit;
      powerCarry = power < digit ? 1 : 0;
      wrong |= power & ~digit & (dot | exponent);
      exponentCarry = exponent >> 63;
      minusCarry = leadingMinus >> 63;
      signCarry = powerSign >> 63;
      dotCarry = dot >> 63;
      numberCarry = exponentCarry | minusCarry | signCarry | dotCarry | fractionCarry | powerCarry;
    }
    wrong |= ((leading << 1) | zeroCarry) & digit;
    zeroCarry = leading >> 63;
    digitCarry = digit >> 63;

    if (end >= 0) {
      const within = <u64>-1 >> (63 - end);
      const stop = p + end + 1;
      hadControl = (controls | (h0 & within)) !== 0;
      return (errors | (wrong & within)) === 0 && stop <= limit ? stop : 0;
    }
    errors |= wrong;
    controls |= h0;
  }
  return 0;
}
