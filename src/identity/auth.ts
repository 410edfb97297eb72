// Who is calling: what a request shows, against the ways in that the setup in force has (docs/decisions/0032-identity.md). Refusals are
// values, never throws.
import { bearerToken } from "../base/bearer.ts";
import type { ShownCertificate } from "../base/shown-certificate.ts";
import { ownPrincipal, type Principal } from "../sessions/principal.ts";

/** What a request shows of who sends it. */
export interface Evidence {
  /** The header as it came. */
  readonly authorization?: string | undefined;
  readonly certificate?: ShownCertificate | undefined;
  /** The socket file that it came in by. */
  readonly socket?: string | undefined;
  /** What it asks for, base path left out: `/mcp`, `/mcp/p/claude`. Tokens may be good for one of them only. */
  readonly path?: string | undefined;
}

/**
 * `missing`: nothing was shown that could let anybody in. `invalid`: something was; unknown, expired and revoked are not told apart.
 * `scope`: known, but let in only with more: the scopes are those that all of it takes.
 */
export type AuthResult =
  | { readonly t: "ok"; readonly principal: Principal }
  | { readonly t: "refused"; readonly reason: "missing" }
  /** `why`: what its sender may know, about `it`: the token. */
  | { readonly t: "refused"; readonly reason: "invalid"; readonly why?: string }
  | { readonly t: "refused"; readonly reason: "scope"; readonly scope: string };

export type Refused = Extract<AuthResult, { t: "refused" }>;

export interface Shown extends Evidence {
  /** The bearer token in it. */
  readonly token: string | undefined;
}

/** One way in. */
export interface Way {
  /** True: it alone keeps nobody out, so that where there is no other, who does not take it is anonymous. */
  readonly isExtra?: boolean;
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
  /** At once wherever nothing has to be looked up or checked for the first time. Never rejects. */
  authenticate(evidence: Evidence): AuthResult | Promise<AuthResult>;
  /** Who a caller that was let in is now: the same caller, perhaps with other rights; undefined where it is to leave. */
  again(principal: Principal): Principal | undefined;
}

const anonymous: Principal = {
  ...ownPrincipal("anonymous", { admin: false, shared: true }),
  proof: { t: "none" },
};

const missing: Refused = { t: "refused", reason: "missing" };
export const invalid = { t: "refused", reason: "invalid" } as const satisfies Refused;

/** `ways`: in the order in which they are asked. None, or none but extra ones: everybody else is let in. */
export function createAuth(ways: readonly Way[], version = 0): Auth {
  const required = ways.some(({ isExtra }) => isExtra !== true);
  return {
    required,
    version,
    authenticate(evidence) {
      const token = bearerToken(evidence.authorization);
      const { authorization, path } = evidence;
      // A header that was sent is what its sender wants to be known by: if it is wrong, nothing else lets them in.
      const shown = authorization === undefined ? { ...evidence, token } : { path, token };
      for (const way of ways) {
        const result = way.take(shown);
        if (result !== undefined) return result;
      }
      if (!required) return { t: "ok", principal: anonymous };
      return token === undefined ? missing : invalid;
    },
    again(principal) {
      const { proof } = principal;
      if (proof.t === "own") return principal;
      if (proof.t === "none") return required ? undefined : anonymous;
      for (const way of ways) {
        const is = way.again(principal);
        if (is !== "not mine") return is;
      }
      return undefined;
    },
  };
}
