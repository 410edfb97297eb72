// Takes members out of an object in JSON bytes, with the right comma.
import type { Splice } from "./frame.ts";
import { members } from "./json.ts";

export interface Member {
  readonly key: string;
  /** Of the value. */
  readonly start: number;
  readonly end: number;
}

/** Undefined when the bytes are not one whole object. */
export function membersOf(bytes: Buffer, start: number, end: number): readonly Member[] | undefined {
  const list: Member[] = [];
  const whole = members(bytes, start, end, (key, valueStart, valueEnd) => {
    list.push({ key, start: valueStart, end: valueEnd });
  });
  return whole ? list : undefined;
}

/** `all`: the members of the object that starts at `start`; one of them at least must stay. Edits in order. */
export function cutMembers(
  bytes: Buffer,
  start: number,
  all: readonly Member[],
  unwanted: ReadonlySet<string>,
): readonly Splice[] {
  const isUnwanted = ({ key }: Member) => unwanted.has(key);
  if (!all.some(isUnwanted)) return [];
  const firstKept = all.findIndex((member) => !isUnwanted(member));
  const cuts: Splice[] = [];
  if (firstKept > 0) {
    // Leading members go with the comma behind them, all others with the comma before them.
    const end = bytes.indexOf(0x2c, all[firstKept - 1]?.end) + 1;
    cuts.push({ start: start + 1, end, text: "" });
  }
  for (const [index, member] of all.entries()) {
    const before = all[index - 1];
    if (index > firstKept && before !== undefined && isUnwanted(member)) {
      cuts.push({ start: before.end, end: member.end, text: "" });
    }
  }
  return cuts;
}

/** The object at a range without those of its members; `all` where none would be left. */
export function without(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  isUnwanted: (key: string) => boolean,
): readonly Splice[] | "all" {
  const all = start < 0 ? [] : (membersOf(bytes, start, end) ?? []);
  const unwanted = new Set(all.flatMap(({ key }) => (isUnwanted(key) ? [key] : [])));
  if (unwanted.size > 0 && all.every(({ key }) => unwanted.has(key))) return "all";
  return cutMembers(bytes, start, all, unwanted);
}
