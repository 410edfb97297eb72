// What one side of a conversation said, held against the schemas of the revisions that it was said in: each message by its method, each answer by the
// method of its request.
import { specTypeSchemas } from "@modelcontextprotocol/client";
import { notificationType, requestType, resultType } from "./method-types.ts";
import { missingSchemas, OfficialSchema } from "./official-schemas.ts";
import type { Said } from "./recorded-transport.ts";
import type { Message } from "./ws-client.ts";

const modern = "2026-07-28";
const versionKey = "io.modelcontextprotocol/protocolVersion";

const official = new Map<string, OfficialSchema>();

function officialOf(revision: string): OfficialSchema {
  const known = official.get(revision) ?? new OfficialSchema(revision);
  official.set(revision, known);
  return known;
}

/** What is wrong with all that `by` said, a line each. */
export function faultsOf(said: readonly Said[], by: Said["by"]): string[] {
  const faults: string[] = [];
  /** The requests that are answered by `by`, by their ids as JSON. */
  const open = new Map<string, { method: string; revision: string }>();
  /** As a handshake agreed; the requests of the other era say it themselves. */
  let agreed = "";
  for (const { by: speaker, message } of said) {
    const { id, method } = message;
    const revisionOf = ({ method, params }: Message) =>
      method === "initialize"
        ? String(params?.["protocolVersion"])
        : ((params?.["_meta"] as Record<string, string> | undefined)?.[versionKey] ?? agreed) || modern;
    if (speaker !== by) {
      if (method !== undefined && id !== undefined) {
        open.set(JSON.stringify(id), { method, revision: revisionOf(message) });
      }
      if (speaker === "server" && message.result?.protocolVersion !== undefined)
        agreed = message.result.protocolVersion;
      continue;
    }
    const problem =
      method === undefined
        ? faultOfAnswer(message, open.get(JSON.stringify(id)))
        : faultOfOwn(message, revisionOf(message));
    if (message.result?.protocolVersion !== undefined) agreed = message.result.protocolVersion;
    if (problem !== "") faults.push(`${problem}: ${JSON.stringify(message).slice(0, 500)}`);
  }
  return faults;
}

function faultOfAnswer(message: Message, asked: { method: string; revision: string } | undefined): string {
  if (asked === undefined) return message.error === undefined ? "answers no request" : "";
  const { method } = asked;
  const revision = message.result?.protocolVersion ?? asked.revision;
  if (message.error !== undefined) return faultOfError(message, revision);
  const type = message.result?.resultType === "input_required" ? "InputRequiredResult" : resultType(method);
  return fault(type, message.result, revision) || faultOfEnvelope(message, type, revision);
}

/** The answer as a whole has a type of its own in the newest revision. */
function faultOfEnvelope(message: Message, type: string, revision: string): string {
  if (missingSchemas !== false || revision !== modern || type === "InputRequiredResult") return "";
  const whole = `${type}Response`;
  return officialOf(revision).has(whole) ? officialOf(revision).problemWith(whole, message) : "";
}

function faultOfError(message: Message, revision: string): string {
  if (missingSchemas !== false) return "";
  const schema = officialOf(revision);
  return schema.problemWith(schema.has("JSONRPCErrorResponse") ? "JSONRPCErrorResponse" : "JSONRPCError", message);
}

function faultOfOwn(message: Message, revision: string): string {
  const { id, method = "" } = message;
  return fault(id === undefined ? notificationType(method) : requestType(method), message, revision);
}

type Validate = (value: unknown) => { readonly issues?: readonly { readonly message: string }[] | undefined };

/** By what the SDK publishes, which is of no revision, and by the schema of the revision. */
function fault(type: string, value: unknown, revision: string): string {
  const published = (specTypeSchemas as unknown as Record<string, { "~standard": { validate: Validate } } | undefined>)[
    type
  ];
  if (published !== undefined) {
    // The published types have none of what is only on the wire.
    const { resultType: _, ...neutral } = value as Record<string, unknown>;
    const { issues } = published["~standard"].validate(neutral);
    if (issues !== undefined)
      return `not a ${type} as the SDK knows it: ${issues.map((each) => each.message).join("; ")}`;
  }
  return missingSchemas === false ? officialOf(revision).problemWith(type, value) : "";
}
