// What clients are told of the ways to get a token, of the setup in force.
import type { ResourceFacts } from "../doors/metadata-pages.ts";
import type { Setup } from "../manifest/diff.ts";

/** Undefined where tokens are only given, or where the hub does not know what clients call it. */
export function resourceFacts({ manifest, settings }: Setup): ResourceFacts | undefined {
  const { publicUrl, auth } = settings;
  if (publicUrl === undefined || (auth.issuers.length === 0 && auth.builtin === undefined)) return undefined;
  const neededScopes = [...new Set(auth.issuers.flatMap(({ scopes }) => scopes))];
  const further = manifest.clients.flatMap(({ jwt }) => jwt?.scopes ?? []);
  return {
    publicUrl,
    // Clients take the first: where there is an identity provider, that is who people are signed in by.
    authorizationServers: [...auth.issuers.map(({ url }) => url), ...(auth.builtin === undefined ? [] : [publicUrl])],
    neededScopes,
    scopes: [...new Set([...neededScopes, ...further])],
  };
}
