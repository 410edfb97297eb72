// Signs and verifies JWTs with the hub's own keys. What they say is for others: a `typ` for each purpose, so that none passes for another.
import type { JWTPayload } from "jose";
import type { KeyRing } from "./key-ring.ts";

const signingAlgorithm = "EdDSA";

export interface Signed {
  /** The media type of RFC 7519, without `application/`: `thehub+jwt`. */
  readonly typ: string;
  /** Registered claims as RFC 7519 has them: times in seconds. */
  readonly claims: JWTPayload;
}

export interface Wanted {
  readonly typ: string;
  readonly issuer: string;
  readonly audience: string;
  /** Ms since 1970. */
  readonly wallMs: number;
}

/** Longer ones are none of this hub's. */
const maxTokenChars = 8 * 1024;
/** For `iat` and `nbf` of tokens that another machine of the same state folder has made; an end is an end. */
const skewSeconds = 60;

/** Rejects with `usage` where the keys cannot be used. */
export async function sign(ring: KeyRing, { typ, claims }: Signed): Promise<string> {
  const { key } = await ring.current();
  const { SignJWT } = await import("jose");
  const header = { alg: signingAlgorithm, typ, kid: key.kid };
  return new SignJWT(claims).setProtectedHeader(header).sign(key.private);
}

/** What the token's header says, unchecked; undefined for what is no signed token. */
export function headerOf(token: string): { readonly typ: unknown; readonly kid: unknown } | undefined {
  if (token.length > maxTokenChars || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf(".")), "base64url").toString("utf8"));
    if (typeof header !== "object" || header === null) return undefined;
    const { typ, kid } = header as Record<string, unknown>;
    return { typ, kid };
  } catch {
    return undefined;
  }
}

/** The claims of a token that is signed by one of the keys, with `kid`; undefined for any other. */
export async function verifySigned(
  ring: KeyRing,
  token: string,
  { typ, issuer, audience, wallMs }: Wanted,
): Promise<(JWTPayload & { readonly kid: string }) | undefined> {
  const kid = headerOf(token)?.kid;
  const key = typeof kid === "string" ? ring.find(kid) : undefined;
  if (key === undefined) return undefined;
  const { jwtVerify } = await import("jose");
  try {
    const { payload } = await jwtVerify(token, key.public, {
      algorithms: [signingAlgorithm],
      typ,
      issuer,
      audience,
      requiredClaims: ["exp", "iat", "sub"],
      clockTolerance: skewSeconds,
      currentDate: new Date(wallMs),
    });
    const { iat = 0, exp = 0 } = payload;
    if (exp * 1000 <= wallMs || iat * 1000 > wallMs + skewSeconds * 1000) return undefined;
    return { ...payload, kid: key.kid };
  } catch {
    return undefined;
  }
}
