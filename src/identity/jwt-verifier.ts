// Whether one identity provider has signed a token, as it is and for now. Signature, times and headers are jose's to check; what is an access
// token is decided here. Loaded only where a manifest names a provider.
import { type CryptoKey, errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import type { Clock } from "../base/clock.ts";
import type { Issuer } from "../manifest/manifest.ts";
import { type Claims, endOf } from "./claims.ts";
import { IssuerKeys, type IssuerKeysDeps, KeysUnavailable } from "./issuer-keys.ts";
import { keyIdOf } from "./key-ids.ts";
import type { Refusal } from "./refusal.ts";

/** `untilMs`: when it ends, in wall time, ms since 1970. `generation`: of the keys that it was verified with. `key`: which of them it was. */
export type Verified =
  | {
      readonly t: "ok";
      readonly claims: Claims;
      readonly subject: string;
      readonly untilMs: number;
      readonly generation: number;
      readonly key: string;
    }
  | { readonly t: "refused"; readonly refusal: Refusal };

export interface JwtVerifierDeps extends Omit<IssuerKeysDeps, "clock"> {
  readonly clock: Clock;
}

/** Nothing that is signed with a secret: a public key can then never be taken for one. */
const asymmetric = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

const maxSubject = 512;

export class JwtVerifier {
  readonly #issuer: Issuer;
  readonly #clock: Clock;
  readonly #keys: IssuerKeys;

  constructor(issuer: Issuer, deps: JwtVerifierDeps) {
    this.#issuer = issuer;
    this.#clock = deps.clock;
    this.#keys = new IssuerKeys(issuer, deps);
  }

  get generation(): number {
    return this.#keys.generation;
  }

  /** Whether the key that signed something is still one of the issuer's, as far as is known. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }

  keepFresh(): void {
    this.#keys.keepFresh();
  }

  /** Never rejects. */
  async verify(token: string): Promise<Verified> {
    const { url, algorithms = asymmetric, clockSkewS } = this.#issuer;
    const nowMs = this.#clock.wall();
    const options: JWTVerifyOptions = {
      issuer: url,
      algorithms: [...algorithms],
      clockTolerance: clockSkewS,
      currentDate: new Date(nowMs),
      requiredClaims: ["exp", "sub", "aud"],
    };
    let generation = -1;
    let key = "";
    const find: JWTVerifyGetKey = async (header, input) => {
      const found = await this.#keys.find(header, input);
      generation = this.#keys.generation;
      key = await keyIdOf(header.kid, found as CryptoKey);
      return found;
    };
    try {
      const { payload, protectedHeader } = await jwtVerify(token, find, options);
      const why = notAccess(payload, protectedHeader.typ, Math.floor(nowMs / 1000) + clockSkewS);
      if (why !== undefined) return refused({ kind: "kind of token", reason: why, isTheirs: true });
      const { exp = 0, sub: subject = "" } = payload;
      const untilMs = endOf(exp, this.#issuer);
      return { t: "ok", claims: payload, subject, untilMs, generation, key };
    } catch (error) {
      return refused(refusalOf(error));
    }
  }
}

function refused(refusal: Refusal): Verified {
  return { t: "refused", refusal };
}

/** Why a token that is signed is none that lets anybody in. */
function notAccess(
  { sub, iat, cnf, ...claims }: JWTPayload,
  typ: string | undefined,
  latestS: number,
): string | undefined {
  if (typeof sub !== "string" || sub === "" || sub.length > maxSubject) return "its subject is no text, or a long one";
  if (iat !== undefined && iat > latestS) return "it was issued in the future";
  // Bearing it proves nothing: it is for who holds the key.
  if (cnf !== undefined) return "it is bound to a key of its holder (DPoP, mutual TLS), which is not checked here";
  const type = typ?.toLowerCase().replace(/^application\//, "");
  if (type === "at+jwt") return undefined;
  if (type !== undefined && type !== "jwt") return `its type is ${JSON.stringify(typ).slice(0, 40)}`;
  // Providers from before RFC 9068 say in claims of their own what a token is for.
  const isForOther =
    isOneOf(claims["typ"], ["ID", "Refresh", "Logout", "Offline"]) || isOneOf(claims["token_use"], ["id"]);
  const isIdToken = "at_hash" in claims || "c_hash" in claims || isForOther;
  return isIdToken ? "it is an id token or a refresh token: send the access token" : undefined;
}

function isOneOf(value: unknown, kinds: readonly string[]): boolean {
  return typeof value === "string" && kinds.includes(value);
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof KeysUnavailable) {
    return { kind: "keys unavailable", reason: "the keys of its issuer cannot be had", isTheirs: false };
  }
  if (error instanceof errors.JWTExpired) return { kind: "expired", reason: "it has ended", isTheirs: true };
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (claim === "nbf") return { kind: "not yet", reason: "it is not valid yet", isTheirs: true };
    if (reason === "missing") return { kind: "claims", reason: `it has no ${claim}`, isTheirs: true };
    return { kind: "claims", reason: `its ${claim} does not hold`, isTheirs: true };
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return { kind: "key", reason: "its issuer has no such key", isTheirs: false };
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return { kind: "key", reason: "it does not say which of its issuer's keys it is signed with", isTheirs: false };
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return { kind: "algorithm", reason: "it is signed in a way that does not count", isTheirs: false };
  }
  return { kind: "signature", reason: "its signature is not its issuer's", isTheirs: false };
}
