// Takes the mask off the payload of client frames, in place (RFC 6455, 5.3); large ones: scan-memory.ts. A mask is a number; its most significant byte meets the first
// byte of the payload.
import { endianness } from "node:os";

/** From this size on, going by words of eight bytes saves more than it costs. */
export const wordsFrom = 64;
const littleEndian = endianness() === "LE";

/** All of the memory that the chunk lies in. */
export function wordsOf({ buffer }: Buffer): BigUint64Array {
  return new BigUint64Array(buffer, 0, buffer.byteLength >> 3);
}

/** Bytes `start` to `end`. `words`: as `wordsOf`; without them, byte by byte. */
export function unmask(
  bytes: Buffer,
  start: number,
  end: number,
  mask: number,
  words: BigUint64Array | undefined,
): void {
  let at = start;
  let turned = mask;
  if (words !== undefined && end - start >= wordsFrom) {
    while (((bytes.byteOffset + at) & 7) !== 0) {
      bytes[at] = (bytes[at] ?? 0) ^ (turned >>> 24);
      turned = rotate(turned, 1);
      at++;
    }
    const first = (bytes.byteOffset + at) >> 3;
    const last = first + ((end - at) >> 3);
    unmaskWords(words, first, last, turned);
    at += (last - first) * 8;
  }
  const m0 = turned >>> 24;
  const m1 = (turned >>> 16) & 0xff;
  const m2 = (turned >>> 8) & 0xff;
  const m3 = turned & 0xff;
  for (; at + 4 <= end; at += 4) {
    bytes[at] = (bytes[at] ?? 0) ^ m0;
    bytes[at + 1] = (bytes[at + 1] ?? 0) ^ m1;
    bytes[at + 2] = (bytes[at + 2] ?? 0) ^ m2;
    bytes[at + 3] = (bytes[at + 3] ?? 0) ^ m3;
  }
  if (at < end) bytes[at] = (bytes[at] ?? 0) ^ m0;
  if (at + 1 < end) bytes[at + 1] = (bytes[at + 1] ?? 0) ^ m1;
  if (at + 2 < end) bytes[at + 2] = (bytes[at + 2] ?? 0) ^ m2;
}

/** The mask as it stands after `bytes` bytes. */
export function rotate(mask: number, bytes: number): number {
  const bits = (bytes & 3) * 8;
  return bits === 0 ? mask : (mask << bits) | (mask >>> (32 - bits));
}

/** The words from `first` to before `last`. */
function unmaskWords(words: BigUint64Array, first: number, last: number, mask: number): void {
  const word = BigInt((littleEndian ? swap(mask) : mask) >>> 0) * 0x100000001n;
  let index = first;
  // Four at a time take two thirds of the time.
  for (; index <= last - 4; index += 4) {
    words[index] = (words[index] as bigint) ^ word;
    words[index + 1] = (words[index + 1] as bigint) ^ word;
    words[index + 2] = (words[index + 2] as bigint) ^ word;
    words[index + 3] = (words[index + 3] as bigint) ^ word;
  }
  for (; index < last; index++) words[index] = (words[index] as bigint) ^ word;
}

export function swap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
