// Where a completion goes: to the Core that its reference leads to, under the Core's own name of it.
import { HubError } from "../base/errors.ts";
import type { FoundResource } from "../catalog/model.ts";
import type { View } from "../catalog/view.ts";
import { byteString, type Splice } from "../wire/frame.ts";
import { findMember, type Range } from "../wire/json.ts";
import { paramAt } from "../wire/params.ts";
import { stringAt } from "../wire/scan.ts";
import type { Request } from "./request.ts";
import { twoMeanings } from "./two-meanings.ts";

export interface CompletionTarget {
  readonly core: string;
  readonly rename: Splice | undefined;
}

/** Undefined where the reference leads nowhere: such a one completes to nothing. Throws HubError for what is no reference. */
export function completionTarget(
  { bytes, scan }: Request,
  view: View,
  resource: (uri: string) => FoundResource | undefined,
): CompletionTarget | undefined {
  const ref = paramAt(bytes, scan, "ref");
  if (ref === undefined || bytes[ref.start] !== 0x7b) {
    throw new HubError("params_invalid", "completion/complete needs params.ref, an object");
  }
  const meanings = twoMeanings(bytes, ref);
  if (meanings !== undefined) throw new HubError("params_invalid", `params.ref has ${meanings}`);
  const type = memberText(bytes, ref, "type");
  if (type === "ref/prompt") {
    const range = findMember(bytes, ref.start, ref.end, "name");
    const name = memberText(bytes, ref, "name");
    const found = name === undefined ? undefined : view.prompt(name);
    if (range === undefined || found === undefined || found.t === "ambiguous") return undefined;
    return { core: found.route.core, rename: { ...range, text: found.route.nativeNameJson } };
  }
  if (type !== "ref/resource") {
    throw new HubError("params_invalid", 'params.ref.type must be "ref/prompt" or "ref/resource"');
  }
  const range = findMember(bytes, ref.start, ref.end, "uri");
  const uri = memberText(bytes, ref, "uri") ?? "";
  const found = range === undefined ? undefined : (view.template(uri) ?? resource(uri));
  return range === undefined || found === undefined
    ? undefined
    : { core: found.core, rename: uriRename(found, uri, range) };
}

/** Puts what the Core calls it over what the client calls it; undefined where that is the same. */
export function uriRename({ nativeUri }: FoundResource, uri: string, { start, end }: Range): Splice | undefined {
  return nativeUri === uri ? undefined : { start, end, text: byteString(JSON.stringify(nativeUri)) };
}

function memberText(bytes: Buffer, object: { start: number; end: number }, key: string): string | undefined {
  const range = findMember(bytes, object.start, object.end, key);
  return range === undefined || bytes[range.start] !== 0x22 ? undefined : stringAt(bytes, range.start, range.end);
}
