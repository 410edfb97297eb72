// Walks objects and arrays in JSON bytes without building them. What is not walked over as asked is never looked at again.
import { stringAt, stringEnd } from "./strings.ts";
import { colonEnd, spaceEnd, valueEnd } from "./values.ts";

export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Visits the members of the object that starts at `start` and ends before `end`, in order, duplicates too. The bytes should be
 * validated JSON; if they are not a whole object (large results of Cores are not scanned through), returns false, having
 * visited what came before the flaw. Bytes outside the range are never reported.
 */
export function members(
  bytes: Buffer,
  start: number,
  end: number,
  visit: (key: string, valueStart: number, valueEnd: number) => void,
): boolean {
  if (end - start < 2 || bytes[start] !== 0x7b || bytes[end - 1] !== 0x7d) return false;
  let i = spaceEnd(bytes, start + 1);
  if (bytes[i] === 0x7d) return i + 1 === end;
  for (;;) {
    if (bytes[i] !== 0x22) return false;
    const keyStop = stringEnd(bytes, i, end);
    if (keyStop < 0) return false;
    const from = colonEnd(bytes, keyStop);
    if (from < 0) return false;
    const to = valueEnd(bytes, from, end, 0);
    if (to < 0 || to >= end) return false;
    visit(stringAt(bytes, i, keyStop), from, to);
    i = spaceEnd(bytes, to);
    if (bytes[i] === 0x7d) return i + 1 === end;
    if (bytes[i] !== 0x2c) return false;
    i = spaceEnd(bytes, i + 1);
  }
}

/** Visits the elements of the array from `start` to before `end`; otherwise as `members`. */
export function elements(
  bytes: Buffer,
  start: number,
  end: number,
  visit: (start: number, end: number) => void,
): boolean {
  if (end - start < 2 || bytes[start] !== 0x5b || bytes[end - 1] !== 0x5d) return false;
  let i = spaceEnd(bytes, start + 1);
  if (bytes[i] === 0x5d) return i + 1 === end;
  for (;;) {
    const to = valueEnd(bytes, i, end, 0);
    if (to < 0 || to >= end) return false;
    visit(i, to);
    i = spaceEnd(bytes, to);
    if (bytes[i] === 0x5d) return i + 1 === end;
    if (bytes[i] !== 0x2c) return false;
    i = spaceEnd(bytes, i + 1);
  }
}

/** The value of a key of the object from `start` to before `end`: the last one if it comes twice, as with JSON.parse. */
export function findMember(bytes: Buffer, start: number, end: number, key: string): Range | undefined {
  let found: Range | undefined;
  members(bytes, start, end, (name, from, to) => {
    if (name === key) found = { start: from, end: to };
  });
  return found;
}
