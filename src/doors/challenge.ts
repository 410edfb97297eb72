// What `WWW-Authenticate` says to who is refused: RFC 6750, section 3, and where to get a token (RFC 9728, section 5.1). Pure.
import type { Refused } from "../identity/auth.ts";
import { metadataUrl, type ResourceFacts } from "./metadata-pages.ts";

/** `facts`: undefined where no token can be got, only been given. `path`: what was asked for. */
export function challengeOf(refused: Refused, facts: ResourceFacts | undefined, path: string): string {
  const metadata = facts === undefined ? undefined : metadataUrl(facts, path);
  const parameters = [
    ...errorOf(refused),
    ["resource_metadata", metadata],
    ["scope", refused.reason === "scope" ? refused.scope : metadata && facts?.neededScopes.join(" ")],
  ].filter(([, value]) => value !== undefined && value !== "");
  return ["Bearer", parameters.map(([name, value = ""]) => `${name}="${quotable(value)}"`).join(", ")].join(" ").trim();
}

function errorOf(refused: Refused): (readonly [string, string | undefined])[] {
  if (refused.reason === "scope") return [["error", "insufficient_scope"]];
  if (refused.reason !== "invalid") return [];
  const description = refused.why === undefined ? undefined : `the token is not valid here: ${refused.why}`;
  return [
    ["error", "invalid_token"],
    ["error_description", description],
  ];
}

/** As RFC 6750 allows it: what is printable, without quotes and backslashes. */
function quotable(text: string): string {
  return text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, "?");
}
