// What a login is for: one remote Core, how the hub is known to its authorization server, and which addresses may be asked.
import type { Agent } from "node:http";
import type { Secret } from "../base/secret.ts";
import type { LoginSpec, SecretSpec } from "../manifest/manifest.ts";

/** How the hub gets its tokens: a person agrees in a browser or with a device code, the hub signs in as itself, or shows what a client's person showed it. */
export type Grant = "authorization_code" | "client_credentials" | "token-exchange";

/** `auth.oauth` of a Core, its secrets looked up. */
export interface OAuthSettings {
  readonly grant: Grant;
  /** A client that the authorization server knows already. */
  readonly clientId: string | undefined;
  readonly clientSecret: Secret | undefined;
  /** For `private_key_jwt`: a key in PKCS#8, PEM. */
  readonly privateKey: { readonly key: Secret; readonly algorithm: string } | undefined;
  /** A client that describes itself at this https URL. */
  readonly clientMetadataUrl: string | undefined;
  /** Where `thehub login` takes the answer, on this machine; undefined: `http://127.0.0.1`, at a port that is free. */
  readonly redirectUrl: string | undefined;
  /** Undefined: what the server asks for. */
  readonly scopes: readonly string[] | undefined;
  /** The only authorization server that is trusted with this client; undefined: the one that the Core names. */
  readonly issuer: string | undefined;
}

/** Which addresses may be connected to. Asked with the address itself, never with a name. */
export interface Reach {
  /** Why not; undefined: it may be. */
  refuses(address: string): string | undefined;
}

/** In PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: Secret;
}

export interface LoginTarget {
  /** Its key in the manifest. */
  readonly core: string;
  /** http(s) or ws(s). */
  readonly url: string;
  readonly oauth: OAuthSettings;
  readonly reach: Reach;
  /** Authorities besides those that Node knows, in PEM. */
  readonly ca?: string | undefined;
  /** The hub's certificate at the Core itself, which no authorization server is shown. */
  readonly certificate?: Certificate | undefined;
  /** Whether each client has a login of its own there, as things are now. */
  readonly isPersonal?: (() => boolean) | undefined;
  /** How else to get there than straight, as through a proxy; undefined: straight. */
  readonly agent?: ((url: URL) => Agent | undefined) | undefined;
}

/** `secret` looks one up; what it rejects with goes on. */
export async function loginTarget(
  core: string,
  spec: LoginSpec,
  deps: Pick<LoginTarget, "reach" | "ca" | "certificate" | "agent" | "isPersonal"> & {
    secret(spec: SecretSpec): Promise<Secret>;
  },
): Promise<LoginTarget> {
  const { url, clientSecret, privateKey, allowPrivate: _, credentials: __, tls: ___, ...rest } = spec;
  const { secret, ...way } = deps;
  const oauth: OAuthSettings = {
    ...rest,
    clientSecret: clientSecret === undefined ? undefined : await secret(clientSecret),
    privateKey:
      privateKey === undefined ? undefined : { key: await secret(privateKey.secret), algorithm: privateKey.algorithm },
  };
  return { core, url, oauth, ...way };
}

export const anonymousSettings: OAuthSettings = {
  grant: "authorization_code",
  clientId: undefined,
  clientSecret: undefined,
  privateKey: undefined,
  clientMetadataUrl: undefined,
  redirectUrl: undefined,
  scopes: undefined,
  issuer: undefined,
};

/** The resource that tokens are for: the Core's URL as http(s), with nothing in it that does not say where. */
export function resourceOf({ url }: Pick<LoginTarget, "url">): URL {
  const resource = new URL(url.replace(/^ws/i, "http"));
  resource.hash = "";
  resource.username = "";
  resource.password = "";
  return resource;
}
