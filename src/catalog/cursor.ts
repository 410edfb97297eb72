// Where in a list a client was: a cursor names no Core and holds nothing that the page before it did not show. It means the same after
// the list has changed: what was shown last is looked for, and where that is gone its place counts.
import { hash } from "node:crypto";

export const listKinds = ["tools", "prompts", "resources", "resourceTemplates"] as const;
export type ListKind = (typeof listKinds)[number];

export interface Position {
  /** How many entries came before. */
  readonly index: number;
  /** Of the last of them: see `printOf`. */
  readonly print: string;
}

const version = 1;
const printBytes = 8;
const checkedBytes = 6 + printBytes;
const bytes = checkedBytes + 2;

/** What a name or a uri is known by in a cursor. */
export function printOf(id: string): string {
  return hash("sha256", id, "buffer").toString("latin1", 0, printBytes);
}

export function writeCursor(kind: ListKind, { index, print }: Position): string {
  const cursor = Buffer.alloc(bytes);
  cursor[0] = version;
  cursor[1] = listKinds.indexOf(kind);
  cursor.writeUInt32BE(index, 2);
  cursor.write(print, 6, "latin1");
  cursor.set(checkOf(cursor), checkedBytes);
  return cursor.toString("base64url");
}

/** Undefined for what is no cursor of this hub, or one of another list. */
export function readCursor(kind: ListKind, text: string): Position | undefined {
  if (!/^[A-Za-z0-9_-]{22}$/.test(text)) return undefined;
  const cursor = Buffer.from(text, "base64url");
  // The last character has bits that count for nothing: one cursor is one text.
  if (cursor.length !== bytes || cursor.toString("base64url") !== text) return undefined;
  if (cursor[0] !== version || listKinds[cursor[1] ?? -1] !== kind) return undefined;
  if (!checkOf(cursor).equals(cursor.subarray(checkedBytes))) return undefined;
  return { index: cursor.readUInt32BE(2), print: cursor.toString("latin1", 6, checkedBytes) };
}

/** Against what somebody else made, or a client cut: not against who wants to be elsewhere in a list that it may see. */
function checkOf(cursor: Buffer): Buffer {
  return hash("sha256", cursor.subarray(0, checkedBytes), "buffer").subarray(0, bytes - checkedBytes);
}
