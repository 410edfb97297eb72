// What the Core of a parked call asks, as its client reads it: InputRequests, by the names that the client answers by.
import { cutMembers, membersOf } from "../../wire/cut-members.ts";
import { type ByteString, byPlace, byteText, frameOf, joined } from "../../wire/frame.ts";
import type { Range } from "../../wire/json.ts";
import type { Ask } from "../call.ts";

export interface Question {
  readonly ask: Ask;
  /** As an InputRequest: `{"method":…,"params":…}`. */
  readonly request: ByteString;
}

/** As members of an object. */
export function requestsOf(questions: ReadonlyMap<string, Question>): ByteString {
  return [...questions].map(([key, { request }]) => `"${key}":${request}`).join(",");
}

/** Of each hop its own, or of no use to a client that answers by another way. */
const unwanted: ReadonlySet<string> = new Set(["_meta", "elicitationId", "task"]);

export function inputRequest(
  method: string,
  bytes: Buffer,
  params: Range | undefined,
  label: string | undefined,
): ByteString {
  const name = JSON.stringify(method);
  const all = params === undefined ? undefined : membersOf(bytes, params.start, params.end);
  const kept = all?.filter(({ key }) => !unwanted.has(key)) ?? [];
  if (params === undefined || all === undefined || kept.length === 0) {
    return method === "roots/list" ? `{"method":${name}}` : `{"method":${name},"params":{}}`;
  }
  const edits = [...cutMembers(bytes, params.start, all, unwanted)];
  const message = method === "elicitation/create" ? kept.find(({ key }) => key === "message") : undefined;
  if (label !== undefined && message !== undefined && bytes[message.start] === 0x22) {
    edits.push({ start: message.start + 1, end: message.start + 1, text: `[${label}] ` });
  }
  const frame = frameOf(bytes.subarray(params.start, params.end));
  const own = edits.map(({ start, end, text }) => ({ start: start - params.start, end: end - params.start, text }));
  const edited = joined(frame, own.sort(byPlace), "", "");
  return `{"method":${name},"params":${byteText(edited, 0, edited.length)}}`;
}
