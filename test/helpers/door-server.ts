// A real HTTP server with the WebSocket door and an echo behind it; ends only when no connection is left.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import type { ListenAddress } from "../../src/base/listen-address.ts";
import type { TlsFiles } from "../../src/base/tls-files.ts";
import type { HttpPages, RouterDeps, WebDoor } from "../../src/doors/http-router.ts";
import { type HttpServer, type HttpServerOptions, openHttpServer } from "../../src/doors/http-server.ts";
import type { ResourceFacts } from "../../src/doors/metadata-pages.ts";
import type { Judge } from "../../src/doors/port.ts";
import { jsonReply } from "../../src/doors/reply.ts";
import { TlsKeeper } from "../../src/doors/tls/tls-keeper.ts";
import type { WsLimits } from "../../src/doors/ws-connection.ts";
import { WsDoor } from "../../src/doors/ws-door.ts";
import type { Auth } from "../../src/identity/auth.ts";
import { parseListen } from "../../src/manifest/addresses.ts";
import { EchoDoorkeeper, MemoryLog } from "./echo-doorkeeper.ts";
import { tokenAuth } from "./token-auth.ts";

export interface DoorServerOptions {
  readonly listen?: string;
  readonly http?: Partial<HttpServerOptions>;
  readonly limits?: Partial<WsLimits>;
  readonly auth?: Auth;
  readonly judge?: Judge;
  readonly pages?: Partial<HttpPages>;
  readonly doors?: Readonly<Record<string, WebDoor>>;
  readonly browser?: RouterDeps["browser"];
  readonly clock?: Clock;
  readonly tls?: TlsFiles;
  readonly resource?: () => ResourceFacts | undefined;
}

export class DoorServer implements AsyncDisposable {
  readonly doorkeeper = new EchoDoorkeeper();
  readonly log = new MemoryLog();
  readonly door: WsDoor;
  readonly server: HttpServer;
  readonly tls: TlsKeeper | undefined;

  private constructor(
    server: HttpServer,
    door: WsDoor,
    parts: { doorkeeper: EchoDoorkeeper; log: MemoryLog; tls: TlsKeeper | undefined },
  ) {
    this.server = server;
    this.tls = parts.tls;
    this.door = door;
    this.doorkeeper = parts.doorkeeper;
    this.log = parts.log;
  }

  static async open(options: DoorServerOptions = {}): Promise<DoorServer> {
    const doorkeeper = new EchoDoorkeeper();
    const log = new MemoryLog();
    const clock = options.clock ?? systemClock;
    const { judge, limits } = options;
    const door = new WsDoor({ doorkeeper, clock, log, judge, ...(limits && { limits }) });
    const tls = options.tls && (await TlsKeeper.open({ files: options.tls, clock, log }));
    const server = await openHttpServer(
      {
        addresses: listenAddresses(options.listen ?? "127.0.0.1:0"),
        basePath: "",
        allowHosts: [],
        allowOrigins: [],
        trustedProxies: [],
        maxConnections: 1000,
        maxConnectionsPerAddress: 1000,
        maxSessions: 1000,
        handshakeTimeoutMs: 10_000,
        ...options.http,
      },
      {
        auth: options.auth ?? tokenAuth({ clients: [] }),
        pages: {
          healthz: () => jsonReply({ ok: true }),
          livez: () => jsonReply({ live: true }),
          readyz: () => jsonReply({ ready: false }, 503),
          metrics: async () => ({
            status: 200,
            headers: { "content-type": "text/plain" },
            body: "thehub_sessions 0\n",
          }),
          ...options.pages,
        },
        websocket: door,
        doors: new Map(Object.entries(options.doors ?? {})),
        ...(options.browser && { browser: options.browser }),
        tls,
        clock,
        log,
        ...(options.resource && { resource: options.resource }),
      },
    );
    return new DoorServer(server, door, { doorkeeper, log, tls });
  }

  /** `127.0.0.1:PORT` of the first address. */
  get authority(): string {
    return (this.server.addresses[0] ?? "").replace(/^https?:\/\//, "");
  }

  get url(): string {
    return `${this.tls === undefined ? "http" : "https"}://${this.authority}`;
  }

  get wsUrl(): string {
    return this.url.replace(/^http/, "ws");
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** A connection that speaks for itself; connected. */
  async socket(): Promise<Socket> {
    const socket = connect(this.port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  }

  /** A socket behind a finished WebSocket handshake, with no WebSocket library on it. */
  async upgraded(): Promise<Socket> {
    const socket = await this.socket();
    socket.write(upgradeRequest({ host: this.authority }));
    const [head] = (await once(socket, "data")) as [Buffer];
    assert.match(head.toString("latin1"), /^HTTP\/1\.1 101 /);
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    this.tls?.close();
    assert.equal(this.server.connections, 0);
    for (const visitor of this.doorkeeper.visitors) {
      await visitor.left;
      assert.equal(visitor.leaves, 1, "every visitor leaves once");
    }
  }
}

/** A WebSocket upgrade request as text; `undefined` leaves a header out. */
export function upgradeRequest(headers: Record<string, string | undefined>, line = "GET / HTTP/1.1"): string {
  const all: Record<string, string | undefined> = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${[line, ...lines].join("\r\n")}\r\n\r\n`;
}

/** All that comes until the other side ends. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (!socket.readableEnded) await new Promise((resolve) => socket.once("end", resolve).once("close", resolve));
  return Buffer.concat(chunks);
}

function listenAddresses(text: string): readonly ListenAddress[] {
  const parsed = parseListen([text]);
  if (parsed.t === "bad") throw new Error(parsed.message);
  return parsed.value;
}
