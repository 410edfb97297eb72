// The tokens that the setup lists: HUB_TOKEN, and those of the manifest's named clients, by their digests. Compared in constant time.
import { sameDigest, tokenDigest } from "../base/bearer.ts";
import type { Clock } from "../base/clock.ts";
import type { Secret } from "../base/secret.ts";
import type { ResolvedClient } from "../manifest/manifest.ts";
import { hasEnded, ownPrincipal, type Principal } from "../sessions/principal.ts";
import type { AuthResult, Way } from "./auth.ts";
import { earlierOf, type RuledClient, rightsOf } from "./rights.ts";
import type { TokenFiles } from "./token-files.ts";

export type TokenClient = RuledClient & Pick<ResolvedClient, "tokens">;

export interface StaticTokensOptions {
  /** Blank counts as not set. */
  readonly token?: Secret | undefined;
  readonly clients: readonly TokenClient[];
  readonly files: Pick<TokenFiles, "digests">;
  readonly clock: Pick<Clock, "wall">;
}

interface Entry {
  readonly digest: Buffer;
  readonly principal: Principal;
  readonly result: AuthResult;
}

/** Undefined where there is neither HUB_TOKEN nor a client: a client keeps everybody else out, also one whose tokens have all ended. */
export function staticTokens({ token, clients, files, clock }: StaticTokensOptions): Way | undefined {
  const entries: Entry[] = [];
  const plain = token?.reveal().trim() ?? "";
  if (plain !== "") entries.push(holderOfHubToken(tokenDigest(plain)));
  if (plain === "" && clients.length === 0) return undefined;
  for (const client of clients) {
    for (const one of client.tokens) {
      const digests = one.t === "hash" ? [Buffer.from(one.sha256, "hex")] : files.digests(one.path);
      const until = earlierOf(client.expires, one.expires);
      for (const digest of digests) entries.push(namedClient(client, digest, until));
    }
  }
  return {
    take({ token: sent }) {
      if (sent === undefined) return undefined;
      const digest = tokenDigest(sent);
      // Every entry is compared, whatever matched before: the time taken says nothing about which one did.
      let found: Entry | undefined;
      for (const entry of entries) {
        if (sameDigest(digest, entry.digest)) found ??= entry;
      }
      return found === undefined || hasEnded(found.principal, clock.wall()) ? undefined : found.result;
    },
    again({ id, shared, proof }) {
      if (proof.t !== "token") return "not mine";
      const entry = entries.find(({ principal, digest }) => {
        return principal.id === id && principal.shared === shared && sameDigest(digest, proof.digest);
      });
      return entry === undefined || hasEnded(entry.principal, clock.wall()) ? undefined : entry.principal;
    },
  };
}

function holderOfHubToken(digest: Buffer): Entry {
  return entryOf(digest, ownPrincipal("token", { admin: true, shared: true }));
}

function namedClient(client: TokenClient, digest: Buffer, until: number | undefined): Entry {
  const { name } = client;
  return entryOf(digest, { id: name, name, client: name, shared: false, until, ...rightsOf(client) });
}

function entryOf(digest: Buffer, who: Omit<Principal, "proof">): Entry {
  const principal: Principal = { ...who, proof: { t: "token", digest } };
  return { digest, principal, result: { t: "ok", principal } };
}
