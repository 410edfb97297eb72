// The connections that are open, and how many there may be: over all, and from one address. Counts TCP connections, before anything
// is known of who is behind them. Where there is no room for one more, the oldest gives way that has not shown who it is: so those that
// connect and say nothing keep nobody out.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import { placeOfAddress, plainAddress } from "../base/ip-address.ts";
import { SpacedLog } from "../base/spaced-log.ts";
import { isLoopbackHost } from "./listen.ts";
import type { DoorLog } from "./port.ts";

export interface ConnectionLimits {
  /** Over all addresses, upgraded ones included. Where all of them have shown who they are, further ones are closed unanswered. */
  readonly maxConnections: number;
  /** From one IPv4 address or one IPv6 network of /64, which is what one customer of a provider has. */
  readonly maxConnectionsPerAddress: number;
}

export interface ConnectionsDeps {
  readonly clock: Clock;
  readonly log: DoorLog;
  /** Whether an address is a trusted proxy's: many clients share its connections. */
  isProxy(address: string): boolean;
  /** Said of every one that was admitted: here, as each listener of a socket is memory of every client. */
  closed?(socket: Socket): void;
}

/** What a connection counts as. */
interface Admitted {
  readonly counted: string | undefined;
  readonly key: Socket | string;
}

/** `half_open`: it gave way to a newer one. */
export const refusalReasons = ["total", "address", "half_open"] as const;
type RefusalReason = (typeof refusalReasons)[number];

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #deps: ConnectionsDeps;
  /** Undefined: as one of those that are not counted by their address, and are their own key. */
  readonly #sockets = new Map<Socket, Admitted | undefined>();
  readonly #perAddress = new Map<string, number>();
  /** Nothing is known yet of who is behind these; the oldest first. */
  readonly #halfOpen = new Map<Socket | string, Socket>();
  readonly #known = new WeakSet<Socket>();
  readonly #refused: Record<RefusalReason, number> = { total: 0, address: 0, half_open: 0 };
  readonly #refusals: SpacedLog;

  /** One for all, called as a socket's own. */
  readonly #closed: (this: Socket) => void;

  constructor(limits: ConnectionLimits, deps: ConnectionsDeps) {
    const connections = this;
    this.#closed = function () {
      connections.#forget(this);
      deps.closed?.(this);
    };
    this.#limits = limits;
    this.#deps = deps;
    this.#refusals = new SpacedLog(deps.clock, (context) => deps.log.warn("connection_refused", context));
  }

  /** Open ones. */
  get size(): number {
    return this.#sockets.size;
  }

  /** How many were closed unanswered, by reason. */
  get refused(): Readonly<Record<RefusalReason, number>> {
    return this.#refused;
  }

  has(socket: Socket): boolean {
    return this.#sockets.has(socket);
  }

  /** False: the connection is one too many, and has been cut off. `isTls`: another socket is made of it. */
  admit(socket: Socket, isTls = false): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    const counted = this.#countedAddress(socket);
    if (this.#openFrom(counted) >= maxConnectionsPerAddress) {
      return this.#refuse(socket, "address", maxConnectionsPerAddress);
    }
    if (this.#sockets.size >= maxConnections && !this.#makeRoom()) return this.#refuse(socket, "total", maxConnections);
    // Who gave way may have been of the same address.
    if (counted !== undefined) this.#perAddress.set(counted, this.#openFrom(counted) + 1);
    const key = isTls ? endsOf(socket) : socket;
    if (!this.#isTrusted(socket)) this.#halfOpen.set(key, socket);
    this.#sockets.set(socket, counted === undefined && key === socket ? undefined : { counted, key });
    socket.on("close", this.#closed);
    return true;
  }

  /** Who is behind it (TLS may have made another socket of it) was let in: once the request is whole, a body that does not come is half-open too. */
  letIn(socket: Socket, request?: IncomingMessage): void {
    // As good as every request of a connection but its first.
    if (this.#known.has(socket)) return;
    const key = "encrypted" in socket ? endsOf(socket) : socket;
    const isKnown = () => {
      this.#known.add(socket);
      this.#halfOpen.delete(key);
    };
    if (request === undefined || !hasBody(request)) isKnown();
    else request.once("end", isKnown);
  }

  /** Cuts off all that are open; resolves when they are closed. */
  async close(): Promise<void> {
    this.#refusals.close();
    const closed = [...this.#sockets.keys()].map((socket) => {
      const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.destroy();
      return gone;
    });
    await Promise.all(closed);
  }

  /** False: there is none that could give way. */
  #makeRoom(): boolean {
    const { value: oldest } = this.#halfOpen.entries().next();
    if (oldest === undefined) return false;
    const [, socket] = oldest;
    this.#forget(socket);
    this.#refuse(socket, "half_open", this.#limits.maxConnections);
    return true;
  }

  #forget(socket: Socket): void {
    const { counted = undefined, key = socket } = this.#sockets.get(socket) ?? {};
    this.#sockets.delete(socket);
    if (this.#halfOpen.get(key) === socket) this.#halfOpen.delete(key);
    if (counted !== undefined) this.#release(counted);
  }

  #openFrom(address: string | undefined): number {
    return address === undefined ? 0 : (this.#perAddress.get(address) ?? 0);
  }

  #release(address: string): void {
    const open = this.#openFrom(address) - 1;
    if (open <= 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, open);
  }

  #refuse(socket: Socket, reason: RefusalReason, limit: number): false {
    this.#refused[reason]++;
    const fix = reason === "address" ? "hub.limits.max_connections_per_address" : "hub.limits.max_connections";
    this.#refusals.say(reason, { reason, limit, peer: socket.remoteAddress, fix: `raise ${fix} if these are wanted` });
    socket.destroy();
    return false;
  }

  /** A proxy's connections are many clients', and who may open a socket file is known by that. */
  #isTrusted({ remoteAddress }: Socket): boolean {
    if (remoteAddress === undefined) return true;
    return this.#deps.isProxy(plainAddress(remoteAddress) ?? remoteAddress);
  }

  /** Undefined: not counted. Who comes from this machine, by a socket file or loopback, is not kept out by a number. */
  #countedAddress({ remoteAddress }: Socket): string | undefined {
    const address = remoteAddress === undefined ? undefined : plainAddress(remoteAddress);
    if (address === undefined || isLoopbackHost(address) || this.#deps.isProxy(address)) return undefined;
    return placeOfAddress(address);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** The same for a connection and for what TLS makes of it, and for no other that is open. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
