// What a request asks for: the path as doors have it, and the profile that it names.

export function normalBasePath(basePath: string): string {
  const inner = basePath.replace(/^\/+|\/+$/g, "");
  return inner === "" ? "" : `/${inner}`;
}

/** What is asked for. */
export interface Place {
  /** As doors have it: without the profile. Empty for a target that is no path. */
  readonly path: string;
  readonly profile: string | undefined;
}

export function placeOf(url: string | undefined, base: string): Place {
  const path = pathOf(url, base) ?? "";
  // Most paths are short, and the same ones over and over.
  const [, door, profile] = path.includes("/p/") ? (doorPath.exec(path) ?? []) : [];
  return door === undefined ? { path, profile: undefined } : { path: door, profile };
}

const doorPath = /^(\/(?:mcp|ws|sse))(?:\/p\/([^/]+))?$/;

export function wholePath({ path, profile }: Place): string {
  return profile === undefined ? path : `${path}/p/${profile}`;
}

/** The path without query, base path and trailing slash; undefined for a target that is no path. */
function pathOf(url: string | undefined, base: string): string | undefined {
  let path = url ?? "";
  if (!path.startsWith("/")) {
    if (!URL.canParse(path)) return undefined;
    path = new URL(path).pathname;
  }
  const query = path.indexOf("?");
  if (query >= 0) path = path.slice(0, query);
  if (path.length > 1 && path.endsWith("/")) path = path.slice(0, -1);
  // A base path of that name takes no door's own path away.
  const isBelow = base !== "" && !doorPath.test(path) && (path === base || path.startsWith(`${base}/`));
  if (isBelow) path = path.slice(base.length);
  return path === "" ? "/" : path;
}
