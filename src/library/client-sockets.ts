// The Unix sockets of clients: one for each client that has one in the manifest, there as long as its entry is. Whoever may open it is that client.

import { HubError } from "../base/errors.ts";
import { groupId } from "../base/group-id.ts";
import type { ListenAddress } from "../base/listen-address.ts";
import { type HttpServer, type HttpServerDeps, type HttpServerOptions, openHttpServer } from "../doors/http-server.ts";
import { checkSocketFolder } from "../doors/unix-socket.ts";
import type { DoorAuth } from "../identity/auth.ts";
import type { ResolvedClient, SocketPlace } from "../manifest/manifest.ts";
import type { Log } from "../telemetry/log.ts";

export interface ClientSocketsDeps {
  readonly options: Omit<HttpServerOptions, "addresses">;
  readonly server: Omit<HttpServerDeps, "tls">;
  readonly platform: NodeJS.Platform;
  readonly log: Log;
}

type Client = Pick<ResolvedClient, "name" | "socket">;

interface Open {
  readonly client: string;
  readonly place: SocketPlace;
  readonly server: HttpServer;
}

export class ClientSockets {
  readonly #deps: ClientSocketsDeps;
  /** By what makes one another one. */
  readonly #open = new Map<string, Open>();
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: ClientSocketsDeps) {
    this.#deps = deps;
  }

  /** Rejects with the first that cannot be had; the others are closed then. */
  async open(clients: readonly Client[]): Promise<void> {
    try {
      for (const client of clients) await this.#add(client);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** These are the clients from now on. One whose socket cannot be had is told of in the log; the others have theirs. Never rejects. */
  become(clients: readonly Client[]): void {
    this.#turn = this.#turn.then(() => this.#exchange(clients));
  }

  /** Nobody new is taken. */
  drain(): void {
    for (const { server } of this.#open.values()) server.drain();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn;
    await Promise.all([...this.#open.keys()].map((key) => this.#remove(key)));
  }

  async #exchange(clients: readonly Client[]): Promise<void> {
    if (this.#isClosed) return;
    const wanted = new Set(clients.map(keyOf));
    for (const key of [...this.#open.keys()]) if (!wanted.has(key)) await this.#remove(key);
    for (const client of clients) {
      await this.#add(client).catch((error: unknown) => {
        const reason = HubError.from(error).message;
        const fix = "the client cannot come in by its socket; put it right, and reload the manifest";
        this.#deps.log.error("client_socket_failed", { client: client.name, path: client.socket?.path, reason, fix });
      });
    }
  }

  async #add(client: Client): Promise<void> {
    const { name, socket: place } = client;
    const key = keyOf(client);
    if (place === undefined || this.#open.has(key) || this.#isClosed) return;
    const { options, server, log } = this.#deps;
    const address = await this.#addressOf(place);
    const opened = await openHttpServer(
      // Who comes in by it is a client, and speaks for nobody else.
      { ...options, trustedProxies: options.trustedProxies.filter((one) => one !== "unix"), addresses: [address] },
      { ...server, auth: cameIn(server.auth, place.path) },
    );
    this.#open.set(key, { client: name, place, server: opened });
    log.info("client_socket_opened", {
      client: name,
      path: place.path,
      mode: modeText(place.mode),
      group: place.group,
    });
  }

  async #remove(key: string): Promise<void> {
    const open = this.#open.get(key);
    this.#open.delete(key);
    await open?.server.close();
    if (open !== undefined) this.#deps.log.info("client_socket_closed", { client: open.client, path: open.place.path });
  }

  async #addressOf({ path, mode, group: name }: SocketPlace): Promise<ListenAddress> {
    if (this.#deps.platform === "win32") {
      throw new HubError("usage", `cannot listen on unix:${path}: who opens a socket is not told apart on Windows`);
    }
    checkSocketFolder(path);
    const group = name === undefined ? undefined : await groupId(name);
    if (name !== undefined && group === undefined) {
      throw new HubError("usage", `cannot listen on unix:${path}: there is no group ${name} on this machine`);
    }
    return { t: "unix", path, access: { mode, group } };
  }
}

function cameIn(auth: DoorAuth, socket: string): DoorAuth {
  return {
    get version() {
      return auth.version;
    },
    attempts: auth.attempts,
    admits: (peer) => auth.admits(peer),
    authenticate: (evidence) => auth.authenticate({ ...evidence, socket }),
  };
}

function keyOf({ name, socket }: Client): string {
  return socket === undefined ? "" : JSON.stringify([name, socket.path, socket.mode, socket.group]);
}

function modeText(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
