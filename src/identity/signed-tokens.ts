// The hub's own signed tokens (`thehub token`): made for a while, with part of somebody's rights, and taken back by their id.
//
//   header   { "alg": "EdDSA", "typ": "thehub+jwt", "kid": … }
//   claims   { iss, aud: iss, sub, jti, iat, exp, client?, allow?, deny?, read_only?, admin? }
import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { Secret } from "../base/secret.ts";
import { hasEnded, type Principal } from "../sessions/principal.ts";
import { type AuthResult, invalid, type Way } from "./auth.ts";
import type { KeyRing } from "./key-ring.ts";
import { type Ledger, type LedgerEntry, type LiveGrants, newLedgerId } from "./ledger.ts";
import { allRights, earlierOf, narrowed, type RuledClient, rightsOf } from "./rights.ts";
import { headerOf, sign, verifySigned } from "./signing.ts";
import { memoryKey, TokenMemory } from "./token-memory.ts";

export const signedTokenType = "thehub+jwt";
export const defaultTtlMs = 15 * 60_000;
export const maxTtlMs = 30 * 24 * 60 * 60_000;

/** What a token is to be good for. */
export interface TokenWish {
  /** The named client whose rights are the ceiling; undefined: those of the holder of HUB_TOKEN. */
  readonly client?: string | undefined;
  /** Undefined: all that the ceiling lets it. */
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  readonly readOnly?: boolean | undefined;
  readonly admin?: boolean | undefined;
  /** Tokens of one name and the same rights are one caller; without a name each is its own. */
  readonly name?: string | undefined;
  readonly ttlMs: number;
}

/** A type, not an interface: it is a record as well. */
type Claims = {
  readonly iss: string;
  readonly sub: string;
  readonly jti: string;
  readonly kid: string;
  readonly exp: number;
  readonly client?: string | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  readonly read_only?: boolean | undefined;
  readonly admin?: boolean | undefined;
};

const knownClaims = new Set(
  ["iss", "aud", "sub", "jti", "kid", "iat", "exp"].concat("client", "allow", "deny", "read_only", "admin"),
);

/** It counts from the moment that it is in the ledger. Rejects with `usage`, or the system's error, where it cannot be made. */
export async function mintToken(
  { ring, ledger, clock }: { readonly ring: KeyRing; readonly ledger: Ledger; readonly clock: Pick<Clock, "wall"> },
  { client, allow, deny = [], readOnly = false, admin = false, name, ttlMs }: TokenWish,
): Promise<{ readonly token: Secret; readonly entry: LedgerEntry }> {
  const { issuer } = await ring.current();
  const id = newLedgerId();
  const iat = Math.floor(clock.wall() / 1000);
  const exp = iat + Math.ceil(ttlMs / 1000);
  const claims = {
    ...{ iss: issuer, aud: issuer, sub: name ?? id, jti: id, iat, exp },
    ...(client !== undefined && { client }),
    ...(allow !== undefined && { allow }),
    ...(deny.length > 0 && { deny }),
    ...(readOnly && { read_only: true }),
    ...(admin && { admin: true }),
  };
  const token = new Secret(await sign(ring, { typ: signedTokenType, claims }));
  const rights = { client, note: name, allow, deny, readOnly, admin };
  const entry: LedgerEntry = { kind: "signed", id, ...rights, issued: iat * 1000, expires: exp * 1000 };
  await ledger.add(entry);
  return { token, entry };
}

export interface HubTokensDeps {
  readonly ring: KeyRing;
  readonly live: LiveGrants;
  readonly clock: Pick<Clock, "wall">;
}

interface Known {
  readonly untilMs: number;
  readonly claims: Claims;
}

/** Outlives a reload: no rule changes what a signature says. */
export class HubTokens {
  readonly #deps: HubTokensDeps;
  readonly #memory = new TokenMemory<Known>();

  constructor(deps: HubTokensDeps) {
    this.#deps = deps;
  }

  /** Under these rules. */
  way(clients: readonly RuledClient[]): Way {
    const byName = new Map(clients.map((client) => [client.name, client]));
    const principals = new WeakMap<Claims, Principal>();
    const principalOf = (claims: Claims): Principal | undefined => {
      if (!this.#counts(claims)) return undefined;
      const known = principals.get(claims) ?? bearerOf(claims, byName);
      if (known === undefined || hasEnded(known, this.#deps.clock.wall())) return undefined;
      principals.set(claims, known);
      return known;
    };
    const judge = (claims: Claims | undefined): AuthResult => {
      const principal = claims === undefined ? undefined : principalOf(claims);
      return principal === undefined ? invalid : { t: "ok", principal };
    };
    return {
      isExtra: true,
      signed: true,
      take: ({ token }) => {
        if (token === undefined || headerOf(token)?.typ !== signedTokenType) return undefined;
        const key = memoryKey(token);
        const known = this.#memory.get(key, this.#deps.clock.wall());
        return known === undefined ? this.#verify(token, key).then(judge) : judge(known.claims);
      },
      again: ({ proof }) => {
        if (proof.t !== "claims" || proof.issuer !== this.#deps.ring.issuer || !isOwn(proof.claims)) return "not mine";
        return principalOf(proof.claims);
      },
    };
  }

  #counts({ iss, kid, jti }: Claims): boolean {
    const { ring, live } = this.#deps;
    return iss === ring.issuer && ring.find(kid) !== undefined && live.has(jti);
  }

  /** Never rejects. */
  async #verify(token: string, key: string): Promise<Claims | undefined> {
    const { ring, live, clock } = this.#deps;
    try {
      const kid = headerOf(token)?.kid;
      // The first one of a new key, just made.
      if (typeof kid === "string" && ring.find(kid) === undefined) await ring.look();
      const { issuer } = ring;
      if (issuer === undefined) return undefined;
      const wanted = { typ: signedTokenType, issuer, audience: issuer, wallMs: clock.wall() };
      const claims = await verifySigned(ring, token, wanted);
      if (claims === undefined || !isOwn(claims)) return undefined;
      if (!live.has(claims.jti)) await live.look();
      this.#memory.set(key, { untilMs: claims.exp * 1000, claims });
      return claims;
    } catch {
      // Keys or ledger cannot be read now: who keeps an eye on them says so.
      return undefined;
    }
  }
}

/** Undefined: it was made for a client that there is not. */
function bearerOf(claims: Claims, clients: ReadonlyMap<string, RuledClient>): Principal | undefined {
  const { iss, sub, client, allow, deny = [], read_only: readOnly = false, admin = false, exp } = claims;
  const ruled = client === undefined ? undefined : clients.get(client);
  if (client !== undefined && ruled === undefined) return undefined;
  const ceiling = ruled === undefined ? allRights : rightsOf(ruled);
  // No client has this name: without one it is the holder of HUB_TOKEN's.
  const whose = client ?? "*";
  const part = { allow, deny, readOnly, admin };
  return {
    // Whoever may do other things is another caller: a token never reaches what one of the same name with more rights has opened.
    id: [whose, iss, sub, digestOf(part)].join(" "),
    name: `${client ?? "token"}:${sub}`,
    client,
    ...narrowed(ceiling, part),
    shared: false,
    until: earlierOf(exp * 1000, ruled?.expires),
    proof: { t: "claims", issuer: iss, subject: sub, claims },
  };
}

function digestOf(part: object): string {
  return createHash("sha256").update(JSON.stringify(part)).digest("hex").slice(0, 16);
}

/** The hub has signed it, so its shape is the hub's; but a newer one may have, and what this one does not know may narrow it further. */
function isOwn(claims: Readonly<Record<string, unknown>>): claims is Readonly<Record<string, unknown>> & Claims {
  const { iss, sub, jti, kid, exp, client, allow, deny, read_only: readOnly, admin } = claims;
  const isList = (value: unknown) =>
    value === undefined || (Array.isArray(value) && value.every((item) => typeof item === "string"));
  const isFlag = (value: unknown) => value === undefined || typeof value === "boolean";
  return (
    Object.keys(claims).every((name) => knownClaims.has(name)) &&
    [iss, sub, jti, kid].every((value) => typeof value === "string") &&
    typeof exp === "number" &&
    (client === undefined || typeof client === "string") &&
    [allow, deny].every(isList) &&
    [readOnly, admin].every(isFlag)
  );
}
