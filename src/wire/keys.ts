// Which keys a message's envelope, params and params._meta may have, compared decoded, and whether one comes twice.
import { stringAt } from "./strings.ts";

/** A key the scanner knows. Numbers below 32, so that a set of them is the bits of an integer. */
export const known = {
  jsonrpc: 1,
  id: 2,
  method: 3,
  params: 4,
  result: 5,
  error: 6,
  name: 7,
  uri: 8,
  meta: 9,
  paramToken: 10,
  requestId: 11,
  token: 12,
} as const;

/** Any other key, and any other key that is written with escapes. */
const plainKey = 0;
export const escapedKey = -1;

/** Where a key stands: 1 the envelope, 2 params, 3 params._meta. */
export type Level = 1 | 2 | 3;

/** The known key, `plainKey` or `escapedKey`, for the legal string from `start` (its quote) to `end`. */
export function keyAt(bytes: Buffer, start: number, end: number, level: Level): number {
  const key =
    level === 1
      ? envelopeKey(bytes, start, end)
      : level === 2
        ? paramsKey(bytes, start, end)
        : metaKey(bytes, start, end);
  if (key !== plainKey) return key;
  for (let i = start + 1; i < end - 1; i++) {
    if (bytes[i] === 0x5c) return keyOf(stringAt(bytes, start, end), level) || escapedKey;
  }
  return plainKey;
}

// Keys are compared four bytes at a time, the last four overlapping the ones before: the cheapest exact comparison there is.

function envelopeKey(bytes: Buffer, start: number, end: number): number {
  switch (end - start - 2) {
    case 2:
      return bytes[start + 1] === 0x69 && bytes[start + 2] === 0x64 ? known.id : plainKey;
    case 5:
      return wordAt(bytes, start + 1) === erro && wordAt(bytes, start + 2) === rror ? known.error : plainKey;
    case 6: {
      const first = wordAt(bytes, start + 1);
      const last = wordAt(bytes, start + 3);
      if (first === meth && last === thod) return known.method;
      if (first === para && last === rams) return known.params;
      return first === resu && last === sult ? known.result : plainKey;
    }
    case 7:
      return wordAt(bytes, start + 1) === json && wordAt(bytes, start + 4) === nrpc ? known.jsonrpc : plainKey;
    default:
      return plainKey;
  }
}

function paramsKey(bytes: Buffer, start: number, end: number): number {
  switch (end - start - 2) {
    case 3:
      return wordAt(bytes, start + 1) === uriQuote ? known.uri : plainKey;
    case 4:
      return wordAt(bytes, start + 1) === name ? known.name : plainKey;
    case 5:
      return wordAt(bytes, start + 1) === met && wordAt(bytes, start + 2) === meta ? known.meta : plainKey;
    case 9:
      return isText(bytes, start, "requestId") ? known.requestId : plainKey;
    case 13:
      return isText(bytes, start, "progressToken") ? known.paramToken : plainKey;
    default:
      return plainKey;
  }
}

function metaKey(bytes: Buffer, start: number, end: number): number {
  return end - start === 15 && isText(bytes, start, "progressToken") ? known.token : plainKey;
}

function wordAt(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

const wordOf = (text: string): number => Buffer.from(text).readInt32LE();
const json = wordOf("json");
const nrpc = wordOf("nrpc");
const meth = wordOf("meth");
const thod = wordOf("thod");
const para = wordOf("para");
const rams = wordOf("rams");
const resu = wordOf("resu");
const sult = wordOf("sult");
const erro = wordOf("erro");
const rror = wordOf("rror");
const name = wordOf("name");
const uriQuote = wordOf('uri"');
const met = wordOf("_met");
const meta = wordOf("meta");

/** The key that decoded text is. */
function keyOf(text: string, level: Level): number {
  const plain = Buffer.from(JSON.stringify(text));
  return plain.includes(0x5c) ? plainKey : keyAt(plain, 0, plain.length, level);
}

/** Whether the bytes behind the quote at `start` are this ASCII text; their count is known to be right. */
function isText(bytes: Buffer, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + 1 + i] !== text.charCodeAt(i)) return false;
  return true;
}

const fewKeys = 8;

/** Where the first keys of params (from 0) and of _meta start and end. Written before it is read within one scan. */
const places = new Int32Array(2 * 2 * fewKeys);

/**
 * Notes the unknown key at `start` to `end`, the `count`-th (from 0) of its object. `names` is what the last call for this object
 * returned. Few plain keys are compared as bytes; from the first escaped one on, or when there are many, as text in a set.
 * Returns "repeated" when the key was there before.
 */
export function noteKey(
  bytes: Buffer,
  start: number,
  end: number,
  level: 2 | 3,
  escaped: boolean,
  count: number,
  names: Set<string> | undefined,
): Set<string> | undefined | "repeated" {
  const base = level === 2 ? 0 : 2 * fewKeys;
  if (names === undefined && !escaped && count < fewKeys) {
    for (let at = base; at < base + 2 * count; at += 2) {
      if (areSame(bytes, places[at] as number, places[at + 1] as number, start, end)) return "repeated";
    }
    places[base + 2 * count] = start;
    places[base + 2 * count + 1] = end;
    return undefined;
  }
  const all = names ?? new Set<string>();
  if (names === undefined) {
    for (let at = base; at < base + 2 * count; at += 2) {
      all.add(stringAt(bytes, places[at] as number, places[at + 1] as number));
    }
  }
  const text = stringAt(bytes, start, end);
  if (all.has(text)) return "repeated";
  all.add(text);
  return all;
}

function areSame(bytes: Buffer, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  return bytes.compare(bytes, otherStart, otherEnd, start, end) === 0;
}
