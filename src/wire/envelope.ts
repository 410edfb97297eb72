// The members of a message that the hub looks at: finds their ranges and the breaches of rules that show on the way.
import { keyBytes, known, knownKeyAt, noteKey, plainKey, spelledKey, spelledKeyAt } from "./keys.ts";
import { type Level, meantKey } from "./protocol-keys.ts";
import type { Scan } from "./scan.ts";
import type { ScanMemory } from "./scan-memory.ts";
import { stringAt, stringEnd } from "./strings.ts";
import { colonEnd, spaceEnd, valueEnd } from "./values.ts";

/** More keys than this are refused: they are all looked into, and those of params and params._meta remembered to find one that comes twice. */
const maxKeys = 256;

const maxShownChars = 64;

/** What one scan finds out beside ranges. `startPass` resets it, so nothing carries over from scan to scan. */
export const pass = { flaw: "", isVersioned: false, idIsNull: false, idIsTwice: false };

export function startPass(): void {
  pass.flaw = "";
  pass.isVersioned = false;
  pass.idIsNull = false;
  pass.idIsTwice = false;
}

/** The first breach of a rule is the one reported. The scan goes on: bad JSON further on is worse, and the id may still come. */
export function refuse(flaw: string): void {
  if (pass.flaw === "") pass.flaw = flaw;
}

/**
 * The object at `at`: the envelope or, by descent, params and params._meta. Returns as valueEnd does. `memory`: what `bytes` was
 * loaded into, if it was.
 */
export function walk(
  bytes: Buffer,
  at: number,
  limit: number,
  level: Level,
  into: Scan,
  memory: ScanMemory | undefined,
): number {
  let i = spaceEnd(bytes, at + 1);
  if (bytes[i] === 0x7d) return i + 1;
  let seen = 0;
  let keys = 0;
  let others = 0;
  let names: Set<string> | undefined;
  for (;;) {
    if (bytes[i] !== 0x22) return ~i;
    const keyStart = i;
    let key = knownKeyAt(bytes, i, limit, level);
    let keyStop = i + (keyBytes[key] as number);
    if (key === plainKey) {
      keyStop = stringEnd(bytes, i, limit);
      if (keyStop < 0) return keyStop;
      key = keys < maxKeys ? spelledKeyAt(bytes, keyStart, keyStop, level) : spelledKey;
    }
    const start = colonEnd(bytes, keyStop);
    if (start < 0) return start;
    const first = bytes[start];
    const end =
      first === 0x22
        ? stringEnd(bytes, start, limit)
        : first === 0x7b && (key === known.params || key === known.meta)
          ? walk(bytes, start, limit, key === known.params ? 2 : 3, into, memory)
          : memory === undefined
            ? valueEnd(bytes, start, limit, level)
            : memory.valueEnd(start, limit, level);
    if (end < 0) return end;
    if (end >= limit) return ~limit;
    i = spaceEnd(bytes, end);
    const c = bytes[i];
    if (c !== 0x2c && c !== 0x7d) return ~i;
    // Only now, with what follows a number or a string seen, is the member certain.
    keys++;
    if (key > 0) {
      if ((seen & (1 << key)) === 0) {
        seen |= 1 << key;
        record(key, bytes, start, end, into);
      } else {
        if (key === known.id) pass.idIsTwice = true;
        refuse(repeatedIn[level]);
      }
    } else if (keys > maxKeys) {
      refuse(`more than ${maxKeys} keys in ${placeOf[level]}`);
    } else {
      const isPlain = key === plainKey;
      const meant = meantKey(bytes, keyStart, keyStop, level, isPlain);
      if (meant !== undefined) refuseLetters(bytes, keyStart, keyStop, level, meant);
      if (level !== 1) {
        const noted = noteKey(bytes, keyStart, keyStop, level, isPlain, others, names);
        if (noted === "repeated") {
          refuse(repeatedIn[level]);
        } else {
          names = noted;
          others++;
        }
      }
    }
    if (c === 0x7d) {
      if (level === 2) into.others = others;
      return i + 1;
    }
    i = spaceEnd(bytes, i + 1);
  }
}

const placeOf = { 1: "the message", 2: "params", 3: "params._meta" } as const;

const repeatedIn = {
  1: `a key comes twice in ${placeOf[1]}`,
  2: `a key comes twice in ${placeOf[2]}`,
  3: `a key comes twice in ${placeOf[3]}`,
} as const;

/** Who does not tell small letters from capitals would take it for another key than the one that was looked at. */
function refuseLetters(bytes: Buffer, start: number, end: number, level: Level, meant: string): void {
  if (meant === "id") pass.idIsTwice = true;
  if (pass.flaw !== "") return;
  const key = JSON.stringify(stringAt(bytes, start, end).slice(0, maxShownChars));
  refuse(`${key} in ${placeOf[level]} can be read as "${meant}": write it so, or leave it out`);
}

function record(key: number, bytes: Buffer, start: number, end: number, into: Scan): void {
  const first = bytes[start] as number;
  const isString = first === 0x22;
  const isTokenLike = isString || first === 0x2d || (first >= 0x30 && first <= 0x39);
  switch (key) {
    case known.jsonrpc:
      if (isString && isVersion(bytes, start, end)) pass.isVersioned = true;
      break;
    case known.id:
      if (isTokenLike) {
        into.idStart = start;
        into.idEnd = end;
      } else if (first === 0x6e) {
        pass.idIsNull = true;
      } else {
        refuse("id is neither a string nor a number");
      }
      break;
    case known.method:
      if (!isString) refuse("method is not a string");
      into.methodStart = start;
      into.methodEnd = end;
      break;
    case known.params:
      if (first !== 0x7b) refuse("params is not an object");
      into.paramsStart = start;
      into.paramsEnd = end;
      break;
    case known.result:
      into.resultStart = start;
      into.resultEnd = end;
      break;
    case known.error:
      if (first !== 0x7b) refuse("error is not an object");
      into.errorStart = start;
      into.errorEnd = end;
      break;
    case known.name:
      into.nameStart = start;
      into.nameEnd = end;
      break;
    case known.uri:
      into.uriStart = start;
      into.uriEnd = end;
      break;
    case known.meta:
      into.metaStart = start;
      into.metaEnd = end;
      break;
    case known.paramToken:
      if (!isTokenLike) break;
      into.paramTokenStart = start;
      into.paramTokenEnd = end;
      break;
    case known.requestId:
      if (!isTokenLike) break;
      into.requestIdStart = start;
      into.requestIdEnd = end;
      break;
    case known.token:
      if (!isTokenLike) refuse("progressToken is neither a string nor a number");
      into.tokenStart = start;
      into.tokenEnd = end;
      break;
  }
}

function isVersion(bytes: Buffer, start: number, end: number): boolean {
  if (end - start === 5) return bytes[start + 1] === 0x32 && bytes[start + 2] === 0x2e && bytes[start + 3] === 0x30;
  return end - start <= 20 && stringAt(bytes, start, end) === "2.0";
}
