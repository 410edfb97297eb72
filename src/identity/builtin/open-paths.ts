// What each path of the authorization server takes. Pure, and small: it is asked of every request.
import { isMetadataPath } from "./metadata.ts";
import { paths } from "./paths.ts";

/** `path`: without base path. Undefined: it is none of these. */
export function methodsAt(path: string, publicUrl: string): readonly string[] | undefined {
  if (path.startsWith("/.well-known/")) return isMetadataPath(path, publicUrl) ? ["GET", "HEAD"] : undefined;
  if (!path.startsWith("/oauth/")) return undefined;
  if (path === paths.token || path === paths.registration || path === paths.revocation) return ["POST"];
  // Where it leads back to after the consent is below it, and below that there is nothing.
  if (path === paths.authorization || isBelow(path, paths.authorization)) return ["GET"];
  return isBelow(path, paths.consent) ? ["GET", "POST"] : undefined;
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}/`) && /^[\w-]+$/.test(path.slice(above.length + 1));
}
