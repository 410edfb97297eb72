// Bearer credentials: reading them from a header and comparing them in constant time. Never logs, never keeps one.
import { createHash, timingSafeEqual } from "node:crypto";

/** The token of an `Authorization: Bearer …` header; undefined when there is none or the scheme is another one. */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined;
  const token = authorization.slice("bearer ".length).trim();
  return token === "" ? undefined : token;
}

/** Tokens are compared by digest, so that neither their length nor their content shows in the time taken. */
export function tokenDigest(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}

export function sameDigest(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
