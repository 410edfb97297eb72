// The keys that the hub reads by itself, and whether another key is one that some readers take for one of them: Go's encoding/json, and others
// if they are asked to, do not tell small letters from capitals. What differs from a protocol key by that alone is refused
// (docs/decisions/0040-other-letters.md).
import { metaKeys, reservedPrefix } from "./request-meta.ts";
import { stringAt } from "./strings.ts";

/** Where a key stands: 1 the envelope, 2 params, 3 params._meta. */
export type Level = 1 | 2 | 3;

const envelopeKeys = ["jsonrpc", "id", "method", "params", "result", "error"] as const;

/** Members of params by which the hub decides: whose a message is, where it goes, whether it may, what is made of it. Of whatever method. */
export const paramKeys = [
  ...["name", "uri", "_meta", "progressToken", "requestId", "arguments", "task", "taskId", "ref", "cursor"],
  ...["level", "requestState", "inputResponses", "inputRequests", "notifications", "progress", "status"],
  ...["message", "mode", "tools", "toolChoice", "elicitationId"],
] as const;

export type ParamKey = (typeof paramKeys)[number];

export const metaKeysRead: readonly string[] = ["progressToken", ...Object.values(metaKeys)];

/**
 * The same for all keys that some reader takes for one. Letters beyond ASCII become ASCII ones, too: ſ, ß, the sign for Kelvin, I with a dot and i
 * without.
 */
export function foldedKey(key: string): string {
  return key.replaceAll("\u0130", "I").toLowerCase().toUpperCase();
}

interface ProtocolKey {
  readonly key: string;
  readonly bytes: Buffer;
}

interface Keys {
  readonly byFold: ReadonlyMap<string, string>;
  /** By their length in bytes. */
  readonly bySize: readonly (readonly ProtocolKey[])[];
}

const keysAt: Readonly<Record<Level, Keys>> = {
  1: keysOf(envelopeKeys),
  2: keysOf(paramKeys),
  3: keysOf(metaKeysRead),
};
const prefix: ProtocolKey = { key: `${reservedPrefix}…`, bytes: Buffer.from(reservedPrefix) };
const foldedPrefix = foldedKey(reservedPrefix);

function keysOf(keys: readonly string[]): Keys {
  const all = keys.map((key) => ({ key, bytes: Buffer.from(key) }));
  const longest = Math.max(...all.map(({ bytes }) => bytes.length));
  const bySize = Array.from({ length: longest + 1 }, (_, size) => all.filter(({ bytes }) => bytes.length === size));
  return { byFold: new Map(keys.map((key) => [foldedKey(key), key])), bySize };
}

/**
 * The key of the protocol that the one from the quote at `start` to `end` is in other letters, and which it is not. `isPlain`: it is all ASCII,
 * without escapes.
 */
export function meantKey(
  bytes: Buffer,
  start: number,
  end: number,
  level: Level,
  isPlain: boolean,
): string | undefined {
  if (!isPlain) return meantByText(stringAt(bytes, start, end), level);
  const size = end - start - 2;
  if (level === 3 && size >= reservedPrefix.length && differsInLetters(bytes, start + 1, prefix)) return prefix.key;
  const { bySize } = keysAt[level];
  if (size >= bySize.length) return undefined;
  for (const candidate of bySize[size] as readonly ProtocolKey[]) {
    if (differsInLetters(bytes, start + 1, candidate)) return candidate.key;
  }
  return undefined;
}

function meantByText(text: string, level: Level): string | undefined {
  const folded = foldedKey(text);
  const key = keysAt[level].byFold.get(folded);
  if (key !== undefined) return key === text ? undefined : key;
  return level === 3 && folded.startsWith(foldedPrefix) && !text.startsWith(reservedPrefix) ? prefix.key : undefined;
}

/** Whether ASCII text of this length is the key but for the case of letters. */
function differsInLetters(bytes: Buffer, at: number, { bytes: key }: ProtocolKey): boolean {
  let isSame = true;
  for (let i = 0; i < key.length; i++) {
    const own = key[i] as number;
    const other = bytes[at + i] as number;
    if (own === other) continue;
    const small = own | 0x20;
    if ((own ^ other) !== 0x20 || small < 0x61 || small > 0x7a) return false;
    isSame = false;
  }
  return !isSame;
}
