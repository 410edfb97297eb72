// Reads one JSON-RPC message as byte ranges, in one pass that builds no objects. Says what a message is, never what it means.
import { isUtf8 } from "node:buffer";
import { pass, refuse, startPass, walk } from "./envelope.ts";
import { type ByteString, type Frame, flatten, textBetween } from "./frame.ts";
import type { ScanMemory } from "./scan-memory.ts";
import { partBytes, type Row, type RowTaker, SmallScan } from "./small-scan.ts";
import { isUtf8Chunks } from "./utf8.ts";
import { maxDepth, tooDeep, valueEnd } from "./values.ts";

// biome-ignore lint/performance/noBarrelFile: readers of a scan get its string reader from here; strings.ts stays internal
export { stringAt } from "./strings.ts";

/**
 * A reusable record of one message. Ranges are byte offsets into what was scanned, end excluded, -1 when absent. Ranges of
 * strings include the quotes. After a fault its content means nothing.
 */
export interface Scan {
  kind: "request" | "notification" | "response";
  /** A string or a number. Absent in a notification, and in an error response whose id is null. */
  idStart: number;
  idEnd: number;
  methodStart: number;
  methodEnd: number;
  /** Always an object. */
  paramsStart: number;
  paramsEnd: number;
  resultStart: number;
  resultEnd: number;
  /** Always an object. */
  errorStart: number;
  errorEnd: number;
  /** params.name, of any type: a caller that needs a string checks that the first byte is a quote. */
  nameStart: number;
  nameEnd: number;
  /** params.uri, of any type, as name. */
  uriStart: number;
  uriEnd: number;
  /** params._meta, of any type: an object if the first byte is a brace. */
  metaStart: number;
  metaEnd: number;
  /** params._meta.progressToken, a string or a number. */
  tokenStart: number;
  tokenEnd: number;
  /** params.progressToken (notifications/progress); absent unless a string or a number. */
  paramTokenStart: number;
  paramTokenEnd: number;
  /** params.requestId (notifications/cancelled); absent unless a string or a number. */
  requestIdStart: number;
  requestIdEnd: number;
  /** Of a large result, only the ends were read, and the id stands in front of it: what stands behind it may be more than is known. */
  isOpen: boolean;
  /** How many keys params has that are neither known here nor `arguments`: where there are none, nobody has to look for one. */
  others: number;
  /** What `knowMeta` has called this `_meta`; 0: it is not known. */
  knownMeta: number;
  /** It is known that all is ASCII, without an escape: strings say what stands there. */
  isPlain: boolean;
}

/** Why a message is refused. `id`: its raw id if one was read for certain, else `null`; ready to be put into the answer. */
export interface ScanFault {
  readonly code: "parse_error" | "request_invalid";
  readonly message: string;
  readonly id: ByteString;
}

/** Larger frames of Cores are cut by their head or tail instead of being scanned. */
const largeFrame = 16 * 1024;

/** Keeps nothing of a message beyond the call, but of one its `_meta`. */
const small = new SmallScan();

/**
 * The `_meta` of a message that was right, without a token of progress: the next messages with the same, and no other, have this number in
 * `knownMeta`. 0: not kept. There is one at a time.
 */
export function knowMeta(meta: Buffer): number {
  return small.know(meta);
}

/**
 * Takes the usual small messages that stand one behind the other in `chunk` from `at` on, scanned in one go, for a reader that takes up to
 * `maxBytes`. Each is to be read (`MessageReader.read`, `scanCore`) while it is taken: later it is scanned again. Returns behind the last of them; `at` where the next one is for
 * the reader itself.
 */
export function takeRow(row: Row, chunk: Buffer, at: number, maxBytes: number, taker: RowTaker): number {
  let next = at;
  if (maxBytes < partBytes) return next;
  for (let from = -1; from < next && next < chunk.length; ) {
    from = next;
    next = small.take(row, chunk, from, taker);
  }
  return next;
}

/** Whether the frame is one that is being taken by `takeRow`, where it was scanned: `into` is set. */
export function isTaken(frame: Frame, into: Scan): boolean {
  return small.isTaken(frame, into);
}

export function createScan(): Scan {
  return {
    kind: "notification",
    idStart: -1,
    idEnd: -1,
    methodStart: -1,
    methodEnd: -1,
    paramsStart: -1,
    paramsEnd: -1,
    resultStart: -1,
    resultEnd: -1,
    errorStart: -1,
    errorEnd: -1,
    nameStart: -1,
    nameEnd: -1,
    uriStart: -1,
    uriEnd: -1,
    metaStart: -1,
    metaEnd: -1,
    tokenStart: -1,
    tokenEnd: -1,
    paramTokenStart: -1,
    paramTokenEnd: -1,
    requestIdStart: -1,
    requestIdEnd: -1,
    isOpen: false,
    others: 0,
    knownMeta: 0,
    isPlain: false,
  };
}

/** Of a frame that the hub has written itself. */
export function scanOf(frame: Frame): Scan {
  const record = createScan();
  scan(flatten(frame), record);
  return record;
}

function clear(scan: Scan): void {
  scan.kind = "notification";
  scan.idStart = scan.idEnd = -1;
  scan.methodStart = scan.methodEnd = -1;
  scan.paramsStart = scan.paramsEnd = -1;
  scan.resultStart = scan.resultEnd = -1;
  scan.errorStart = scan.errorEnd = -1;
  scan.nameStart = scan.nameEnd = -1;
  scan.uriStart = scan.uriEnd = -1;
  scan.metaStart = scan.metaEnd = -1;
  scan.tokenStart = scan.tokenEnd = -1;
  scan.paramTokenStart = scan.paramTokenEnd = -1;
  scan.requestIdStart = scan.requestIdEnd = -1;
  scan.isOpen = false;
  scan.others = 0;
  scan.knownMeta = 0;
  scan.isPlain = false;
}

/**
 * Scans a client's message: the whole JSON grammar, UTF-8, the rules of JSON-RPC 2.0. Keys are compared decoded; a key that comes
 * twice in the envelope (the six of JSON-RPC), params or params._meta is refused, what lies deeper is not looked at.
 * Not JSON: `parse_error`. JSON that is no message this hub takes (batches, nesting beyond maxDepth): `request_invalid`.
 * `memory`: what `bytes` was loaded into, if it was; it makes large frames faster and changes nothing else.
 */
export function scan(bytes: Buffer, into: Scan, memory?: ScanMemory): ScanFault | undefined {
  return memory === undefined && small.scan(bytes, into) ? undefined : scanAny(bytes, into, memory);
}

/** As scan(), whatever the message is: it alone says what is wrong with one. */
export function scanAny(bytes: Buffer, into: Scan, memory?: ScanMemory): ScanFault | undefined {
  clear(into);
  startPass();
  const start = spaces(bytes);
  const limit = bytes.length - spacesAtEnd(bytes);
  if (bytes.length === 0 || bytes[start] !== 0x7b) return otherFault(bytes, start, limit);
  if (bytes[limit - 1] !== 0x7d) {
    // Cut short. Walked for its id with an end that stops every loop, behind a byte that no JSON can have there.
    const closed = Buffer.concat([bytes.subarray(0, limit), Buffer.from("\0}")]);
    return walkFault(bytes, walk(closed, start, closed.length, 1, into, undefined), into);
  }
  const end = walk(bytes, start, limit, 1, into, memory);
  if (end !== limit) return walkFault(bytes, end, into);
  if (memory?.isAscii() !== true && !isUtf8(bytes)) return fault("parse_error", "not valid UTF-8", bytes, into);
  conclude(into);
  return pass.flaw === "" ? undefined : fault("request_invalid", pass.flaw, bytes, into);
}

function spaces(bytes: Buffer): number {
  let i = 0;
  while (i < bytes.length && isSpace(bytes[i] as number)) i++;
  return i;
}

function spacesAtEnd(bytes: Buffer): number {
  let i = bytes.length;
  while (i > 0 && isSpace(bytes[i - 1] as number)) i--;
  return bytes.length - i;
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

/** The rules that need the whole envelope, and the kind. */
function conclude(scan: Scan): void {
  if (!pass.isVersioned) refuse('jsonrpc is not "2.0"');
  const hasId = scan.idStart >= 0;
  const hasResult = scan.resultStart >= 0;
  const hasError = scan.errorStart >= 0;
  if (scan.methodStart >= 0) {
    scan.kind = hasId ? "request" : "notification";
    if (hasResult || hasError) refuse("a message with a method has neither result nor error");
    if (pass.idIsNull) refuse("id is null: it must be a string or a number");
    return;
  }
  scan.kind = "response";
  if (hasResult && hasError) refuse("a response has either result or error, not both");
  if (!hasResult && !hasError) refuse("a message has a method, a result or an error");
  if (!hasId && !(hasError && pass.idIsNull)) refuse("a response has an id, a string or a number");
}

/** What `walk` stopped at: an end that is not the message's, or a complaint. */
function walkFault(bytes: Buffer, end: number, into: Scan): ScanFault {
  if (end === tooDeep) return fault("request_invalid", `nested deeper than ${maxDepth} levels`, bytes, into);
  return fault("parse_error", `not valid JSON at byte ${end < 0 ? ~end : end}`, bytes, into);
}

/** For what does not start as an object: valid JSON is told from noise, because the two have different codes. */
function otherFault(bytes: Buffer, start: number, limit: number): ScanFault {
  const notJson: ScanFault = { code: "parse_error", message: `not valid JSON at byte ${start}`, id: "null" };
  if (start >= limit) return notJson;
  if (!isUtf8(bytes)) return { ...notJson, message: "not valid UTF-8" };
  if (bytes[start] === 0x5b) {
    const end = bytes[limit - 1] === 0x5d ? valueEnd(bytes, start, limit, 0) : ~limit;
    if (end !== limit && end !== tooDeep)
      return { ...notJson, message: `not valid JSON at byte ${end < 0 ? ~end : end}` };
    const message = "batches are not supported: send each message on its own";
    return { code: "request_invalid", message, id: "null" };
  }
  try {
    JSON.parse(bytes.toString("utf8", start, limit));
  } catch {
    // The parser's own words would quote the message, so they are not passed on.
    return notJson;
  }
  return { code: "request_invalid", message: "a message is a JSON object", id: "null" };
}

function fault(code: ScanFault["code"], message: string, bytes: Buffer, scan: Scan): ScanFault {
  const isCertain = scan.idStart >= 0 && !pass.idIsTwice && isUtf8(bytes.subarray(scan.idStart, scan.idEnd));
  return { code, message, id: isCertain ? bytes.toString("latin1", scan.idStart, scan.idEnd) : "null" };
}

/**
 * Scans a Core's message; ranges are offsets into the frame. Up to 16 KiB, as scan(). A larger result is cut: its head (or tail) must
 * be one of the usual ones, and only UTF-8 is checked in between, not the JSON. Its resultStart is then exact; were there
 * members behind the result that this does not know, resultEnd would cover them too. All else large is flattened and scanned.
 */
export function scanCore(frame: Frame, into: Scan): ScanFault | undefined {
  if (small.isTaken(frame, into)) return undefined;
  if (frame.size <= largeFrame || !cutResult(frame, into)) return scan(flatten(frame), into);
  if (frame.isUtf8 ?? isUtf8Chunks(frame.chunks)) return undefined;
  return { code: "parse_error", message: "not valid UTF-8", id: textBetween(frame, into.idStart, into.idEnd) };
}

const edgeBytes = 192;
const ws = "[ \\t\\r\\n]*";
const versionMember = `"jsonrpc"${ws}:${ws}"2\\.0"`;
const idKey = `"id"${ws}:${ws}`;
const resultKey = `"result"${ws}:${ws}`;
const integer = "(-?(?:0|[1-9][0-9]{0,15}))";

/** Each has three groups: what is before the id, the id, what is between it and the result. */
const headsWithId = [
  new RegExp(`^(${ws}\\{${ws}${versionMember}${ws},${ws}${idKey})${integer}(${ws},${ws}${resultKey})\\{`),
  new RegExp(`^(${ws}\\{${ws}${idKey})${integer}(${ws},${ws}${versionMember}${ws},${ws}${resultKey})\\{`),
];
const headWithoutId = new RegExp(`^${ws}\\{${ws}${resultKey}\\{`);
/** The result's last brace, then the envelope's. */
const tailWithoutId = new RegExp(`\\}${ws}\\}${ws}$`);
/** As above with the other members in between: groups before the id, and the id. */
const tailsWithId = [
  new RegExp(`(\\}${ws},${ws}${versionMember}${ws},${ws}${idKey})${integer}${ws}\\}${ws}$`),
  new RegExp(`(\\}${ws},${ws}${idKey})${integer}${ws},${ws}${versionMember}${ws}\\}${ws}$`),
];

/** Sets id and result of a usual result message; false, with `into` undefined, for anything else. */
function cutResult(frame: Frame, into: Scan): boolean {
  clear(into);
  into.kind = "response";
  const tailStart = frame.size - edgeBytes;
  const head = textBetween(frame, 0, edgeBytes);
  const tail = textBetween(frame, tailStart, frame.size);
  for (const pattern of headsWithId) {
    const match = pattern.exec(head);
    if (match === null) continue;
    const end = tailWithoutId.exec(tail);
    if (end === null) return false;
    const [, before = "", id = "", between = ""] = match;
    into.idStart = before.length;
    into.idEnd = into.idStart + id.length;
    into.resultStart = into.idEnd + between.length;
    into.resultEnd = tailStart + end.index + 1;
    into.isOpen = true;
    return true;
  }
  const start = headWithoutId.exec(head);
  if (start === null) return false;
  for (const pattern of tailsWithId) {
    const match = pattern.exec(tail);
    if (match === null) continue;
    const [, before = "", id = ""] = match;
    into.resultStart = start[0].length - 1;
    into.resultEnd = tailStart + match.index + 1;
    into.idStart = tailStart + match.index + before.length;
    into.idEnd = into.idStart + id.length;
    return true;
  }
  return false;
}
