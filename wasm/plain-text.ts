// Long strings: most of what is in them needs no words.
import { none, or } from "./words";

/** A bit that is set at the top of a byte here: a byte that is not ASCII was passed since `startPlain`. */
let passed = none();

export function startPlain(): void {
  passed = none();
}

export function passedHigh(): v128 {
  return passed;
}

/** The end of the run of blocks from `at` that are inside a string and hold nothing but plain characters, `\n` and `\"`. */
export function plainEnd(at: usize, limit: usize): usize {
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  const lastControl = i8x16.splat(0x1f);
  const ns = i8x16.splat(0x6e);
  let p = at;
  let all = none();
  while (p < limit) {
    let bad = none();
    let here = none();
    for (let o: usize = 0; o < 64; o += 16) {
      const v = v128.load(p + o);
      here = or(here, v);
      const escaped = i8x16.eq(v128.load(p + o - 1), backslashes);
      const quote = i8x16.eq(v, quotes);
      const wrong = v128.andnot(v128.xor(escaped, quote), i8x16.eq(v, ns));
      bad = v128.or(bad, v128.or(wrong, i8x16.eq(i8x16.min_u(v, lastControl), v)));
    }
    if (v128.any_true(bad)) break;
    all = or(all, here);
    p += 64;
  }
  passed = or(passed, all);
  return p;
}

/** Whether one of eight bytes is a backslash. */
export function hasBackslash(bytes: u64): bool {
  return v128.any_true(i8x16.eq(i64x2.splat(bytes), i8x16.splat(0x5c)));
}
