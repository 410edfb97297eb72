// How deep a list entry may be nested. A schema that goes on and on makes some clients refuse the whole list, and every reader of it work.

export const maxEntryDepth = 64;

/** `bytes` is valid JSON. */
export function isTooDeep(bytes: Buffer): boolean {
  if (bytes.length < 2 * maxEntryDepth) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const c = bytes[at];
    if (inString) {
      if (c === 0x5c) at++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > maxEntryDepth) return true;
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  return false;
}
