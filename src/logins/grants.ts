// Requests to a token endpoint, by the SDK's hand. Each says for which resource the tokens are, and goes to the issuer that the client is of.
import {
  type AddClientAuthentication,
  createPrivateKeyJwtAuth,
  exchangeAuthorization,
  fetchToken,
  type OAuthClientInformationMixed,
  type OAuthClientProvider,
  type OAuthTokens,
  refreshAuthorization,
  selectClientAuthMethod,
} from "@modelcontextprotocol/client";
import { defined } from "./defined.ts";
import type { Server } from "./discovery.ts";
import { type Fetch, FetchFailed } from "./fetch.ts";
import type { OAuthSettings } from "./target.ts";
import type { KnownClient, Tokens } from "./vault.ts";

export interface Requester {
  readonly server: Server;
  readonly client: KnownClient;
  readonly oauth: OAuthSettings;
  readonly resource: string | undefined;
  readonly fetch: Fetch;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

export interface Answer {
  readonly code: string;
  readonly verifier: string;
  readonly iss: string | undefined;
  readonly redirectUrl: string;
}

/** An authorization code into tokens. */
export async function redeem(requester: Requester, { code, verifier, iss, redirectUrl }: Answer): Promise<Tokens> {
  const tokens = await exchangeAuthorization(
    requester.server.url,
    defined({
      ...common(requester),
      clientInformation: informationOf(requester),
      authorizationCode: code,
      iss,
      codeVerifier: verifier,
      redirectUri: redirectUrl,
    }),
  );
  return tokensOf(tokens, requester, undefined);
}

export async function refresh(requester: Requester, old: Tokens & { readonly refresh: string }): Promise<Tokens> {
  const tokens = await refreshAuthorization(
    requester.server.url,
    defined({ ...common(requester), clientInformation: informationOf(requester), refreshToken: old.refresh }),
  );
  return tokensOf(tokens, requester, old.scope);
}

/** Any other grant: `parameters` has `grant_type` and what belongs to it. */
export async function grant(
  requester: Requester,
  parameters: Readonly<Record<string, string>>,
  scope: string | undefined,
): Promise<Tokens> {
  const { addClientAuthentication, ...rest } = common(requester);
  const provider = defined({
    clientInformation: () => informationOf(requester),
    clientMetadata: { redirect_uris: [] },
    prepareTokenRequest: () => new URLSearchParams(defined({ ...parameters, scope }) as Record<string, string>),
    addClientAuthentication,
    // The rest of a provider is for flows that this one is none of.
  }) as unknown as OAuthClientProvider;
  return tokensOf(await fetchToken(provider, requester.server.url, defined(rest)), requester, scope);
}

/** The hub as itself, with nobody's consent but the authorization server's. */
export function signInAsItself(requester: Requester, scope: string | undefined): Promise<Tokens> {
  return grant(requester, { grant_type: "client_credentials" }, scope);
}

const tokenTypes = "urn:ietf:params:oauth:token-type:";

/** RFC 8693: what a person showed to the hub, into a token of that person for the Core. */
export async function exchangeToken(
  requester: Requester,
  subject: { readonly token: string; readonly type: string },
  scope: string | undefined,
): Promise<Tokens> {
  const parameters = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: subject.token,
    subject_token_type: `${tokenTypes}${subject.type}`,
    requested_token_type: `${tokenTypes}access_token`,
    ...(requester.resource === undefined ? {} : { audience: requester.resource }),
  };
  let issued: unknown;
  // The SDK keeps nothing of what is not in every answer of a token endpoint.
  const fetch: Fetch = async (url, init) => {
    const response = await requester.fetch(url, init);
    if (response.ok) issued = ((await response.clone().json()) as Record<string, unknown>)["issued_token_type"];
    return response;
  };
  const tokens = await grant({ ...requester, fetch }, parameters, scope);
  if (issued !== `${tokenTypes}access_token` && issued !== `${tokenTypes}jwt`) {
    throw new Error("what it gave in exchange is no access token");
  }
  // A new one is exchanged, not renewed: it ends with what it came of.
  return { ...tokens, refresh: undefined };
}

/** What must not come back in an error. */
export function secretsOf({ client, oauth }: Pick<Requester, "client" | "oauth">, ...more: (string | undefined)[]) {
  return [client.secret, oauth.clientSecret?.reveal(), ...more];
}

/** Asks an endpoint that the SDK does not know, as the client that the token endpoint knows. */
export async function askAs(
  requester: Pick<Requester, "server" | "client" | "oauth" | "fetch">,
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Response> {
  const headers = new Headers({ accept: "application/json" });
  const body = new URLSearchParams(parameters);
  await authenticationOf(requester)(headers, body, endpoint, requester.server.metadata);
  return requester.fetch(endpoint, { method: "POST", headers, body });
}

function common(requester: Requester) {
  const { server, resource, fetch } = requester;
  const addClientAuthentication = authenticationOf(requester);
  return { metadata: server.metadata, fetchFn: unlessBusy(fetch), resource, addClientAuthentication };
}

/** Whatever a server calls it that is busy or broken: it has said nothing of what it was shown. */
function unlessBusy(fetch: Fetch): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    const { status } = response;
    if (status === 429 || status >= 500) throw new FetchFailed(`the authorization server failed (HTTP ${status})`);
    return response;
  };
}

/** How the client shows who it is, wherever it is asked that. */
function authenticationOf(requester: Pick<Requester, "server" | "client" | "oauth">): AddClientAuthentication {
  const { server, client, oauth } = requester;
  const assertion = assertionOf(oauth, client);
  if (assertion !== undefined) return assertion;
  const information = informationOf(requester);
  const { client_secret: secret } = information;
  const method = selectClientAuthMethod(information, server.metadata?.token_endpoint_auth_methods_supported ?? []);
  return (headers, parameters) => {
    if (secret !== undefined && method === "client_secret_basic") {
      const words = `${inBasic(client.id).replaceAll(":", "%3A")}:${inBasic(secret)}`;
      headers.set("authorization", `Basic ${Buffer.from(words).toString("base64")}`);
      return;
    }
    parameters.set("client_id", client.id);
    if (secret !== undefined && method === "client_secret_post") parameters.set("client_secret", secret);
  };
}

/** RFC 6749, 2.3.1, which the SDK leaves out. What reads the same with and without it stays as it is, for servers that leave it out as well. */
function inBasic(text: string): string {
  return text.replaceAll(/[%+ ]|[^ -~]+/g, encodeURIComponent);
}

function assertionOf({ privateKey }: OAuthSettings, { id }: KnownClient): AddClientAuthentication | undefined {
  if (privateKey === undefined) return undefined;
  return createPrivateKeyJwtAuth({
    issuer: id,
    subject: id,
    privateKey: privateKey.key.reveal(),
    alg: privateKey.algorithm,
  });
}

function informationOf({
  client,
  oauth,
  server,
}: Pick<Requester, "client" | "oauth" | "server">): OAuthClientInformationMixed {
  const secret = client.isRegistered ? client.secret : oauth.clientSecret?.reveal();
  return {
    client_id: client.id,
    ...(secret === undefined ? {} : { client_secret: secret }),
    ...(client.authMethod === undefined ? {} : { token_endpoint_auth_method: client.authMethod }),
    issuer: server.issuer,
  } as OAuthClientInformationMixed;
}

const maxTokenCharacters = 32 * 1024;
const longestMs = 10 * 365 * 24 * 3600 * 1000;

/** `scope`: what was asked for, which is what was given where the answer does not say. */
function tokensOf(given: OAuthTokens, { nowMs }: Requester, scope: string | undefined): Tokens {
  const { access_token: access, refresh_token: renewal, token_type: type, expires_in: seconds } = given;
  if (type.toLowerCase() !== "bearer")
    throw new Error("its tokens are of a kind that the hub does not know: not Bearer");
  if (!/^[\x21-\x7e]+$/.test(access) || access.length > maxTokenCharacters) {
    throw new Error("its token is none that a header can carry");
  }
  const lifeMs = seconds === undefined || !(seconds > 0) ? undefined : Math.min(seconds * 1000, longestMs);
  const at = nowMs();
  return {
    access,
    refresh: renewal,
    expiresAt: lifeMs === undefined ? undefined : at + lifeMs,
    at,
    scope: given.scope ?? scope,
  };
}
