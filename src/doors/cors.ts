// What lets a page in a browser speak to the doors: for origins that may (see origin.ts), answers to preflights and the headers that
// every response carries. Pure.
import type { IncomingHttpHeaders } from "node:http";
import type { Reply } from "./reply.ts";

export type CorsHeaders = Readonly<Record<string, string>>;

/** Headers of MCP that a page must be able to send, besides those that it may anyway. */
const sent = [
  "authorization",
  "content-type",
  "last-event-id",
  "mcp-method",
  "mcp-name",
  "mcp-protocol-version",
  "mcp-session-id",
];

/** For a request whose origin has passed; undefined for one without, which no page can make. */
export function corsHeaders(origin: string | undefined): CorsHeaders | undefined {
  if (origin === undefined) return undefined;
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "Mcp-Session-Id, WWW-Authenticate, Retry-After",
    vary: "Origin",
  };
}

/** The answer to a preflight. It comes without the token, so it says nothing but what may be sent. */
export function preflight(headers: IncomingHttpHeaders, methods: readonly string[], cors: CorsHeaders): Reply {
  const asked = String(headers["access-control-request-headers"] ?? "").toLowerCase();
  const params = asked.split(",").map((name) => name.trim());
  const extra = params.filter((name) => /^mcp-param-[!#$%&'*+.^_`|~0-9a-z-]{1,64}$/.test(name));
  return {
    status: 204,
    headers: {
      ...cors,
      "access-control-allow-methods": methods.join(", "),
      "access-control-allow-headers": [...sent, ...extra].join(", "),
      "access-control-max-age": "86400",
    },
    body: "",
  };
}
