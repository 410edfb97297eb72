// An identity provider as far as its tokens go: a description, a key set, and signatures, all of which a test can spoil. Its clock is the test's.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import type { Clock } from "../../src/base/clock.ts";
import { FakeClock } from "./fake-clock.ts";

export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

export async function issuerKey(kid: string, alg = "ES256"): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicKey };
}

interface Page {
  readonly status?: number;
  readonly location?: string;
  readonly body?: unknown;
}

export class TokenIssuer implements AsyncDisposable {
  /** As it names itself. */
  readonly url: string;
  /** What it was asked for, in order. */
  readonly asked: string[] = [];
  /** In place of what it would answer, by path. */
  readonly pages = new Map<string, Page>();
  keys: IssuerKey[];
  /** Nothing is answered but with 503. */
  isDown = false;
  /** What answers wait for. */
  gate: Promise<void> | undefined;
  readonly #clock: Pick<Clock, "wall">;
  readonly #server: Server;
  readonly #path: string;

  private constructor(server: Server, path: string, keys: IssuerKey[], clock: Pick<Clock, "wall">) {
    this.#server = server;
    this.#path = path;
    this.#clock = clock;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    this.keys = keys;
  }

  /** `path`: of its issuer, such as `/tenant`. */
  static async open({ path = "", clock = new FakeClock() as Pick<Clock, "wall"> } = {}): Promise<TokenIssuer> {
    const keys = [await issuerKey("one")];
    const server = createServer(async (request, response) => {
      const asked = request.url ?? "";
      issuer.asked.push(asked);
      await issuer.gate;
      const { status = 200, location, body } = issuer.isDown ? { status: 503 } : await issuer.#page(asked);
      response.writeHead(status, location === undefined ? {} : { location });
      response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const issuer = new TokenIssuer(server, path, keys, clock);
    return issuer;
  }

  /** A good access token for `audience`, but for what `claims` and `header` say otherwise; undefined takes one out. */
  async token(
    audience: string | readonly string[],
    claims: Readonly<Record<string, unknown>> = {},
    { key = this.keys[0], header = {} }: { key?: IssuerKey | undefined; header?: Partial<JWTHeaderParameters> } = {},
  ): Promise<string> {
    if (key === undefined) throw new Error("no key");
    const nowS = this.nowS;
    const all = { iss: this.url, sub: "alice", aud: audience, iat: nowS, exp: nowS + 300, ...claims };
    const payload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const protectedHeader = { alg: key.alg, kid: key.kid, typ: "at+jwt", ...header };
    return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key.privateKey);
  }

  get nowS(): number {
    return Math.floor(this.#clock.wall() / 1000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #page(path: string): Promise<Page> {
    const spoilt = this.pages.get(path);
    if (spoilt !== undefined) return spoilt;
    if (path === `/.well-known/oauth-authorization-server${this.#path}`) {
      return { body: { issuer: this.url, jwks_uri: `${this.url}/keys` } };
    }
    if (path !== `${this.#path}/keys`) return { status: 404 };
    const keys = this.keys.map(async ({ publicKey, kid, alg }) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg,
      use: "sig",
    }));
    return { body: { keys: await Promise.all(keys) } };
  }
}
