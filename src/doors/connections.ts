// The connections that are open, and how many there may be: over all, and from one address. Counts TCP connections, before anything
// is known of who is behind them.
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import { plainAddress } from "../base/ip-address.ts";
import { isLoopbackHost } from "./listen.ts";
import type { DoorLog } from "./port.ts";
import { SpacedLog } from "./spaced-log.ts";

export interface ConnectionLimits {
  /** Over all addresses, upgraded ones included; further ones are closed unanswered. */
  readonly maxConnections: number;
  /** From one IPv4 address or one IPv6 network of /64, which is what one customer of a provider has. */
  readonly maxConnectionsPerAddress: number;
}

export interface ConnectionsDeps {
  readonly clock: Clock;
  readonly log: DoorLog;
  /** Whether an address is a trusted proxy's: many clients share its connections. */
  isProxy(address: string): boolean;
}

export const refusalReasons = ["total", "address"] as const;
type RefusalReason = (typeof refusalReasons)[number];

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #deps: ConnectionsDeps;
  readonly #sockets = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();
  readonly #refused: Record<RefusalReason, number> = { total: 0, address: 0 };
  readonly #refusals: SpacedLog;

  constructor(limits: ConnectionLimits, deps: ConnectionsDeps) {
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

  /** False: the connection is one too many, and has been cut off. */
  admit(socket: Socket): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (this.#sockets.size >= maxConnections) return this.#refuse(socket, "total", maxConnections);
    const counted = this.#countedAddress(socket);
    if (counted !== undefined) {
      const open = this.#perAddress.get(counted) ?? 0;
      if (open >= maxConnectionsPerAddress) return this.#refuse(socket, "address", maxConnectionsPerAddress);
      this.#perAddress.set(counted, open + 1);
    }
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (counted !== undefined) this.#release(counted);
    });
    return true;
  }

  /** Cuts off all that are open; resolves when they are closed. */
  async close(): Promise<void> {
    this.#refusals.close();
    const closed = [...this.#sockets].map((socket) => {
      const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.destroy();
      return gone;
    });
    await Promise.all(closed);
  }

  #release(address: string): void {
    const open = (this.#perAddress.get(address) ?? 1) - 1;
    if (open === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, open);
  }

  #refuse(socket: Socket, reason: RefusalReason, limit: number): false {
    this.#refused[reason]++;
    const fix = reason === "total" ? "hub.limits.max_connections" : "hub.limits.max_connections_per_address";
    this.#refusals.say(reason, { reason, limit, peer: socket.remoteAddress, fix: `raise ${fix} if these are wanted` });
    socket.destroy();
    return false;
  }

  /** Undefined: not counted. Who comes from this machine, by a socket file or loopback, is not kept out by a number. */
  #countedAddress({ remoteAddress }: Socket): string | undefined {
    const address = remoteAddress === undefined ? undefined : plainAddress(remoteAddress);
    if (address === undefined || isLoopbackHost(address) || this.#deps.isProxy(address)) return undefined;
    return address.includes(":") ? networkOf(address) : address;
  }
}

/** The first four groups of an IPv6 address in its short form. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail === undefined) return groups.slice(0, 4).join(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - groups.length - after.length }, () => "0");
  return [...groups, ...zeros, ...after].slice(0, 4).join(":");
}
