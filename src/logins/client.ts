// Who the hub is to an authorization server: a client of the manifest, one that describes itself at a URL, or one that registers itself.
import { isHttpsUrl, type OAuthClientMetadata, registerClient } from "@modelcontextprotocol/client";
import { HubError } from "../base/errors.ts";
import { clientMetadataOf } from "./client-metadata.ts";
import { defined } from "./defined.ts";
import type { Discovered } from "./discovery.ts";
import type { Fetch } from "./fetch.ts";
import type { LoginTarget } from "./target.ts";
import type { KnownClient } from "./vault.ts";

export interface ClientNeeds {
  readonly target: LoginTarget;
  readonly discovered: Discovered;
  /** Where answers go; undefined: no browser comes into it. */
  readonly redirectUrl: string | undefined;
  /** Where the hub itself is known by its own page. */
  readonly ownMetadataUrl: string | undefined;
  /** The one that was used last with this server. */
  readonly known: KnownClient | undefined;
  readonly scope: string | undefined;
  readonly fetch: Fetch;
}

export async function chooseClient(needs: ClientNeeds): Promise<KnownClient> {
  const { target, discovered, redirectUrl, known } = needs;
  const { oauth } = target;
  if (oauth.clientId !== undefined) return { id: oauth.clientId, redirectUrl, isRegistered: false };
  const { metadata } = discovered.server;
  const metadataUrl = oauth.clientMetadataUrl ?? needs.ownMetadataUrl;
  if (
    metadata?.client_id_metadata_document_supported === true &&
    metadataUrl !== undefined &&
    isHttpsUrl(metadataUrl)
  ) {
    return { id: metadataUrl, redirectUrl, isRegistered: false };
  }
  if (known?.isRegistered === true && known.redirectUrl === redirectUrl) return known;
  if (metadata !== undefined && metadata.registration_endpoint === undefined)
    throw noClient(target, discovered, redirectUrl);
  return register(needs);
}

async function register({ discovered, redirectUrl, scope, fetch }: ClientNeeds): Promise<KnownClient> {
  const { url, metadata } = discovered.server;
  const clientMetadata: OAuthClientMetadata = {
    ...clientMetadataOf(redirectUrl === undefined ? [] : [redirectUrl]),
    token_endpoint_auth_method: authMethodOf(metadata?.token_endpoint_auth_methods_supported),
  };
  const made = await registerClient(url, defined({ metadata, clientMetadata, scope, fetchFn: fetch }));
  return {
    id: made.client_id,
    secret: made.client_secret,
    authMethod: made.token_endpoint_auth_method,
    redirectUrl,
    isRegistered: true,
  };
}

/** A secret that only this machine has adds nothing to PKCE: none, where the server takes that. */
function authMethodOf(supported: readonly string[] | undefined): string {
  if (supported === undefined || supported.length === 0 || supported.includes("none")) return "none";
  return supported.find((method) => method === "client_secret_basic" || method === "client_secret_post") ?? "none";
}

function noClient(target: LoginTarget, { server }: Discovered, redirectUrl: string | undefined): HubError {
  const { core } = target;
  const where = redirectUrl === undefined ? "" : ` with the redirect URL ${withoutPort(redirectUrl)}`;
  const fix = `register the hub there${where}, and write the client's id as auth.oauth.client_id of the Core`;
  return new HubError(
    "login_failed",
    `cannot sign in to Core ${core}: ${server.issuer} registers no clients by itself: ${fix}`,
    {
      core,
    },
  );
}

function withoutPort(url: string): string {
  return url.replace(/^(http:\/\/127\.0\.0\.1):\d+/, "$1 (any port)");
}
