// The network doors of `thehub serve`: opened in front of a hub that is starting, closed in order when it is told to stop.
import { resolve } from "node:path";
import { bearerToken } from "../base/bearer.ts";
import { systemClock } from "../base/clock.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import { openHttpServer } from "../doors/http-server.ts";
import { jsonReply } from "../doors/reply.ts";
import { WsDoor } from "../doors/ws-door.ts";
import { type Auth, createAuth } from "../gates/auth.ts";
import type { Hub } from "../hub.ts";
import type { Log } from "../telemetry/log.ts";
import { banner } from "./banner.ts";
import type { MadeToken } from "./made-token.ts";
import type { Prepared } from "./prepare.ts";
import type { Terminal } from "./terminal.ts";

const maxConnections = 10_000;
const maxSessions = 5_000;
const handshakeTimeoutMs = 10_000;
const lastWordsMs = 1_000;

/** Resolves when `stop` has, and every client is gone. Rejects when an address cannot be had. */
export async function serveHub(
  terminal: Terminal,
  { settings, manifest, manifestPath, builtIn }: Prepared,
  hub: Hub,
  addresses: readonly ListenAddress[],
  log: Log,
  stop: Promise<string>,
  made: MadeToken | undefined,
): Promise<void> {
  const auth = maskingAuth(createAuth({ token: settings.token, clients: manifest.clients }), hub);
  const doorLog = log.child({ component: "doors" });
  const websocket = new WsDoor({
    clock: systemClock,
    log: doorLog,
    doorkeeper: hub.doorkeeper,
    limits: { maxMessageBytes: settings.limits.maxMessageBytes },
  });
  hub.metrics.watch("thehub_sessions_max", () => [["websocket", maxSessions]]);
  let ready = false;
  const server = await openHttpServer(
    {
      addresses,
      basePath: settings.basePath,
      allowHosts: settings.allowHosts,
      allowOrigins: settings.allowOrigins,
      trustedProxies: settings.trustedProxies,
      maxSessions,
      maxConnections,
      handshakeTimeoutMs,
      metricsToken: settings.metricsToken,
    },
    {
      auth,
      clock: systemClock,
      websocket,
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
  );
  await hub.listensOn(server.addresses);
  log.info("listening", { addresses: server.addresses });
  let stopping = false;
  const settled = hub.settled().then(() => {
    if (stopping) return;
    ready = true;
    for (const { line } of hub.summaries()) log.info("core_summary", { summary: line });
    if (terminal.stdout.isTTY !== true && !builtIn) return;
    const tools = hub.toolNames();
    const madeToken = made?.file === undefined ? made?.token.reveal() : undefined;
    const facts = { addresses: server.addresses, basePath: settings.basePath, summaries: hub.summaries(), tools };
    const shown = builtIn ? "the built-in manifest" : resolve(terminal.cwd, manifestPath);
    terminal.stdout.write(
      banner(terminal, {
        ...facts,
        publicUrl: settings.publicUrl,
        manifest: shown,
        manifestFile: builtIn ? undefined : shown,
        tokenNeeded: auth.required,
        madeToken,
      }),
    );
  });

  const signal = await Promise.race([stop, settled.then(() => stop)]);
  log.info("draining", { signal });
  stopping = true;
  ready = false;
  server.drain();
  const drained = hub.drain();
  // A little more than the calls get: what the hub answers at the end of their time must still leave.
  await websocket.close(settings.drainTimeoutMs + lastWordsMs);
  await drained;
  await server.close();
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
