// What the hub says about itself as a client, to an authorization server that asks or that it registers with.
import type { OAuthClientMetadata } from "@modelcontextprotocol/client";

const clientName = "TheHub";

/** `redirectUrls` empty: it signs in with device codes. */
export function clientMetadataOf(redirectUrls: readonly string[]): OAuthClientMetadata {
  const device = "urn:ietf:params:oauth:grant-type:device_code";
  return {
    client_name: clientName,
    redirect_uris: [...redirectUrls],
    grant_types: redirectUrls.length === 0 ? [device, "refresh_token"] : ["authorization_code", "refresh_token"],
    response_types: redirectUrls.length === 0 ? [] : ["code"],
    application_type: redirectUrls.every((text) => new URL(text).protocol === "http:") ? "native" : "web",
  };
}

/** What a page under `url` says about the hub, where the hub is its own client metadata document. */
export function clientMetadataDocument(url: string, redirectUrl: string): Record<string, unknown> {
  return { client_id: url, ...clientMetadataOf([redirectUrl]), token_endpoint_auth_method: "none" };
}
