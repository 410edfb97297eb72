// The JSON grammar below the envelope: where a value ends, without building it. No recursion, no allocation.
import { stringEnd } from "./strings.ts";

/** Objects and arrays inside each other, the envelope included. */
export const maxDepth = 128;

/** Returned in place of an end when nesting goes beyond maxDepth; lower than any `~offset`. */
export const tooDeep = -0x7fffffff;

/** For each open level whether it is an object. Written before it is read within one call, so nothing carries over. */
const isObject = new Uint8Array(maxDepth + 1);

/**
 * The offset behind the value that starts at `at`, or `~offset` of what is not JSON, or `tooDeep`. `depth` levels are open around it.
 * `bytes[limit - 1]` must be a closing brace or bracket: it stops every loop, so none reads outside (which would slow
 * all later scans, as V8 then compiles for it).
 */
export function valueEnd(bytes: Buffer, at: number, limit: number, depth: number): number {
  const base = depth;
  let level = depth;
  let inObject = false;
  let i = at;
  let c = bytes[i] as number;
  for (;;) {
    if (c === 0x22) {
      // The shortest ones end here: a call costs more than they do.
      const next = bytes[i + 1] as number;
      if (i + 2 < limit && bytes[i + 2] === 0x22 && next >= 0x23 && next !== 0x5c) {
        i += 3;
      } else {
        i = stringEnd(bytes, i, limit);
        if (i < 0) return i;
      }
    } else if (c >= 0x31 && c <= 0x39) {
      const start = i;
      do c = bytes[++i] as number;
      while (c >= 0x30 && c <= 0x39);
      if (c === 0x2e || c === 0x65 || c === 0x45) {
        i = numberEnd(bytes, start);
        if (i < 0) return i;
      }
    } else if (c === 0x7b || c === 0x5b) {
      if (level >= maxDepth) return tooDeep;
      level++;
      inObject = c === 0x7b;
      isObject[level] = inObject ? 1 : 0;
      c = bytes[++i] as number;
      if (c <= 0x20) {
        i = spaceEnd(bytes, i);
        c = bytes[i] as number;
      }
      if (c !== (inObject ? 0x7d : 0x5d)) {
        if (inObject) {
          i = keyEnd(bytes, i, limit);
          if (i < 0) return i;
          c = bytes[i] as number;
        }
        continue;
      }
      // An empty one: closed below.
    } else if (c === 0x2d || c === 0x30) {
      i = numberEnd(bytes, i);
      if (i < 0) return i;
    } else {
      i = literalEnd(bytes, i, c);
      if (i < 0) return i;
    }
    // Behind a value: close what ends here, until a comma leads to the next value.
    for (;;) {
      if (level === base) return i;
      c = bytes[i] as number;
      if (c <= 0x20) {
        i = spaceEnd(bytes, i);
        c = bytes[i] as number;
      }
      if (c === 0x2c) {
        c = bytes[++i] as number;
        if (c <= 0x20) {
          i = spaceEnd(bytes, i);
          c = bytes[i] as number;
        }
        if (inObject) {
          i = keyEnd(bytes, i, limit);
          if (i < 0) return i;
          c = bytes[i] as number;
        }
        break;
      }
      if (c !== (inObject ? 0x7d : 0x5d)) return ~i;
      i++;
      level--;
      inObject = isObject[level] === 1;
      if (i >= limit && level !== base) return ~i;
    }
  }
}

/** From a key's quote to the start of its value, over the colon; or `~offset`. Same demand on `limit` as valueEnd. */
function keyEnd(bytes: Buffer, at: number, limit: number): number {
  if (bytes[at] !== 0x22) return ~at;
  const end = stringEnd(bytes, at, limit);
  return end < 0 ? end : colonEnd(bytes, end);
}

/** From behind a key to the start of its value; or `~offset`. */
export function colonEnd(bytes: Buffer, at: number): number {
  const i = bytes[at] === 0x3a ? at : spaceEnd(bytes, at);
  return bytes[i] === 0x3a ? spaceEnd(bytes, i + 1) : ~i;
}

/** The offset of the first byte from `at` that is not JSON whitespace. */
export function spaceEnd(bytes: Buffer, at: number): number {
  let i = at;
  let c = bytes[i] as number;
  while (c <= 0x20 && (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09)) c = bytes[++i] as number;
  return i;
}

function numberEnd(bytes: Buffer, at: number): number {
  let i = at;
  let c = bytes[i] as number;
  if (c === 0x2d) c = bytes[++i] as number;
  if (c === 0x30) {
    c = bytes[++i] as number;
  } else {
    if (c < 0x31 || c > 0x39) return ~i;
    do c = bytes[++i] as number;
    while (c >= 0x30 && c <= 0x39);
  }
  if (c === 0x2e) {
    c = bytes[++i] as number;
    if (c < 0x30 || c > 0x39) return ~i;
    do c = bytes[++i] as number;
    while (c >= 0x30 && c <= 0x39);
  }
  if (c === 0x65 || c === 0x45) {
    c = bytes[++i] as number;
    if (c === 0x2b || c === 0x2d) c = bytes[++i] as number;
    if (c < 0x30 || c > 0x39) return ~i;
    do c = bytes[++i] as number;
    while (c >= 0x30 && c <= 0x39);
  }
  return i;
}

function literalEnd(bytes: Buffer, at: number, first: number): number {
  if (first === 0x74) {
    return bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65 ? at + 4 : ~at;
  }
  if (first === 0x66) {
    return bytes[at + 1] === 0x61 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x73 && bytes[at + 4] === 0x65
      ? at + 5
      : ~at;
  }
  if (first === 0x6e) {
    return bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c ? at + 4 : ~at;
  }
  return ~at;
}
