// What an HTTP request gets: Host and Origin checks, the path, then a page, or after authentication a door. Reads no body,
// writes nothing.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { bearerToken, sameDigest, tokenDigest } from "../base/bearer.ts";
import type { Clock } from "../base/clock.ts";
import { plainAddress } from "../base/ip-address.ts";
import type { Secret } from "../base/secret.ts";
import type { AuthResult, DoorAuth, Evidence, Refused } from "../identity/auth.ts";
import type { Principal } from "../sessions/principal.ts";
import { type BrowserRequest, browserRequest } from "./browser-request.ts";
import { ClientCertificates } from "./client-certificate.ts";
import { type CorsHeaders, corsHeaders, preflight } from "./cors.ts";
import { type Client, createProxies } from "./forwarded.ts";
import { isMetadataPath, metadataPage, metadataPreflight, type ResourceFacts } from "./metadata-pages.ts";
import { answerAt, type OpenDoor } from "./open-door.ts";
import { type OriginRules, originRefusal, type Reach } from "./origin.ts";
import { normalBasePath, type Place, placeOf, wholePath } from "./place.ts";
import type { Guest } from "./port.ts";
import { Recognition } from "./recognition.ts";
import type { Refusal, RefusalReason } from "./refusal-log.ts";
import type { Reply } from "./reply.ts";
import {
  draining,
  forbidden,
  full,
  httpIsAt,
  metricsRefusal,
  noSuchProfile,
  notAllowed,
  notFromHere,
  nothingButThese,
  slowedReply,
  tokenRefusal,
  twoAuthorizations,
  twoHosts,
  upgradeNeeded,
} from "./router-replies.ts";
import { handshakeRefusal } from "./ws-handshake.ts";

/** The pages that others fill in. One that is left out is not there. */
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
  /** `admin`: everybody else gets 403, and no page in a browser may use it from another origin, allowed or not. */
  readonly access?: "admin";
  /** It has every path below its own as well. */
  readonly subpaths?: true;
  /** `path`: without query, base path and trailing slash. */
  handle(request: IncomingMessage, response: ServerResponse, guest: Guest, path: string): void;
}

export interface RouterOptions extends OriginRules {
  /** A path prefix such as `/hub`; accepted in front of every path, and not needed. */
  readonly basePath: string;
  readonly maxSessions: number;
  /** Proxies whose X-Forwarded-* headers count, as `createProxies` takes them. */
  readonly trustedProxies: readonly string[];
  /** The header in which they send the certificate that a client showed, in small letters; undefined: none. */
  readonly clientCertificateHeader?: string | undefined;
  /** When set, /metrics asks for it, or for the token of an admin, as a bearer token. */
  readonly metricsToken?: Secret | undefined;
}

export interface RouterDeps {
  readonly auth: DoorAuth;
  readonly clock: Pick<Clock, "wall">;
  readonly pages: Partial<HttpPages>;
  /** By path, the base path left out: `/mcp`. */
  readonly doors: ReadonlyMap<string, WebDoor>;
  /** Pages for people, below `/oauth/`: who fills them in says what protects them. Undefined: not one of them. Absent where there are none. */
  browser?(request: BrowserRequest): Promise<Reply | undefined>;
  /** Where clients that have no token get one, as of now; absent or undefined where tokens are only given. */
  resource?(): ResourceFacts | undefined;
  /** Where clients are let in that have no token yet; absent where they are not. */
  readonly open?: OpenDoor | undefined;
  /** The profiles that a path may name, as of now: `/mcp/p/claude`. */
  profiles(): ReadonlyMap<string, unknown>;
  /** Open sessions, and whether new ones are taken; undefined where nobody speaks WebSocket. */
  readonly house: { readonly sessions: number; readonly draining: boolean } | undefined;
}

/** Whether an upgrade may become a session. `peer`: the client's address, as far as trusted proxies tell it. */
export type Admission =
  | { readonly t: "admitted"; readonly guest: Guest }
  | { readonly t: "refused"; readonly reply: Reply; readonly reason: string; readonly peer: string | undefined };

/** What becomes of a request that is no upgrade. `headers` belong into every response: they let a browser's page read it. */
export type Routed =
  | {
      readonly t: "reply";
      /** What an operator should know of it; undefined for what is no refusal, and for a path or a method that is not there. */
      readonly refusal?: Refusal | undefined;
      answer(): Reply | Promise<Reply>;
    }
  | {
      /** Nobody has to have shown anything; the body is read first. Never rejects. */
      readonly t: "open";
      readonly headers: CorsHeaders | undefined;
      handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
    }
  | {
      readonly t: "door";
      readonly door: WebDoor;
      readonly path: string;
      readonly guest: Guest;
      readonly headers: CorsHeaders | undefined;
    };

export interface Router {
  /** For everything that is no WebSocket upgrade. Takes time only where who asks is not known at once; never rejects. */
  route(request: IncomingMessage, reach: Reach): Routed | Promise<Routed>;
  /** For WebSocket upgrades; the same holds. */
  admit(request: IncomingMessage, reach: Reach): Admission | Promise<Admission>;
}

export function createRouter(options: RouterOptions, deps: RouterDeps): Router {
  const base = normalBasePath(options.basePath);
  const metricsDigest = options.metricsToken === undefined ? undefined : tokenDigest(options.metricsToken.reveal());

  const upgradePaths: ReadonlySet<string> = new Set(deps.house === undefined ? [] : ["/", "/mcp", "/ws"]);
  const nothingHere = nothingButThese(deps);
  const proxies = createProxies(options.trustedProxies);
  const recognition = new Recognition(deps.auth, deps.clock);
  const certificates = new ClientCertificates({
    header: options.clientCertificateHeader,
    isProxy: (address) => proxies.trusts(plainAddress(address) ?? address),
  });

  const peerOf = ({ socket }: IncomingMessage, reach: Reach) => (reach === "socket" ? "unix" : socket.remoteAddress);
  const clientOf = (request: IncomingMessage, reach: Reach) =>
    proxies.clientOf(peerOf(request, reach), request.headers);

  function refusalOf(
    request: IncomingMessage,
    reach: Reach,
    { scheme, host: forwardedHost }: Client,
    origin: string | undefined,
  ) {
    const { headers, rawHeaders, socket } = request;
    const twice = saidTwice(rawHeaders);
    if (twice !== undefined) return twice;
    return originRefusal(options, {
      reach,
      socket,
      host: headers.host,
      origin,
      // Without a proxy's word, what came encrypted is https; what came plain may have been anything before.
      scheme: scheme ?? (isEncrypted(socket) ? "https" : undefined),
      forwardedHost,
    });
  }

  /** Who asks, in the words of authentication. */
  function identify(
    request: IncomingMessage,
    reach: Reach,
    place: Place,
    peer: string,
  ): AuthResult | Promise<AuthResult> {
    const { authorization } = request.headers;
    // Where there is a header, it alone counts.
    const certificate = authorization === undefined ? certificates.of(request, peerOf(request, reach)) : undefined;
    const evidence: Evidence = { authorization, certificate, path: wholePath(place), peer };
    return recognition.authenticate(request.socket, evidence);
  }

  function guestOf(principal: Principal, peer: string, profile: string | undefined): Guest {
    return { principal, peer, profile, version: deps.auth.version };
  }

  function refusalReply(result: Refused, place: Place): Reply {
    return tokenRefusal(result, deps.resource?.(), wholePath(place));
  }

  /** Of the hub as a resource; any page may read it, so no origin is too foreign. */
  function metadataAt(path: string, method: string | undefined): Reply | undefined {
    if (!isMetadataPath(path)) return undefined;
    const facts = deps.resource?.();
    const page = facts === undefined ? undefined : metadataPage(path, base, facts);
    if (page === undefined) return undefined;
    if (method === "OPTIONS") return metadataPreflight;
    return method === "GET" || method === "HEAD" ? page : notAllowed(path, ["GET", "HEAD", "OPTIONS"]);
  }

  function metricsPage(request: IncomingMessage, reach: Reach, place: Place, peer: string): Routed | Promise<Routed> {
    const page = deps.pages.metrics;
    if (page === undefined) return replied(nothingHere);
    const shown: Routed = { t: "reply", answer: page };
    if (metricsDigest === undefined) return shown;
    const { attempts } = deps.auth;
    const sent = bearerToken(request.headers.authorization);
    const waitMs = sent === undefined ? 0 : (attempts?.waitMs(peer, sent) ?? 0);
    if (sent !== undefined && waitMs === 0 && sameDigest(tokenDigest(sent), metricsDigest)) {
      attempts?.passed(peer, sent);
      return shown;
    }
    return whenKnown(identify(request, reach, place, peer), (result) => {
      if (result.t === "ok" && result.principal.admin) return shown;
      if (waitMs > 0) return refused(slowedReply(waitMs), "token slowed", peer);
      // Where nobody needs a token, nobody else has counted it.
      if (result.t === "ok" && result.principal.proof.t === "none" && sent !== undefined) attempts?.failed(peer);
      return refused(metricsRefusal(result, sent), `token ${result.t === "ok" ? "invalid" : result.reason}`, peer);
    });
  }

  function pageAt(path: string): (() => Reply | Promise<Reply>) | undefined {
    const { pages } = deps;
    if (path === "/healthz") return pages.healthz;
    if (path === "/livez") return pages.livez;
    if (path === "/readyz") return pages.readyz;
    return path === "/metrics" ? pages.metrics : undefined;
  }

  function doorAt(path: string): WebDoor | undefined {
    const door = deps.doors.get(path);
    if (door !== undefined) return door;
    const above = deps.doors.get(path.slice(0, Math.max(0, path.indexOf("/", 1))));
    return above?.subpaths === true ? above : undefined;
  }

  /** The refusal of a path that names a profile which there is not. Only for who was let in: names are the operator's own. */
  function profileRefusal({ profile }: Place): Reply | undefined {
    if (profile === undefined) return undefined;
    const known = deps.profiles();
    return known.has(profile) ? undefined : noSuchProfile(profile, known.keys());
  }

  function atDoor(
    door: WebDoor,
    place: Place,
    request: IncomingMessage,
    reach: Reach,
    peer: string,
  ): Routed | Promise<Routed> {
    const { path } = place;
    const cors = door.access === "admin" ? undefined : corsHeaders(request.headers.origin);
    const { method = "" } = request;
    if (method === "OPTIONS" && cors !== undefined) return replied(preflight(request.headers, door.methods, cors));
    if (!door.methods.includes(method)) return replied(withHeaders(notAllowed(path, door.methods), cors));
    return whenKnown(identify(request, reach, place, peer), (result) => letIn(result, door, place, cors, peer));
  }

  function atOpenDoor(path: string, { headers, method = "" }: IncomingMessage, peer: string | undefined) {
    const door = deps.open;
    const methods = door?.methods(path);
    if (door === undefined || methods === undefined) return undefined;
    const cors = corsHeaders(headers.origin);
    if (method === "OPTIONS" && cors !== undefined) return replied(preflight(headers, methods, cors));
    if (!methods.includes(method)) return replied(withHeaders(notAllowed(path, methods), cors));
    const handle = (asked: IncomingMessage, to: ServerResponse) => answerAt(door, asked, to, path, peer);
    return { t: "open", headers: cors, handle } satisfies Routed;
  }

  function letIn(result: AuthResult, door: WebDoor, place: Place, cors: CorsHeaders | undefined, peer: string): Routed {
    const { path, profile } = place;
    if (result.t === "refused") {
      return refused(withHeaders(refusalReply(result, place), cors), `token ${result.reason}`, peer);
    }
    if (door.access === "admin" && !result.principal.admin) return refused(forbidden, "not an admin", peer);
    const unknown = profileRefusal(place);
    if (unknown !== undefined) return replied(withHeaders(unknown, cors));
    return { t: "door", door, path, guest: guestOf(result.principal, peer, profile), headers: cors };
  }

  return {
    route(request, reach) {
      const client = clientOf(request, reach);
      const place = placeOf(request.url, base);
      const { path } = place;
      const peer = client.address ?? unknownPeer;
      if (!deps.auth.admits(peer) && !probes.has(path)) return refused(notFromHere, "address", peer);
      // What is there is for everybody to read.
      const origin = path.startsWith("/.well-known/") ? undefined : request.headers.origin;
      const refusal = refusalOf(request, reach, client, origin);
      if (refusal !== undefined) return refused(refusal, "host or origin", peer);
      const metadata = metadataAt(path, request.method);
      if (metadata !== undefined) return replied(metadata);
      const open = atOpenDoor(path, request, peer);
      if (open !== undefined) return open;
      if (deps.browser !== undefined && path.startsWith("/oauth/")) {
        return {
          t: "reply",
          answer: async () => (await deps.browser?.(await browserRequest(request, path, peer))) ?? nothingHere,
        };
      }
      const door = doorAt(path);
      if (door !== undefined) return atDoor(door, place, request, reach, peer);
      const page = pageAt(path);
      if (page === undefined && !upgradePaths.has(path)) return replied(nothingHere);
      if (request.method !== "GET" && request.method !== "HEAD") {
        // A client that was given the hub's URL without a path, or an older notation of it.
        const elsewhere = upgradePaths.has(path) ? `; ${httpIsAt}` : "";
        return replied(notAllowed(path, ["GET", "HEAD"], elsewhere));
      }
      if (page === undefined) return replied(upgradeNeeded);
      if (page === deps.pages.metrics) return metricsPage(request, reach, place, peer);
      return { t: "reply", answer: page };
    },

    admit(request, reach) {
      const client = clientOf(request, reach);
      const peer = client.address ?? unknownPeer;
      const refuse = (reply: Reply, reason: string): Admission => ({ t: "refused", reply, reason, peer });
      if (!deps.auth.admits(peer)) return refuse(notFromHere, "address");
      const origin = refusalOf(request, reach, client, request.headers.origin);
      if (origin !== undefined) return refuse(origin, "host or origin");
      const { house } = deps;
      const place = placeOf(request.url, base);
      if (house === undefined || !upgradePaths.has(place.path)) return refuse(nothingHere, "path");
      return whenKnown(identify(request, reach, place, peer), (result) => {
        if (result.t === "refused") return refuse(refusalReply(result, place), `token ${result.reason}`);
        const unknown = profileRefusal(place);
        if (unknown !== undefined) return refuse(unknown, "path");
        const fault = handshakeRefusal(request);
        if (fault !== undefined) return refuse(fault, "handshake");
        if (house.draining) return refuse(draining, "draining");
        if (house.sessions >= options.maxSessions) return refuse(full, "sessions");
        return { t: "admitted", guest: guestOf(result.principal, peer, place.profile) };
      });
    },
  };
}

/** Of a connection that is gone already: what it has sent is judged as anybody's, and by all of those together. */
const unknownPeer = "unknown";

/** What the hub's own machine and the kubelet ask, from wherever they are: they say counts, and nothing of whom. */
const probes: ReadonlySet<string> = new Set(["/livez", "/readyz", "/healthz"]);

/** Node keeps the first of them; what stands in between may have judged by another. */
function saidTwice(rawHeaders: readonly string[]): Reply | undefined {
  let hosts = 0;
  let authorizations = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts++;
    else if (name?.length === 13 && name.toLowerCase() === "authorization") authorizations++;
  }
  if (hosts > 1) return twoHosts;
  return authorizations > 1 ? twoAuthorizations : undefined;
}

function isEncrypted(socket: Socket): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

function replied(reply: Reply): Routed {
  return { t: "reply", answer: () => reply };
}

function refused(reply: Reply, reason: RefusalReason, peer: string | undefined): Routed {
  return { t: "reply", answer: () => reply, refusal: { status: reply.status, reason, peer } };
}

function withHeaders(reply: Reply, headers: CorsHeaders | undefined): Reply {
  return headers === undefined ? reply : { ...reply, headers: { ...reply.headers, ...headers } };
}

/** At once where the answer is there at once. */
function whenKnown<T, R>(value: T | Promise<T>, next: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
