// What goes around a message on its way out, and the spelling of a small one as text. Pure; knows no stream.
import type { ByteString, Splice } from "./frame.ts";

/** How a message is wrapped on its way out; `websocket` is an unmasked text frame as servers send them, `bare` is not at all. */
export type Wrap = "bare" | "newline" | "content-length" | "websocket";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** The frame's text with its splices in their places. */
export function spliced(text: ByteString, splices: readonly Splice[]): ByteString {
  let out = "";
  let at = 0;
  for (const splice of splices) {
    out += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return splices.length === 0 ? text : out + text.slice(at);
}

/** Whether no line end comes in with them, whoever made them. */
export function areOneLine(splices: readonly Splice[]): boolean {
  for (const { text } of splices) {
    for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < SPACE) return false;
  }
  return true;
}

/** For messages of less than 64 KiB. `isOneLine`: it is known that no line end is in it. To look puts the parts of the text together. */
export function wrapped(text: ByteString, wrap: Wrap, isOneLine: boolean): ByteString {
  if (wrap === "bare") return text;
  if (wrap === "newline") {
    const hasLineEnd = !isOneLine && (text.includes("\n") || text.includes("\r"));
    return `${hasLineEnd ? text.replace(/[\r\n]/g, " ") : text}\n`;
  }
  if (wrap === "content-length") return contentLengthHeader(text.length) + text;
  const size = text.length;
  const length = size < 126 ? String.fromCharCode(size) : `~${String.fromCharCode(size >> 8, size & 0xff)}`;
  return `\x81${length}${text}`;
}

export function contentLengthHeader(size: number): string {
  return `Content-Length: ${size}\r\n\r\n`;
}

/** How many bytes go around a message of `size` bytes. */
export function wrapBytes(wrap: Wrap, size: number): number {
  if (wrap === "bare") return 0;
  if (wrap === "newline") return 1;
  if (wrap === "content-length") return contentLengthHeader(size).length;
  return size < 126 ? 2 : size < 0x10000 ? 4 : 10;
}

/** Line ends in valid JSON stand between tokens only, where a space means the same. */
export function blankLineEnds(bytes: Buffer, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === LF || byte === CR) bytes[at] = SPACE;
  }
}
