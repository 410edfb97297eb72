// Who is calling: a bearer token against HUB_TOKEN and the manifest's named clients. Refusals are values, never throws.
import { bearerToken, sameDigest, tokenDigest } from "../base/bearer.ts";
import type { Secret } from "../base/secret.ts";
import type { ResolvedClient } from "../manifest/manifest.ts";
import type { Principal } from "../sessions/principal.ts";

export type NamedClient = Pick<ResolvedClient, "name" | "tokenSha256" | "allow" | "deny" | "admin">;

export interface AuthOptions {
  readonly token?: Secret | undefined;
  readonly clients: readonly NamedClient[];
}

/** `missing`: no bearer token was sent. `invalid`: one was sent; unknown, expired and revoked are not told apart. */
export type AuthResult =
  | { readonly t: "ok"; readonly principal: Principal }
  | { readonly t: "refused"; readonly reason: "missing" | "invalid" };

export interface Auth {
  /** False when neither a token nor a named client is configured: then everybody is `anonymous`. */
  readonly required: boolean;
  authenticate(authorization: string | undefined): AuthResult;
}

const anonymous: Principal = {
  id: "anonymous",
  name: "anonymous",
  allow: undefined,
  deny: [],
  admin: false,
  shared: true,
};
const tokenHolder: Principal = { id: "token", name: "token", allow: undefined, deny: [], admin: true, shared: true };

interface Entry {
  readonly digest: Buffer;
  readonly result: AuthResult;
}

const missing: AuthResult = { t: "refused", reason: "missing" };
const invalid: AuthResult = { t: "refused", reason: "invalid" };

/** A blank HUB_TOKEN counts as not set. */
export function createAuth({ token, clients }: AuthOptions): Auth {
  const entries: Entry[] = [];
  const plain = token?.reveal().trim() ?? "";
  if (plain !== "") entries.push({ digest: tokenDigest(plain), result: { t: "ok", principal: tokenHolder } });
  for (const client of clients) entries.push(entryOf(client));

  if (entries.length === 0) return { required: false, authenticate: () => ({ t: "ok", principal: anonymous }) };
  return {
    required: true,
    authenticate(authorization) {
      const sent = bearerToken(authorization);
      if (sent === undefined) return missing;
      const digest = tokenDigest(sent);
      // Every entry is compared, whatever matched before: the time taken says nothing about which one did.
      let result = invalid;
      for (const entry of entries) {
        if (sameDigest(digest, entry.digest) && result === invalid) result = entry.result;
      }
      return result;
    },
  };
}

function entryOf({ name, tokenSha256, allow, deny, admin }: NamedClient): Entry {
  const principal: Principal = { id: name, name, allow, deny, admin, shared: false };
  return { digest: Buffer.from(tokenSha256, "hex"), result: { t: "ok", principal } };
}
