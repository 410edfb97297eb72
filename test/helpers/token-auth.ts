// Authentication by tokens that a setup lists, as tests of doors need it.
import { createHash } from "node:crypto";
import { type Auth, createAuth } from "../../src/identity/auth.ts";
import { type StaticTokensOptions, staticTokens, type TokenClient } from "../../src/identity/static-tokens.ts";

export function tokenAuth(options: StaticTokensOptions, version = 0): Auth {
  const way = staticTokens(options);
  return createAuth(way === undefined ? [] : [way], version);
}

export function tokenClient(name: string, token: string, rest: Partial<TokenClient> = {}): TokenClient {
  const tokenSha256 = createHash("sha256").update(token).digest("hex");
  return { name, tokenSha256, allow: undefined, deny: [], admin: false, ...rest };
}
