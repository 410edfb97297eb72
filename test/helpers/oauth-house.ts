// The hub's authorization server alone, behind a real HTTP server: a person's token, two Cores, and clients that register.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { Attempts } from "../../src/identity/attempts.ts";
import { AuthorizationServer } from "../../src/identity/builtin/authorization-server.ts";
import type { Ask } from "../../src/identity/builtin/provider.ts";
import { StateFile } from "../../src/identity/builtin/state-file.ts";
import { type Grant, Store } from "../../src/identity/builtin/store.ts";
import { MemoryLog } from "./echo-doorkeeper.ts";
import { ScriptedBrowser, type Seen } from "./scripted-browser.ts";

export const ownersToken = "the-token-of-the-owner-0123456789";
export const claudeCallback = "https://claude.ai/api/mcp/auth_callback";
export const chatgptCallback = "https://chatgpt.com/connector/oauth/abc123";

export interface OAuthHouseOptions {
  readonly clock?: Clock;
  readonly stateDir?: string;
  readonly basePath?: string;
  readonly fetch?: Ask;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly scope: string;
}

/** What a client has in hand between its request and the answer. */
export interface Begun {
  readonly url: string;
  readonly verifier: string;
}

export class OAuthHouse implements AsyncDisposable {
  readonly log = new MemoryLog();
  readonly ended: Grant[] = [];
  readonly granted: Grant[] = [];
  /** Grants whose token lets nobody in any more. */
  readonly bad = new Set<string>();
  readonly url: string;
  readonly stateDir: string;
  store!: Store;
  readonly #close: () => Promise<void>;

  private constructor(url: string, stateDir: string, close: () => Promise<void>) {
    this.url = url;
    this.stateDir = stateDir;
    this.#close = close;
  }

  static async open({
    clock = systemClock,
    stateDir,
    basePath = "",
    fetch,
  }: OAuthHouseOptions = {}): Promise<OAuthHouse> {
    const folder = stateDir ?? (await mkdtemp(join(tmpdir(), "thehub-oauth-")));
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`;
    const house = new OAuthHouse(url, folder, async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await house.store.saved();
      if (stateDir === undefined) await rm(folder, { recursive: true, force: true });
    });
    const ended = (grant: Grant) => void house.ended.push(grant);
    house.store = await Store.open({
      clock,
      log: house.log,
      file: new StateFile(folder, undefined),
      ended,
      used: () => {},
    });
    const attempts = new Attempts(clock, house.log);
    const oauth = new AuthorizationServer({
      clock,
      log: house.log,
      store: house.store,
      publicUrl: url,
      fetch: fetch ?? (() => Promise.reject(new TypeError("nothing is fetched here"))),
      isGood: ({ id }) => !house.bad.has(id),
      person: async (token, peer) => {
        const waitMs = attempts.waitMs(peer, token.reveal());
        if (waitMs > 0) return waitMs;
        if (token.reveal() !== ownersToken) {
          attempts.failed(peer);
          return undefined;
        }
        const digest = createHash("sha256").update(ownersToken).digest("hex");
        const offers = [
          { namespace: "files", key: "files" },
          { namespace: "wiki", key: "the wiki" },
        ];
        return { holder: undefined, digest, offers };
      },
      granted: async (grant) => void house.granted.push(grant),
      happened: () => {},
    });
    server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const asked = new URL(request.url ?? "", url);
      const path = asked.pathname.startsWith(basePath) ? asked.pathname.slice(basePath.length) : asked.pathname;
      const peer = String(request.headers["x-peer"] ?? "192.0.2.1");
      await oauth.handle(request, response, { path, query: asked.searchParams, peer, body: Buffer.concat(chunks) });
    });
    return house;
  }

  async register(metadata: object = {}, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/oauth/register`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ client_name: "Claude", redirect_uris: [claudeCallback], ...metadata }),
    });
  }

  async client(metadata: object = {}): Promise<string> {
    return ((await (await this.register(metadata)).json()) as { client_id: string }).client_id;
  }

  begin(clientId: string, more: Readonly<Record<string, string | undefined>> = {}): Begun {
    const verifier = randomBytes(32).toString("base64url");
    const asked = {
      response_type: "code",
      client_id: clientId,
      redirect_uri: claudeCallback,
      state: "the-state",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      resource: `${this.url}/mcp`,
      ...more,
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, value);
    return { url: `${this.url}/oauth/authorize?${query}`, verifier };
  }

  browser(): ScriptedBrowser {
    return new ScriptedBrowser(new URL(this.url).origin);
  }

  token(fields: Readonly<Record<string, string>>, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/oauth/token`, { method: "POST", body: new URLSearchParams(fields), headers });
  }

  redeem(
    clientId: string,
    { verifier }: Begun,
    left: URL | undefined,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return this.token({
      grant_type: "authorization_code",
      client_id: clientId,
      code: left?.searchParams.get("code") ?? "",
      code_verifier: verifier,
      redirect_uri: claudeCallback,
      ...more,
    });
  }

  /** From the client's link to its tokens. */
  async connect(
    clientId: string,
    browser = this.browser(),
  ): Promise<{ tokens: Tokens; code: URL; begun: Begun; page: Seen }> {
    const begun = this.begin(clientId);
    const page = await browser.consent(begun.url, ownersToken);
    if (page.left === undefined) throw new Error(`the consent ended at ${page.url}: ${page.status} ${page.text}`);
    const response = await this.redeem(clientId, begun, page.left);
    const tokens = (await response.json()) as Tokens;
    if (response.status !== 200) throw new Error(JSON.stringify(tokens));
    return { tokens, code: page.left, begun, page };
  }

  refresh(clientId: string, token: string): Promise<Response> {
    return this.token({ grant_type: "refresh_token", client_id: clientId, refresh_token: token });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
