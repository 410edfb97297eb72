// Whether an object, at any depth of a value, has a key that may be read as another one of it: what reads it later may take the first, the
// last, or not tell small letters from capitals.
import { foldedKey } from "./protocol-keys.ts";
import { stringAt, stringEnd } from "./strings.ts";

/** The two keys as text, decoded; undefined: there are none. From `start` to before `end` there is one value of a message that was scanned. */
export function repeatedKey(bytes: Buffer, start: number, end: number): readonly [string, string] | undefined {
  /** Of each level that is open, its keys; undefined for a list. */
  const open: (Map<string, string> | undefined)[] = [];
  let isKey = false;
  for (let at = start; at < end; at++) {
    const c = bytes[at];
    if (c === 0x22) {
      const stop = stringEnd(bytes, at, end);
      if (stop < 0) return undefined;
      const keys = isKey ? open.at(-1) : undefined;
      if (keys !== undefined) {
        const key = stringAt(bytes, at, stop);
        const folded = foldedKey(key);
        const other = keys.get(folded);
        if (other !== undefined) return [other, key];
        keys.set(folded, key);
      }
      isKey = false;
      at = stop - 1;
    } else if (c === 0x7b || c === 0x5b) {
      isKey = c === 0x7b;
      open.push(isKey ? new Map() : undefined);
    } else if (c === 0x7d || c === 0x5d) {
      open.pop();
      isKey = false;
    } else if (c === 0x2c) isKey = open.at(-1) !== undefined;
  }
  return undefined;
}
