// Where the ids of tasks stand in messages, and how they are written on either side: towards clients an id carries the namespace
// (`ns~id`), since two Cores may use the same; towards the Core it is what the Core wrote. Data and ranges only.
import { byteText, noSplices, type Splice } from "../wire/frame.ts";
import { findMember, type Range } from "../wire/json.ts";
import { metaKeys } from "../wire/request-meta.ts";
import { type Scan, stringAt } from "../wire/scan.ts";

/** A longer one is nobody's: the hub keeps ids. */
const maxIdBytes = 1024;
/** Results with an id that the hub must know are small. */
const maxLookedAt = 64 * 1024;

export function exposedTaskId(namespace: string, id: string): string {
  return `${namespace}~${id}`;
}

/** Turns the Core's id at this range into the client's. */
export function exposing(namespace: string, { start }: Range): Splice {
  return { start: start + 1, end: start + 1, text: `${namespace}~` };
}

/** The id of a task, a string, in the object at this range. */
export function taskIdIn(bytes: Buffer, object: Range | undefined): Range | undefined {
  if (object === undefined || object.start < 0) return undefined;
  const id = findMember(bytes, object.start, object.end, "taskId");
  if (id === undefined || bytes[id.start] !== 0x22 || id.end - id.start > maxIdBytes) return undefined;
  return id;
}

/** The id of the task that the object with this `_meta` belongs to. */
function relatedTaskIn(bytes: Buffer, meta: Range | undefined): Range | undefined {
  if (meta === undefined || meta.start < 0) return undefined;
  return taskIdIn(bytes, findMember(bytes, meta.start, meta.end, metaKeys.relatedTask));
}

/** Of a request or a notification. */
export function relatedTaskOf(bytes: Buffer, scan: Scan): Range | undefined {
  return relatedTaskIn(bytes, { start: scan.metaStart, end: scan.metaEnd });
}

/** What a request or a notification of a Core says about the task it belongs to, for clients. */
export function relatedEdits(namespace: string, bytes: Buffer, scan: Scan): readonly Splice[] {
  const range = relatedTaskOf(bytes, scan);
  return range === undefined ? noSplices : [exposing(namespace, range)];
}

/** Of a response. */
export function relatedTaskOfResult(bytes: Buffer, result: Range): Range | undefined {
  return relatedTaskIn(bytes, findMember(bytes, result.start, result.end, "_meta"));
}

/** A result of a Core that may have an id of a task in it; undefined where there is none, or it is too large to be looked through. */
export function resultIn(scan: Scan, maxBytes: number = maxLookedAt): Range | undefined {
  if (scan.resultStart < 0 || scan.resultEnd - scan.resultStart > maxBytes) return undefined;
  return { start: scan.resultStart, end: scan.resultEnd };
}

export function idAt(bytes: Buffer, { start, end }: Range): string {
  return stringAt(bytes, start, end);
}

/** Turns the client's id at this range into the Core's, as the Core wrote it. */
export function native({ start, end }: Range, { idJson }: { readonly idJson: string }): Splice {
  return { start, end, text: idJson };
}

export function jsonAt(bytes: Buffer, { start, end }: Range): string {
  return byteText(bytes, start, end);
}
