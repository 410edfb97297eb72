// Who is calling: a bearer token against HUB_TOKEN and the manifest's named clients. Refusals are values, never throws.
import { bearerToken, sameDigest, tokenDigest } from "../base/bearer.ts";
import type { Secret } from "../base/secret.ts";
import type { ResolvedClient } from "../manifest/manifest.ts";
import { type Principal, sameCaller } from "../sessions/principal.ts";

export type NamedClient = Pick<ResolvedClient, "name" | "tokenSha256" | "allow" | "deny" | "admin"> &
  Partial<Pick<ResolvedClient, "profile">>;

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
  /** Who gets in as this caller, and with which token; undefined for one that nobody gets in as. */
  holder(caller: Pick<Principal, "id" | "shared">): Holder | undefined;
}

export interface Holder {
  readonly principal: Principal;
  /** Of the token; empty where none is needed. */
  readonly digest: Buffer;
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

interface Entry extends Holder {
  readonly result: AuthResult;
}

const noDigest = Buffer.alloc(0);
const missing: AuthResult = { t: "refused", reason: "missing" };
const invalid: AuthResult = { t: "refused", reason: "invalid" };

/** A blank HUB_TOKEN counts as not set. */
export function createAuth({ token, clients }: AuthOptions): Auth {
  const entries: Entry[] = [];
  const plain = token?.reveal().trim() ?? "";
  if (plain !== "") entries.push(entryOf(tokenHolder, tokenDigest(plain)));
  for (const client of clients) entries.push(entryOf(principalOf(client), Buffer.from(client.tokenSha256, "hex")));

  const required = entries.length > 0;
  if (!required) entries.push(entryOf(anonymous, noDigest));
  const holder: Auth["holder"] = (caller) => {
    return entries.find(({ principal }) => sameCaller(principal, caller));
  };
  if (!required) return { required, holder, authenticate: () => ({ t: "ok", principal: anonymous }) };
  return {
    required,
    holder,
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

/**
 * Who a caller that one set of rules let in is under another: the same caller, perhaps with other rights; undefined where what it
 * came in with lets nobody in any more. A caller that came by no authentication stays who it is.
 */
export function principalAfter(principal: Principal, before: Auth, after: Auth): Principal | undefined {
  const was = before.holder(principal);
  if (was === undefined) return principal;
  const is = after.holder(principal);
  return is?.digest.equals(was.digest) === true ? is.principal : undefined;
}

function entryOf(principal: Principal, digest: Buffer): Entry {
  return { principal, digest, result: { t: "ok", principal } };
}

function principalOf({ name, allow, deny, admin, profile }: NamedClient): Principal {
  return { id: name, name, allow, deny, admin, shared: false, profileName: profile };
}
