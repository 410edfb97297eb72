// A result of the modern era that says that something has to be asked first: what, and what the Core wants to be told again with the answers. Ranges;
// results that are something else are hardly looked at.
import { membersOf } from "../../wire/cut-members.ts";
import { type Frame, flatten } from "../../wire/frame.ts";
import { members, type Range } from "../../wire/json.ts";
import { occurs } from "../../wire/occurs.ts";
import { type Scan, stringAt } from "../../wire/scan.ts";

export interface InputRequest {
  /** The Core's name for the answer. */
  readonly key: string;
  readonly method: string;
  readonly params: Range | undefined;
}

export interface InputRequired {
  /** The frame in one piece. */
  readonly bytes: Buffer;
  readonly requests: readonly InputRequest[];
  /** A string, with its quotes; undefined where the Core has said nothing to be told again. */
  readonly state: Range | undefined;
}

/** More is asked at once by nobody who means it. */
const maxRequests = 64;
const maxBytes = 1024 * 1024;

/** Undefined: the result is of another kind. A text is what is wrong with one of this kind. */
export function readInputRequired(frame: Frame, { resultStart, resultEnd }: Scan): InputRequired | string | undefined {
  if (resultStart < 0 || !(occurs(frame, "input_required") || occurs(frame, "\\u"))) return undefined;
  const bytes = flatten(frame);
  const result = membersOf(bytes, resultStart, resultEnd) ?? [];
  const of = (key: string) => result.findLast((member) => member.key === key);
  const kind = of("resultType");
  if (kind === undefined || textAt(bytes, kind) !== "input_required") return undefined;
  if (resultEnd - resultStart > maxBytes) return `asked for more than ${maxBytes} bytes at once`;
  const state = of("requestState");
  if (state !== undefined && bytes[state.start] !== 0x22) return "gave a requestState that is no string";
  const asked = of("inputRequests");
  const requests = asked === undefined ? [] : inputRequestsAt(bytes, asked);
  if (typeof requests === "string") return requests;
  if (state === undefined && requests.length === 0) return "asked for input, and not for which";
  return { bytes, requests, state };
}

/** The object of what is asked, at this range. A text is what is wrong with it. */
export function inputRequestsAt(bytes: Buffer, { start, end }: Range): readonly InputRequest[] | string {
  const byKey = new Map<string, InputRequest>();
  let flaw: string | undefined;
  const isObject = members(bytes, start, end, (key, from, to) => {
    const request = requestAt(bytes, key, from, to);
    if (request === undefined) flaw = "asked for input with what is no request";
    else byKey.set(key, request);
  });
  if (!isObject) return "gave inputRequests that are no object";
  if (byKey.size > maxRequests) return `asked for more than ${maxRequests} things at once`;
  return flaw ?? [...byKey.values()];
}

function requestAt(bytes: Buffer, key: string, start: number, end: number): InputRequest | undefined {
  const all = membersOf(bytes, start, end) ?? [];
  const method = textAt(
    bytes,
    all.findLast((member) => member.key === "method"),
  );
  const params = all.findLast((member) => member.key === "params");
  if (method === undefined || (params !== undefined && bytes[params.start] !== 0x7b)) return undefined;
  return { key, method, params };
}

/** Of a member that is a string. */
export function textAt(bytes: Buffer, range: Range | undefined): string | undefined {
  return range === undefined || bytes[range.start] !== 0x22 ? undefined : stringAt(bytes, range.start, range.end);
}
