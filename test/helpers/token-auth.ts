// Authentication by tokens that a setup lists, as tests of doors need it.
import { createHash } from "node:crypto";
import { type Auth, type AuthOptions, createAuth, type Way } from "../../src/identity/auth.ts";
import { type StaticTokensOptions, staticTokens, type TokenClient } from "../../src/identity/static-tokens.ts";
import { FakeClock } from "./fake-clock.ts";

type Listed = Pick<StaticTokensOptions, "token" | "clients">;

/** Undefined where none is listed. */
export function tokenWay(options: Listed): Way | undefined {
  return staticTokens({ ...options, files: { digests: () => [] }, clock: new FakeClock() });
}

export function tokenAuth(options: Listed, more: AuthOptions = {}): Auth {
  const way = tokenWay(options);
  return createAuth(way === undefined ? [] : [way], more);
}

export function tokenClient(name: string, token: string, rest: Partial<TokenClient> = {}): TokenClient {
  const sha256 = createHash("sha256").update(token).digest("hex");
  const tokens = [{ t: "hash", sha256, expires: undefined, note: undefined }] as const;
  return { name, tokens, allow: undefined, deny: [], admin: false, ...rest };
}
