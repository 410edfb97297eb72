// From a Core's manifest entry to a connection: the address with its secrets in place, what every request carries, over which way.

import type { Clock } from "../base/clock.ts";
import type { Credential } from "../base/credential.ts";
import { Secret } from "../base/secret.ts";
import { AutoConnection } from "../links/auto-connection.ts";
import {
  type Connection,
  type ConnectionEvents,
  type Dialling,
  defaultConnectionLimits,
  type Way,
} from "../links/connection.ts";
import { HttpConnection } from "../links/http-connection.ts";
import type { PeerWords } from "../links/losses.ts";
import { messageHeaders, type Tool, ToolHeaders } from "../links/message-headers.ts";
import { proxyFor } from "../links/proxy.ts";
import { proxyVariables } from "../links/proxy-agents.ts";
import { SseConnection } from "../links/sse-connection.ts";
import { readTls } from "../links/tls-reading.ts";
import { WsConnection } from "../links/ws-connection.ts";
import type { RemotePlace } from "../manifest/manifest.ts";
import { fillIn, missingVariables } from "../manifest/templates.ts";
import { type Era, latestModernRevision } from "../wire/revisions.ts";
import type { Scan } from "../wire/scan.ts";

export interface Dialled {
  /** Begins to connect. */
  readonly dial: (events: ConnectionEvents) => Connection;
  /** Whether it is one stream of messages. */
  readonly isOrdered: boolean;
  /** What a request of the modern era says of itself beside its body. `tools`: as the Core lists them. */
  readonly headersOf: (method: string, bytes: Buffer, scan: Scan, tools: readonly Tool[]) => Record<string, string>;
}

export type Dial =
  | ({ readonly t: "ok" } & Dialled)
  /** A phrase that follows the Core's name. */
  | { readonly t: "bad"; readonly reason: string };

export interface DialDeps {
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  readonly credential: Credential | undefined;
  /** In which it is to be spoken to. HTTP+SSE is a way of the legacy one only. */
  readonly era: Era | "probe";
  /** Of the hub's environment: where its proxies are named, and what the place names of it. */
  env(name: string): string | undefined;
}

const connections = {
  auto: AutoConnection,
  "streamable-http": HttpConnection,
  sse: SseConnection,
  websocket: WsConnection,
} as const;

/** `secrets` has all that the place names. */
export function dialler(place: RemotePlace, secrets: ReadonlyMap<string, Secret>, deps: DialDeps): Dial {
  const [missing] = missingVariables(place, deps.env);
  if (missing !== undefined) {
    const { at, name } = missing;
    return { t: "bad", reason: `names the variable ${name} in ${at.join(".")}; start the hub with it` };
  }
  const filled = (text: string) =>
    fillIn(text, (kind, name) => (kind === "env" ? deps.env(name) : secrets.get(name)?.reveal()) ?? "");
  if (!URL.canParse(filled(place.url)))
    return { t: "bad", reason: "has a url that is none with what it names in place" };
  const url = new URL(filled(place.url));
  const isWs = url.protocol === "ws:" || url.protocol === "wss:";
  const transport = isWs ? "websocket" : place.transport;
  const way: Way = isWs ? "websocket" : transport === "sse" ? "sse" : "http";
  const proxy = proxyFor(url, proxyVariables(deps.env));
  if (proxy.t === "bad") return { t: "bad", reason: `cannot be reached: ${proxy.message}` };
  const tls = place.tls === undefined ? undefined : readTls(place.tls);
  if (tls?.t === "bad") return { t: "bad", reason: `cannot be reached: ${tls.message}` };
  const headers = Object.entries(place.headers).map(([name, value]) => [name, new Secret(filled(value))] as const);
  const dialling: Dialling = {
    target: { way, url: url.href, socketPath: undefined, name: `${url.protocol}//${url.host}` },
    words: serverWords,
    token: place.bearer === undefined ? undefined : secrets.get(place.bearer),
    credential: place.bearer === undefined ? undefined : `secret ${place.bearer}`,
    headers: Object.fromEntries(headers),
    limits: { ...defaultConnectionLimits, maxMessageBytes: deps.maxMessageBytes },
    clock: deps.clock,
    allowPrivate: place.allowPrivate,
    ...loginOf(deps.credential),
    proxy: proxy.t === "proxy" ? proxy.url : undefined,
    tls: tls?.context,
  };
  const toolHeaders = new ToolHeaders();
  const headersOf: Dialled["headersOf"] = (method, bytes, scan, tools) =>
    messageHeaders(method, latestModernRevision, bytes, scan, (tool) => toolHeaders.of(tool, tools));
  const Kind = connections[transport === "auto" && deps.era !== "legacy" ? "streamable-http" : transport];
  return { t: "ok", dial: (events) => new Kind(dialling, events), isOrdered: isWs, headersOf };
}

/** The login is asked at each request, and told where one was refused. */
function loginOf(credential: Credential | undefined): Pick<Dialling, "authorization" | "challenged"> {
  if (credential === undefined) return {};
  return { authorization: () => credential.authorization(), challenged: (challenge) => credential.refused(challenge) };
}

const serverWords: PeerWords = {
  noun: "MCP server",
  refused: "nothing listens there; start the server, or correct url",
  noSocket: "there is no such socket",
  noPermission: "no permission",
  paths: {
    websocket: "check the path of url",
    http: "check the path of url: many servers have theirs at /mcp",
    sse: "check the path of url: many servers have theirs at /sse",
  },
  odd: "is it an MCP server, and url the whole address of its endpoint?",
  wrongToken: "give the secret a value that the Core takes, and restart the Core",
  noToken: "write auth: { bearer: NAME } and set the secret NAME",
};
