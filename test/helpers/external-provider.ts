// An identity provider as a company has one: oidc-provider with dynamic registration, access tokens that are signed and for one resource, and
// people whose groups it says. Whoever is sent there has signed in and agrees to everything.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Configuration } from "oidc-provider";

export const knownClient = "known-client";

export interface ExternalProviderOptions {
  /** Of everybody. */
  readonly groups?: readonly string[];
  /** That a client may ask for. */
  readonly scopes?: readonly string[];
  readonly tokenLifeS?: number;
  /** People see its own pages, and say themselves who they are and that they agree. */
  readonly pages?: boolean;
  /** Of the client that it knows without a registration. */
  readonly redirectUris?: readonly string[];
}

export class ExternalProvider implements AsyncDisposable {
  readonly issuer: string;
  /** Clients that have registered, by name. */
  readonly registered: string[] = [];
  readonly #server: Server;

  private constructor(server: Server, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
  }

  static async open(options: ExternalProviderOptions = {}): Promise<ExternalProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const own = new ExternalProvider(server, issuer);
    const provider = new Provider(issuer, await configuration(options));
    provider.on("registration_create.success", (_context, { clientName }) => own.registered.push(String(clientName)));
    const pages = provider.callback();
    server.on("request", (request, response) => {
      const isAsked = request.url?.startsWith("/interaction/") === true && options.pages !== true;
      // Who is not answered waits for minutes.
      if (isAsked) agree(provider, request, response).catch((error) => response.writeHead(500).end(String(error)));
      else void pages(request, response);
    });
    return own;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

async function configuration({
  groups = [],
  scopes = ["mcp"],
  tokenLifeS = 300,
  pages = false,
  redirectUris = ["http://localhost:9/callback"],
}: ExternalProviderOptions): Promise<Configuration> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "signing", alg: "RS256", use: "sig" }] },
    clients: [{ client_id: knownClient, redirect_uris: [...redirectUris] }],
    cookies: { keys: ["for the tests"] },

    scopes: ["openid", "offline_access", ...scopes],
    pkce: { required: () => true },
    clientDefaults: { token_endpoint_auth_method: "none" },
    features: {
      devInteractions: { enabled: pages },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          scope: scopes.join(" "),
          audience: resource,
          accessTokenFormat: "jwt",
          accessTokenTTL: tokenLifeS,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    extraTokenClaims: () => ({ groups }),
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed("refresh_token"),
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    ...(pages ? {} : { interactions: { url: (_context, { uid }) => `/interaction/${uid}` } }),
  };
}

/** What a person does who is signed in at work and presses "allow". */
async function agree(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    return provider.interactionFinished(request, response, { login: { accountId: "alice" } });
  }
  const grant = new provider.Grant({ accountId: session?.accountId, clientId: String(params["client_id"]) });
  const plain = (prompt.details["missingOIDCScope"] as string[] | undefined) ?? [];
  grant.addOIDCScope(["openid", "offline_access", ...plain].join(" "));
  const asked = prompt.details["missingResourceScopes"] as Record<string, string[]> | undefined;
  for (const [resource, scopes] of Object.entries(asked ?? {})) grant.addResourceScope(resource, scopes.join(" "));
  const grantId = await grant.save();
  return provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true });
}

/** The browser of that person: where it is sent back to, with what the provider says. */
export async function goThrough(url: URL): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = url;
  for (let pages = 0; pages < 10; pages++) {
    if (at.origin !== url.origin) return at;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const to = response.headers.get("location");
    if (to === null) throw new Error(`${at.pathname} answered ${response.status}: ${await response.text()}`);
    at = new URL(to, at);
  }
  throw new Error("the provider leads on and on");
}
