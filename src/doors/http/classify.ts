// What a POST to the MCP endpoint is, from its body alone: headers come from anybody on the way, the body is the client's word. Pure.
import type { MessageReader } from "../../wire/message-reader.ts";
import { stringAt } from "../../wire/scan.ts";

/** `faulty`: no message. `initialize` opens a session, the others belong to one. */
export type MessageKind = "faulty" | "initialize" | "request" | "notification" | "response";

export function kindOf(message: MessageReader): MessageKind {
  if (message.fault !== undefined) return "faulty";
  const { kind, methodStart, methodEnd } = message.scan;
  if (kind === "request" && stringAt(message.bytes, methodStart, methodEnd) === "initialize") return "initialize";
  return kind;
}
