// What the SDKs' OAuth clients ask their program to keep, in memory; and the person that they send to the browser.
import type { OAuthClientMetadata, OAuthClientProvider } from "@modelcontextprotocol/client";

/** Good for both generations: they ask for the same. */
export class SdkOAuth implements OAuthClientProvider {
  readonly redirectUrl: string;
  readonly clientMetadataUrl?: string;
  readonly clientMetadata: OAuthClientMetadata;
  /** Where the person was sent last. */
  asked: URL | undefined;
  tokensNow: Awaited<ReturnType<OAuthClientProvider["tokens"]>>;
  #client: Awaited<ReturnType<OAuthClientProvider["clientInformation"]>>;
  #verifier = "";

  constructor(redirectUrl: string, metadata: Partial<OAuthClientMetadata> = {}, documentUrl?: string) {
    this.redirectUrl = redirectUrl;
    if (documentUrl !== undefined) this.clientMetadataUrl = documentUrl;
    this.clientMetadata = {
      client_name: "SDK test",
      redirect_uris: [redirectUrl],
      token_endpoint_auth_method: "none",
      ...metadata,
    };
  }

  state(): string {
    return "state-of-the-test";
  }

  clientInformation() {
    return this.#client;
  }

  saveClientInformation(client: NonNullable<Awaited<ReturnType<OAuthClientProvider["clientInformation"]>>>): void {
    this.#client = client;
  }

  tokens() {
    return this.tokensNow;
  }

  saveTokens(tokens: NonNullable<Awaited<ReturnType<OAuthClientProvider["tokens"]>>>): void {
    this.tokensNow = tokens;
  }

  redirectToAuthorization(url: URL): void {
    this.asked = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }
}
