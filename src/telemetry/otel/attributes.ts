// Names and attributes of spans, after OpenTelemetry's semantic conventions for MCP (in development; as of
// semantic-conventions-genai at semantic conventions 1.41), and the hub's own. docs/telemetry.md lists them.
// No argument, no result, no URI: a template's URI carries arguments.
import type { Attributes } from "@opentelemetry/api";
import { textOf } from "../../wire/frame.ts";
import { knownMethods } from "../metrics.ts";

const maxIdChars = 128;

/** What the method calls, by its name there; undefined where the method names nothing. */
export function targetOf(method: string, name: string | undefined): { name: string; attributes: Attributes } {
  const attributes: Attributes = { "mcp.method.name": method };
  if (name === undefined) return { name: method, attributes };
  if (method === "tools/call") {
    attributes["gen_ai.operation.name"] = "execute_tool";
    attributes["gen_ai.tool.name"] = name;
  } else if (method === "prompts/get") attributes["gen_ai.prompt.name"] = name;
  else return { name: method, attributes };
  return { name: `${method} ${name}`, attributes };
}

/** Methods that are not MCP's could be anything. */
export function boundedMethod(method: string): string {
  return knownMethods.includes(method) ? method : "_OTHER";
}

/** A JSON-RPC id as text: a string without its quotes. */
export function idOf(idText: string): string {
  const text = textOf(idText.slice(0, 6 * maxIdChars));
  return (text.startsWith('"') ? text.slice(1, idText.length <= 6 * maxIdChars ? -1 : undefined) : text).slice(
    0,
    maxIdChars,
  );
}
