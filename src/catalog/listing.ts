// Writes list results: the Cores' own bytes with the planned edits, joined. Made once per view (pages.ts), not per request.
import type { Era } from "../wire/revisions.ts";
import type { Listed } from "./model.ts";

/**
 * How long a client of the modern era may take a list for what it is, without asking: in one turn of a model it is asked for once. Who listens is told of
 * changes at once whatever this says; who does not, and a Core that is just starting, are the reason that it is no longer.
 */
export const listTtlMs = 5000;

/** Of the modern era a list says how long it is good for: the hub tells of changes, and what one caller sees is nobody else's. */
const heads: Readonly<Record<Era, string>> = {
  legacy: "{",
  modern: `{"resultType":"complete","ttlMs":${listTtlMs},"cacheScope":"private",`,
};

type Part = Pick<Listed, "bytes" | "edits">;

/** With the edits for clients of this era. */
function partOf({ bytes, edits, modernEdits }: Listed, era: Era): Part {
  return { bytes, edits: era === "modern" ? (modernEdits ?? edits) : edits };
}

/** `{"KEY":[...]}` as a whole result; with `next`, the cursor of what comes behind it. */
export function listResult(key: string, entries: readonly Listed[], era: Era, next?: string): Buffer {
  const head = `${heads[era]}"${key}":[`;
  // At the end there is no cursor at all: an empty one is one that clients come back with, for ever.
  const tail = next === undefined ? "]}" : `],"nextCursor":"${next}"}`;
  let size = head.length + Math.max(0, entries.length - 1) + tail.length;
  const parts = entries.map((entry) => partOf(entry, era));
  for (const part of parts) size += sizeOf(part);
  const result = Buffer.allocUnsafe(size);
  let at = result.write(head, "latin1");
  for (const [index, part] of parts.entries()) {
    if (index > 0) result[at++] = 0x2c;
    at = write(part, result, at);
  }
  result.write(tail, at, "latin1");
  return result;
}

/** One entry as a client gets it. */
export function entryBytes(entry: Listed, era: Era): Buffer {
  const part = partOf(entry, era);
  const bytes = Buffer.allocUnsafe(sizeOf(part));
  write(part, bytes, 0);
  return bytes;
}

function sizeOf({ bytes, edits }: Part): number {
  let size = bytes.length;
  for (const { start, end, text } of edits) size += text.length - (end - start);
  return size;
}

function write({ bytes, edits }: Part, into: Buffer, start: number): number {
  let at = start;
  let from = 0;
  for (const edit of edits) {
    at += bytes.copy(into, at, from, edit.start);
    at += into.write(edit.text, at, "latin1");
    from = edit.end;
  }
  return at + bytes.copy(into, at, from);
}
