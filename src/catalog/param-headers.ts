// Which arguments of a tool its calls repeat as HTTP headers, as its list entry says it.
import type { Member } from "../wire/cut-members.ts";
import { type ParamHeaders, paramHeaderKey, readParamHeaders } from "../wire/param-headers.ts";

/** `tool`: its members. A text says why clients of the modern era refuse the tool; undefined: it has no such headers. */
export function toolParamHeaders(bytes: Buffer, tool: readonly Member[]): ParamHeaders | string | undefined {
  // Nearly every tool has none. A key may be written with escapes, which few do.
  if (!bytes.includes(paramHeaderKey) && !bytes.includes("\\u")) return undefined;
  const schema = tool.findLast(({ key }) => key === "inputSchema");
  if (schema === undefined) return undefined;
  return readParamHeaders(JSON.parse(bytes.toString("utf8", schema.start, schema.end)));
}
