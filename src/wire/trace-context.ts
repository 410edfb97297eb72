// W3C trace context in `params._meta` (MCP SEP-414): where it is, what it says, and how new values are spliced in.
import { type ByteString, byPlace, byteString, type Splice } from "./frame.ts";
import { members, type Range } from "./json.ts";
import { type Scan, stringAt } from "./scan.ts";
import { spaceEnd } from "./values.ts";

const names = ["traceparent", "tracestate", "baggage"] as const;
type Name = (typeof names)[number];

/** Trace context as it was written, not checked. */
export type TraceText = { readonly [name in Name]?: string };

/** Where trace context stands in a request, or would stand. */
export interface TracePlace {
  readonly at: number;
  /** Behind the last member of the object that they are put into. */
  readonly last: number;
  /** What goes around members that are put in at `at`. */
  readonly before: ByteString;
  readonly after: ByteString;
  readonly members: { readonly [name in Name]?: Range };
}

const metaHead = '"_meta":{';
/** Longer values are not read: the standard's own limits are below. */
const maxTextBytes = 8192;

/** Undefined where there is no room: `params` is absent, or `_meta` is no object. */
export function tracePlace(bytes: Buffer, scan: Scan): TracePlace | undefined {
  if (scan.paramsStart < 0) return undefined;
  if (scan.metaStart < 0) {
    const after = isEmpty(bytes, scan.paramsStart) ? "}" : "},";
    return { at: scan.paramsStart + 1, last: scan.paramsEnd - 1, before: metaHead, after, members: {} };
  }
  const found: { [name in Name]?: Range } = {};
  const isObject = members(bytes, scan.metaStart, scan.metaEnd, (key, start, end) => {
    if (key === "traceparent" || key === "tracestate" || key === "baggage") found[key] = { start, end };
  });
  if (!isObject) return undefined;
  const after = isEmpty(bytes, scan.metaStart) ? "" : ",";
  return { at: scan.metaStart + 1, last: scan.metaEnd - 1, before: "", after, members: found };
}

export function traceText(bytes: Buffer, place: TracePlace): TraceText {
  const text: { [name in Name]?: string } = {};
  for (const name of names) {
    const range = place.members[name];
    if (range === undefined || bytes[range.start] !== 0x22 || range.end - range.start > maxTextBytes) continue;
    text[name] = stringAt(bytes, range.start, range.end);
  }
  return text;
}

/** Of the headers of a request; undefined where they name no trace. */
export function traceHeaders(headers: {
  readonly [name: string]: string | string[] | undefined;
}): TraceText | undefined {
  if (typeof headers["traceparent"] !== "string") return undefined;
  const text: { [name in Name]?: string } = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) text[name] = String(value);
  }
  return text;
}

/** Puts these values in the place of the old ones, or in addition. In the order of the bytes. */
export function traceSplices(place: TracePlace, text: TraceText): Splice[] {
  const splices: Splice[] = [];
  const added: string[] = [];
  for (const name of names) {
    const value = text[name];
    if (value === undefined) continue;
    const range = place.members[name];
    const json = byteString(JSON.stringify(value));
    if (range === undefined) added.push(`"${name}":${json}`);
    else splices.push({ ...range, text: json });
  }
  splices.sort(byPlace);
  if (added.length > 0) {
    splices.unshift({ start: place.at, end: place.at, text: `${place.before}${added.join(",")}${place.after}` });
  }
  return splices;
}

/** These splices of a frame and those of its trace context, as one. Where both put something in at one place, or one takes away the rest, it is one splice. */
export function mergeSplices(some: readonly Splice[], place: TracePlace, traced: readonly Splice[]): readonly Splice[] {
  const [put, ...replaced] = traced;
  if (put === undefined) return some;
  const other =
    put.start === place.at && put.end === put.start ? some.find(({ start }) => start === place.at) : undefined;
  if (other === undefined) return [...some, ...traced].sort(byPlace);
  const text = place.before === "" ? ahead(put, other, place) : into(put, other, place);
  const joint = { start: other.start, end: other.end, text };
  return [...some.filter((one) => one !== other), joint, ...replaced].sort(byPlace);
}

/** Before the members that another edit puts in there; it may also take away those that follow. */
function ahead(put: Splice, other: Splice, { after, last }: TracePlace): ByteString {
  const own = put.text.slice(0, put.text.length - after.length);
  if (other.text !== "") return `${own},${other.text}`;
  return other.end >= last ? own : `${own},`;
}

/** Into the `_meta` that another edit makes. */
function into(put: Splice, other: Splice, { before, after }: TracePlace): ByteString {
  if (!other.text.startsWith(before)) return put.text + other.text;
  const own = put.text.slice(before.length, put.text.length - after.length);
  return `${before}${own},${other.text.slice(before.length)}`;
}

/** Whether the object that starts at `start` has no members. */
function isEmpty(bytes: Buffer, start: number): boolean {
  return bytes[spaceEnd(bytes, start + 1)] === 0x7d;
}
