// hub__call_tool is a call of another tool in an envelope. What is inside is found as ranges, and the envelope is cut away as the
// frame is written: what reaches the Core is what a direct call would have been, byte for byte. Nothing is parsed.
import type { Splice } from "../wire/frame.ts";
import { members, type Range } from "../wire/json.ts";
import { paramAt } from "../wire/params.ts";
import { type Scan, stringAt } from "../wire/scan.ts";
import { quoted } from "./answers.ts";

/** A call of the tool `name`; `cuts` take the envelope away. */
export interface CallThrough {
  readonly name: string;
  readonly cuts: readonly Splice[];
  /** The arguments of that tool, as they are written; undefined where there are none. */
  readonly inner: Range | undefined;
}

/** The call inside, or what is wrong with it, as a sentence for whoever wrote it. */
export function readCallThrough(bytes: Buffer, scan: Scan): CallThrough | string {
  const outer = paramAt(bytes, scan, "arguments");
  if (outer === undefined || bytes[outer.start] !== 0x7b) return "it takes an object of arguments: name and arguments";
  let name: Range | undefined;
  let inner: Range | undefined;
  let problem: string | undefined;
  members(bytes, outer.start, outer.end, (key, start, end) => {
    if (key === "name" && name === undefined) name = { start, end };
    else if (key === "arguments" && inner === undefined) inner = { start, end };
    else if (key === "name" || key === "arguments") problem ??= `"${key}" comes twice`;
    else problem ??= `there is no argument ${quoted(key)}; it takes name, and the tool's own arguments in arguments`;
  });
  return problem ?? callThrough(bytes, outer, name, inner);
}

function callThrough(
  bytes: Buffer,
  outer: Range,
  name: Range | undefined,
  inner: Range | undefined,
): CallThrough | string {
  if (name === undefined || bytes[name.start] !== 0x22)
    return "name is missing: the name of the tool to call, a string";
  const called = stringAt(bytes, name.start, name.end);
  // A tool without arguments may be called without: MCP lets them be absent, and the member is there already.
  if (inner === undefined) return { name: called, cuts: [{ ...outer, text: "{}" }], inner };
  if (bytes[inner.start] !== 0x7b) {
    const hint = bytes[inner.start] === 0x22 ? ", not as the text of one" : "";
    return `arguments must be an object${hint}: {"name":${JSON.stringify(called)},"arguments":{…}}`;
  }
  return {
    name: called,
    inner,
    cuts: [
      { start: outer.start, end: inner.start, text: "" },
      { start: inner.end, end: outer.end, text: "" },
    ],
  };
}
