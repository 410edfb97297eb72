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
  return isInOtherLetters(at, size, paramKeys);
}

export function isMetaInOtherLetters(at: usize, size: usize): bool {
  const long = <usize>load<u8>(prefix, 47);
  if (size >= long && differsInLetters(at, prefix, long)) return true;
  return isInOtherLetters(at, size, metaKeys);
}

function isInOtherLetters(at: usize, size: usize, table: usize): bool {
  if (size >= stride) return false;
  const end = load<u8>(table + size, 1);
  for (let n = load<u8>(table + size); n < end; n++) {
    if (differsInLetters(at, table + counts + <usize>n * stride, size)) return true;
  }
  return false;
}

/** Whether both have the same bytes but for the bit that tells small letters from capitals, and that one not everywhere. */
function differsInLetters(one: usize, other: usize, size: usize): bool {
  let isSame = true;
  for (let o: usize = 0; o < size; o += 16) {
    const differing = v128.xor(v128.load(one + o), v128.load(other + o));
    const left = size - o;
    const mask = left >= 16 ? 0xffff : (1 << (<i32>left)) - 1;
    const zero = i8x16.splat(0);
    if ((i8x16.bitmask(i8x16.ne(v128.and(differing, i8x16.splat(~0x20)), zero)) & mask) !== 0) return false;
    if ((i8x16.bitmask(i8x16.ne(differing, zero)) & mask) !== 0) isSame = false;
  }
  return !isSame;
}
