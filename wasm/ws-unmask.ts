// The mask of client frames (RFC 6455, 5.3) over bytes of this memory.

/**
 * XORs what begins at `at`, up to `end`; up to 64 bytes behind it are written over. `mask`: its lowest byte meets the first one.
 */
export function unmask(at: usize, end: usize, mask: u32): void {
  const masks = i32x4.splat(mask);
  for (let p = at; p < end; p += 64) {
    v128.store(p, v128.xor(v128.load(p), masks));
    v128.store(p, v128.xor(v128.load(p, 16), masks), 16);
    v128.store(p, v128.xor(v128.load(p, 32), masks), 32);
    v128.store(p, v128.xor(v128.load(p, 48), masks), 48);
  }
}
