// What an HTTP request gets: Host and Origin checks, the path, then either an answer or, for a WebSocket upgrade,
// authentication and admission. Reads no body, writes nothing.
import type { IncomingMessage } from "node:http";
import { bearerToken, sameDigest, tokenDigest } from "../base/bearer.ts";
import type { Secret } from "../base/secret.ts";
import type { Auth } from "../gates/auth.ts";
import type { Principal } from "../sessions/principal.ts";
import { type Client, createProxies } from "./forwarded.ts";
import { type OriginRules, originRefusal, type Reach } from "./origin.ts";
import { errorReply, type Reply } from "./reply.ts";
import { handshakeRefusal } from "./ws-handshake.ts";

/** The pages that others fill in. */
export interface HttpPages {
  healthz(): Reply;
  livez(): Reply;
  readyz(): Reply;
  metrics(): Reply | Promise<Reply>;
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
  /** Open sessions, and whether new ones are taken. */
  readonly house: { readonly sessions: number; readonly draining: boolean };
}

/** Whether an upgrade may become a session. `peer`: the client's address, as far as trusted proxies tell it. */
export type Admission =
  | { readonly t: "admitted"; readonly principal: Principal; readonly peer: string | undefined }
  | { readonly t: "refused"; readonly reply: Reply; readonly reason: string; readonly peer: string | undefined };

export interface Router {
  /** For everything that is no WebSocket upgrade. */
  answer(request: IncomingMessage, reach: Reach): Reply | Promise<Reply>;
  /** For WebSocket upgrades. */
  admit(request: IncomingMessage, reach: Reach): Admission;
}

const doorPaths: ReadonlySet<string> = new Set(["/", "/mcp", "/ws"]);

export function createRouter(options: RouterOptions, deps: RouterDeps): Router {
  const base = normalBasePath(options.basePath);
  const metricsDigest = options.metricsToken === undefined ? undefined : tokenDigest(options.metricsToken.reveal());

  const proxies = createProxies(options.trustedProxies);

  const clientOf = ({ headers, socket }: IncomingMessage, reach: Reach) =>
    proxies.clientOf(reach === "socket" ? "unix" : socket.remoteAddress, headers);

  const refusalOf = ({ headers, socket }: IncomingMessage, reach: Reach, { scheme, host: forwardedHost }: Client) =>
    originRefusal(options, {
      reach,
      localAddress: socket.localAddress,
      host: headers.host,
      origin: headers.origin,
      scheme,
      forwardedHost,
    });

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

  return {
    answer(request, reach) {
      const refusal = refusalOf(request, reach, clientOf(request, reach));
      if (refusal !== undefined) return refusal;
      const path = pathOf(request.url, base);
      if (path === "/mcp") return noStreamableHttp;
      if (path === undefined || !isKnown(path)) return nothingHere;
      if (request.method !== "GET" && request.method !== "HEAD") {
        return errorReply("request_invalid", `${path} takes GET only`, {
          status: 405,
          headers: { allow: "GET, HEAD" },
        });
      }
      return page(path, request) ?? upgradeNeeded;
    },

    admit(request, reach) {
      const client = clientOf(request, reach);
      const peer = client.address;
      const refuse = (reply: Reply, reason: string): Admission => ({ t: "refused", reply, reason, peer });
      const origin = refusalOf(request, reach, client);
      if (origin !== undefined) return refuse(origin, "host or origin");
      if (!doorPaths.has(pathOf(request.url, base) ?? "")) return refuse(nothingHere, "path");
      const result = deps.auth.authenticate(request.headers.authorization);
      if (result.t === "refused") {
        const message =
          result.reason === "missing"
            ? "a token is needed: send it as Authorization: Bearer <token>"
            : "the token is not valid";
        return refuse(unauthenticated(result.reason, message), `token ${result.reason}`);
      }
      const fault = handshakeRefusal(request);
      if (fault !== undefined) return refuse(fault, "handshake");
      if (deps.house.draining) return refuse(draining, "draining");
      if (deps.house.sessions >= options.maxSessions) return refuse(full, "sessions");
      return { t: "admitted", principal: result.principal, peer };
    },
  };
}

const pagePaths: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz", "/metrics"]);

function isKnown(path: string): boolean {
  return doorPaths.has(path) || pagePaths.has(path);
}

const nothingHere = errorReply(
  "name_unknown",
  "nothing is here; connect a WebSocket to /, /mcp or /ws, or GET /healthz, /livez, /readyz or /metrics",
);

const noStreamableHttp = errorReply(
  "method_unknown",
  "Streamable HTTP at /mcp is not in this version; connect a WebSocket to /mcp, or run thehub stdio",
);

const upgradeNeeded = errorReply("request_invalid", "this path speaks WebSocket; connect with ws:// or wss://", {
  status: 426,
  headers: { upgrade: "websocket" },
});

const draining = errorReply("draining", "the hub is shutting down", { headers: { "retry-after": "5" } });
const full = errorReply("overloaded", "the hub has as many sessions as it may", { headers: { "retry-after": "5" } });

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
