// Whether a result of the modern era is seen at a glance to be complete, as nearly all are.
import { type Frame, smallText } from "../../wire/frame.ts";
import type { Scan } from "../../wire/scan.ts";

export const complete = '"resultType":"complete"';
const end = `${complete}}`;
const maxBytes = 4 * 1024;

const backslash = 0x5c;

/**
 * It is small, and says so as its last member, which counts even if there is another one: a quote that stands in no string opens a key, and
 * what closes next is the result. False where nothing is known.
 */
export function saysComplete(frame: Frame, { resultEnd }: Pick<Scan, "resultEnd">): boolean {
  if (resultEnd < 0) return false;
  const text = smallText(frame, maxBytes);
  // A quote behind a backslash is one of a longer key.
  return text?.endsWith(end, resultEnd) === true && text.charCodeAt(resultEnd - end.length - 1) !== backslash;
}
