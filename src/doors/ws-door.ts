// The WebSocket door: takes upgrades over, keeps its connections alive or cuts them off, and closes them in good order.
// Who may come in was decided before.
import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Timer } from "../base/clock.ts";
import { IncomingBudget } from "../wire/incoming-budget.ts";
import { ScanMemory } from "../wire/scan-memory.ts";
import { traceHeaders } from "../wire/trace-context.ts";
import { cutMost } from "./http/unread.ts";
import type { Guest } from "./port.ts";
import { type ConnectionDeps, WsConnection, type WsLimits } from "./ws-connection.ts";
import { handshakeResponse } from "./ws-handshake.ts";

const defaultLimits: WsLimits = {
  maxMessageBytes: 10 * 1024 * 1024,
  maxIncomingBytes: 256 * 1024 * 1024,
  unfinishedMs: 30_000,
  maxOutboxBytes: 32 * 1024 * 1024,
  maxAllUnreadBytes: 512 * 1024 * 1024,
  stallMs: 30_000,
  pingMs: 25_000,
  pongMs: 25_000,
  closeMs: 5_000,
};

/** One timer looks after all connections, so that an idle one costs next to nothing. */
const checkMs = 2_500;

export interface WsDoorDeps extends Omit<ConnectionDeps, "limits" | "vectors" | "memory" | "incoming" | "closed"> {
  readonly limits?: Partial<WsLimits>;
}

export class WsDoor {
  readonly #deps: ConnectionDeps;
  readonly #connections = new Set<WsConnection>();
  /** While it closes: whose end is waited for. */
  readonly #awaited = new Map<WsConnection, () => void>();
  #timer: Timer | undefined;

  constructor(deps: WsDoorDeps) {
    const limits = { ...defaultLimits, ...deps.limits };
    const incoming = new IncomingBudget(limits.maxIncomingBytes);
    const closed = (connection: WsConnection): void => {
      this.#connections.delete(connection);
      this.#awaited.get(connection)?.();
      this.#awaited.delete(connection);
    };
    this.#deps = { ...deps, limits, memory: new ScanMemory(), vectors: new ScanMemory(), incoming, closed };
  }

  /** Open connections. */
  get sessions(): number {
    return this.#connections.size;
  }

  /** Takes over the socket of an upgrade that was authenticated and that `handshakeRefusal` let pass. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, guest: Guest): void {
    if (socket instanceof Socket) socket.setTimeout(0).setNoDelay(true);
    socket.write(handshakeResponse(request));
    const connection = new WsConnection(socket, head, guest, this.#deps, traceHeaders(request.headers));
    this.#connections.add(connection);
    this.#timer ??= this.#deps.clock.after(checkMs, () => this.#check());
  }

  /**
   * Closes every connection with 1001 as soon as its visitor is idle, all of them after `graceMs`. Messages that come in
   * until then still go to the visitors, who refuse them. Resolves when every socket is closed.
   */
  async close(graceMs: number): Promise<void> {
    const deadline = this.#deps.clock.after(graceMs, () => {
      for (const connection of this.#connections) connection.end("shutdown");
    });
    const ends = [...this.#connections].map((connection) => {
      void connection.visitor.whenIdle().then(() => connection.end("shutdown"));
      return new Promise<void>((resolve) => this.#awaited.set(connection, resolve));
    });
    await Promise.all(ends);
    deadline.cancel();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #check(): void {
    for (const connection of this.#connections) connection.check();
    cutMost(this.#connections, this.#deps.limits.maxAllUnreadBytes);
    this.#timer = this.#connections.size === 0 ? undefined : this.#deps.clock.after(checkMs, () => this.#check());
  }
}
