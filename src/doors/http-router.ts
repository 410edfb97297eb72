// What an HTTP request gets: Host and Origin checks, the path, then a page, or after authentication a door. Reads no body,
// writes nothing.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { bearerToken, sameDigest, tokenDigest } from "../base/bearer.ts";
import type { Secret } from "../base/secret.ts";
import type { Auth } from "../gates/auth.ts";
import type { Principal } from "../sessions/principal.ts";
import { type CorsHeaders, corsHeaders, preflight } from "./cors.ts";
import { type Client, createProxies } from "./forwarded.ts";
import { type OriginRules, originRefusal, type Reach } from "./origin.ts";
import type { Guest } from "./port.ts";
import { errorReply, type Reply } from "./reply.ts";
import { handshakeRefusal } from "./ws-handshake.ts";

/** The pages that others fill in. */
export interface HttpPages {
  healthz(): Reply;
  livez(): Reply;
  readyz(): Reply;
  metrics(): Reply | Promise<Reply>;
}

/** A door, or an API, at a path of its own: gets the requests of who was let in, and answers each of them. */
export interface WebDoor {
  /** What it takes; others get 405. */
  readonly methods: readonly string[];
  handle(request: IncomingMessage, response: ServerResponse, guest: Guest): void;
}

export interface RouterOptions extends OriginRules {
  /** A path prefix such as `/hub`; accepted in front of every path, and not needed. */
  readonly basePath: string;
  readonly maxSessions: number;
  /** Proxies whose X-Forwarded-* headers count, as `createProxies` takes them. */
  readonly trustedProxies: readonly string[];
  /** When set, /metrics asks for it, or for the token of an admin, as a bearer token. */
  readonly metricsToken?: Secret | undefined;
}

export interface RouterDeps {
  readonly auth: Auth;
  readonly pages: HttpPages;
  /** By path, the base path left out: `/mcp`. */
  readonly doors: ReadonlyMap<string, WebDoor>;
  /** Open sessions, and whether new ones are taken. */
  readonly house: { readonly sessions: number; readonly draining: boolean };
}

/** Whether an upgrade may become a session. `peer`: the client's address, as far as trusted proxies tell it. */
export type Admission =
  | { readonly t: "admitted"; readonly principal: Principal; readonly peer: string | undefined }
  | { readonly t: "refused"; readonly reply: Reply; readonly reason: string; readonly peer: string | undefined };

/** What becomes of a request that is no upgrade. `headers` belong into every response: they let a browser's page read it. */
export type Routed =
  | { readonly t: "reply"; answer(): Reply | Promise<Reply> }
  | { readonly t: "door"; readonly door: WebDoor; readonly guest: Guest; readonly headers: CorsHeaders | undefined };

export interface Router {
  /** For everything that is no WebSocket upgrade. */
  route(request: IncomingMessage, reach: Reach): Routed;
  /** For WebSocket upgrades. */
  admit(request: IncomingMessage, reach: Reach): Admission;
}

const upgradePaths: ReadonlySet<string> = new Set(["/", "/mcp", "/ws"]);

export function createRouter(options: RouterOptions, deps: RouterDeps): Router {
  const base = normalBasePath(options.basePath);
  const metricsDigest = options.metricsToken === undefined ? undefined : tokenDigest(options.metricsToken.reveal());

  const proxies = createProxies(options.trustedProxies);

  const clientOf = ({ headers, socket }: IncomingMessage, reach: Reach) =>
    proxies.clientOf(reach === "socket" ? "unix" : socket.remoteAddress, headers);

  function refusalOf(request: IncomingMessage, reach: Reach, { scheme, host: forwardedHost }: Client) {
    const { headers, rawHeaders, socket } = request;
    if (namesHostTwice(rawHeaders)) return twoHosts;
    return originRefusal(options, {
      reach,
      localAddress: socket.localAddress,
      host: headers.host,
      origin: headers.origin,
      // Without a proxy's word, what came encrypted is https; what came plain may have been anything before.
      scheme: scheme ?? (isEncrypted(socket) ? "https" : undefined),
      forwardedHost,
    });
  }

  function metrics({ headers: { authorization } }: IncomingMessage): Reply | Promise<Reply> {
    if (metricsDigest === undefined) return deps.pages.metrics();
    const sent = bearerToken(authorization);
    if (sent === undefined) return unauthenticated("missing", "metrics need the bearer token of HUB_METRICS_TOKEN");
    if (sameDigest(tokenDigest(sent), metricsDigest)) return deps.pages.metrics();
    const result = deps.auth.authenticate(authorization);
    const isAdmin = result.t === "ok" && result.principal.admin;
    return isAdmin ? deps.pages.metrics() : unauthenticated("invalid", "the token is not valid for metrics");
  }

  function page(path: string, request: IncomingMessage): Reply | Promise<Reply> | undefined {
    if (path === "/healthz") return deps.pages.healthz();
    if (path === "/livez") return deps.pages.livez();
    if (path === "/readyz") return deps.pages.readyz();
    if (path === "/metrics") return metrics(request);
    return undefined;
  }

  function atDoor(door: WebDoor, path: string, request: IncomingMessage, { address }: Client): Routed {
    const cors = corsHeaders(request.headers.origin);
    const { method = "" } = request;
    if (method === "OPTIONS" && cors !== undefined) return replied(preflight(request.headers, door.methods, cors));
    if (!door.methods.includes(method)) return replied(withHeaders(notAllowed(path, door.methods), cors));
    const result = deps.auth.authenticate(request.headers.authorization);
    if (result.t === "refused") return replied(withHeaders(tokenRefusal(result.reason), cors));
    return { t: "door", door, guest: { principal: result.principal, peer: address }, headers: cors };
  }

  return {
    route(request, reach) {
      const client = clientOf(request, reach);
      const refusal = refusalOf(request, reach, client);
      if (refusal !== undefined) return replied(refusal);
      const path = pathOf(request.url, base) ?? "";
      const door = deps.doors.get(path);
      if (door !== undefined) return atDoor(door, path, request, client);
      if (!pagePaths.has(path) && !upgradePaths.has(path)) return replied(nothingHere);
      if (request.method !== "GET" && request.method !== "HEAD") return replied(notAllowed(path, ["GET", "HEAD"]));
      return { t: "reply", answer: () => page(path, request) ?? upgradeNeeded };
    },

    admit(request, reach) {
      const client = clientOf(request, reach);
      const peer = client.address;
      const refuse = (reply: Reply, reason: string): Admission => ({ t: "refused", reply, reason, peer });
      const origin = refusalOf(request, reach, client);
      if (origin !== undefined) return refuse(origin, "host or origin");
      if (!upgradePaths.has(pathOf(request.url, base) ?? "")) return refuse(nothingHere, "path");
      const result = deps.auth.authenticate(request.headers.authorization);
      if (result.t === "refused") return refuse(tokenRefusal(result.reason), `token ${result.reason}`);
      const fault = handshakeRefusal(request);
      if (fault !== undefined) return refuse(fault, "handshake");
      if (deps.house.draining) return refuse(draining, "draining");
      if (deps.house.sessions >= options.maxSessions) return refuse(full, "sessions");
      return { t: "admitted", principal: result.principal, peer };
    },
  };
}

/** Node keeps the first of them; what stands in between may have judged by another. */
function namesHostTwice(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  return hosts > 1;
}

const twoHosts = errorReply("request_invalid", "there is more than one Host header", {
  headers: { connection: "close" },
});

function isEncrypted(socket: Socket): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

const pagePaths: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz", "/metrics"]);

const nothingHere = errorReply(
  "name_unknown",
  "nothing is here; MCP clients connect to /mcp (Streamable HTTP or WebSocket), older ones to /sse; there are also /healthz, /livez, /readyz and /metrics",
);

const upgradeNeeded = errorReply("request_invalid", "this path speaks WebSocket; connect with ws:// or wss://", {
  status: 426,
  headers: { upgrade: "websocket" },
});

const draining = errorReply("draining", "the hub is shutting down", { headers: { "retry-after": "5" } });
const full = errorReply("overloaded", "the hub has as many sessions as it may", { headers: { "retry-after": "5" } });

function replied(reply: Reply): Routed {
  return { t: "reply", answer: () => reply };
}

function notAllowed(path: string, methods: readonly string[]): Reply {
  const allow = methods.join(", ");
  return errorReply("request_invalid", `${path} takes ${allow} only`, { status: 405, headers: { allow } });
}

function withHeaders(reply: Reply, headers: CorsHeaders | undefined): Reply {
  return headers === undefined ? reply : { ...reply, headers: { ...reply.headers, ...headers } };
}

function tokenRefusal(reason: "missing" | "invalid"): Reply {
  const message =
    reason === "missing" ? "a token is needed: send it as Authorization: Bearer <token>" : "the token is not valid";
  return unauthenticated(reason, message);
}

function unauthenticated(reason: "missing" | "invalid", message: string): Reply {
  const challenge = reason === "invalid" ? 'Bearer error="invalid_token"' : "Bearer";
  return errorReply("unauthenticated", message, { headers: { "www-authenticate": challenge } });
}

function normalBasePath(basePath: string): string {
  const inner = basePath.replace(/^\/+|\/+$/g, "");
  return inner === "" ? "" : `/${inner}`;
}

/** The path without query, base path and trailing slash; undefined for a target that is no path. */
function pathOf(url: string | undefined, base: string): string | undefined {
  let path = url ?? "";
  if (!path.startsWith("/")) {
    if (!URL.canParse(path)) return undefined;
    path = new URL(path).pathname;
  }
  const query = path.indexOf("?");
  if (query >= 0) path = path.slice(0, query);
  if (base !== "" && (path === base || path.startsWith(`${base}/`))) path = path.slice(base.length);
  if (path.length > 1 && path.endsWith("/")) path = path.slice(0, -1);
  return path === "" ? "/" : path;
}
