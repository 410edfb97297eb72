// The mask of client frames (RFC 6455, 5.3) over bytes of this memory.

/**
 * XORs what begins at `at`, up to `end`; up to 64 bytes behind it are written over. `mask`: its lowest byte meets the first one. Returns whether it is all
 * ASCII then.
 */
export function unmask(at: usize, end: usize, mask: u32): bool {
  const masks = i32x4.splat(mask);
  // What is read of these becomes zeros.
  const behind = i32x4.splat(rotr(mask, (<u32>(end - at)) << 3));
  v128.store(end, behind);
  v128.store(end, behind, 16);
  v128.store(end, behind, 32);
  v128.store(end, behind, 48);
  let all = i64x2.splat(0);
  for (let p = at; p < end; p += 64) {
    const a = v128.xor(v128.load(p), masks);
    const b = v128.xor(v128.load(p, 16), masks);
    const c = v128.xor(v128.load(p, 32), masks);
    const d = v128.xor(v128.load(p, 48), masks);
    v128.store(p, a);
    v128.store(p, b, 16);
    v128.store(p, c, 32);
    v128.store(p, d, 48);
    all = v128.or(all, v128.or(v128.or(a, b), v128.or(c, d)));
  }
  return !i8x16.bitmask(all);
}
