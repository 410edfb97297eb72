// Whether a text of ASCII stands somewhere in a frame, also across the borders of its chunks. What is not found need not be read.
import { type Frame, smallText } from "./frame.ts";

/** A search in text is several times faster than one in bytes; to make the text of more than this is not. */
const smallBytes = 4 * 1024;

export function occurs(frame: Frame, wanted: string): boolean {
  const text = smallText(frame, smallBytes);
  if (text !== undefined) return text.includes(wanted);
  const { chunks } = frame;
  const bytes = Buffer.from(wanted, "latin1");
  let tail: Buffer = Buffer.alloc(0);
  for (const chunk of chunks) {
    if (tail.length > 0 && Buffer.concat([tail, chunk.subarray(0, bytes.length)]).includes(bytes)) return true;
    if (chunk.includes(bytes)) return true;
    if (chunks.length > 1) tail = Buffer.concat([tail, chunk.subarray(-bytes.length)]).subarray(-bytes.length);
  }
  return false;
}
