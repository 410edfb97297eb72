// The end of a login, told to its authorization server (RFC 7009): what may have been copied is worth nothing then.

import { describe } from "./discovery.ts";
import { createFetch } from "./fetch.ts";
import { askAs } from "./grants.ts";
import { fetchDepsOf, type SignInDeps } from "./preparing.ts";
import type { LoginTarget } from "./target.ts";
import type { LoginRecord } from "./vault.ts";
import { explain } from "./words.ts";

export type Revoked = { readonly t: "revoked" } | { readonly t: "not"; readonly why: string };

/** Never rejects. */
export async function revoke(deps: SignInDeps, target: LoginTarget, record: LoginRecord): Promise<Revoked> {
  const { tokens, client } = record;
  if (tokens === undefined) return { t: "revoked" };
  const { oauth } = target;
  const secrets = [tokens.access, tokens.refresh, client.secret, oauth.clientSecret?.reveal()];
  try {
    const fetch = createFetch(fetchDepsOf(deps, target));
    const server = await describe(record.server, fetch);
    const { more } = server;
    if (more.revocation === undefined) return { t: "not", why: "its authorization server takes none back" };
    // The refresh token first: with it, careful servers end all that came of it.
    for (const [token, hint] of [
      [tokens.refresh, "refresh_token"],
      [tokens.access, "access_token"],
    ] as const) {
      if (token === undefined) continue;
      const parameters = { token, token_type_hint: hint };
      const response = await askAs({ server, client, oauth, fetch }, more.revocation, parameters);
      if (!response.ok) return { t: "not", why: `its authorization server answers with ${response.status}` };
    }
    return { t: "revoked" };
  } catch (error) {
    return { t: "not", why: explain(error, secrets) };
  }
}
