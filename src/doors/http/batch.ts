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

/** The parts of the array; undefined where the body is none. */
export function batchOf(body: Frame): readonly Frame[] | undefined {
  const bytes = flatten(body);
  let start = 0;
  let end = bytes.length;
  while (space.has(bytes[start] ?? 0)) start++;
  while (space.has(bytes[end - 1] ?? 0)) end--;
  const parts: Frame[] = [];
  const isWhole = elements(bytes, start, end, (from, to) => parts.push(frameOf(bytes.subarray(from, to))));
  return isWhole ? parts : undefined;
}
