// A hosted client as ChatGPT and Claude are: all that it is given is the hub's URL. It finds the authorization server, makes itself known in the style
// that it was made with, sends its person there, and trades the answer for tokens. Its own HTTPS pages are here: its callback, and its document.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { makeCertificates } from "./certificates.ts";

export interface HostedKind {
  readonly name: string;
  readonly redirectUri: string;
  /** What it registers with; absent: it describes itself at its own address. */
  readonly registration?: Readonly<Record<string, unknown>>;
  readonly scope?: string;
}

interface KnownAs {
  readonly client_id: string;
  readonly client_secret?: string;
}

/** As their documentation and their requests had it in November 2026. */
export const claude: HostedKind = {
  name: "Claude",
  redirectUri: "https://claude.ai/api/mcp/auth_callback",
  registration: { token_endpoint_auth_method: "none", scope: "claudeai" },
  scope: "claudeai",
};
export const chatgpt: HostedKind = {
  name: "ChatGPT",
  redirectUri: "https://chatgpt.com/connector/oauth/Zk3vQ1",
  registration: { token_endpoint_auth_method: "client_secret_post", application_type: "web" },
};
export const chatgptWithDocument: HostedKind = { name: "ChatGPT", redirectUri: chatgpt.redirectUri };

export class HostedClient implements AsyncDisposable {
  /** Of the authority that its pages are signed by. */
  readonly ca: string;
  readonly port: number;
  readonly #kind: HostedKind;
  readonly #server: Server;
  readonly #folder: string;
  readonly #verifier = randomBytes(32).toString("base64url");
  readonly #arrived: Promise<URL>;
  #metadata: Record<string, string> = {};
  #client: KnownAs = { client_id: "" };
  #resource = "";

  private constructor(kind: HostedKind, server: Server, folder: string, ca: string) {
    this.#kind = kind;
    this.#server = server;
    this.#folder = folder;
    this.ca = ca;
    this.port = (server.address() as AddressInfo).port;
    this.#arrived = new Promise((resolve) => {
      server.on("request", (request, response) => {
        const { pathname } = new URL(kind.redirectUri);
        const url = new URL(request.url ?? "", kind.redirectUri);
        if (url.pathname === "/client.json") {
          response.setHeader("content-type", "application/json").end(JSON.stringify(this.#document()));
        } else if (url.pathname === pathname) {
          response.setHeader("content-type", "text/html").end(`<p>${kind.name} is connected</p>`);
          resolve(url);
        } else response.writeHead(404).end();
      });
    });
  }

  static async open(kind: HostedKind): Promise<HostedClient> {
    const folder = await mkdtemp(join(tmpdir(), "thehub-hosted-"));
    const { ca, server: files } = makeCertificates(folder, "localhost");
    const server = createServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HostedClient(kind, server, folder, ca);
  }

  /** From the hub's URL to the link that its person is sent to. */
  async begin(resource: string): Promise<string> {
    this.#resource = resource;
    const refused = await fetch(resource, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    if (refused.status !== 401) throw new Error(`the hub let it in: ${refused.status}`);
    const place = /resource_metadata="([^"]+)"/.exec(refused.headers.get("www-authenticate") ?? "")?.[1] ?? "";
    const page = await json<{ resource: string; authorization_servers: string[] }>(place);
    const [issuer = ""] = page.authorization_servers;
    const { origin, pathname } = new URL(issuer);
    this.#metadata = await json(`${origin}/.well-known/oauth-authorization-server${pathname === "/" ? "" : pathname}`);
    if (this.#metadata["issuer"] !== issuer) throw new Error(`${this.#metadata["issuer"]} is not ${issuer}`);
    await this.#makeKnown();
    const query = new URLSearchParams({
      response_type: "code",
      client_id: this.#client.client_id,
      redirect_uri: this.#kind.redirectUri,
      code_challenge: createHash("sha256").update(this.#verifier).digest("base64url"),
      code_challenge_method: "S256",
      state: "state-of-the-client",
      resource: page.resource,
      ...(this.#kind.scope === undefined ? {} : { scope: this.#kind.scope }),
    });
    return `${this.#metadata["authorization_endpoint"]}?${query}`;
  }

  /** Resolves with what its callback page was opened with. */
  get arrived(): Promise<URL> {
    return this.#arrived;
  }

  /** From there to a client of the hub that has listed its tools. */
  async finish(callback: URL): Promise<{ client: Client; tools: string[]; token: string }> {
    if (callback.searchParams.get("iss") !== this.#metadata["issuer"]) throw new Error("another issuer answered");
    if (callback.searchParams.get("state") !== "state-of-the-client") throw new Error("another state came back");
    const { client_id, client_secret } = this.#client;
    const answer = await fetch(this.#metadata["token_endpoint"] ?? "", {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: callback.searchParams.get("code") ?? "",
        redirect_uri: this.#kind.redirectUri,
        code_verifier: this.#verifier,
        client_id,
        resource: this.#resource,
        ...(client_secret === undefined ? {} : { client_secret }),
      }),
    });
    const { access_token: token, ...rest } = (await answer.json()) as { access_token?: string };
    if (token === undefined) throw new Error(JSON.stringify(rest));
    const client = new Client({ name: this.#kind.name.toLowerCase(), version: "1" });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(this.#resource), { requestInit }));
    const { tools } = await client.listTools();
    return { client, tools: tools.map(({ name }) => name), token };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #makeKnown(): Promise<void> {
    const { registration, name, redirectUri } = this.#kind;
    if (registration === undefined) {
      this.#client = { client_id: this.#documentUrl };
      return;
    }
    const answer = await fetch(this.#metadata["registration_endpoint"] ?? "", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        client_name: name,
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        ...registration,
      }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    this.#client = (await answer.json()) as KnownAs;
  }

  get #documentUrl(): string {
    return `https://localhost:${this.port}/client.json`;
  }

  #document(): unknown {
    const { name, redirectUri } = this.#kind;
    return {
      client_id: this.#documentUrl,
      client_name: name,
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    };
  }
}

async function json<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as T;
}
