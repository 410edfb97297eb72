// Requests of the modern era (MCP 2026-07-28) over HTTP, as text on a socket of one's own.
import { json, requestText } from "./http-wire.ts";

export const revision = "2026-07-28";

export interface ModernMessage {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What a request says of itself. */
export function envelope(more: object = {}): object {
  return {
    "io.modelcontextprotocol/protocolVersion": revision,
    "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
    ...more,
  };
}

/** A message with its envelope, as JSON. */
export function modernBody({ params = {}, ...message }: ModernMessage): string {
  const _meta = { ...envelope(), ...(params["_meta"] as object | undefined) };
  return JSON.stringify({ jsonrpc: "2.0", ...message, params: { ...params, _meta } });
}

/** The headers that repeat parts of a message. */
export function mirrorHeaders({ method, params = {} }: ModernMessage): string[] {
  const name = method === "resources/read" ? params["uri"] : (params["name"] ?? params["taskId"]);
  const head = [`MCP-Protocol-Version: ${revision}`, `Mcp-Method: ${method}`];
  return name === undefined ? head : [...head, `Mcp-Name: ${String(name)}`];
}

/** A POST of a message that is as it should be; `more` headers come behind those it needs. */
export function modernText(
  message: ModernMessage,
  more: readonly string[] = [],
  accept: readonly string[] = json,
): string {
  return requestText("POST /mcp", [...accept, ...mirrorHeaders(message), ...more], modernBody(message));
}

export const toolCall = (id: number, name = "t", more: object = {}): ModernMessage => {
  return { id, method: "tools/call", params: { name, arguments: {}, ...more } };
};
