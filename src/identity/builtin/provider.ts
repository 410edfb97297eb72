// The library as this hub uses it: OAuth 2.1 for public clients, one scope, tokens that mean something to this hub alone. What it could do beyond that
// is off. docs/decisions/0038-own-authorization-server.md.
import { generateKeyPairSync } from "node:crypto";
import Provider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import { adapterOf } from "./adapter.ts";
import { authMethods } from "./client-metadata.ts";
import { idleMs } from "./life.ts";
import { paths, scope } from "./paths.ts";
import { ownResource } from "./resource.ts";
import type { Grant, Store } from "./store.ts";

export type Ask = (url: string | URL, init?: RequestInit) => Promise<Response>;

export interface ProviderDeps {
  readonly store: Store;
  /** HUB_PUBLIC_URL, without a slash at its end: the issuer. */
  readonly publicUrl: string;
  /** Gets documents and keys of clients. */
  readonly fetch: Ask;
  /** Whether the token that it was made with still lets somebody in. */
  isGood(grant: Grant): boolean;
  /** Whether somebody unknown may have a document fetched now. */
  mayFetch(context: KoaContextWithOIDC): boolean;
  /** What a person sees where no client can be told. */
  failurePage(error: { readonly error: string; readonly description: string | undefined }): {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  registered(client: {
    readonly id: string;
    readonly name: string | undefined;
    readonly redirects: readonly string[];
  }): void;
  /** A client has new tokens for its refresh token. */
  refreshed(): void;
  /** Something that should not have happened. */
  failed(error: Error): void;
}

/** Who a token is of is said by its grant: the library wants an account, and nothing asks for it. */
export const account = "person";

const accessSeconds = 3_600;
const idleSeconds = idleMs / 1000;
export const consentSeconds = 10 * 60;
const codeSeconds = 60;

export function createProvider(deps: ProviderDeps): Provider {
  const { store, publicUrl } = deps;
  const base = new URL(publicUrl).pathname.replace(/\/$/, "");
  /** Nothing outlives what it was granted by. */
  const within = (grantId: string | undefined, seconds: number) => {
    const endsAt = grantId === undefined ? undefined : store.grant(grantId)?.endsAt;
    if (endsAt === undefined) return seconds;
    return Math.max(1, Math.min(seconds, Math.floor((endsAt - store.nowMs()) / 1000)));
  };
  const configuration: Configuration = {
    adapter: (model: string) => adapterOf(store, model),
    routes: {
      authorization: paths.authorization,
      token: paths.token,
      registration: paths.registration,
      revocation: paths.revocation,
    },
    interactions: { policy: askEveryTime(), url: (_context, { uid }) => `${base}${paths.consent}/${uid}` },
    features: {
      clientIdMetadataDocument: { enabled: true, ack: "draft-02", allowFetch: (context) => deps.mayFetch(context) },
      registration: { enabled: true, initialAccessToken: false, issueRegistrationAccessToken: false },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context, _client, oneOf) => (typeof oneOf === "string" ? oneOf : publicUrl),
        getResourceServerInfo(_context, asked) {
          const audience = ownResource(asked, publicUrl);
          if (audience === undefined) throw new errors.InvalidTarget();
          return { scope, audience, accessTokenFormat: "opaque" };
        },
      },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    clientAuthMethods: authMethods as NonNullable<Configuration["clientAuthMethods"]>,
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    // Wanted by the library for ID tokens, which nobody gets.
    jwks: {
      keys: [generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }) as { kty: "EC" }],
    },
    scopes: [scope],
    responseTypes: ["code"],
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    acceptQueryParamAccessTokens: false,
    clientBasedCORS: () => false,
    findAccount(_context, _account, token) {
      const grantId = token !== undefined && "grantId" in token ? token.grantId : undefined;
      const grant = grantId === undefined ? undefined : store.grant(grantId);
      // None: it is asked before there is a grant.
      if (grant !== undefined && !deps.isGood(grant)) return undefined;
      return { accountId: account, claims: () => ({ sub: account }) };
    },
    loadExistingGrant: async ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : oidc.provider.Grant.find(grantId);
    },
    expiresWithSession: () => false,
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: (_context, token) => within(token.grantId, accessSeconds),
      RefreshToken: (_context, token) => within(token.grantId, idleSeconds),
      AuthorizationCode: codeSeconds,
      Interaction: consentSeconds,
      Session: consentSeconds,
      Grant: (_context, grant) => within(grant.jti, idleSeconds * 400),
    },
    cookies: {
      names: { interaction: "thehub_consent", resume: "thehub_resume", session: "thehub_oauth" },
      long: { path: `${base}/oauth`, httpOnly: true, sameSite: "lax" },
      // Each at the path of what it is for: a person may connect two clients at once.
      short: { httpOnly: true, sameSite: "lax" },
    },
    fetch: (url, init) => deps.fetch(String(url), init as RequestInit),
    fetchResponseBodyLimits: { jwks_uri: 64 * 1024 },
    renderError(context, { error, error_description: description }) {
      const { headers, body } = deps.failurePage({ error, description });
      for (const [name, value] of Object.entries(headers)) context.set(name, value);
      context.body = body;
    },
  };
  const provider = new Provider(publicUrl, configuration);
  // It says in which scheme and by which name it was asked: see asked.ts.
  provider.proxy = true;
  // Else it writes to stderr, past the log.
  provider.silent = true;
  provider.on("registration_create.success", (_context, { clientId: id, clientName: name, redirectUris = [] }) => {
    deps.registered({ id, name, redirects: redirectUris });
  });
  provider.on("grant.success", ({ oidc }) => {
    if (oidc.params?.["grant_type"] === "refresh_token") deps.refreshed();
  });
  provider.on("server_error", (_context, error) => deps.failed(error));
  (provider as Listening).on("error", (error) => deps.failed(error));
  return provider;
}

/** Koa's own event, which the types of the library have lost. */
type Listening = { on(event: "error", listener: (error: Error) => void): unknown };

/** Whatever the browser was used for before, whoever is there shows the hub's token and says what the client gets. */
function askEveryTime(): interactionPolicy.Prompt[] {
  const { Check, Prompt } = interactionPolicy;
  const isUndone = (what: "login" | "consent") => (context: KoaContextWithOIDC) => {
    return context.oidc.result?.[what] === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
  };
  return (["login", "consent"] as const).map((name) => {
    const check = new Check("not_asked", "the person has to be asked", "consent_required", isUndone(name));
    return new Prompt({ name, requestable: true }, check);
  });
}
