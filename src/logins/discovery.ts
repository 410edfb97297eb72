// Which authorization server a Core trusts, and what that one can do: RFC 9728 and 8414, by the SDK's hand.
import {
  type AuthorizationServerMetadata,
  discoverAuthorizationServerMetadata,
  discoverOAuthServerInfo,
  extractWWWAuthenticateParams,
  type OAuthClientProvider,
  selectResourceURL,
} from "@modelcontextprotocol/client";
import type { Challenge } from "../base/credential.ts";
import { HubError } from "../base/errors.ts";
import { defined } from "./defined.ts";
import type { Fetch } from "./fetch.ts";
import { type LoginTarget, resourceOf } from "./target.ts";

/** One authorization server. */
export interface Server {
  readonly issuer: string;
  /** What its description was looked for at. */
  readonly url: string;
  /** Undefined: it has none, and its endpoints are where they were before there were any. */
  readonly metadata: AuthorizationServerMetadata | undefined;
  /** What the SDK leaves out of an OpenID provider's. */
  readonly more: { readonly device: string | undefined; readonly revocation: string | undefined };
}

export interface Discovered {
  readonly server: Server;
  /** As the Core calls itself, to the letter; undefined: it does not say. */
  readonly resource: string | undefined;
  /** What it asks for; undefined: it does not say. */
  readonly scope: string | undefined;
}

/** What a `WWW-Authenticate` of Bearer says. */
export interface Asked {
  readonly error: string | undefined;
  readonly scope: string | undefined;
  readonly resourceMetadataUrl: URL | undefined;
}

export function readChallenge({ status, wwwAuthenticate }: Challenge): Asked {
  const headers = new Headers(wwwAuthenticate === undefined ? [] : [["www-authenticate", wwwAuthenticate]]);
  const { error, scope, resourceMetadataUrl } = extractWWWAuthenticateParams(new Response(null, { status, headers }));
  return { error, scope, resourceMetadataUrl };
}

/** Rejects with what `explain` has words for. */
export async function discover(target: LoginTarget, asked: Asked | undefined, fetch: Fetch): Promise<Discovered> {
  const { core, oauth } = target;
  const url = resourceOf(target);
  const notes = new Notes(fetch);
  const resourceMetadataUrl = asked?.resourceMetadataUrl;
  const info = await discoverOAuthServerInfo(url, defined({ fetchFn: notes.fetch, resourceMetadataUrl }));
  const { resourceMetadata } = info;
  // Refuses a description of some other resource. It asks nothing else of the provider.
  const selected = await selectResourceURL(url, {} as OAuthClientProvider, resourceMetadata);
  const scope = asked?.scope ?? resourceMetadata?.scopes_supported?.join(" ");
  const resource = selected === undefined ? undefined : resourceMetadata?.resource;
  const named = info.authorizationServerMetadata?.issuer ?? info.authorizationServerUrl;
  if (oauth.issuer === undefined || sameIssuer(oauth.issuer, named)) {
    const server = serverOf(info.authorizationServerUrl, info.authorizationServerMetadata, notes);
    return { server, resource, scope };
  }
  const others = resourceMetadata?.authorization_servers ?? [];
  if (others.length > 0 && !others.some((other) => sameIssuer(other, oauth.issuer ?? ""))) {
    const fix = "correct the one that is wrong; the hub's client is shown to no other server";
    throw new HubError(
      "login_failed",
      `cannot sign in to Core ${core}: it trusts ${named}, and auth.oauth.issuer is ${oauth.issuer}: ${fix}`,
      { core },
    );
  }
  return { server: await describe(oauth.issuer, fetch), resource, scope };
}

/** What one authorization server says about itself now. */
export async function describe(url: string, fetch: Fetch): Promise<Server> {
  const notes = new Notes(fetch);
  return serverOf(url, await discoverAuthorizationServerMetadata(url, { fetchFn: notes.fetch }), notes);
}

export function sameIssuer(one: string, other: string): boolean {
  return one.replace(/\/$/, "") === other.replace(/\/$/, "");
}

function serverOf(url: string, metadata: AuthorizationServerMetadata | undefined, notes: Notes): Server {
  const said = metadata === undefined ? undefined : notes.of(metadata.issuer);
  return {
    issuer: metadata?.issuer ?? url,
    url,
    metadata,
    more: { device: said?.device, revocation: said?.revocation },
  };
}

/** Reads along: of an OpenID provider's description the SDK keeps what it knows. */
class Notes {
  readonly fetch: Fetch;
  readonly #said = new Map<string, Server["more"]>();

  constructor(fetch: Fetch) {
    this.fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (response.ok && String(url).includes("/.well-known/")) await this.#note(response.clone());
      return response;
    };
  }

  of(issuer: string): Server["more"] | undefined {
    return this.#said.get(issuer);
  }

  async #note(response: Response): Promise<void> {
    try {
      const said = (await response.json()) as Record<string, unknown>;
      const text = (key: string) => (typeof said[key] === "string" ? said[key] : undefined);
      const more = { device: text("device_authorization_endpoint"), revocation: text("revocation_endpoint") };
      this.#said.set(text("issuer") ?? "", more);
    } catch {
      // No JSON: the SDK says so.
    }
  }
}
