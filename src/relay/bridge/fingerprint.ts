// What makes two requests the same one: method and params, token by token. Clients may write the same request with other blanks, escapes and
// another order of the params themselves when they send it again; numbers are as they were written (1.0 is not 1), and so is the order inside.
import { createHash, type Hash } from "node:crypto";
import { type Member, membersOf } from "../../wire/cut-members.ts";
import { type ByteString, byteString } from "../../wire/frame.ts";
import { stringAt, stringEnd } from "../../wire/strings.ts";

/** Of each round its own. */
const ofTheRound: ReadonlySet<string> = new Set(["_meta", "inputResponses", "requestState"]);

/** `params`: its range in bytes of a message that was scanned; negative where there is none. */
export function fingerprint(method: string, bytes: Buffer, paramsStart: number, paramsEnd: number): string {
  const hash = createHash("sha256").update(`${JSON.stringify(method)}\n`);
  const all = paramsStart < 0 ? [] : (membersOf(bytes, paramsStart, paramsEnd) ?? []);
  const same = all.filter(({ key }) => !ofTheRound.has(key)).sort(byKey);
  for (const { key, start, end } of same) {
    hash.update(`${JSON.stringify(key)}:`);
    addTokens(hash, bytes, start, end);
    hash.update("\n");
  }
  return hash.digest("base64url");
}

function byKey(one: Member, other: Member): number {
  return one.key < other.key ? -1 : 1;
}

const quote = 0x22;

function addTokens(hash: Hash, bytes: Buffer, start: number, end: number): void {
  let at = start;
  // What is hashed as it stands: everything since the last blank and the last escaped string.
  let plainFrom = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      const stop = stringEnd(bytes, at, end);
      // Not where the message was scanned.
      if (stop < 0) break;
      const text = respelled(bytes, at, stop);
      if (text !== undefined) {
        hash.update(bytes.subarray(plainFrom, at)).update(text, "latin1");
        plainFrom = stop;
      }
      at = stop;
    } else if (byte <= 0x20) {
      if (at > plainFrom) hash.update(bytes.subarray(plainFrom, at));
      plainFrom = ++at;
    } else at++;
  }
  if (end > plainFrom) hash.update(bytes.subarray(plainFrom, end));
}

/** The string in its one shortest spelling; undefined where it has no escape, which is that spelling already. */
function respelled(bytes: Buffer, start: number, stop: number): ByteString | undefined {
  if (!bytes.subarray(start, stop).includes(0x5c)) return undefined;
  return byteString(JSON.stringify(stringAt(bytes, start, stop)));
}
