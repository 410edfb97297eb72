// JSON strings as bytes: where one ends, whether it is legal, what it says. Knows nothing of objects, arrays or messages.
import { type ByteString, partOf } from "./frame.ts";

/** Up to this many bytes are looked at one by one; the rest of a longer string goes by words. */
const shortRun = 64;

const quote = 0x22;
const backslash = 0x5c;

/**
 * The offset behind the string that opens at `at`, or `~offset` of what is wrong with it: no end before `limit`, a raw
 * control character, an illegal escape. UTF-8 is not looked at. Escaped lone surrogates are legal JSON.
 */
export function stringEnd(bytes: Buffer, at: number, limit: number): number {
  let i = at + 1;
  const stop = Math.min(i + shortRun, limit);
  while (i < stop) {
    const c = bytes[i] as number;
    if (c > quote) {
      if (c === backslash) {
        i = escapeEnd(bytes, i);
        if (i < 0) return i;
        continue;
      }
    } else if (c === quote) {
      return i + 1;
    } else if (c < 0x20) {
      return ~i;
    }
    i++;
  }
  return i < limit ? longStringEnd(bytes, i, limit) : ~limit;
}

/** As stringEnd, from byte `at` of a string on, which stands outside escapes. */
function longStringEnd(bytes: Buffer, at: number, limit: number): number {
  const shift = -bytes.byteOffset & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + shift, (limit - shift) >> 2);
  let i = at;
  for (;;) {
    const border = Math.min(((i - shift + 3) & ~3) + shift, limit);
    while (i < border && isPlain(bytes[i] as number)) i++;
    // At the limit there is no word, and rounding down to one would go back over what was read.
    if (i === border && i < limit) {
      i = shift + plainWords(words, (i - shift) >> 2) * 4;
      while (i < limit && isPlain(bytes[i] as number)) i++;
    }
    if (i >= limit) return ~limit;
    const c = bytes[i] as number;
    if (c === quote) return i + 1;
    if (c !== backslash) return ~i;
    i = escapeEnd(bytes, i);
    if (i < 0) return i;
  }
}

function isPlain(c: number): boolean {
  return c >= 0x20 && c !== quote && c !== backslash;
}

/**
 * The first word from `from` on after which four words may hold a quote, a backslash or a control character. `^ 2` in every byte
 * swaps quote and blank, so that one test finds what is below 0x21; `w - 0x21` borrows into a byte's top bit where it is, and
 * `& ~w` drops the bytes whose top bit was set already.
 */
function plainWords(words: Int32Array, from: number): number {
  const last = words.length - 4;
  let i = from;
  for (; i <= last; i += 4) {
    const a = words[i] as number;
    const b = words[i + 1] as number;
    const c = words[i + 2] as number;
    const d = words[i + 3] as number;
    const special =
      ((((a ^ 0x02020202) - 0x21212121) | ((a ^ 0x5c5c5c5c) - 0x01010101)) & ~a) |
      ((((b ^ 0x02020202) - 0x21212121) | ((b ^ 0x5c5c5c5c) - 0x01010101)) & ~b) |
      ((((c ^ 0x02020202) - 0x21212121) | ((c ^ 0x5c5c5c5c) - 0x01010101)) & ~c) |
      ((((d ^ 0x02020202) - 0x21212121) | ((d ^ 0x5c5c5c5c) - 0x01010101)) & ~d);
    if ((special & 0x80808080) !== 0) break;
  }
  return i;
}

/** The offset behind the escape that starts with the backslash at `at`, or `~at`. */
function escapeEnd(bytes: Buffer, at: number): number {
  switch (bytes[at + 1]) {
    case 0x22: // "
    case 0x2f: // /
    case 0x5c: // \
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 2;
    case 0x75: // u
      return isHex(bytes, at + 2) && isHex(bytes, at + 3) && isHex(bytes, at + 4) && isHex(bytes, at + 5)
        ? at + 6
        : ~at;
    default:
      return ~at;
  }
}

function isHex(bytes: Buffer, at: number): boolean {
  const c = bytes[at] as number;
  return (c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x66) || (c >= 0x41 && c <= 0x46);
}

/**
 * What the string at `start` (its quote) to `end` (behind its last quote) says. The bytes must be a legal string in valid UTF-8.
 * `text`: all the bytes as text, where somebody has it.
 */
export function stringAt(bytes: Buffer, start: number, end: number, text?: ByteString): string {
  const last = end - 1;
  const stop = last - start <= shortRun ? last : start;
  for (let i = start + 1; i < stop; i++) {
    const c = bytes[i] as number;
    if (c === backslash || c >= 0x80) return slowStringAt(bytes, start, end);
  }
  return stop === last ? partOf(bytes, text, start + 1, last) : slowStringAt(bytes, start, end);
}

function slowStringAt(bytes: Buffer, start: number, end: number): string {
  const inner = bytes.subarray(start + 1, end - 1);
  return inner.includes(backslash)
    ? (JSON.parse(bytes.toString("utf8", start, end)) as string)
    : inner.toString("utf8");
}
