// The network doors of a hub: opened in front of it while it is starting, closed in order when it is to stop.
import { AdminDoor } from "../admin/admin-door.ts";
import type { Clock } from "../base/clock.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import { RingBudget, usualRings } from "../doors/http/event-ring.ts";
import { HttpDoor } from "../doors/http/http-door.ts";
import type { HttpPages, WebDoor } from "../doors/http-router.ts";
import { type HttpServer, type HttpServerDeps, openHttpServer } from "../doors/http-server.ts";
import { LateSseDoor } from "../doors/late-sse-door.ts";
import { isLoopback } from "../doors/listen.ts";
import { jsonReply } from "../doors/reply.ts";
import { judgeBy } from "../doors/stay.ts";
import type { TlsKeeper, TlsKeeperDeps } from "../doors/tls/tls-keeper.ts";
import { WsDoor } from "../doors/ws-door.ts";
import type { Reloader } from "../hub/reloader.ts";
import { resourceFacts } from "../hub/resource-facts.ts";
import type { Hub } from "../hub.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type AdminDoors, openAdminDoors } from "./admin-doors.ts";
import { ClientSockets } from "./client-sockets.ts";
import { version } from "./version.ts";

const maxSessions = 5_000;
const handshakeTimeoutMs = 10_000;
const lastWordsMs = 1_000;

export interface NetworkDoorsDeps {
  readonly hub: Hub;
  readonly addresses: readonly ListenAddress[];
  readonly clock: Clock;
  readonly log: Log;
  /** What the hub's manifest was read from, and who reads it again; undefined where no file is behind it. */
  readonly source?: { readonly manifest: string | null; readonly reloader: Reloader } | undefined;
}

export interface NetworkDoors {
  /** With the ports that were picked: `http://127.0.0.1:3000`, `https://…` with TLS, `unix:/run/hub.sock`. */
  readonly addresses: readonly string[];
  /** Whether clients must present a token. */
  readonly tokenNeeded: boolean;
  /** Takes nobody new, lets calls finish as long as they may, and resolves when every client is gone. */
  close(): Promise<void>;
}

/** Rejects when an address cannot be had. */
export async function openNetworkDoors(deps: NetworkDoorsDeps): Promise<NetworkDoors> {
  const { hub, addresses, clock, log, source } = deps;
  const { auth, settings } = hub;
  const { adminListen } = settings;
  const plain = [...(settings.tls === undefined ? addresses : []), ...adminListen];
  if (settings.trustedProxies.length === 0 && plain.some((address) => !isLoopback(address))) {
    log.warn("plaintext_exposed", {
      fix: "the hub listens beyond this machine without TLS: set HUB_TLS_CERT and HUB_TLS_KEY, or put a proxy that ends TLS in front of it and name it in HUB_TRUSTED_PROXIES, or listen on localhost",
    });
  }
  const doorLog = log.child({ component: "doors" });
  let renewed = () => {};
  const tls =
    settings.tls === undefined
      ? undefined
      : await openTls({
          files: settings.tls,
          clock,
          log: doorLog,
          reloaded: () => renewed(),
        });
  // Bodies take their time to come, and streams stay open: the rules may be others by then.
  const judge = judgeBy(auth);
  const websocket = new WsDoor({
    clock,
    judge,
    log: doorLog,
    doorkeeper: hub.doorkeeper,
    limits: { maxMessageBytes: settings.limits.maxMessageBytes },
  });
  const budget = new RingBudget(usualRings);
  const http = new HttpDoor({
    clock,
    budget,
    judge,
    log: doorLog,
    doorkeeper: hub.doorkeeper,
    limits: { maxMessageBytes: settings.limits.maxMessageBytes, maxSessions },
    dropped: (reason) => hub.metrics.notificationDropped(reason),
  });
  const sse = new LateSseDoor({
    clock,
    budget,
    judge,
    log: doorLog,
    doorkeeper: hub.doorkeeper,
    publicPath:
      settings.publicUrl === undefined ? settings.basePath : new URL(settings.publicUrl).pathname.replace(/\/$/, ""),
    limits: { maxMessageBytes: settings.limits.maxMessageBytes, maxSessions },
  });
  const watched = ["websocket", "http", "sse"];
  hub.metrics.watch("thehub_sessions_max", () => watched.map((door) => [door, maxSessions] as const));
  let ready = false;
  let stopping = false;
  let listening: { server: HttpServer; admin: AdminDoors } | undefined;
  const started = clock.iso();
  const startedMs = clock.now();
  const adminApi = new AdminDoor({
    hub,
    reloader: source?.reloader,
    log: log.child({ component: "admin" }),
    mask: (text) => hub.mask(text),
    service: () => ({
      version,
      started,
      uptimeSeconds: Math.floor((clock.now() - startedMs) / 1000),
      manifest: source?.manifest ?? null,
      addresses: listening?.server.addresses ?? [],
      adminAddresses: listening?.admin.addresses ?? [],
      ready,
      draining: stopping,
    }),
  });
  const pages: HttpPages = {
    healthz: () => {
      const health = hub.health();
      return jsonReply(health, health.ok ? 200 : 503);
    },
    livez: () => jsonReply({ ok: true }),
    readyz: () => jsonReply({ ok: ready }, ready ? 200 : 503),
    metrics: async () => ({
      status: 200,
      headers: { "content-type": hub.metrics.contentType },
      body: await hub.metrics.text(),
    }),
  };
  const options = {
    basePath: settings.basePath,
    allowHosts: settings.allowHosts,
    own: settings.publicUrl === undefined ? undefined : new URL(settings.publicUrl),
    allowOrigins: settings.allowOrigins,
    trustedProxies: settings.trustedProxies,
    clientCertificateHeader: settings.clientCertificateHeader,
    maxSessions,
    maxConnections: settings.limits.maxConnections,
    maxConnectionsPerAddress: settings.limits.maxConnectionsPerAddress,
    handshakeTimeoutMs,
    metricsToken: settings.metricsToken,
  };
  const forAdmins = new Map<string, WebDoor>([["/api", adminApi]]);
  const forClients = new Map<string, WebDoor>([
    ["/mcp", http],
    ["/sse", sse.stream],
    ["/messages", sse.messages],
  ]);
  const isApart = adminListen.length > 0;
  const { healthz } = pages;
  const house: HttpServerDeps = {
    auth,
    clock,
    websocket,
    profiles: () => hub.manifest.profiles,
    browser: (request) => hub.signInPage(request),
    resource: () => resourceFacts(hub),
    open: hub.granted,
    doors: isApart ? forClients : new Map([...forClients, ...forAdmins]),
    log: doorLog,
    pages: isApart ? { healthz } : pages,
  };
  const server = await openHttpServer({ ...options, addresses }, { ...house, tls }).catch((error) => {
    tls?.close();
    throw error;
  });
  const sockets = new ClientSockets({ options, server: house, platform: process.platform, log: doorLog });
  const openFurther = async (): Promise<AdminDoors> => {
    await sockets.open(hub.manifest.clients);
    return openAdminDoors({
      options,
      auth,
      pages,
      doors: forAdmins,
      addresses: adminListen,
      privateSocket: await hub.privateSocket(),
      platform: process.platform,
      clock,
      log: doorLog,
    });
  };
  const admin = await openFurther().catch(async (error) => {
    await Promise.all([server.close(), sockets.close()]);
    tls?.close();
    throw error;
  });
  auth.watch(({ manifest }) => sockets.become(manifest.clients));
  listening = { server, admin };
  const note = () => hub.listensOn(server.addresses, admin.sockets, tls?.certificate.fingerprint);
  renewed = () => void note();
  await note();
  watchConnections(hub.metrics, server, settings.limits.maxConnections, tls);
  log.info("listening", { addresses: server.addresses, ...(isApart ? { admin: admin.addresses } : {}) });
  void hub.settled().then(() => {
    ready = !stopping;
  });
  return {
    addresses: server.addresses,
    tokenNeeded: auth.required,
    async close() {
      stopping = true;
      ready = false;
      server.drain();
      sockets.drain();
      const drained = hub.drain();
      // A little more than the calls get: what the hub answers at the end of their time must still leave.
      const graceMs = hub.settings.drainTimeoutMs + lastWordsMs;
      await Promise.all([websocket, http, sse].map((door) => door.close(graceMs)));
      await drained;
      await Promise.all([server.close(), sockets.close(), admin.close()]);
      tls?.close();
    },
  };
}

/** Few hubs have certificates of their own. */
async function openTls(options: TlsKeeperDeps): Promise<TlsKeeper> {
  const { TlsKeeper } = await import("../doors/tls/tls-keeper.ts");
  return TlsKeeper.open(options);
}

function watchConnections(metrics: Metrics, server: HttpServer, max: number, tls: TlsKeeper | undefined): void {
  metrics.watch("thehub_connections", () => [["", server.connections]]);
  metrics.watch("thehub_connections_max", () => [["", max]]);
  metrics.watch("thehub_connections_refused_total", () => Object.entries(server.refusedConnections));
  if (tls === undefined) return;
  metrics.watch("thehub_tls_handshake_failures_total", () => Object.entries(server.failedHandshakes));
  metrics.watch("thehub_tls_certificate_expiry_timestamp_seconds", () => [
    ["", Date.parse(tls.certificate.expires) / 1000],
  ]);
}
