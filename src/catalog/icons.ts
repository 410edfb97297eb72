// Icons of list entries: a client loads them, so only addresses that are safe to hand on are (https, http and data).

import type { Member } from "../wire/cut-members.ts";
import { byteText, type Splice } from "../wire/frame.ts";
import { elements, findMember } from "../wire/json.ts";
import { stringAt } from "../wire/scan.ts";

const safe = /^(?:https?:\/\/|data:image\/)/i;

/** Takes the others out; everything else of the entry stays as it is. */
export function iconEdits(bytes: Buffer, members: readonly Member[]): readonly Splice[] {
  return members.flatMap(({ key, start, end }) => {
    if (key !== "icons" || bytes[start] !== 0x5b) return [];
    const kept: string[] = [];
    let count = 0;
    elements(bytes, start, end, (from, to) => {
      count++;
      const src = findMember(bytes, from, to, "src");
      const isSafe = src !== undefined && bytes[src.start] === 0x22 && safe.test(stringAt(bytes, src.start, src.end));
      if (isSafe) kept.push(byteText(bytes, from, to));
    });
    return kept.length === count ? [] : [{ start, end, text: `[${kept.join(",")}]` }];
  });
}
