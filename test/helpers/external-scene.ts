// A hub whose clients come from an identity provider that is not its own, and the official SDKs' clients that sign in there.
import assert from "node:assert/strict";
import {
  Client as ClientV2,
  SSEClientTransport as SseV2,
  StreamableHTTPClientTransport as StreamableV2,
} from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport as SseV1 } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport as StreamableV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { goThrough } from "./external-provider.ts";
import { freePort } from "./free-port.ts";
import { type HubProcess, startHub } from "./hub-process.ts";
import type { SdkOAuth } from "./sdk-oauth.ts";

export const callback = "http://localhost:9/callback";

export interface ExternalPlace {
  readonly hub: HubProcess;
  /** As clients see it. */
  readonly url: string;
}

/** `jwt`: of its one client, besides issuer and group. */
export async function openExternalHub(issuer: string, { basePath = "", jwt = {} } = {}): Promise<ExternalPlace> {
  const port = await freePort();
  const url = `http://localhost:${port}${basePath}`;
  const manifest = JSON.stringify({
    hub: { auth: { issuers: { [issuer]: { scopes: ["mcp"], clock_skew_s: 0 } } } },
    clients: { eng: { jwt: { issuer, groups: ["eng"], ...jwt }, allow: ["one.*"] } },
    cores: { one: { command: "thehub-template-core" }, two: { command: "thehub-template-core" } },
  });
  const env = { HUB_PUBLIC_URL: url, HUB_BASE_PATH: basePath, HUB_LOG_LEVEL: "debug" };
  const hub = await startHub({ manifest, args: ["serve", "--listen", `localhost:${port}`], env });
  await hub.url();
  return { hub, url };
}

export const kinds = {
  "SDK 1.x over Streamable HTTP": { Client: ClientV1, Transport: StreamableV1, path: "/mcp", options: {} },
  "SDK 2.x over Streamable HTTP": { Client: ClientV2, Transport: StreamableV2, path: "/mcp", options: {} },
  "SDK 2.x, negotiating": {
    Client: ClientV2,
    Transport: StreamableV2,
    path: "/mcp",
    options: { versionNegotiation: { mode: "auto" } },
  },
  "SDK 2.x over a profile's path": { Client: ClientV2, Transport: StreamableV2, path: "/mcp/p/claude", options: {} },
  "SDK 1.x over HTTP+SSE": { Client: ClientV1, Transport: SseV1, path: "/sse", options: {} },
  "SDK 2.x over HTTP+SSE": { Client: ClientV2, Transport: SseV2, path: "/sse", options: {} },
} as const;

export type Kind = keyof typeof kinds;

/** Left open, a client of HTTP+SSE dials a hub that is gone for as long as its process lives, and so keeps that alive. */
export interface ExternalClient extends AsyncDisposable {
  // biome-ignore lint/suspicious/noExplicitAny: the two generations differ in types alone
  readonly client: any;
  // biome-ignore lint/suspicious/noExplicitAny: the two generations differ in types alone
  readonly transport: any;
}

export function clientOf(kind: Kind, { url }: ExternalPlace, authProvider: SdkOAuth): ExternalClient {
  const { Client, Transport, path, options } = kinds[kind];
  const client = new Client({ name: "external", version: "1" }, options as never);
  const transport = new Transport(new URL(url + path), { authProvider: authProvider as never });
  return { client, transport, [Symbol.asyncDispose]: () => client.close() };
}

/** Signed in, with what it got. `browse`: what the person does who is sent to the provider; where that leads. */
export async function signIn(
  kind: Kind,
  place: ExternalPlace,
  authProvider: SdkOAuth,
  browse: (url: URL) => Promise<URL> = goThrough,
): Promise<void> {
  await using visitor = clientOf(kind, place, authProvider);
  const { client, transport } = visitor;
  await assert.rejects(client.connect(transport), /[Uu]nauthorized/);
  const back = await browse(authProvider.asked ?? new URL("about:blank"));
  assert.equal(back.origin + back.pathname, authProvider.redirectUrl);
  await transport.finishAuth(kind.startsWith("SDK 1.x") ? back.searchParams.get("code") : back.searchParams);
}
