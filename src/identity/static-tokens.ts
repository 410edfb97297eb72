// The tokens that the setup lists: HUB_TOKEN, and those of the manifest's named clients, by their digests. Compared in constant time.
import { sameDigest, tokenDigest } from "../base/bearer.ts";
import type { Secret } from "../base/secret.ts";
import type { ResolvedClient } from "../manifest/manifest.ts";
import { ownPrincipal, type Principal } from "../sessions/principal.ts";
import type { AuthResult, Way } from "./auth.ts";
import { type RuledClient, rightsOf } from "./rights.ts";

export type TokenClient = RuledClient & Pick<ResolvedClient, "tokenSha256">;

export interface StaticTokensOptions {
  /** Blank counts as not set. */
  readonly token?: Secret | undefined;
  readonly clients: readonly TokenClient[];
}

interface Entry {
  readonly digest: Buffer;
  readonly principal: Principal;
  readonly result: AuthResult;
}

/** Undefined where no token is listed. */
export function staticTokens({ token, clients }: StaticTokensOptions): Way | undefined {
  const entries: Entry[] = [];
  const plain = token?.reveal().trim() ?? "";
  if (plain !== "") entries.push(holderOfHubToken(tokenDigest(plain)));
  for (const client of clients) {
    if (client.tokenSha256 !== undefined) entries.push(namedClient(client, Buffer.from(client.tokenSha256, "hex")));
  }
  if (entries.length === 0) return undefined;
  return {
    take({ token: sent }) {
      if (sent === undefined) return undefined;
      const digest = tokenDigest(sent);
      // Every entry is compared, whatever matched before: the time taken says nothing about which one did.
      let result: AuthResult | undefined;
      for (const entry of entries) {
        if (sameDigest(digest, entry.digest)) result ??= entry.result;
      }
      return result;
    },
    again({ id, shared, proof }) {
      if (proof.t !== "token") return "not mine";
      const entry = entries.find(({ principal, digest }) => {
        return principal.id === id && principal.shared === shared && sameDigest(digest, proof.digest);
      });
      return entry?.principal;
    },
  };
}

function holderOfHubToken(digest: Buffer): Entry {
  return entryOf(digest, ownPrincipal("token", { admin: true, shared: true }));
}

function namedClient(client: TokenClient, digest: Buffer): Entry {
  const { name } = client;
  const who = { id: name, name, client: name, shared: false, until: undefined };
  return entryOf(digest, { ...who, ...rightsOf(client) });
}

function entryOf(digest: Buffer, who: Omit<Principal, "proof">): Entry {
  const principal: Principal = { ...who, proof: { t: "token", digest } };
  return { digest, principal, result: { t: "ok", principal } };
}
