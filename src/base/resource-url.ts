// The hub's paths as resources of OAuth: what a token is asked for (RFC 8707), and what its audience has to be. Each endpoint, and each profile's
// path of it, is a resource of its own.

/** Below the public URL, the base path left out. `/messages` is where a client of `/sse` posts to. */
const endpoints = /^\/(?:mcp|ws|sse)(?:\/p\/[a-z][a-z0-9-]{0,31})?$/;

/** The resource's path that a path of a request belongs to. `/` is the endpoint's other name. */
export function resourcePath(path: string): string {
  if (endpoints.test(path)) return path;
  if (path === "/messages") return "/sse";
  const [, first = ""] = /^\/([^/]*)/.exec(path) ?? [];
  return first === "" ? "/mcp" : `/${first}`;
}

/** Whether clients may be told of a path as a resource of its own. */
export function isEndpoint(path: string): boolean {
  return endpoints.test(path);
}

/** `publicUrl`: with no slash at its end. */
export function resourceUrl(publicUrl: string, path: string): string {
  return publicUrl + resourcePath(path);
}

/**
 * Whether an audience is the resource that a request asks for: to the letter, but for one slash at its end. `path` undefined: whichever of the
 * hub's endpoints.
 */
export function isAudienceOf(audience: string, publicUrl: string, path: string | undefined): boolean {
  const plain = audience.endsWith("/") ? audience.slice(0, -1) : audience;
  if (!plain.startsWith(publicUrl)) return false;
  const asked = plain.slice(publicUrl.length);
  if (path === undefined) return endpoints.test(asked);
  if (path === "/messages") return endpoints.test(asked) && asked.startsWith("/sse");
  return asked === resourcePath(path);
}
