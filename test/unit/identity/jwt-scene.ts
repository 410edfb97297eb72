// The way in by signed tokens, in front of an identity provider that a test can spoil, and time in its hands.
import { type AuthResult, createAuth } from "../../../src/identity/auth.ts";
import { JwtVerifier } from "../../../src/identity/jwt-verifier.ts";
import { type ClaimedClient, SignedTokens } from "../../../src/identity/jwt-way.ts";
import type { Refusal } from "../../../src/identity/refusal.ts";
import { createFetch } from "../../../src/logins/fetch.ts";
import type { Issuer, JwtRule } from "../../../src/manifest/manifest.ts";
import { MemoryLog } from "../../helpers/echo-doorkeeper.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";
import { TokenIssuer } from "../../helpers/token-issuer.ts";

export const publicUrl = "https://hub.example/base";
export const resource = `${publicUrl}/mcp`;

export interface JwtSceneOptions {
  readonly path?: string;
  readonly issuer?: Partial<Issuer>;
  /** No provider is named. */
  readonly issuers?: false;
  readonly clients?: readonly {
    readonly name: string;
    readonly jwt?: Partial<JwtRule>;
    readonly admin?: boolean;
    readonly expires?: number;
  }[];
  readonly publicUrl?: string | undefined;
}

export class JwtScene implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly log = new MemoryLog();
  readonly issuer: TokenIssuer;
  readonly refusals: (Refusal & { readonly issuer: string })[] = [];
  readonly signed: SignedTokens;
  #auth = createAuth([]);

  private constructor(issuer: TokenIssuer, clock: FakeClock) {
    this.issuer = issuer;
    this.clock = clock;
    const { log } = this;
    const fetch = createFetch({ clock, reach: { refuses: () => undefined } });
    this.signed = new SignedTokens({
      clock,
      verifier: async (it) => new JwtVerifier(it, { clock, log, fetch }),
      refused: (url, refusal) => this.refusals.push({ issuer: url, ...refusal }),
    });
  }

  static async open(options: JwtSceneOptions = {}): Promise<JwtScene> {
    const clock = new FakeClock();
    const scene = new JwtScene(await TokenIssuer.open({ path: options.path ?? "", clock }), clock);
    scene.change(options);
    return scene;
  }

  /** Other rules from now on. */
  change({ issuer = {}, clients = [{ name: "eng" }], ...more }: JwtSceneOptions): void {
    const { url } = this.issuer;
    const audience: readonly string[] = [];
    const defaults = { url, jwksUrl: undefined, audience, algorithms: undefined, clockSkewS: 30, ca: undefined };
    const way = this.signed.way({
      issuers: more.issuers === false ? [] : [{ ...defaults, scopes: [], ...issuer }],
      clients: clients.map((client) => clientOf(client, url)),
      publicUrl: "publicUrl" in more ? more.publicUrl : publicUrl,
    });
    this.#auth = createAuth(way === undefined ? [] : [way]);
  }

  get auth() {
    return this.#auth;
  }

  /** At once, or later. `nowhere`: at no endpoint of the hub's. */
  ask(token: string, path = "/mcp"): AuthResult | Promise<AuthResult> {
    return this.#auth.authenticate({
      authorization: `Bearer ${token}`,
      path: path === "nowhere" ? undefined : path,
    });
  }

  /** What came of it, in short: the caller's name, or why not. */
  async outcome(token: string, path?: string): Promise<string> {
    const result = await this.ask(token, path);
    if (result.t === "ok") return result.principal.name;
    if (result.reason === "scope") return `scope: ${result.scope}`;
    return result.reason === "invalid" && result.why !== undefined ? `invalid: ${result.why}` : result.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.issuer[Symbol.asyncDispose]();
  }
}

function clientOf(
  { name, jwt = {}, admin = false, expires }: NonNullable<JwtSceneOptions["clients"]>[number],
  issuer: string,
): ClaimedClient {
  const rule = { issuer, subjects: [], groups: [], groupsClaim: "groups", scopes: [], claims: {}, ...jwt };
  return { name, allow: undefined, deny: [], admin, expires, jwt: rule };
}
