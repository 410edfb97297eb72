// The way in by a signed token of an identity provider: who signed it, whether it is for what is asked, and whose client its claims make.
// Signatures are checked by what is loaded for the first such token (jwt-verifier.ts); what was checked once is judged at once.
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../base/clock.ts";
import { isAudienceOf } from "../base/resource-url.ts";
import type { Issuer, ResolvedClient } from "../manifest/manifest.ts";
import type { Principal } from "../sessions/principal.ts";
import { type AuthResult, invalid, type Shown, type Way } from "./auth.ts";
import { clientOfClaims, endOf, missingScopes } from "./claims.ts";
import type { Verified } from "./jwt-verifier.ts";
import type { Looked } from "./lookout.ts";
import type { Refusal } from "./refusal.ts";
import { earlierOf, ownIssuer, type RuledClient, rightsOf } from "./rights.ts";
import { memoryKey, TokenMemory } from "./token-memory.ts";
import { TokenSource, type Verifier } from "./token-source.ts";

export type ClaimedClient = RuledClient & Pick<ResolvedClient, "jwt">;

export interface SignedTokensDeps {
  readonly clock: Pick<Clock, "wall">;
  /** Loads what checks the signatures of one provider. */
  verifier(issuer: Issuer): Promise<Verifier>;
  /** A token that has let somebody in; absent where nothing is done with it. */
  shown?(principal: Principal, token: string): void;
  /** For the log. `issuer`: as the manifest has it. */
  refused(issuer: string, refusal: Refusal): void;
}

export interface JwtRules {
  readonly issuers: readonly Issuer[];
  readonly clients: readonly ClaimedClient[];
  readonly publicUrl: string | undefined;
}

type Good = Extract<Verified, { t: "ok" }>;

interface Bearer extends Pick<Good, "claims" | "subject" | "untilMs"> {
  readonly key: string | undefined;
}

interface Known extends Good {
  readonly source: TokenSource;
  /** What it came to under one set of rules: the same principal for all its requests. */
  came?: { readonly way: Way; readonly result: AuthResult } | undefined;
}

/** What outlives a change of the rules: the providers' keys, and the tokens that were checked with them. */
export class SignedTokens implements Looked {
  readonly #deps: SignedTokensDeps;
  readonly #memory = new TokenMemory<Known>();
  #sources: ReadonlyMap<string, TokenSource> = new Map();
  #losses = 0;

  constructor(deps: SignedTokensDeps) {
    this.#deps = deps;
  }

  get losses(): number {
    return this.#losses;
  }

  async look(): Promise<void> {
    const wallMs = this.#deps.clock.wall();
    for (const source of this.#sources.values()) if (source.look(wallMs)) this.#losses++;
  }

  /** Undefined where no provider is named. The one before is no more to be asked. */
  way(rules: JwtRules): Way | undefined {
    const before = this.#sources;
    this.#sources = new Map(
      rules.issuers.map((issuer) => {
        const known = before.get(issuer.url);
        const isSame = known !== undefined && isDeepStrictEqual(known.issuer, issuer);
        return [
          issuer.url,
          isSame ? known : new TokenSource(issuer, known?.neededMs ?? 0, () => this.#deps.verifier(issuer)),
        ];
      }),
    );
    return rules.issuers.length === 0 ? undefined : new JwtWay(rules, this.#sources, this.#memory, this.#deps);
  }
}

class JwtWay implements Way {
  readonly signed = true;
  readonly #rules: JwtRules;
  readonly #sources: ReadonlyMap<string, TokenSource>;
  readonly #memory: TokenMemory<Known>;
  readonly #deps: SignedTokensDeps;

  constructor(
    rules: JwtRules,
    sources: ReadonlyMap<string, TokenSource>,
    memory: TokenMemory<Known>,
    deps: SignedTokensDeps,
  ) {
    this.#rules = rules;
    this.#sources = sources;
    this.#memory = memory;
    this.#deps = deps;
  }

  take({ token, path }: Shown): AuthResult | Promise<AuthResult> | undefined {
    if (token === undefined) return undefined;
    const key = memoryKey(token);
    const known = this.#memory.get(key, this.#deps.clock.wall());
    if (known !== undefined && this.#isCurrent(known)) return this.#judge(known, token, path);
    const source = this.#sources.get(issuerNamedBy(token) ?? "");
    return source === undefined ? undefined : this.#check(token, key, source, path);
  }

  again(principal: Principal): Principal | undefined | "not mine" {
    const { proof } = principal;
    if (proof.t !== "claims") return "not mine";
    const source = this.#sources.get(proof.issuer);
    if (source === undefined) return proof.issuer.startsWith(ownIssuer) ? "not mine" : undefined;
    const { claims, subject, key } = proof;
    if (!source.has(key)) return undefined;
    const untilMs = endOf(Number(claims["exp"]), source.issuer);
    const result = this.#named(source.issuer, { claims, subject, key, untilMs });
    // As another client it is another caller: what it has begun is not that one's.
    return result.t === "ok" && result.principal.id === principal.id ? result.principal : undefined;
  }

  async #check(token: string, key: string, source: TokenSource, path: string | undefined): Promise<AuthResult> {
    let verified: Verified;
    try {
      verified = await source.verify(token);
    } catch {
      // What checks tokens cannot be loaded: as if the keys could not.
      return this.#refuse(source.issuer, {
        kind: "keys unavailable",
        reason: "what checks its tokens cannot be loaded",
        isTheirs: false,
      });
    }
    if (verified.t === "refused") return this.#refuse(source.issuer, verified.refusal);
    const known: Known = { ...verified, source };
    this.#memory.set(key, known);
    return this.#judge(known, token, path);
  }

  #isCurrent(known: Known): boolean {
    const { source } = known;
    return this.#sources.get(source.issuer.url) === source && source.holds(known);
  }

  #judge(known: Known, token: string, path: string | undefined): AuthResult {
    const { claims, source } = known;
    const { issuer } = source;
    if (!this.#isForHere(claims["aud"], issuer, path)) {
      const reason = `it is for ${JSON.stringify(claims["aud"]).slice(0, 200)}: ask for a token for what it is sent to`;
      return this.#refuse(issuer, { kind: "audience", reason, isTheirs: true });
    }
    if (known.came?.way !== this) known.came = { way: this, result: this.#named(issuer, known) };
    const { result } = known.came;
    if (result.t === "ok") this.#deps.shown?.(result.principal, token);
    return result;
  }

  #isForHere(audience: unknown, issuer: Issuer, path: string | undefined): boolean {
    const { publicUrl } = this.#rules;
    const named: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
    return named.some((one) => {
      if (typeof one !== "string") return false;
      return issuer.audience.includes(one) || (publicUrl !== undefined && isAudienceOf(one, publicUrl, path));
    });
  }

  /** Whose the claims are. */
  #named(issuer: Issuer, bearer: Bearer): AuthResult {
    const { claims, untilMs } = bearer;
    const { client, stepUp } = clientOfClaims(claims, this.#rules.clients);
    const wanted = client?.jwt?.scopes ?? stepUp?.scopes;
    if (wanted === undefined) {
      return this.#refuse(issuer, { kind: "client", reason: "no client here is for its bearer", isTheirs: true });
    }
    if (client === undefined || missingScopes(claims, issuer.scopes).length > 0) {
      return { t: "refused", reason: "scope", scope: [...new Set([...issuer.scopes, ...wanted])].join(" ") };
    }
    const ends = earlierOf(untilMs, client.expires);
    if (ends !== undefined && ends <= this.#deps.clock.wall()) {
      return this.#refuse(issuer, { kind: "client", reason: `client ${client.name} has ended`, isTheirs: true });
    }
    return { t: "ok", principal: personOf(client, issuer.url, bearer, ends) };
  }

  #refuse(issuer: Issuer, refusal: Refusal): AuthResult {
    this.#deps.refused(issuer.url, refusal);
    return refusal.isTheirs ? { ...invalid, why: refusal.reason } : invalid;
  }
}

function personOf(
  client: ClaimedClient,
  issuer: string,
  { subject, claims, key }: Bearer,
  until: number | undefined,
): Principal {
  return {
    id: `${client.name} ${issuer} ${subject}`,
    name: `${client.name}:${nameable(subject)}`,
    client: client.name,
    ...rightsOf(client),
    shared: false,
    until,
    proof: { t: "claims", issuer, subject, claims, key },
  };
}

const maxShown = 64;

/** A subject as logs and people have it: short, one line. */
function nameable(subject: string): string {
  const plain = subject.replaceAll(/[^\x21-\x7e]/g, "?");
  return plain.length > maxShown ? `${plain.slice(0, maxShown)}…` : plain;
}

/** What a token says its issuer is, unchecked: whom to ask whether it is. Undefined for what is no signed token. */
function issuerNamedBy(token: string): string | undefined {
  const [, payload] = /^ey[\w-]+\.(ey[\w-]+)\.[\w-]*$/.exec(token) ?? [];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const issuer = (claims as { iss?: unknown } | null)?.iss;
    return typeof issuer === "string" ? issuer : undefined;
  } catch {
    return undefined;
  }
}
