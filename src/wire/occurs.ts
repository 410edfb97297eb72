// Whether some bytes stand somewhere in a frame, also across the borders of its chunks. What is not found need not be read.
import type { Frame } from "./frame.ts";

export function occurs({ chunks }: Frame, bytes: Buffer): boolean {
  let tail: Buffer = Buffer.alloc(0);
  for (const chunk of chunks) {
    if (tail.length > 0 && Buffer.concat([tail, chunk.subarray(0, bytes.length)]).includes(bytes)) return true;
    if (chunk.includes(bytes)) return true;
    if (chunks.length > 1) tail = Buffer.concat([tail, chunk.subarray(-bytes.length)]).subarray(-bytes.length);
  }
  return false;
}
