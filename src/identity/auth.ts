// Who is calling: what a request shows, against the ways in that the setup in force has (docs/decisions/0032-identity.md). Refusals are
// values, never throws.
import { bearerToken } from "../base/bearer.ts";
import type { IpNetworks } from "../base/ip-networks.ts";
import type { ShownCertificate } from "../base/shown-certificate.ts";
import { mayComeFrom, ownPrincipal, type Principal } from "../sessions/principal.ts";
import type { Attempts } from "./attempts.ts";

/** What a request shows of who sends it. */
export interface Evidence {
  /** The header as it came. */
  readonly authorization?: string | undefined;
  readonly certificate?: ShownCertificate | undefined;
  /** The socket file that it came in by. */
  readonly socket?: string | undefined;
  /** What it asks for, base path left out: `/mcp`, `/mcp/p/claude`. Tokens may be good for one of them only. */
  readonly path?: string | undefined;
  /** Where it comes from: the client's plain address as far as trusted proxies tell it, or `unix`. */
  readonly peer?: string | undefined;
}

/**
 * `missing`: nothing was shown that could let anybody in. `invalid`: something was; unknown, expired and revoked are not told apart.
 * `scope`: known, but let in only with more: the scopes are those that all of it takes. `address`: known, but not let in from there.
 * `slowed`: too many wrong tokens came from there, so this one is not looked at for as long.
 */
export type AuthResult =
  | { readonly t: "ok"; readonly principal: Principal }
  | { readonly t: "refused"; readonly reason: "missing" }
  /** `why`: what its sender may know, about `it`: the token. */
  | { readonly t: "refused"; readonly reason: "invalid"; readonly why?: string }
  | { readonly t: "refused"; readonly reason: "scope"; readonly scope: string }
  | { readonly t: "refused"; readonly reason: "address"; readonly principal: Principal }
  | { readonly t: "refused"; readonly reason: "slowed"; readonly waitMs: number };

export type Refused = Extract<AuthResult, { t: "refused" }>;

export interface Shown extends Evidence {
  /** The bearer token in it. */
  readonly token: string | undefined;
}

/** One way in. */
export interface Way {
  /** True: it alone keeps nobody out, so that where there is no other, who does not take it is anonymous. */
  readonly isExtra?: boolean;
  /** What it takes is signed, so nobody can guess it: it is looked at even where attempts are slowed. */
  readonly signed?: true;
  /** Undefined: nothing that was shown is for this way. */
  take(shown: Shown): AuthResult | Promise<AuthResult> | undefined;
  /** Who one that another setup let in this way is under this one: undefined, nobody any more. `not mine`: it came in by another way. */
  again(principal: Principal): Principal | undefined | "not mine";
}

export interface Auth {
  /** False when no way in is configured: then everybody is `anonymous`. */
  readonly required: boolean;
  /** Another number whenever an answer given before may not hold any more. */
  readonly version: number;
  /** Of wrong tokens; undefined: nobody counts them. */
  readonly attempts?: Attempts | undefined;
  /** Whether who comes from there may ask for anything at all. `peer`: as in Evidence. */
  admits(peer: string | undefined): boolean;
  /** At once wherever nothing has to be looked up or checked for the first time. Never rejects. */
  authenticate(evidence: Evidence): AuthResult | Promise<AuthResult>;
  /** Who a caller that was let in is now: the same caller, perhaps with other rights; undefined where it is to leave. */
  again(principal: Principal, peer?: string): Principal | undefined;
}

/** What doors need of it. */
export type DoorAuth = Pick<Auth, "authenticate" | "version" | "attempts" | "admits">;

export interface AuthOptions {
  readonly version?: number;
  readonly attempts?: Attempts | undefined;
  /** Where everybody has to come from; undefined: anywhere. */
  readonly from?: IpNetworks | undefined;
}

const anonymous: Principal = {
  ...ownPrincipal("anonymous", { admin: false, shared: true }),
  proof: { t: "none" },
};

const missing: Refused = { t: "refused", reason: "missing" };
export const invalid = { t: "refused", reason: "invalid" } as const satisfies Refused;

/** `ways`: in the order in which they are asked. None, or none but extra ones: everybody else is let in. */
export function createAuth(ways: readonly Way[], { version = 0, attempts, from }: AuthOptions = {}): Auth {
  const required = ways.some(({ isExtra }) => isExtra !== true);
  const admits = (peer: string | undefined) => mayComeFrom({ from }, peer);

  /** What comes of it, for whoever counts. `isGuess`: one that is wrong could have been right by luck. */
  function noted(result: AuthResult, shown: Shown, isGuess: boolean): AuthResult {
    const { token, peer } = shown;
    if (result.t === "ok" && !mayComeFrom(result.principal, peer)) {
      return noted({ t: "refused", reason: "address", principal: result.principal }, shown, isGuess);
    }
    if (attempts === undefined) return result;
    if (result.t === "refused") {
      attempts.failures[result.reason]++;
      if (result.reason === "invalid" && isGuess && token !== undefined) attempts.failed(peer);
    } else if (token !== undefined && isGuess) attempts.passed(peer, token);
    return result;
  }

  return {
    required,
    version,
    attempts,
    admits,
    authenticate(evidence) {
      const token = bearerToken(evidence.authorization);
      const { authorization, path, peer } = evidence;
      // A header that was sent is what its sender wants to be known by: if it is wrong, nothing else lets them in.
      const shown = authorization === undefined ? { ...evidence, token } : { path, peer, token };
      const waitMs = token === undefined ? 0 : (attempts?.waitMs(peer, token) ?? 0);
      for (const way of ways) {
        const isGuess = way.signed !== true;
        if (waitMs > 0 && isGuess) continue;
        const result = way.take(shown);
        if (result instanceof Promise) return result.then((it) => noted(it, shown, isGuess));
        if (result !== undefined) return noted(result, shown, isGuess);
      }
      if (!required) return { t: "ok", principal: anonymous };
      if (waitMs > 0) return noted({ t: "refused", reason: "slowed", waitMs }, shown, true);
      return noted(token === undefined ? missing : invalid, shown, true);
    },
    again(principal, peer) {
      const { proof } = principal;
      if (proof.t === "own") return principal;
      if (!admits(peer)) return undefined;
      if (proof.t === "none") return required ? undefined : anonymous;
      for (const way of ways) {
        const is = way.again(principal);
        if (is !== "not mine") return is !== undefined && mayComeFrom(is, peer) ? is : undefined;
      }
      return undefined;
    },
  };
}
