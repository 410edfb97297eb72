// Words of 128 bits, one bit for each byte of a block: the lower lane holds those of the first 64 bytes.

export function and(a: v128, b: v128): v128 {
  return v128.and(a, b);
}

export function or(a: v128, b: v128): v128 {
  return v128.or(a, b);
}

export function xor(a: v128, b: v128): v128 {
  return v128.xor(a, b);
}

/** `a` without `b`. */
export function but(a: v128, b: v128): v128 {
  return v128.andnot(a, b);
}

export function any(word: v128): bool {
  return v128.any_true(word);
}

export function none(): v128 {
  return i64x2.splat(0);
}

/** Only the last byte of a block. */
export function lastBit(): v128 {
  return i64x2(0, i64.MIN_VALUE);
}

/** The 128 bits that begin 64 bits before `word`: what crosses a lane when it is shifted. */
export function before(word: v128, last: v128): v128 {
  return v128.shuffle<i64>(last, word, 1, 2);
}

/** `word`, moved `count` bytes on; `crossing` is what `before` says of it. */
export function moved(word: v128, crossing: v128, count: i32): v128 {
  return v128.or(i64x2.shl(word, count), i64x2.shr_u(crossing, 64 - count));
}

/** The bytes behind those in `word`; the top bit of `last` stands for the byte in front of the block. */
export function behind(word: v128, last: v128): v128 {
  return moved(word, before(word, last), 1);
}

/**
 * The sum over both lanes, for runs of ones of which each has at most one start, at its beginning or behind a byte that is not in it.
 * `sum & ~run` is then the byte behind each run that has a start, or the start itself where there is no run. `run & ~sum` has its top bit
 * set when a run goes on in the next block.
 */
export function sum(starts: v128, run: v128): v128 {
  const lanes = i64x2.add(starts, run);
  return i64x2.add(lanes, before(i64x2.shr_u(but(run, lanes), 63), none()));
}

/** From each quote to the byte before the next one, within each lane as if it began outside strings. */
export function insideQuotes(quote: v128): v128 {
  let s = xor(quote, i64x2.shl(quote, 1));
  s = xor(s, i64x2.shl(s, 2));
  s = xor(s, i64x2.shl(s, 4));
  s = xor(s, i64x2.shl(s, 8));
  s = xor(s, i64x2.shl(s, 16));
  return xor(s, i64x2.shl(s, 32));
}
