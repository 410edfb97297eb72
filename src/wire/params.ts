// A member of a message's params. Which can be asked for is the list of those that nobody may write in other letters.
import { findMember, type Range } from "./json.ts";
import type { ParamKey } from "./protocol-keys.ts";
import type { Scan } from "./scan.ts";

/** Undefined where there is none, or are no params. `bytes` were scanned. */
export function paramAt(
  bytes: Buffer,
  { paramsStart, paramsEnd }: Pick<Scan, "paramsStart" | "paramsEnd">,
  key: ParamKey,
): Range | undefined {
  return paramsStart < 0 ? undefined : findMember(bytes, paramsStart, paramsEnd, key);
}
