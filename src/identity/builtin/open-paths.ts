// What each path of the authorization server takes. Pure, and small: it is asked of every request.
import { paths } from "./paths.ts";

const wellKnown = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

/**
 * Whether it is one of those where clients read of the authorization server. An issuer with a path has it behind the well-known part (RFC 8414) or, as
 * OpenID has it and many clients try, in front.
 */
export function isServerMetadata(path: string, publicUrl: string): boolean {
  const { pathname } = new URL(publicUrl);
  return wellKnown.some((place) => path === place || path === `${place}${pathname.replace(/\/$/, "")}`);
}

/** `path`: without base path. Undefined: it is none of these. */
export function methodsAt(path: string, publicUrl: string): readonly string[] | undefined {
  if (path.startsWith("/.well-known/")) return isServerMetadata(path, publicUrl) ? ["GET", "HEAD"] : undefined;
  if (!path.startsWith("/oauth/")) return undefined;
  if (path === paths.token || path === paths.registration || path === paths.revocation) return ["POST"];
  // Where it leads back to after the consent is below it, and below that there is nothing.
  if (path === paths.authorization || isBelow(path, paths.authorization)) return ["GET"];
  return isBelow(path, paths.consent) ? ["GET", "POST"] : undefined;
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}/`) && /^[\w-]+$/.test(path.slice(above.length + 1));
}
