// A JSON-RPC batch taken apart. Whether each part is a message is for its own scan to say.
import { type Frame, flatten, frameOf } from "../../wire/frame.ts";
import { elements } from "../../wire/json.ts";

const space: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Whether a body is an array, as far as its first byte tells. */
export function isBatch({ chunks }: Frame): boolean {
  for (const chunk of chunks) {
    for (const byte of chunk) if (!space.has(byte)) return byte === 0x5b;
  }
  return false;
}

/** Whether an array has one element: a message that was put between brackets and is more, or less, than one does not. */
export function isOfOne(bytes: Buffer): boolean {
  let parts = 0;
  const isWhole = elements(bytes, 0, bytes.length, () => parts++);
  return isWhole && parts === 1;
}

/** The parts of the array, one more than `most` where it has too many; undefined where the body is none. */
export function batchOf(body: Frame, most: number): readonly Frame[] | undefined {
  const bytes = flatten(body);
  let start = 0;
  let end = bytes.length;
  while (space.has(bytes[start] ?? 0)) start++;
  while (space.has(bytes[end - 1] ?? 0)) end--;
  const parts: Frame[] = [];
  const isWhole = elements(bytes, start, end, (from, to) => {
    // A message of ten megabytes may be an array of five million numbers: none of them is worth an object.
    if (parts.length <= most) parts.push(frameOf(bytes.subarray(from, to)));
  });
  return isWhole ? parts : undefined;
}
