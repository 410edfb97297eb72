// The network front: node:http servers on the configured addresses, limits on what a connection may cost before it is
// known, and the way of each request to the router or the WebSocket door.
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { ServerOptions as TlsServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import type { DoorAuth } from "../identity/auth.ts";
import { type ConnectionLimits, Connections } from "./connections.ts";
import { createProxies } from "./forwarded.ts";
import {
  type Admission,
  createRouter,
  type HttpPages,
  type Routed,
  type Router,
  type RouterDeps,
  type RouterOptions,
  type WebDoor,
} from "./http-router.ts";
import { isLoopbackHost } from "./listen.ts";
import { codeOf, listenFailure } from "./listen-failure.ts";
import { grouped, type ListenGroup, type TcpAddress } from "./listen-groups.ts";
import type { Reach } from "./origin.ts";
import { afterAnswers, answerOn, Pipelined } from "./pipelined.ts";
import type { DoorLog } from "./port.ts";
import { RefusalLog } from "./refusal-log.ts";
import { endWithReply, errorReply, type Reply, writeReply } from "./reply.ts";
import { StallWatch } from "./stall-watch.ts";
import { HandshakeFailures } from "./tls/handshake-failures.ts";
import type { TlsKeeper } from "./tls/tls-keeper.ts";
import { freeSocketPath, listenOnSocket, openSocketTo } from "./unix-socket.ts";
import { headWithoutOffer } from "./upgrade-offer.ts";
import type { WsDoor } from "./ws-door.ts";

export interface HttpServerOptions extends RouterOptions, ConnectionLimits {
  readonly addresses: readonly ListenAddress[];
  /** From connecting to the end of the request's headers; over TLS as long again before it, for its handshake. */
  readonly handshakeTimeoutMs: number;
  /** From connecting to the end of the request's body; 30 s unless given. */
  readonly requestTimeoutMs?: number | undefined;
  /** A client that takes nothing for so long, while a response waits for it, is cut off; 30 s unless given. */
  readonly stallMs?: number | undefined;
}

export interface HttpServerDeps {
  readonly auth: DoorAuth;
  readonly pages: Partial<HttpPages>;
  /** Undefined: upgrades get 404. */
  readonly websocket?: WsDoor | undefined;
  /** Pages for people, which need no token; absent where there are none. */
  browser?: RouterDeps["browser"];
  /** Where clients get tokens; absent where they are only given. */
  resource?: RouterDeps["resource"];
  /** Where clients are let in that have no token yet; absent where they are not. */
  readonly open?: RouterDeps["open"];
  /** The profiles that a path may name, as of now; absent where none may. */
  profiles?(): ReadonlyMap<string, unknown>;
  /** By path, the base path left out. */
  readonly doors: ReadonlyMap<string, WebDoor>;
  /** Absent: TCP addresses are plain, as Unix sockets always are. Closed by who opened it. */
  readonly tls?: TlsKeeper | undefined;
  readonly clock: Clock;
  readonly log: DoorLog;
}

export interface HttpServer {
  /** Where it listens, with the ports that were picked: `http://127.0.0.1:3000`, `https://[::]:443`, `unix:/run/hub.sock`. */
  readonly addresses: readonly string[];
  /** Connections that are open now. */
  readonly connections: number;
  /** Connections that were closed unanswered, by the limit they met. */
  readonly refusedConnections: Connections["refused"];
  /** TLS handshakes that came to nothing, by reason; empty without TLS. */
  readonly failedHandshakes: HandshakeFailures["counts"];
  /** New sessions are refused as `draining` from now on; the pages still answer. */
  drain(): void;
  /** Stops listening and cuts whatever is still open: close the WebSocket door first. */
  close(): Promise<void>;
}

/** Listens on every address or on none: rejects with a HubError that names the one that failed. */
export async function openHttpServer(options: HttpServerOptions, deps: HttpServerDeps): Promise<HttpServer> {
  const front = new Front(options, deps);
  try {
    for (const group of grouped(options.addresses)) await front.listen(group);
  } catch (error) {
    await front.close();
    throw error;
  }
  return front;
}

/** Binding two hosts to one picked port may meet a port that is taken on the second one. */
const portAttempts = 10;

class Front implements HttpServer {
  readonly addresses: string[] = [];
  readonly #options: HttpServerOptions;
  readonly #deps: HttpServerDeps;
  readonly #router: Router;
  readonly #servers = new Set<Server>();
  readonly #connections: Connections;
  readonly #handshakes: HandshakeFailures;
  readonly #pipelined = new Pipelined();
  readonly #stalls: StallWatch;
  readonly #refusals: RefusalLog;
  #draining = false;

  constructor(options: HttpServerOptions, deps: HttpServerDeps) {
    this.#options = options;
    this.#deps = deps;
    const { trusts } = createProxies(options.trustedProxies);
    const { clock, log, websocket } = deps;
    const closed = (socket: Socket) => this.#stalls.delete(socket);
    this.#connections = new Connections(options, { clock, log, isProxy: trusts, closed });
    this.#handshakes = new HandshakeFailures(clock, log);
    this.#stalls = new StallWatch({ clock, log, stallMs: options.stallMs ?? 30_000 });
    this.#refusals = new RefusalLog(clock, log);
    const front = this;
    this.#router = createRouter(options, {
      auth: deps.auth,
      clock,
      pages: deps.pages,
      doors: deps.doors,
      ...(deps.browser && { browser: deps.browser }),
      ...(deps.resource && { resource: deps.resource }),
      open: deps.open,
      profiles: () => deps.profiles?.() ?? new Map(),
      house: websocket && {
        get sessions() {
          return websocket.sessions;
        },
        get draining() {
          return front.#draining;
        },
      },
    });
  }

  async listen(group: ListenGroup): Promise<void> {
    if ("t" in group) {
      const { path, access = { mode: 0o600, group: undefined } } = group;
      await freeSocketPath(path);
      const listen = (server: Server) => listenOnSocket(server, path);
      await this.#bind("socket", `unix:${path}`, listen, () => openSocketTo(path, access));
      this.addresses.push(`unix:${path}`);
      return;
    }
    for (let attempt = 1; ; attempt++) {
      const bound = await this.#listenOnAll(group, attempt < portAttempts);
      if (bound === undefined) continue;
      this.addresses.push(...bound);
      return;
    }
  }

  get connections(): number {
    return this.#connections.size;
  }

  get refusedConnections(): Connections["refused"] {
    return this.#connections.refused;
  }

  get failedHandshakes(): HandshakeFailures["counts"] {
    return this.#deps.tls === undefined ? {} : this.#handshakes.counts;
  }

  drain(): void {
    this.#draining = true;
  }

  async close(): Promise<void> {
    this.#draining = true;
    this.#stalls.close();
    this.#handshakes.close();
    this.#refusals.close();
    const closed = [...this.#servers].map((server) => this.#closeServer(server));
    await Promise.all([...closed, this.#connections.close()]);
  }

  /** Binds a group to one port. Undefined: the port that was picked is taken on a further host, so try another. */
  async #listenOnAll(group: readonly TcpAddress[], mayRetry: boolean): Promise<string[] | undefined> {
    const servers: Server[] = [];
    const bound: string[] = [];
    let picked: number | undefined;
    for (const { host, port: wanted, optional } of group) {
      const port = picked ?? wanted;
      const name = `${host?.includes(":") ? `[${host}]` : (host ?? "")}:${port}`;
      const reach = host !== undefined && isLoopbackHost(host) ? "loopback" : "network";
      try {
        const server = await this.#bind(reach, name, (it) => it.listen(host === undefined ? { port } : { host, port }));
        const info = server.address() as AddressInfo;
        servers.push(server);
        picked = info.port;
        const scheme = this.#deps.tls === undefined ? "http" : "https";
        bound.push(`${scheme}://${info.family === "IPv6" ? `[${info.address}]` : info.address}:${picked}`);
      } catch (error) {
        const code = codeOf(error);
        if (optional && (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT")) continue;
        await Promise.all(servers.map((server) => this.#closeServer(server)));
        if (code === "EADDRINUSE" && wanted === 0 && mayRetry) return undefined;
        throw error;
      }
    }
    return bound;
  }

  /** `bound`: what is left to do before anybody is let in; may throw. */
  #bind(reach: Reach, name: string, listen: (server: Server) => void, bound = () => {}): Promise<Server> {
    const server = this.#createServer(reach);
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(listenFailure(name, error)));
      server.once("listening", () => {
        server.removeAllListeners("error");
        server.on("error", (error) => this.#deps.log.warn("listener_error", { address: name, reason: error.message }));
        this.#servers.add(server);
        try {
          bound();
          resolve(server);
        } catch (error) {
          void this.#closeServer(server).then(() => reject(error));
        }
      });
      listen(server);
    });
  }

  #createServer(reach: Reach): Server {
    const { handshakeTimeoutMs, requestTimeoutMs = 30_000 } = this.#options;
    // Not loaded before: the Cores are starting by now, and their start is what takes long.
    const tls = reach === "socket" ? undefined : this.#deps.tls;
    const settings: ServerOptions = {
      maxHeaderSize: 16 * 1024,
      headersTimeout: handshakeTimeoutMs,
      requestTimeout: Math.max(handshakeTimeoutMs, requestTimeoutMs),
      // Longer than proxies and clients keep theirs, so that none sends a request into a connection that is just closing.
      keepAliveTimeout: 75_000,
      connectionsCheckingInterval: Math.min(handshakeTimeoutMs, 1_000),
    };
    const server =
      tls === undefined
        ? process.getBuiltinModule("node:http").createServer(settings)
        : this.#createTlsServer(tls, { ...settings, ...tls.options(), handshakeTimeout: handshakeTimeoutMs });
    // By number nothing is cut, as it is by size: a request that is read again must be the whole of it.
    server.maxHeadersCount = 0;
    server.on("connection", (socket) => {
      if (this.#connections.has(socket)) return;
      if (this.#connections.admit(socket, tls !== undefined) && tls === undefined) this.#stalls.add(socket);
    });
    server.on("request", (request, response) => this.#answer(request, reach, response));
    server.on("checkContinue", (request, response) => this.#answer(request, reach, response, true));
    // What HTTP speaks on: the connection itself, or what TLS makes of it.
    const arrival = tls === undefined ? "connection" : "secureConnection";
    server.on("upgrade", (request, socket, head) => {
      afterAnswers(socket as Socket, () => {
        this.#upgrade(request, reach, socket, head, () => server.emit(arrival, socket));
      });
    });
    server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      if (!socket.writable || error.code === "ECONNRESET" || answerOn(socket)?.headersSent) socket.destroy();
      else endWithReply(socket, garbledReply(error.code), this.#deps.clock);
    });
    return server;
  }

  #createTlsServer(tls: TlsKeeper, options: TlsServerOptions): Server {
    const server = process.getBuiltinModule("node:https").createServer(options);
    tls.keep(server);
    server.on("secureConnection", (socket) => this.#watchTls(socket));
    // Node's own listener would have a failed handshake answered like a garbled request.
    server.removeAllListeners("tlsClientError");
    server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
      this.#handshakes.add(error, socket);
      socket.destroy();
    });
    return server;
  }

  /** What TLS makes of a connection is closed on its own; come again after an upgrade that is not one, it is known. */
  #watchTls(socket: TLSSocket): void {
    if (this.#stalls.has(socket)) return;
    this.#stalls.add(socket);
    socket.once("close", () => this.#stalls.delete(socket));
  }

  /** `isAsking`: the client sends its body only once it is told to, so who is refused need not send it. */
  #answer(request: IncomingMessage, reach: Reach, response: ServerResponse, isAsking = false): void {
    const { socket } = request;
    // The rest of a chunk whose connection was cut off on the way.
    if (socket.destroyed) return;
    if (!this.#pipelined.mayWait(socket, response)) {
      this.#deps.log.info("client_cut", { reason: "too many requests without waiting", peer: socket.remoteAddress });
      socket.destroy();
      return;
    }
    const routed = this.#router.route(request, reach);
    if (routed instanceof Promise) {
      void routed.then((it) => {
        // Gone while it was found out who asks.
        if (!socket.destroyed && !response.destroyed) this.#give(request, response, it, isAsking);
      });
    } else this.#give(request, response, routed, isAsking);
  }

  #give(request: IncomingMessage, response: ServerResponse, routed: Routed, isAsking: boolean): void {
    if (routed.t === "reply") {
      if (routed.refusal !== undefined) this.#refusals.add(routed.refusal);
      // Whether the body still comes is the client's choice, so nothing behind it can be read as a request.
      if (isAsking) response.shouldKeepAlive = false;
      void this.#known(routed.answer).then((reply) => writeReply(response, reply));
      return;
    }
    this.#connections.letIn(request.socket, request);
    for (const name in routed.headers) response.setHeader(name, routed.headers[name] ?? "");
    if (routed.t === "open") {
      if (isAsking) response.writeContinue();
      void routed.handle(request, response);
      return;
    }
    const { shouldKeepAlive } = response;
    if (isAsking) response.shouldKeepAlive = false;
    routed.door.handle(request, response, routed.guest, routed.path);
    // The door has not refused it, so it waits for the body.
    if (isAsking && !response.headersSent) {
      response.shouldKeepAlive = shouldKeepAlive;
      response.writeContinue();
    }
  }

  async #known(answer: () => Reply | Promise<Reply>): Promise<Reply> {
    try {
      return await answer();
    } catch (error) {
      const failure = HubError.from(error);
      this.#deps.log.warn("page_failed", { code: failure.code, error });
      return errorReply(failure.code, failure.message);
    }
  }

  /** `again`: has the socket read as if it had just come. */
  #upgrade(request: IncomingMessage, reach: Reach, socket: Duplex, head: Buffer, again: () => void): void {
    // Until somebody owns the socket, a client that leaves is no error.
    const ignore = () => {};
    socket.on("error", ignore);
    if (request.headers.upgrade?.toLowerCase() !== "websocket") {
      // An offer of another protocol (h2c, by Java's client say) may be left unanswered: the request counts as it is.
      socket.off("error", ignore);
      socket.unshift(Buffer.concat([headWithoutOffer(request), head]));
      again();
      return;
    }
    const admission = this.#router.admit(request, reach);
    if (admission instanceof Promise) {
      void admission.then((it) => {
        if (!socket.destroyed) this.#welcome(request, socket, head, it);
        socket.off("error", ignore);
      });
    } else {
      this.#welcome(request, socket, head, admission);
      socket.off("error", ignore);
    }
  }

  #welcome(request: IncomingMessage, socket: Duplex, head: Buffer, admission: Admission): void {
    if (admission.t === "refused") {
      const { reply, reason, peer } = admission;
      this.#refusals.addUpgrade({ status: reply.status, reason, peer });
      endWithReply(socket, reply, this.#deps.clock);
      return;
    }
    // A connection of messages is looked after by its door.
    this.#connections.letIn(socket as Socket);
    this.#stalls.delete(socket as Socket);
    this.#deps.websocket?.accept(request, socket, head, admission.guest);
  }

  #closeServer(server: Server): Promise<void> {
    this.#servers.delete(server);
    return new Promise((resolve) => {
      server.close(() => resolve());
    });
  }
}

function garbledReply(code: string | undefined): Reply {
  if (code === "HPE_HEADER_OVERFLOW") {
    return errorReply("request_invalid", "the request line and the headers are larger than 16 KiB", { status: 431 });
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return errorReply("request_invalid", "the request took too long to arrive", { status: 408 });
  }
  return errorReply("request_invalid", "this is not HTTP/1.1");
}
