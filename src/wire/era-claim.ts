// Whether a message says of itself that it is of the modern era (MCP 2026-07-28): it names its revision in `params._meta`.
import { type ByteString, partOf } from "./frame.ts";
import { findMember, type Range } from "./json.ts";
import type { Scan } from "./scan.ts";

export const revisionKey = "io.modelcontextprotocol/protocolVersion";

/** Where the message names its revision, of whatever type that is; undefined: it does not. `text`: all of `bytes`, where it is there. */
export function eraClaim(bytes: Buffer, { metaStart, metaEnd }: Scan, text: ByteString | undefined): Range | undefined {
  if (metaStart < 0 || bytes[metaStart] !== 0x7b) return undefined;
  const meta = partOf(bytes, text, metaStart, metaEnd);
  // A key may be written with escapes, which few do.
  if (!meta.includes(revisionKey) && !meta.includes("\\")) return undefined;
  return findMember(bytes, metaStart, metaEnd, revisionKey);
}
