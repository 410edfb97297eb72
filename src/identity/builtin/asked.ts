// A request as the library is to see it: asked for by the name that the hub has outside, with what this hub knows of its parameters and nothing else.
import type { IncomingMessage } from "node:http";
import { scope } from "./paths.ts";

/** Of a request for authorization. What else a client sends is for OpenID, or for what this hub has not. */
const known = [
  "client_id",
  "redirect_uri",
  "response_type",
  "state",
  "code_challenge",
  "code_challenge_method",
  "resource",
  "prompt",
];
const prompts: ReadonlySet<string> = new Set(["none", "login", "consent"]);

/** `url`: path and query without the base path. */
export function presentAs(request: IncomingMessage, publicUrl: string, url: string): void {
  const { protocol, host, pathname } = new URL(publicUrl);
  const { headers } = request;
  headers.host = host;
  headers["x-forwarded-host"] = host;
  headers["x-forwarded-proto"] = protocol.slice(0, -1);
  // Which origins may ask is the hub's to say, and has been said.
  delete headers.origin;
  request.url = url;
  Object.assign(request, { originalUrl: `${pathname.replace(/\/$/, "")}${url}` });
}

/** What stands twice still does: the library refuses it. */
export function authorizationQuery(query: URLSearchParams): URLSearchParams {
  const kept = new URLSearchParams();
  for (const [name, value] of query) if (known.includes(name) && name !== "prompt") kept.append(name, value);
  const prompt = query
    .getAll("prompt")
    .flatMap((text) => text.split(" "))
    .filter((word) => prompts.has(word));
  if (prompt.length > 0) kept.set("prompt", prompt.join(" "));
  // Clients ask for scopes of their own, or for none.
  kept.set("scope", scope);
  return kept;
}

/** Likewise of a request for tokens. */
export function tokenFields(fields: URLSearchParams): URLSearchParams {
  const kept = new URLSearchParams(fields);
  kept.delete("scope");
  return kept;
}
