// What the headers of a request to an MCP endpoint say about its body and its answer. Pure.
import type { IncomingHttpHeaders } from "node:http";

export interface Accepted {
  readonly json: boolean;
  readonly events: boolean;
}

const both: Accepted = { json: true, events: true };

/** A client that names nothing takes anything. Weights are not looked at, except for a refusal (`q=0`). */
export function acceptedBy(accept: string | undefined): Accepted {
  // What the official clients send.
  if (accept === undefined || accept === "application/json, text/event-stream") return both;
  let json = false;
  let events = false;
  for (const part of accept.toLowerCase().split(",")) {
    const [range = "", ...params] = part.split(";").map((piece) => piece.trim());
    if (params.some((param) => /^q=0(\.0*)?$/.test(param))) continue;
    if (range === "*/*") return both;
    if (range === "application/json" || range === "application/*") json = true;
    if (range === "text/event-stream" || range === "text/*") events = true;
  }
  return { json, events };
}

export function isJson(contentType: string | undefined): boolean {
  return contentType === "application/json" || /^application\/json\s*(;|$)/i.test(contentType ?? "");
}

export function isEncoded(headers: IncomingHttpHeaders): boolean {
  const encoding = headers["content-encoding"];
  return encoding !== undefined && encoding.toLowerCase() !== "identity";
}

/** A header that must come once at most; undefined where it is missing, "" where it is there and cannot be used. */
export function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? "" : value;
}
