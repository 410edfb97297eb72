// Which resources of the hub a token may be for: the hub itself, and each of its paths that a client connects to. Pure.
import { isAudienceOf } from "../../base/resource-url.ts";

/** In the one spelling that tokens have; undefined: it is not this hub's. `publicUrl`: without a slash at its end. */
export function ownResource(asked: string, publicUrl: string): string | undefined {
  if (!URL.canParse(asked)) return undefined;
  const { origin, pathname, search, hash, username, password } = new URL(asked);
  if (search !== "" || hash !== "" || username !== "" || password !== "") return undefined;
  const resource = `${origin}${pathname.replace(/\/$/, "")}`;
  return resource === publicUrl || resource.startsWith(`${publicUrl}/`) ? resource : undefined;
}

/** Whether a token for `audience` is good at `path` of the hub, without its base path. One for the hub itself is good everywhere. */
export function isFor(audience: unknown, publicUrl: string, path: string): boolean {
  return audience === publicUrl || (typeof audience === "string" && isAudienceOf(audience, publicUrl, path));
}
