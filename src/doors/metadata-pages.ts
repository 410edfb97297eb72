// What the hub says of itself as a protected resource (RFC 9728): where a client that has no token gets one, for each of its endpoints. Open to
// everybody, pages in browsers included: there is nothing in it that a client without a token must not know.
import { isEndpoint, resourcePath, resourceUrl } from "../base/resource-url.ts";
import { jsonReply, type Reply } from "./reply.ts";

export interface ResourceFacts {
  /** The hub as its clients see it, with no slash at its end. */
  readonly publicUrl: string;
  /** Whose tokens count, by their issuers. */
  readonly authorizationServers: readonly string[];
  /** What a client has to ask for to be let in at all. */
  readonly neededScopes: readonly string[];
  /** These, and all others that make a difference. */
  readonly scopes: readonly string[];
}

const wellKnown = "/.well-known/oauth-protected-resource";

/**
 * The page at a path; undefined where none is. A resource's own path follows the well-known one, behind the public path or without it: RFC 9728
 * puts the one between host and path of the other, and a proxy may pass on what is under the hub's own path alone, or take that away.
 * `path`: the base path left out.
 */
export function metadataPage(path: string, basePath: string, facts: ResourceFacts): Reply | undefined {
  const asked = askedResource(path, [basePath, new URL(facts.publicUrl).pathname.replace(/\/$/, "")]);
  if (asked === undefined) return undefined;
  const { publicUrl, authorizationServers, scopes } = facts;
  const page = jsonReply({
    resource: resourceUrl(publicUrl, asked),
    authorization_servers: authorizationServers,
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
    bearer_methods_supported: ["header"],
    resource_name: "TheHub",
  });
  return { ...page, headers: { ...openToAll, "cache-control": "max-age=60" } };
}

/** For pages in browsers, which ask before they send headers of MCP's. */
export const metadataPreflight: Reply = {
  status: 204,
  headers: {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": "*",
    "access-control-max-age": "86400",
  },
  body: "",
};

const openToAll = { "access-control-allow-origin": "*" };

export function isMetadataPath(path: string): boolean {
  return path === wellKnown || path.startsWith(`${wellKnown}/`);
}

/**
 * Where a client that was refused at `path` reads on; undefined for a path that is none of the endpoints. Below the hub's own path, not between
 * host and path: that one reaches the hub by every proxy that its endpoints are reached by, and this header may name any.
 */
export function metadataUrl({ publicUrl }: ResourceFacts, path: string): string | undefined {
  const resource = resourcePath(path);
  return isEndpoint(resource) ? `${publicUrl}${wellKnown}${resource}` : undefined;
}

function askedResource(path: string, prefixes: readonly string[]): string | undefined {
  let asked = path.slice(wellKnown.length);
  const prefix = prefixes.find((one) => one !== "" && (asked === one || asked.startsWith(`${one}/`)));
  if (prefix !== undefined) asked = asked.slice(prefix.length);
  // The one that older clients look for describes the endpoint that all of them use.
  if (asked === "") return "/mcp";
  return isEndpoint(asked) ? asked : undefined;
}
