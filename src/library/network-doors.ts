// The network doors of a hub: opened in front of it while it is starting, closed in order when it is to stop.
import { bearerToken } from "../base/bearer.ts";
import type { Clock } from "../base/clock.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import { HttpDoor } from "../doors/http/http-door.ts";
import type { WebDoor } from "../doors/http-router.ts";
import { type HttpServer, openHttpServer } from "../doors/http-server.ts";
import { isLoopback } from "../doors/listen.ts";
import { jsonReply } from "../doors/reply.ts";
import { SseDoor } from "../doors/sse-door.ts";
import { TlsKeeper } from "../doors/tls/tls-keeper.ts";
import { WsDoor } from "../doors/ws-door.ts";
import { type Auth, createAuth } from "../gates/auth.ts";
import type { Hub } from "../hub.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Settings } from "../manifest/settings.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

const maxSessions = 5_000;
const handshakeTimeoutMs = 10_000;
const lastWordsMs = 1_000;

export interface NetworkDoorsDeps {
  readonly settings: Settings;
  readonly manifest: Manifest;
  readonly hub: Hub;
  readonly addresses: readonly ListenAddress[];
  readonly clock: Clock;
  readonly log: Log;
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
  const { settings, manifest, hub, addresses, clock, log } = deps;
  const isPlain = settings.tls === undefined && settings.trustedProxies.length === 0;
  if (isPlain && addresses.some((address) => !isLoopback(address))) {
    log.warn("plaintext_exposed", {
      fix: "the hub listens beyond this machine without TLS: set HUB_TLS_CERT and HUB_TLS_KEY, or put a proxy that ends TLS in front of it and name it in HUB_TRUSTED_PROXIES, or listen on localhost",
    });
  }
  const auth = maskingAuth(createAuth({ token: settings.token, clients: manifest.clients }), hub);
  const doorLog = log.child({ component: "doors" });
  let bound: readonly string[] = [];
  const tls =
    settings.tls === undefined
      ? undefined
      : await TlsKeeper.open({
          files: settings.tls,
          clock,
          log: doorLog,
          reloaded: ({ fingerprint }) => void hub.listensOn(bound, fingerprint),
        });
  const websocket = new WsDoor({
    clock,
    log: doorLog,
    doorkeeper: hub.doorkeeper,
    limits: { maxMessageBytes: settings.limits.maxMessageBytes },
  });
  const http = new HttpDoor({
    clock,
    log: doorLog,
    doorkeeper: hub.doorkeeper,
    limits: { maxMessageBytes: settings.limits.maxMessageBytes, maxSessions },
    dropped: (reason) => hub.metrics.notificationDropped(reason),
  });
  const sse = new SseDoor({
    clock,
    log: doorLog,
    doorkeeper: hub.doorkeeper,
    publicPath:
      settings.publicUrl === undefined ? settings.basePath : new URL(settings.publicUrl).pathname.replace(/\/$/, ""),
    limits: { maxMessageBytes: settings.limits.maxMessageBytes, maxSessions },
  });
  const watched = ["websocket", "http", "sse"];
  hub.metrics.watch("thehub_sessions_max", () => watched.map((door) => [door, maxSessions] as const));
  let ready = false;
  const server = await openHttpServer(
    {
      addresses,
      basePath: settings.basePath,
      allowHosts: settings.allowHosts,
      allowOrigins: settings.allowOrigins,
      trustedProxies: settings.trustedProxies,
      maxSessions,
      maxConnections: settings.limits.maxConnections,
      maxConnectionsPerAddress: settings.limits.maxConnectionsPerAddress,
      handshakeTimeoutMs,
      metricsToken: settings.metricsToken,
    },
    {
      auth,
      clock,
      tls,
      websocket,
      doors: new Map<string, WebDoor>([
        ["/mcp", http],
        ["/sse", sse.stream],
        ["/messages", sse.messages],
      ]),
      log: doorLog,
      pages: {
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
      },
    },
  ).catch((error) => {
    tls?.close();
    throw error;
  });
  bound = server.addresses;
  await hub.listensOn(bound, tls?.certificate.fingerprint);
  watchConnections(hub.metrics, server, settings.limits.maxConnections, tls);
  log.info("listening", { addresses: server.addresses });
  let stopping = false;
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
      const drained = hub.drain();
      // A little more than the calls get: what the hub answers at the end of their time must still leave.
      const graceMs = settings.drainTimeoutMs + lastWordsMs;
      await Promise.all([websocket, http, sse].map((door) => door.close(graceMs)));
      await drained;
      await server.close();
      tls?.close();
    },
  };
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

/** Whatever token a named client gets in with is masked from then on: it is known only when it is presented. */
function maskingAuth(auth: Auth, hub: Hub): Auth {
  const masked = new Set<string>();
  return {
    required: auth.required,
    authenticate(authorization) {
      const result = auth.authenticate(authorization);
      if (result.t !== "ok" || result.principal.shared || masked.has(result.principal.id)) return result;
      const token = bearerToken(authorization);
      if (token !== undefined) {
        masked.add(result.principal.id);
        hub.maskPresented(token);
      }
      return result;
    },
  };
}
