// A small authorization server and a Core that trusts it, on two ports of 127.0.0.1, over real HTTP. What they do is switched by the tests.
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { GuardedMcp } from "./guarded-mcp.ts";

export interface Switches {
  /** Dynamic client registration. */
  registration: boolean;
  /** Clients that describe themselves at a URL. */
  metadataDocuments: boolean;
  /** `iss` in the answer of an authorization. */
  iss: "right" | "wrong" | "absent";
  isIssAdvertised: boolean;
  /** A refresh token is good once; one that is used again takes the login with it. */
  rotation: boolean;
  /** Whether there are refresh tokens at all. */
  refreshTokens: boolean;
  device: boolean;
  /** Whether it says that it takes PKCE. */
  isPkceAdvertised: boolean;
  /** The person says no. */
  denies: boolean;
  /** Only as an OpenID provider. */
  openIdOnly: boolean;
  scopesSupported: readonly string[] | undefined;
  /** Of the Core, in its metadata and in its 401. */
  coreScopes: readonly string[] | undefined;
  challengeScope: string | undefined;
  /** What a call needs beyond a token; undefined: nothing. */
  neededScope: string | undefined;
  /** With another one nothing is given; undefined: any may be asked for. */
  takenScopes: readonly string[] | undefined;
  /** Whether a scope that is asked for is given. */
  grantsScopes: boolean;
  tokenLifeS: number | undefined;
  authMethods: readonly string[];
  /** Where the Core has its metadata. */
  resourceMetadata: "in the challenge" | "well-known" | "absent";
  /** By path of the authorization server. */
  redirects: Record<string, string>;
  /** What the token endpoint answers with instead. */
  tokenAnswer: { status: number; body: string; type?: string } | undefined;
  /** Waited for before a token endpoint answers. */
  beforeToken: (() => Promise<unknown>) | undefined;
  /** Likewise of the revocation endpoint. */
  beforeRevoke: (() => Promise<unknown>) | undefined;
  /** The issuer that the Core names, if not this one. */
  namedIssuer: string | undefined;
  /** Of a token that is given for another. */
  issuedTokenType: string;
}

export interface Seen {
  readonly path: string;
  readonly method: string;
  readonly parameters: Record<string, string>;
  readonly authorization: string | undefined;
}

interface Code {
  readonly challenge: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly resource: string;
  readonly scope: string;
}

interface Family {
  readonly scope: string;
  /** Everybody who signs in is somebody else. */
  readonly account: string;
  isRevoked: boolean;
}

export class AuthorizationServer implements AsyncDisposable {
  readonly seen: Seen[] = [];
  /** Behind the Core's guard. */
  readonly mcp = new GuardedMcp();
  /** `method`: the only way in which it may show itself; undefined: any. */
  readonly clients = new Map<
    string,
    { secret: string | undefined; redirectUris: readonly string[]; method?: string | undefined }
  >();
  issuer = "";
  coreUrl = "";
  isDeviceApproved = false;
  /** Tokens of persons that may be exchanged. */
  readonly subjects = new Set<string>();
  switches: Switches = {
    registration: true,
    metadataDocuments: false,
    iss: "right",
    isIssAdvertised: true,
    rotation: true,
    refreshTokens: true,
    device: false,
    isPkceAdvertised: true,
    denies: false,
    openIdOnly: false,
    scopesSupported: undefined,
    coreScopes: undefined,
    challengeScope: undefined,
    neededScope: undefined,
    takenScopes: undefined,
    grantsScopes: true,
    tokenLifeS: 3600,
    authMethods: ["none", "client_secret_basic", "client_secret_post"],
    resourceMetadata: "in the challenge",
    redirects: {},
    tokenAnswer: undefined,
    beforeToken: undefined,
    beforeRevoke: undefined,
    namedIssuer: undefined,
    issuedTokenType: "urn:ietf:params:oauth:token-type:access_token",
  };
  readonly #codes = new Map<string, Code>();
  readonly #access = new Map<string, Family>();
  readonly #refresh = new Map<string, Family>();
  readonly #used = new Set<string>();
  readonly #servers: Server[];
  #accounts = 0;

  constructor() {
    this.#servers = [
      createServer((request, response) => void this.#server(request, response)),
      createServer((request, response) => void this.#core(request, response)),
    ];
  }

  async listen(): Promise<this> {
    const [own, core] = await Promise.all(this.#servers.map(listening));
    this.issuer = `http://127.0.0.1:${own}`;
    this.coreUrl = `http://127.0.0.1:${core}/mcp`;
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  /** What a path of the authorization server was asked. */
  asked(path: string): Seen[] {
    return this.seen.filter((seen) => seen.path === path);
  }

  /** Access tokens are good no more, as when they have ended. */
  endAccess(): void {
    this.#access.clear();
  }

  revokeAll(): void {
    for (const family of [...this.#access.values(), ...this.#refresh.values()]) family.isRevoked = true;
    this.#access.clear();
  }

  async #server(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const url = new URL(request.url ?? "/", this.issuer);
    const body = await textOf(request);
    const isJson = request.headers["content-type"]?.startsWith("application/json") === true;
    const parameters = isJson
      ? (JSON.parse(body) as Record<string, string>)
      : Object.fromEntries([...url.searchParams, ...new URLSearchParams(body)]);
    const { authorization } = request.headers;
    this.seen.push({ path: url.pathname, method: request.method ?? "", parameters, authorization });
    const redirect = this.switches.redirects[url.pathname];
    if (redirect !== undefined) return answer(response, 307, "", { location: redirect });
    switch (url.pathname) {
      case "/.well-known/oauth-authorization-server":
        return this.switches.openIdOnly ? answer(response, 404, "") : json(response, 200, this.#metadata());
      case "/.well-known/openid-configuration":
        return this.switches.openIdOnly ? json(response, 200, this.#metadata()) : answer(response, 404, "");
      case "/register":
        return this.#register(response, parameters as unknown as Record<string, unknown>);
      case "/authorize":
        return this.#authorize(response, parameters);
      case "/device":
        if (this.#client(parameters, authorization) === undefined) return invalidClient(response);
        return json(response, 200, {
          device_code: "device-code-of-the-test",
          user_code: "WDJB-MJHT",
          verification_uri: `${this.issuer}/activate`,
          verification_uri_complete: `${this.issuer}/activate?user_code=WDJB-MJHT`,
          expires_in: 600,
          interval: 1,
        });
      case "/token":
        await this.switches.beforeToken?.();
        return this.#token(response, parameters, authorization);
      case "/revoke":
        if (this.#client(parameters, authorization) === undefined) return invalidClient(response);
        await this.switches.beforeRevoke?.();
        return this.#revoke(response, parameters);
      default:
        return answer(response, 404, "");
    }
  }

  #metadata(): Record<string, unknown> {
    const { registration, metadataDocuments, isIssAdvertised, device, scopesSupported, authMethods, openIdOnly } =
      this.switches;
    const { isPkceAdvertised } = this.switches;
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      revocation_endpoint: `${this.issuer}/revoke`,
      response_types_supported: ["code"],
      ...(isPkceAdvertised ? { code_challenge_methods_supported: ["S256"] } : {}),
      token_endpoint_auth_methods_supported: authMethods,
      authorization_response_iss_parameter_supported: isIssAdvertised,
      client_id_metadata_document_supported: metadataDocuments,
      ...(registration ? { registration_endpoint: `${this.issuer}/register` } : {}),
      ...(device ? { device_authorization_endpoint: `${this.issuer}/device` } : {}),
      ...(scopesSupported === undefined ? {} : { scopes_supported: scopesSupported }),
      ...(openIdOnly
        ? {
            jwks_uri: `${this.issuer}/jwks`,
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256"],
          }
        : {}),
    };
  }

  #register(response: ServerResponse, metadata: Record<string, unknown>): ServerResponse {
    const id = `client-${this.clients.size + 1}`;
    const method = String(metadata["token_endpoint_auth_method"]);
    const secret = method === "none" ? undefined : `secret-of-${id}-${randomBytes(8).toString("hex")}`;
    this.clients.set(id, { secret, redirectUris: metadata["redirect_uris"] as string[], method });
    const given = secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 };
    return json(response, 201, { ...metadata, client_id: id, ...given });
  }

  /** Whoever asks has agreed at once. */
  #authorize(response: ServerResponse, parameters: Record<string, string>): ServerResponse {
    const { client_id: clientId = "", redirect_uri: redirectUri = "", state = "", resource = "" } = parameters;
    const known = this.clients.get(clientId);
    if (known !== undefined && !known.redirectUris.includes(redirectUri)) return answer(response, 400, "redirect_uri");
    const back = new URL(redirectUri);
    back.searchParams.set("state", state);
    const { iss, denies } = this.switches;
    if (iss !== "absent") back.searchParams.set("iss", iss === "right" ? this.issuer : "https://attacker.example");
    if (denies) back.searchParams.set("error", "access_denied");
    else if (!this.#takes(parameters["scope"])) back.searchParams.set("error", "invalid_scope");
    else {
      const code = `code-${randomBytes(16).toString("hex")}`;
      const challenge = parameters["code_challenge"] ?? "";
      this.#codes.set(code, { challenge, clientId, redirectUri, resource, scope: parameters["scope"] ?? "" });
      back.searchParams.set("code", code);
    }
    return answer(response, 302, "", { location: back.href });
  }

  #token(
    response: ServerResponse,
    parameters: Record<string, string>,
    authorization: string | undefined,
  ): ServerResponse {
    const { tokenAnswer } = this.switches;
    if (tokenAnswer !== undefined) {
      return answer(response, tokenAnswer.status, tokenAnswer.body, {
        "content-type": tokenAnswer.type ?? "application/json",
      });
    }
    const refuse = (error: string) => json(response, 400, { error });
    const clientId = this.#client(parameters, authorization);
    if (clientId === undefined) return invalidClient(response);
    switch (parameters["grant_type"]) {
      case "authorization_code": {
        const code = this.#codes.get(parameters["code"] ?? "");
        this.#codes.delete(parameters["code"] ?? "");
        const challenge = createHash("sha256")
          .update(parameters["code_verifier"] ?? "")
          .digest("base64url");
        const isRight =
          code !== undefined &&
          code.challenge === challenge &&
          code.clientId === clientId &&
          code.redirectUri === parameters["redirect_uri"] &&
          code.resource === (parameters["resource"] ?? "");
        return isRight ? this.#give(response, this.#family(code.scope)) : refuse("invalid_grant");
      }
      case "refresh_token": {
        const token = parameters["refresh_token"] ?? "";
        const family = this.#refresh.get(token);
        if (family === undefined || family.isRevoked) return refuse("invalid_grant");
        if (this.switches.rotation && this.#used.has(token)) {
          family.isRevoked = true;
          return refuse("invalid_grant");
        }
        this.#used.add(token);
        return this.#give(response, family);
      }
      case "client_credentials":
        if (!this.#takes(parameters["scope"])) return refuse("invalid_scope");
        return this.#give(response, this.#family(parameters["scope"]), false);
      case "urn:ietf:params:oauth:grant-type:token-exchange": {
        if (!this.subjects.has(parameters["subject_token"] ?? "")) return refuse("invalid_grant");
        if (parameters["audience"] !== this.coreUrl) return refuse("invalid_target");
        const family = this.#family(parameters["scope"]);
        return this.#give(response, family, false, { issued_token_type: this.switches.issuedTokenType });
      }
      case "urn:ietf:params:oauth:grant-type:device_code":
        if (!this.isDeviceApproved) return refuse("authorization_pending");
        return this.#give(response, this.#family());
      default:
        return refuse("unsupported_grant_type");
    }
  }

  /** The client that a request is of, by what it shows; undefined: none that is known. */
  #client(parameters: Record<string, string>, authorization: string | undefined): string | undefined {
    const basic = authorization?.startsWith("Basic ") === true ? Buffer.from(authorization.slice(6), "base64") : "";
    const [, ...words] = /^([^:]*):(.*)$/.exec(String(basic)) ?? [];
    // RFC 6749, 2.3.1.
    const [basicId = "", basicSecret] = words.map((word) => decodeURIComponent(word.replaceAll("+", " ")));
    const assertion = parameters["client_assertion"];
    const claims = Buffer.from(assertion?.split(".")[1] ?? "", "base64url").toString();
    const asserted = assertion === undefined ? undefined : (JSON.parse(claims) as { sub: string }).sub;
    const clientId = parameters["client_id"] ?? asserted ?? basicId;
    const known = this.clients.get(clientId);
    if (known === undefined) return clientId.startsWith("https:") ? clientId : undefined;
    const { method, secret } = known;
    if (method === "private_key_jwt") return asserted === clientId ? clientId : undefined;
    if (secret === undefined || asserted !== undefined) return clientId;
    const shown = {
      client_secret_basic: basicSecret,
      client_secret_post: basicSecret === undefined ? parameters["client_secret"] : undefined,
    }[method ?? ""];
    return (method === undefined ? (basicSecret ?? parameters["client_secret"]) : shown) === secret
      ? clientId
      : undefined;
  }

  #takes(scope = ""): boolean {
    const { takenScopes } = this.switches;
    return takenScopes === undefined || scope.split(" ").every((word) => word === "" || takenScopes.includes(word));
  }

  #family(scope = ""): Family {
    return { scope, account: `account-${++this.#accounts}`, isRevoked: false };
  }

  #give(response: ServerResponse, family: Family, isForPerson = true, more: object = {}): ServerResponse {
    const { refreshTokens, rotation, tokenLifeS, grantsScopes } = this.switches;
    const access = `access-${randomBytes(16).toString("hex")}`;
    const refresh = `refresh-${randomBytes(16).toString("hex")}`;
    this.#access.set(access, family);
    const isNew = rotation || ![...this.#refresh.values()].includes(family);
    const hasRefresh = isForPerson && refreshTokens && isNew;
    if (hasRefresh) this.#refresh.set(refresh, family);
    return json(response, 200, {
      access_token: access,
      token_type: "Bearer",
      ...more,
      ...(tokenLifeS === undefined ? {} : { expires_in: tokenLifeS }),
      ...(hasRefresh ? { refresh_token: refresh } : {}),
      ...(family.scope === "" || !grantsScopes ? {} : { scope: family.scope }),
    });
  }

  #revoke(response: ServerResponse, { token = "" }: Record<string, string>): ServerResponse {
    const family = this.#refresh.get(token) ?? this.#access.get(token);
    if (family !== undefined) family.isRevoked = true;
    return answer(response, 200, "");
  }

  async #core(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const url = new URL(request.url ?? "/", this.coreUrl);
    const message = await textOf(request);
    const { resourceMetadata, coreScopes, challengeScope, neededScope, grantsScopes } = this.switches;
    const metadataPath =
      resourceMetadata === "in the challenge" ? "/about/oauth" : "/.well-known/oauth-protected-resource/mcp";
    if (url.pathname === metadataPath && resourceMetadata !== "absent") {
      return json(response, 200, {
        resource: this.coreUrl,
        authorization_servers: [this.switches.namedIssuer ?? this.issuer],
        ...(coreScopes === undefined ? {} : { scopes_supported: coreScopes }),
      });
    }
    if (url.pathname !== "/mcp") return answer(response, 404, "");
    const { authorization } = request.headers;
    const family = this.#access.get(authorization?.replace(/^Bearer /, "") ?? "");
    const where =
      resourceMetadata === "in the challenge" ? ` resource_metadata="${new URL(metadataPath, this.coreUrl)}"` : "";
    if (family === undefined || family.isRevoked) {
      this.mcp.refused();
      const scope = challengeScope === undefined ? "" : `, scope="${challengeScope}"`;
      const error = authorization === undefined ? "" : `, error="invalid_token"`;
      return answer(response, 401, "", { "www-authenticate": `Bearer${where} realm="core"${scope}${error}` });
    }
    const isAllowed = neededScope === undefined || (grantsScopes && family.scope.split(" ").includes(neededScope));
    if (!isAllowed) {
      const challenge = `Bearer error="insufficient_scope", scope="${neededScope}"`;
      return answer(response, 403, "", { "www-authenticate": challenge });
    }
    return this.mcp.answer(request, response, message, family.account);
  }
}

/** What a person does who agrees to everything: opens the page and goes where it leads. */
export async function browse(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

export async function startAuthorizationServer(switches: Partial<Switches> = {}): Promise<AuthorizationServer> {
  const server = new AuthorizationServer();
  Object.assign(server.switches, switches);
  return server.listen();
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function invalidClient(response: ServerResponse): ServerResponse {
  return json(response, 401, { error: "invalid_client" });
}

function json(response: ServerResponse, status: number, value: unknown): ServerResponse {
  return answer(response, status, JSON.stringify(value), { "content-type": "application/json" });
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): ServerResponse {
  return response.writeHead(status, headers).end(body);
}
