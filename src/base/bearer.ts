// Bearer credentials: reading them from a header and comparing them in constant time. Never logs, never keeps one.
import { hash, timingSafeEqual } from "node:crypto";

/** The token of an `Authorization: Bearer …` header; undefined when there is none or the scheme is another one. */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined;
  const token = authorization.slice("bearer ".length).trim();
  return token === "" ? undefined : token;
}

/** Tokens are compared by digest, so that neither their length nor their content shows in the time taken. */
export function tokenDigest(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

export function sameDigest(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
