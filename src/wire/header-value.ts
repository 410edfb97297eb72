// Text as the value of an HTTP header, as MCP 2026-07-28 writes it: as it is where a header can carry it, else as Base64 between marks. Pure.
import { isUtf8 } from "node:buffer";

const open = "=?base64?";
const close = "?=";

/** Visible ASCII, blanks and tabs, of which none at an end: what stands in between would cut those off. */
const plain = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

export function encodeHeaderValue(text: string): string {
  if (plain.test(text) && !isMarked(text)) return text;
  return `${open}${Buffer.from(text, "utf8").toString("base64")}${close}`;
}

/** Undefined: no header may have this value. `value`: as node has it, a character a byte. */
export function decodeHeaderValue(value: string): string | undefined {
  const text = trimmed(value);
  if (!isMarked(text)) return text === "" || plain.test(text) ? text : undefined;
  const base64 = text.slice(open.length, -close.length);
  const bytes = Buffer.from(base64, "base64");
  // Node reads over what is no Base64, and over what is missing at its end.
  return bytes.toString("base64") === base64 && isUtf8(bytes) ? bytes.toString("utf8") : undefined;
}

/** Without the blanks and tabs around it, which are not of the value (RFC 9110, 5.5). */
export function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  return start === 0 && end === value.length ? value : value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** The marks may not share a character: `=?base64?=` is no more than what it says. */
function isMarked(text: string): boolean {
  return text.startsWith(open) && text.endsWith(close) && text.length >= open.length + close.length;
}
