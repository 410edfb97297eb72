// What a Core may read in another way than the hub: an object in which one key may stand for two members.
import type { Range } from "../wire/json.ts";
import { repeatedKey } from "../wire/repeated-key.ts";
import { quoted } from "./answers.ts";

/** Why the value at this range has two meanings, in words; undefined where it has one. */
export function twoMeanings(bytes: Buffer, { start, end }: Range): string | undefined {
  const [one, other] = repeatedKey(bytes, start, end) ?? [];
  if (one === undefined || other === undefined) return undefined;
  const what = one === other ? `${quoted(one)} comes twice` : `${quoted(one)} and ${quoted(other)} differ in case only`;
  return `two meanings: ${what}`;
}
