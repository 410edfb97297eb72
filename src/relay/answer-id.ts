// The client's id in the place of the hub's, in a Core's answer.
import { type ByteString, type Frame, type Splice, textBetween } from "../wire/frame.ts";
import { largeFrame, type Scan } from "../wire/scan.ts";

/** So little stands before the result of a large answer that was cut. */
const maxHead = 192;
/** The two members in either order. */
const head =
  /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*-?\d+|"id"\s*:\s*-?\d+\s*,\s*"jsonrpc"\s*:\s*"2\.0")\s*,\s*"result"\s*:\s*$/;

/**
 * Nobody has looked at what is behind a large result: there may be a second id, of another request of this client. So the id that counts goes to the
 * very end, as of two keys readers take the last; the result stays where it is. In order.
 */
export function idEdits(frame: Frame, scan: Scan, idText: ByteString): readonly Splice[] {
  const inPlace = [{ start: scan.idStart, end: scan.idEnd, text: idText }];
  const { resultStart, resultEnd } = scan;
  if (frame.size <= largeFrame || resultStart < scan.idEnd || resultStart > maxHead) return inPlace;
  if (!head.test(textBetween(frame, 0, resultStart))) return inPlace;
  return [
    { start: 0, end: resultStart, text: '{"result":' },
    { start: resultEnd, end: resultEnd, text: `,"jsonrpc":"2.0","id":${idText}` },
  ];
}
