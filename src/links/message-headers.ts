// What a message of the modern era says of itself in headers, for whoever stands in between (MCP 2026-07-28, "Request Metadata").
import { encodeHeaderValue } from "../wire/header-value.ts";
import { type ParamHeaders, paramHeaderLines, readParamHeaders } from "../wire/param-headers.ts";
import { paramAt } from "../wire/params.ts";
import { type Scan, stringAt } from "../wire/scan.ts";

/** Of a tool, by the name that it is called by; undefined where it has none. */
export type ParamHeadersOf = (toolName: string) => ParamHeaders | undefined;

/** `bytes` and `scan` as they are sent, with the names that the other side knows. */
export function messageHeaders(
  method: string,
  revision: string,
  bytes: Buffer,
  scan: Scan,
  paramHeadersOf: ParamHeadersOf,
): Record<string, string> {
  const headers: Record<string, string> = { "mcp-protocol-version": revision, "mcp-method": method };
  const name = nameIn(method, bytes, scan);
  if (name === undefined) return headers;
  headers["mcp-name"] = encodeHeaderValue(name);
  const params = method === "tools/call" ? paramHeadersOf(name) : undefined;
  if (params === undefined) return headers;
  const found = paramAt(bytes, scan, "arguments");
  for (const [header, value] of paramHeaderLines(params, bytes, found?.start ?? -1, found?.end ?? -1)) {
    headers[header] = value;
  }
  return headers;
}

function nameIn(method: string, bytes: Buffer, scan: Scan): string | undefined {
  if (method === "tools/call" || method === "prompts/get") return textAt(bytes, scan.nameStart, scan.nameEnd);
  if (method === "resources/read") return textAt(bytes, scan.uriStart, scan.uriEnd);
  if (!method.startsWith("tasks/") || scan.paramsStart < 0) return undefined;
  const id = paramAt(bytes, scan, "taskId");
  return id === undefined ? undefined : textAt(bytes, id.start, id.end);
}

function textAt(bytes: Buffer, start: number, end: number): string | undefined {
  return start >= 0 && bytes[start] === 0x22 ? stringAt(bytes, start, end) : undefined;
}

/** As a list has it. */
export interface Tool {
  readonly bytes: Buffer;
}

/** The headers of the tools on one list; read when they are first asked for. */
export class ToolHeaders {
  #tools: readonly Tool[] = [];
  #byName: ReadonlyMap<string, ParamHeaders> = new Map();

  of(name: string, tools: readonly Tool[]): ParamHeaders | undefined {
    if (tools !== this.#tools) {
      this.#tools = tools;
      this.#byName = new Map(tools.flatMap(({ bytes }) => toolHeaders(bytes)));
    }
    return this.#byName.get(name);
  }
}

/** Of one tool as a list has it: its name and its headers, or nothing. */
export function toolHeaders(bytes: Buffer): [string, ParamHeaders][] {
  // Nearly every tool has none. A key may be written with escapes, which few do.
  if (!bytes.includes("x-mcp-header") && !bytes.includes("\\u")) return [];
  const { name, inputSchema } = (JSON.parse(bytes.toString("utf8")) ?? {}) as Record<string, unknown>;
  const headers = readParamHeaders(inputSchema);
  return typeof name !== "string" || headers === undefined || typeof headers === "string" ? [] : [[name, headers]];
}
