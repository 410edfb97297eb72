// Parts of a message that was scanned. Of a small one they are cut out of its text: its bytes may not even be there, and are made for whoever
// asks for them.
import { type ByteString, byteText } from "./frame.ts";
import type { Scan } from "./scan.ts";
import { stringAt } from "./strings.ts";

export interface ReadMessage {
  readonly scan: Scan;
  /** All of a small message as text. */
  readonly text: ByteString | undefined;
  /** The message in one piece. */
  readonly bytes: Buffer;
}

/** What stands between these places, as it is written. */
export function partIn(message: ReadMessage, start: number, end: number): ByteString {
  const { text } = message;
  return text === undefined ? byteText(message.bytes, start, end) : text.slice(start, end);
}

/** What the string at these places says. */
export function stringIn(message: ReadMessage, start: number, end: number): string {
  const { text } = message;
  if (text !== undefined && message.scan.isPlain) return text.slice(start + 1, end - 1);
  return stringAt(message.bytes, start, end, text);
}

export function byteIn(message: ReadMessage, at: number): number | undefined {
  const { text } = message;
  return text === undefined ? message.bytes[at] : text.charCodeAt(at);
}
