// Which key it is that signed a token, in words that outlive the key: its name and what it is made of (RFC 7638), so that another one of the same
// name is another one, and one without a name is known as well.
import { type CryptoKey, calculateJwkThumbprint, type JWK, type KeyObject } from "jose";

/** `kid`: as the token names it. */
export async function keyIdOf(kid: string | undefined, key: CryptoKey | KeyObject | JWK): Promise<string> {
  return `${await calculateJwkThumbprint(key)} ${kid ?? ""}`;
}

/** What tokens that these keys sign may say; of keys that sign nothing there is nothing. */
export async function keyIdsOf(keys: readonly JWK[]): Promise<ReadonlySet<string>> {
  const ids = keys.map(async (key) => {
    try {
      return [await keyIdOf(undefined, key), await keyIdOf(key.kid, key)];
    } catch {
      return [];
    }
  });
  return new Set((await Promise.all(ids)).flat());
}
