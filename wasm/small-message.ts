// Scans one small JSON-RPC message as src/wire/scan.ts does, where it is a usual one; says 0 to all else. AssemblyScript, compiled to
// WebAssembly with 128-bit vectors. Why, and what it leaves to JavaScript: docs/decisions/0012-wasm-small-scan.md.
//
// Few bytes are looked at one by one, as each of them is a guess for the processor: known keys are compared as words, and strings and
// digits end where a mask of sixteen bytes has its first bit. Behind the message stands a NUL, which no token may hold, so that nothing
// runs over its end, and the only check of the end is the last one. Address 0 holds a NUL too: 0, which all functions here return
// for "no", is no place where a value could be.

import { isMetaInOtherLetters, isParamInOtherLetters, metaKeysAt, paramKeysAt, prefixAt } from "./protocol-keys";

export { metaKeysAt, paramKeysAt, prefixAt };

/** The ranges of the message, start and end, as copyRanges in src/wire/small-scan.ts reads them. -1: absent. */
const ownRecord = memory.data(128, 16);
let record: usize = ownRecord;

const ID: usize = 0;
const METHOD: usize = 8;
const PARAMS: usize = 16;
const RESULT: usize = 24;
const ERROR: usize = 32;
const NAME: usize = 40;
const URI: usize = 48;
const META: usize = 56;
const TOKEN: usize = 64;
const PARAM_TOKEN: usize = 72;
const REQUEST_ID: usize = 80;
/** Of params: how many keys it has that are none of those known here. */
const OTHERS: usize = 88;
/** Whether `_meta` is the one that is known. */
const IS_KNOWN: usize = 92;
/** Of the message: a bit for each of the above. */
const FLAGS: usize = 96;
/** For ranges that nobody asks for. */
const NOWHERE: usize = 100;

/** Unknown keys that are remembered, to find one that comes twice. */
const maxOthers: i32 = 4;
const othersInParams = memory.data(32, 16);
const othersInMeta = memory.data(32, 16);

/** The `_meta` that is known: a whole object, in ASCII, without a token of progress. */
const knownMeta = memory.data(2048, 16);
/** 0: none is. At least 16 otherwise. */
let knownSize: usize = 0;

// Keys as they stand in memory, the first byte lowest. Those of more than eight bytes in two words.
const JSONRPC: u64 = (0x6370726e << 32) | 0x6f736a22;
const ID_KEY: u32 = 0x22646922;
const METHOD_KEY: u64 = (0x22646f68 << 32) | 0x74656d22;
const PARAMS_KEY: u64 = (0x22736d61 << 32) | 0x72617022;
const RESULT_KEY: u64 = (0x22746c75 << 32) | 0x73657222;
const ERROR_KEY: u64 = (0x22726f << 32) | 0x72726522;
const NAME_KEY: u64 = 0x22656d616e22;
const URI_KEY: u64 = 0x2269727522;
const META_KEY: u64 = (0x226174 << 32) | 0x656d5f22;
const ARGUMEN: u64 = (0x6e656d75 << 32) | 0x67726122;
const TS: u32 = 0x227374;
const REQUEST: u64 = (0x74736575 << 32) | 0x71657222;
const ID_QUOTE: u32 = 0x226449;
const PROGRES: u64 = (0x73657267 << 32) | 0x6f727022;
const SS_TOKEN: u64 = (0x226e656b << 32) | 0x6f547373;
const FIVE: u64 = 0xff_ffff_ffff;
const SIX: u64 = 0xffff_ffff_ffff;
const SEVEN: u64 = (0xff_ffff << 32) | 0xffff_ffff;
const VERSION: u32 = 0x302e3222;

/** Levels open in a value at most: a bit each. */
const maxLevels: i32 = 48;

const HAS_VERSION: u32 = 1;
const HAS_ID: u32 = 2;
const HAS_METHOD: u32 = 4;
const HAS_PARAMS: u32 = 8;
const HAS_RESULT: u32 = 16;
const HAS_ERROR: u32 = 32;

/** Where the message starts. */
let base: usize = 0;
/** 1 once a line end, or a tab, stood between the tokens (in strings none may be), and once there was an escape. */
let lineEnds: i32 = 0;
let escapes: i32 = 0;
/** The bytes of strings, over each other: a top bit when one is not ASCII. Bytes behind the message may count: that costs a check. */
let high: v128 = i64x2.splat(0);

export function recordAt(): usize {
  return ownRecord;
}

export function knownMetaAt(): usize {
  return knownMeta;
}

/** From now on the bytes at `knownMetaAt` are known; of at least 16 bytes, at most 2048. */
export function knowMeta(size: usize): void {
  knownSize = size;
}

function set(field: usize, start: usize, end: usize): void {
  store<u64>(record + field, <u64>(<u32>(start - base)) | ((<u64>(<u32>(end - base))) << 32));
}

function space(at: usize): usize {
  return load<u8>(at) > 0x20 ? at : spaceEnd(at);
}

function spaceEnd(at: usize): usize {
  let p = at;
  while (true) {
    const c = load<u8>(p);
    if (c !== 0x20) {
      if (c !== 0x0a && c !== 0x0d && c !== 0x09) return p;
      lineEnds = 1;
    }
    p++;
  }
}

/** Behind the string whose first quote is at `at`; 0 when it is none. */
function stringEnd(at: usize): usize {
  let p = at + 1;
  while (true) {
    const v = v128.load(p);
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))),
        i8x16.eq(i8x16.min_u(v, i8x16.splat(0x1f)), v),
      ),
    );
    high = v128.or(high, v);
    if (special === 0) {
      p += 16;
      continue;
    }
    p += ctz(special);
    const c = load<u8>(p);
    if (c === 0x22) return p + 1;
    if (c !== 0x5c) return 0;
    p = escapeEnd(p);
    if (p === 0) return 0;
  }
}

/** Behind the key whose first quote is at `at`; 0 when it is none, or has an escape or what is not ASCII in it. */
function plainKeyEnd(at: usize): usize {
  if (load<u8>(at) !== 0x22) return 0;
  let p = at + 1;
  while (true) {
    const v = v128.load(p);
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))),
        // Of what is not ASCII the top bit itself counts.
        v128.or(i8x16.eq(i8x16.min_u(v, i8x16.splat(0x1f)), v), v),
      ),
    );
    if (special === 0) {
      p += 16;
      continue;
    }
    p += ctz(special);
    return load<u8>(p) === 0x22 ? p + 1 : 0;
  }
}

/** Behind the escape that starts with the backslash at `at`; 0 when it is none. */
function escapeEnd(at: usize): usize {
  escapes = 1;
  const c = load<u8>(at + 1);
  if (c === 0x75) {
    for (let p = at + 2; p < at + 6; p++) if (!isHex(load<u8>(p))) return 0;
    return at + 6;
  }
  // n " \ t / r b f
  return c === 0x6e || c === 0x22 || c === 0x5c || c === 0x74 || c === 0x2f || c === 0x72 || c === 0x62 || c === 0x66
    ? at + 2
    : 0;
}

function isHex(c: u8): bool {
  return <u8>(c - 0x30) < 10 || <u8>((c | 0x20) - 0x61) < 6;
}

/** Behind the number at `at`, whose first byte is a digit or a minus; 0 when it is none. */
function numberEnd(at: usize): usize {
  const p = load<u8>(at) === 0x2d ? at + 1 : at;
  const end = digitsEnd(p);
  if (end === p || (load<u8>(p) === 0x30 && end !== p + 1)) return 0;
  const c = load<u8>(end);
  return c === 0x2e || (c | 0x20) === 0x65 ? fractionEnd(end) : end;
}

/** Behind the digits at `at`: there when there are none. */
function digitsEnd(at: usize): usize {
  let p = at;
  while (true) {
    const v = i8x16.sub(v128.load(p), i8x16.splat(0x30));
    const others = i8x16.bitmask(i8x16.gt_u(v, i8x16.splat(9)));
    if (others !== 0) return p + ctz(others);
    p += 16;
  }
}

/** Behind the rest of a number, from its dot or its e on. */
function fractionEnd(at: usize): usize {
  let p = at;
  if (load<u8>(p) === 0x2e) {
    const start = p + 1;
    p = digitsEnd(start);
    if (p === start) return 0;
  }
  if ((load<u8>(p) | 0x20) === 0x65) {
    const sign = load<u8>(p, 1);
    const start = sign === 0x2b || sign === 0x2d ? p + 2 : p + 1;
    p = digitsEnd(start);
    if (p === start) return 0;
  }
  return p;
}

function literalEnd(at: usize): usize {
  const word = load<u32>(at);
  if (word === 0x65757274 || word === 0x6c6c756e) return at + 4; // true, null
  return word === 0x736c6166 && load<u8>(at + 4) === 0x65 ? at + 5 : 0; // false
}

/** Behind the colon, and the space around it, of the key that ends at `at`; 0 when there is none, and there is no value. */
function colonEnd(at: usize): usize {
  const p = space(at);
  return load<u8>(p) === 0x3a ? space(p + 1) : 0;
}

/** Behind the value at `at`; 0 when it is none, or one that nests deeply. */
function valueEnd(at: usize): usize {
  let p = at;
  let level: i32 = 0;
  let objects: u64 = 0; // the lowest bit is the innermost level: whether it is an object
  while (true) {
    const c = load<u8>(p);
    if (c === 0x22) {
      p = stringEnd(p);
    } else if ((c | 0x20) === 0x7b) {
      // { or [
      level++;
      if (level > maxLevels) return 0;
      const isObject = <u64>(c >> 5) & 1;
      objects = (objects << 1) | isObject;
      p = space(p + 1);
      if (load<u8>(p) !== c + 2) {
        if (isObject === 0) continue;
        p = keyEnd(p);
        if (p === 0) return 0;
        continue;
      }
    } else if (c === 0x2d || <u8>(c - 0x30) < 10) {
      p = numberEnd(p);
    } else {
      p = literalEnd(p);
    }
    if (p === 0) return 0;
    while (true) {
      if (level === 0) return p;
      p = space(p);
      const d = load<u8>(p);
      const isObject = objects & 1;
      if (d === 0x2c) {
        p = space(p + 1);
        if (isObject === 0) break;
        p = keyEnd(p);
        if (p === 0) return 0;
        break;
      }
      if (d !== 0x5d + ((<u8>isObject) << 5)) return 0;
      p++;
      level--;
      objects >>= 1;
    }
  }
}

function keyEnd(at: usize): usize {
  if (load<u8>(at) !== 0x22) return 0;
  const end = stringEnd(at);
  return end === 0 ? 0 : colonEnd(end);
}

/** Whether the key from `start` to `end` is among the `count` in `others`, and if not, adds it. One too many counts as twice. */
function isRepeated(others: usize, start: usize, end: usize, count: i32): bool {
  if (count >= maxOthers) return true;
  const size = end - start;
  for (let i: i32 = 0; i < count; i++) {
    const other = load<usize>(others + i * 8);
    if (load<usize>(others + i * 8, 4) - other === size && memory.compare(start, other, size) === 0) return true;
  }
  store<usize>(others + count * 8, start);
  store<usize>(others + count * 8, end, 4);
  return false;
}

/** Behind the value of the member whose key ends at `keyStop`, which may be 0; 0 when it is none. Notes it as `field`. */
function memberEnd(keyStop: usize, field: usize): usize {
  const value = colonEnd(keyStop);
  const end = load<u8>(value) === 0x22 ? stringEnd(value) : valueEnd(value);
  set(field, value, end);
  return end;
}

/** As memberEnd, for what is taken note of only when it is a string or a number. */
function tokenMemberEnd(keyStop: usize, field: usize): usize {
  const value = colonEnd(keyStop);
  const c = load<u8>(value);
  const end = c === 0x22 ? stringEnd(value) : c === 0x2d || <u8>(c - 0x30) < 10 ? numberEnd(value) : 0;
  set(field, value, end);
  return end;
}

/** As memberEnd, for the key from `at` to `stop` that is none of the known ones, the `count`-th (from 0) of its object. */
function otherMemberEnd(at: usize, stop: usize, others: usize, count: i32): usize {
  return isRepeated(others, at, stop, count) ? 0 : memberEnd(stop, NOWHERE);
}

/** Whether the known `_meta` stands at `at`. It has no NUL in it, so that none is found over the end of the message. */
function isKnownAt(at: usize): bool {
  const size = knownSize;
  if (size === 0) return false;
  const last = size - 16;
  for (let o: usize = 0; o < last; o += 16) if (!areSame(at + o, knownMeta + o)) return false;
  return areSame(at + last, knownMeta + last);
}

function areSame(at: usize, other: usize): bool {
  return !v128.any_true(v128.xor(v128.load(at), v128.load(other)));
}

/** Behind params._meta, an object at `at`. */
function metaEnd(at: usize): usize {
  let p = space(at + 1);
  if (load<u8>(p) === 0x7d) return p + 1;
  let hasToken = false;
  let count: i32 = 0;
  while (true) {
    let end: usize;
    if (load<u64>(p) === PROGRES && load<u64>(p, 7) === SS_TOKEN) {
      if (hasToken) return 0;
      hasToken = true;
      end = tokenMemberEnd(p + 15, TOKEN);
    } else {
      const stop = plainKeyEnd(p);
      if (stop === 0 || isMetaInOtherLetters(p + 1, stop - p - 2)) return 0;
      end = otherMemberEnd(p, stop, othersInMeta, count++);
    }
    if (end === 0) return 0;
    p = space(end);
    const c = load<u8>(p);
    if (c === 0x7d) return p + 1;
    if (c !== 0x2c) return 0;
    p = space(p + 1);
  }
}

/** Behind params, an object at `at`. */
function paramsEnd(at: usize): usize {
  let p = space(at + 1);
  if (load<u8>(p) === 0x7d) return p + 1;
  let seen: u32 = 0;
  let count: i32 = 0;
  while (true) {
    const word = load<u64>(p);
    let bit: u32;
    let end: usize;
    if ((word & SIX) === NAME_KEY) {
      bit = 1;
      end = memberEnd(p + 6, NAME);
    } else if (word === ARGUMEN && (load<u32>(p, 8) & 0xffffff) === TS) {
      bit = 2;
      end = memberEnd(p + 11, NOWHERE);
    } else if ((word & SEVEN) === META_KEY) {
      bit = 4;
      const value = colonEnd(p + 7);
      if (isKnownAt(value)) {
        end = value + knownSize;
        store<i32>(record + IS_KNOWN, 1);
      } else {
        end = load<u8>(value) === 0x7b ? metaEnd(value) : valueEnd(value);
      }
      set(META, value, end);
    } else if ((word & FIVE) === URI_KEY) {
      bit = 8;
      end = memberEnd(p + 5, URI);
    } else if (word === PROGRES && load<u64>(p, 7) === SS_TOKEN) {
      bit = 16;
      end = tokenMemberEnd(p + 15, PARAM_TOKEN);
    } else if (word === REQUEST && (load<u32>(p, 8) & 0xffffff) === ID_QUOTE) {
      bit = 32;
      end = tokenMemberEnd(p + 11, REQUEST_ID);
    } else {
      bit = 0;
      const stop = plainKeyEnd(p);
      if (stop === 0 || isParamInOtherLetters(p + 1, stop - p - 2)) return 0;
      end = otherMemberEnd(p, stop, othersInParams, count++);
    }
    if (end === 0 || (seen & bit) !== 0) return 0;
    seen |= bit;
    p = space(end);
    const c = load<u8>(p);
    if (c === 0x7d) {
      store<i32>(record + OTHERS, count);
      return p + 1;
    }
    if (c !== 0x2c) return 0;
    p = space(p + 1);
  }
}

/**
 * Scans the message from `at` to `limit`. Returns 0 when JavaScript has to; else 1 for a request, 2 for a notification, 3 for a response,
 * and 4 more when it is not all ASCII, so that its UTF-8 is still to be checked. Overwrites the 16 bytes behind it.
 */
export function scanSmall(at: usize, limit: usize): i32 {
  base = at;
  high = i64x2.splat(0);
  v128.store(limit, i64x2.splat(0));
  const none = i64x2.splat(-1);
  for (let o: usize = 0; o < 96; o += 16) v128.store(record + o, none);
  store<u64>(record + OTHERS, 0); // and IS_KNOWN
  lineEnds = 0;
  escapes = 0;

  let p = space(at);
  if (load<u8>(p) !== 0x7b) return 0;
  p = space(p + 1);
  let seen: u32 = 0;
  while (true) {
    const word = load<u64>(p);
    let bit: u32;
    let end: usize;
    if (<u32>word === ID_KEY) {
      bit = HAS_ID;
      end = tokenMemberEnd(p + 4, ID);
    } else if (word === JSONRPC && load<u8>(p, 8) === 0x22) {
      bit = HAS_VERSION;
      const value = colonEnd(p + 9);
      end = load<u32>(value) === VERSION && load<u8>(value, 4) === 0x22 ? value + 5 : 0;
    } else if (word === METHOD_KEY) {
      bit = HAS_METHOD;
      const value = colonEnd(p + 8);
      end = load<u8>(value) === 0x22 ? stringEnd(value) : 0;
      set(METHOD, value, end);
    } else if (word === PARAMS_KEY) {
      bit = HAS_PARAMS;
      const value = colonEnd(p + 8);
      end = load<u8>(value) === 0x7b ? paramsEnd(value) : 0;
      set(PARAMS, value, end);
    } else if (word === RESULT_KEY) {
      bit = HAS_RESULT;
      end = memberEnd(p + 8, RESULT);
    } else if ((word & SEVEN) === ERROR_KEY) {
      bit = HAS_ERROR;
      const value = colonEnd(p + 7);
      end = load<u8>(value) === 0x7b ? valueEnd(value) : 0;
      set(ERROR, value, end);
    } else {
      return 0;
    }
    if (end === 0 || (seen & bit) !== 0) return 0;
    seen |= bit;
    p = space(end);
    const c = load<u8>(p);
    if (c === 0x7d) break;
    if (c !== 0x2c) return 0;
    p = space(p + 1);
  }
  if (space(p + 1) !== limit) return 0;
  const more = i8x16.bitmask(high) === 0 ? 0 : 4;
  store<i32>(record + FLAGS, lineEnds | (escapes << 1));
  switch (seen & ~HAS_PARAMS) {
    case HAS_VERSION | HAS_ID | HAS_METHOD:
      return 1 | more;
    case HAS_VERSION | HAS_METHOD:
      return 2 | more;
    case HAS_VERSION | HAS_ID | HAS_RESULT:
    case HAS_VERSION | HAS_ID | HAS_ERROR:
      return 3 | more;
    default:
      return 0;
  }
}

// What stands one behind the other in what was read: each as scanSmall would take it, up to the first that is not usual, or not whole.

/** Of one message: its record, then what it is, as scanSmall says, and where it starts and ends in what was read. */
const stride: usize = 128;
const KIND: usize = 100;
const START: usize = 104;
const END: usize = 108;

/** Scans the message from `start` to `end` into the record at `into`. False: it is not all ASCII, or none that scanSmall takes. */
function taken(start: usize, end: usize, into: usize, at: usize): bool {
  // scanSmall writes behind the message, where the next one stands.
  const behind = v128.load(end);
  record = into;
  const kind = scanSmall(start, end);
  record = ownRecord;
  v128.store(end, behind);
  if (kind === 0 || kind > 3) return false;
  store<i32>(into + KIND, kind);
  store<i32>(into + START, <i32>(start - at));
  store<i32>(into + END, <i32>(end - at));
  return true;
}

/** Lines, from `at` to `limit`; the records from `into` on, at most `most`. Returns how many were taken. An empty one is none. */
export function takeLines(at: usize, limit: usize, into: usize, most: i32): i32 {
  let start = at;
  let count: i32 = 0;
  while (count < most) {
    let p = start;
    while (true) {
      const ends = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x0a)));
      if (ends !== 0) {
        p += ctz(ends);
        break;
      }
      p += 16;
      if (p >= limit) return count;
    }
    if (p >= limit || load<u8>(p - 1) === 0x0d) return count;
    if (!taken(start, p, into + <usize>count * stride, at)) return count;
    count++;
    start = p + 1;
  }
  return count;
}

/** Masked text frames that are messages by themselves (RFC 6455, 5.2), in place of lines. Takes the masks off. */
export function takeFrames(at: usize, limit: usize, into: usize, most: i32): i32 {
  let p = at;
  let count: i32 = 0;
  while (count < most && p + 8 < limit) {
    const head = load<u16>(p);
    if ((head & 0x80ff) !== 0x8081) return count;
    let size: usize = (head >> 8) & 0x7f;
    let start = p + 6;
    if (size >= 126) {
      if (size === 127) return count;
      size = <usize>bswap<u16>(load<u16>(p, 2));
      start = p + 8;
      if (size < 126) return count;
    }
    const end = start + size;
    if (end > limit) return count;
    unmask(start, end, load<u32>(start - 4));
    if (!taken(start, end, into + <usize>count * stride, at)) return count;
    count++;
    p = end;
  }
  return count;
}

function unmask(start: usize, end: usize, mask: u32): void {
  let p = start;
  const masks = i32x4.splat(mask);
  for (; p + 16 <= end; p += 16) v128.store(p, v128.xor(v128.load(p), masks));
  for (; p + 4 <= end; p += 4) store<u32>(p, load<u32>(p) ^ mask);
  for (let left = mask; p < end; p++, left >>= 8) store<u8>(p, load<u8>(p) ^ <u8>left);
}
