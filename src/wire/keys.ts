// Which keys a message's envelope, params and params._meta may have, compared decoded, and whether one comes twice.
import type { Level } from "./protocol-keys.ts";
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
  args: 13,
} as const;

/** Any other key, and any other key that is written with escapes or has letters beyond ASCII. */
export const plainKey = 0;
export const spelledKey = -1;

/** Bytes of a known key with its quotes, by its number. */
export const keyBytes: readonly number[] = [0, 9, 4, 8, 8, 8, 7, 6, 5, 7, 15, 11, 15, 11];

/**
 * The known key that is written plainly at the quote at `at`, or `plainKey`. Told by its letters, its closing quote with them, so that
 * nobody has to look for its end. Reads no byte from `limit` on.
 */
export function knownKeyAt(bytes: Buffer, at: number, limit: number, level: Level): number {
  return level === 1
    ? envelopeKeyAt(bytes, at, limit)
    : level === 2
      ? paramsKeyAt(bytes, at, limit)
      : isQuoted(bytes, at, limit, "progressToken")
        ? known.token
        : plainKey;
}

/** For a legal string from `start` (its quote) to `end` that is no plainly written known key: the known key that it is by escapes, or not. */
export function spelledKeyAt(bytes: Buffer, start: number, end: number, level: Level): number {
  let key: number = plainKey;
  for (let i = start + 1; i < end - 1; i++) {
    const c = bytes[i] as number;
    if (c === 0x5c) return keyOf(stringAt(bytes, start, end), level) || spelledKey;
    if (c >= 0x80) key = spelledKey;
  }
  return key;
}

// Keys are compared four bytes at a time, the last four overlapping the ones before: the cheapest exact comparison there is.

function envelopeKeyAt(bytes: Buffer, at: number, limit: number): number {
  if (at + 8 >= limit) {
    // So near the end of a message only an id can stand.
    const isId = at + 3 < limit && bytes[at + 1] === 0x69 && bytes[at + 2] === 0x64 && bytes[at + 3] === 0x22;
    return isId ? known.id : plainKey;
  }
  switch (bytes[at + 1]) {
    case 0x69: // i
      return bytes[at + 2] === 0x64 && bytes[at + 3] === 0x22 ? known.id : plainKey;
    case 0x6a: // j
      return wordAt(bytes, at + 1) === json && wordAt(bytes, at + 5) === rpcQuote ? known.jsonrpc : plainKey;
    case 0x6d: // m
      return wordAt(bytes, at + 1) === meth && wordAt(bytes, at + 4) === hodQuote ? known.method : plainKey;
    case 0x70: // p
      return wordAt(bytes, at + 1) === para && wordAt(bytes, at + 4) === amsQuote ? known.params : plainKey;
    case 0x72: // r
      return wordAt(bytes, at + 1) === resu && wordAt(bytes, at + 4) === ultQuote ? known.result : plainKey;
    case 0x65: // e
      return wordAt(bytes, at + 1) === erro && wordAt(bytes, at + 3) === rorQuote ? known.error : plainKey;
    default:
      return plainKey;
  }
}

function paramsKeyAt(bytes: Buffer, at: number, limit: number): number {
  if (at + 6 >= limit) return plainKey;
  switch (bytes[at + 1]) {
    case 0x6e: // n
      return wordAt(bytes, at + 1) === name && bytes[at + 5] === 0x22 ? known.name : plainKey;
    case 0x61: // a
      return isQuoted(bytes, at, limit, "arguments") ? known.args : plainKey;
    case 0x75: // u
      return wordAt(bytes, at + 1) === uriQuote ? known.uri : plainKey;
    case 0x5f: // _
      return wordAt(bytes, at + 1) === met && wordAt(bytes, at + 3) === etaQuote ? known.meta : plainKey;
    case 0x70: // p
      return isQuoted(bytes, at, limit, "progressToken") ? known.paramToken : plainKey;
    case 0x72: // r
      return isQuoted(bytes, at, limit, "requestId") ? known.requestId : plainKey;
    default:
      return plainKey;
  }
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
const rpcQuote = wordOf('rpc"');
const meth = wordOf("meth");
const hodQuote = wordOf('hod"');
const para = wordOf("para");
const amsQuote = wordOf('ams"');
const resu = wordOf("resu");
const ultQuote = wordOf('ult"');
const erro = wordOf("erro");
const rorQuote = wordOf('ror"');
const name = wordOf("name");
const uriQuote = wordOf('uri"');
const met = wordOf("_met");
const etaQuote = wordOf('eta"');

/** The key that decoded text is. */
function keyOf(text: string, level: Level): number {
  // As a key stands in a message, never at its very end.
  const written = Buffer.from(`${JSON.stringify(text)}:     `);
  return knownKeyAt(written, 0, written.length, level);
}

/** Whether the bytes at the quote at `at` are this ASCII text in quotes. */
function isQuoted(bytes: Buffer, at: number, limit: number, text: string): boolean {
  const end = at + 1 + text.length;
  if (end >= limit || bytes[end] !== 0x22) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + 1 + i] !== text.charCodeAt(i)) return false;
  return true;
}

const fewKeys = 8;

/** Where the first keys of params (from 0) and of _meta start and end. Written before it is read within one scan. */
const places = new Int32Array(2 * 2 * fewKeys);

/**
 * Notes the unknown key at `start` to `end`, the `count`-th (from 0) of its object. `names` is what the last call for this object
 * returned. Few plain keys are compared as bytes; from the first other one on, or when there are many, as text in a set.
 * Returns "repeated" when the key was there before.
 */
export function noteKey(
  bytes: Buffer,
  start: number,
  end: number,
  level: 2 | 3,
  isPlain: boolean,
  count: number,
  names: Set<string> | undefined,
): Set<string> | undefined | "repeated" {
  const base = level === 2 ? 0 : 2 * fewKeys;
  if (names === undefined && isPlain && count < fewKeys) {
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
