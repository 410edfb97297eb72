// Whether a key is one that the hub reads in other letters: small ones for capitals, or the other way round. Which keys those are, is said by
// src/wire/protocol-keys.ts, and written here by src/wire/small-scan.ts. "Yes" may be wrong, as it only means that JavaScript has to look.

/** Where a key stands is so long; longer ones are not kept. */
const stride: usize = 48;
/** In front of the keys of a table, which stand by their length: how many are shorter than so many bytes, for each length. */
const counts: usize = 64;

const paramKeys = memory.data(64 + 32 * 48, 16);
const metaKeys = memory.data(64 + 16 * 48, 16);
/** What the reserved keys of _meta begin with; behind it, at 47, its length. */
const prefix = memory.data(48, 16);

export function paramKeysAt(): usize {
  return paramKeys;
}

export function metaKeysAt(): usize {
  return metaKeys;
}

export function prefixAt(): usize {
  return prefix;
}

export function isParamInOtherLetters(at: usize, size: usize): bool {
  return likeness(at, size, paramKeys) === OTHER_LETTERS;
}

export function isMetaInOtherLetters(at: usize, size: usize): bool {
  const like = likeness(at, size, metaKeys);
  if (like !== NONE) return like === OTHER_LETTERS;
  const long = <usize>load<u8>(prefix, 47);
  return size >= long && compared(at, prefix, long) === OTHER_LETTERS;
}

const NONE: i32 = 0;
const SAME: i32 = 1;
const OTHER_LETTERS: i32 = 2;

function likeness(at: usize, size: usize, table: usize): i32 {
  if (size >= stride) return NONE;
  const end = load<u8>(table + size, 1);
  for (let n = load<u8>(table + size); n < end; n++) {
    const like = compared(at, table + counts + <usize>n * stride, size);
    if (like !== NONE) return like;
  }
  return NONE;
}

/** `OTHER_LETTERS`: both have the same bytes but for the bit that tells small letters from capitals, and that one not everywhere. */
function compared(one: usize, other: usize, size: usize): i32 {
  if (size < 16) {
    const differing = v128.xor(v128.load(one), v128.load(other));
    const zero = i8x16.splat(0);
    const inside = (1 << (<i32>size)) - 1;
    if ((i8x16.bitmask(i8x16.ne(differing, zero)) & inside) === 0) return SAME;
    const more = i8x16.bitmask(i8x16.ne(v128.and(differing, i8x16.splat(~0x20)), zero));
    return (more & inside) === 0 ? OTHER_LETTERS : NONE;
  }
  // The last sixteen bytes overlap the ones before.
  let differing = v128.xor(v128.load(one + size - 16), v128.load(other + size - 16));
  for (let o: usize = 0; o + 16 < size; o += 16) {
    differing = v128.or(differing, v128.xor(v128.load(one + o), v128.load(other + o)));
  }
  if (!v128.any_true(differing)) return SAME;
  return v128.any_true(v128.and(differing, i8x16.splat(~0x20))) ? NONE : OTHER_LETTERS;
}
