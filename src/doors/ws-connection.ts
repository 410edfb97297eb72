// One WebSocket client: its socket, its reader, its outbox and its visitor, from the 101 to the end of the socket.
//
//   open ──close(code)──► closing ──the client's close frame, or the deadline──► gone
//     └──────the client's close frame (echoed), an error, the end of the socket, cut()──────┘
import type { Duplex } from "node:stream";
import type { Clock, Timer } from "../base/clock.ts";
import type { EndReason } from "../base/end-reason.ts";
import type { Frame, ReplySink, Sent, Splice } from "../wire/frame.ts";
import type { IncomingBudget } from "../wire/incoming-budget.ts";
import { Outbox } from "../wire/outbox.ts";
import type { ScanMemory } from "../wire/scan-memory.ts";
import type { TraceText } from "../wire/trace-context.ts";
import { closeFrame, type FaultCode, pingFrame, pongFrame, type WsEvents, WsReader } from "../wire/ws-codec.ts";
import type { Doorkeeper, DoorLog, Guest, Judge, Visitor } from "./port.ts";
import { Stay } from "./stay.ts";

export interface WsLimits {
  /** Largest message taken from a client, all fragments together. */
  readonly maxMessageBytes: number;
  /** Most that is kept of messages that are not whole yet, of all clients; beyond it a client is closed. */
  readonly maxIncomingBytes: number;
  /** How long a message may take, from the first part of it that is kept to its end. */
  readonly unfinishedMs: number;
  /** Most bytes that may wait for one client; beyond it the client is cut off. */
  readonly maxOutboxBytes: number;
  /** The same of all clients together: beyond it those for whom the most waits are cut off. */
  readonly maxAllUnreadBytes: number;
  /** A client that takes nothing for so long, while bytes wait for it, is cut off. */
  readonly stallMs: number;
  /** A client is pinged when either side was silent for so long: what stands in between may look at one direction only. */
  readonly pingMs: number;
  /** How long the answer to a ping may take. */
  readonly pongMs: number;
  /** How long the client may take to answer a close frame. */
  readonly closeMs: number;
}

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly log: DoorLog;
  readonly limits: WsLimits;
  readonly doorkeeper: Doorkeeper;
  /** One each for all connections. */
  readonly memory: ScanMemory;
  readonly vectors: ScanMemory;
  readonly incoming: IncomingBudget;
  /** Absent: no rules are looked at but those that let the client in. */
  readonly judge?: Judge | undefined;
  /** The socket is closed, and the visitor has left. */
  closed(connection: WsConnection): void;
}

type Phase = "open" | "closing" | "gone";

/** To its reader and to its visitor it is what they tell: one object for all of these, as every client keeps them. */
export class WsConnection implements WsEvents, ReplySink {
  readonly #socket: Duplex;
  readonly #deps: ConnectionDeps;
  readonly #stay: Stay;
  readonly #outbox: Outbox;
  readonly #reader: WsReader;
  readonly #visitor: Visitor;
  #phase: Phase = "open";
  #left = false;
  #closeTimer: Timer | undefined;

  // When something was last heard; kept by `check`: when something last left, when a ping went out, when the reader last
  // took bytes or had none to take.
  #heardAtMs: number;
  #spokeAtMs: number;
  #pingedAtMs: number | undefined;
  /** -0: as in the outbox. */
  #takenBytes = -0;
  #takenAtMs: number;
  /** Which message was unfinished at the last look, and since when. */
  #unfinished: number | undefined;
  #unfinishedAtMs = 0;

  /** `head`: what came behind the upgrade request. The 101 must have been written. */
  constructor(socket: Duplex, head: Buffer, guest: Guest, deps: ConnectionDeps, trace?: TraceText) {
    this.#socket = socket;
    this.#deps = deps;
    this.#stay = new Stay(guest, deps.judge, deps.clock);
    this.#heardAtMs = deps.clock.now();
    this.#spokeAtMs = this.#heardAtMs;
    this.#takenAtMs = this.#heardAtMs;
    this.#outbox = new Outbox({
      wrap: "websocket",
      maxBytes: deps.limits.maxOutboxBytes,
      writable: socket,
      onClose: () => this.#gone(),
    });
    this.#reader = new WsReader(
      { maxBytes: deps.limits.maxMessageBytes, memory: deps.memory, vectors: deps.vectors, incoming: deps.incoming },
      this,
    );
    const { principal, peer, profile } = guest;
    const end = (reason: EndReason) => this.end(reason);
    this.#visitor = deps.doorkeeper.open({ principal, peer, profile, sink: this, door: "websocket", trace, end });
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    // Without a close frame before it, the end of the stream is an end all the same.
    socket.on("end", () => this.#leaveNow());
    // Errors are heard by the outbox; the `close` event follows every one and is where the end is handled.
    if (head.length > 0) this.#read(head);
  }

  get visitor(): Visitor {
    return this.#visitor;
  }

  send(frame: Frame, splices: readonly Splice[]): Sent {
    if (this.#phase !== "open") return "closed";
    const sent = this.#outbox.send(frame, splices);
    if (sent === "full") this.#cut("slow_reader_cut", { reason: "outbox full" });
    return sent;
  }

  answer(frame: Frame, splices: readonly Splice[]): Sent {
    return this.send(frame, splices);
  }

  dropped(): void {}

  message(frame: Frame): void {
    // What comes after our close frame could not be answered.
    if (this.#phase === "open") this.#visitor.receive(frame, this.#heardAtMs);
  }

  get unreadBytes(): number {
    return this.#outbox.pendingBytes;
  }

  cutOff(): void {
    this.#cut("slow_reader_cut", { reason: "outbox full" });
  }

  end(reason: EndReason): void {
    if (reason === "slow_reader") this.#cut("slow_reader_cut", { reason: "too slow" });
    else if (reason === "shutdown") this.#close(1001, "the hub is shutting down");
    else if (reason === "unauthorized") this.#close(4401, "the token is not valid any more");
    else if (reason === "dismissed") this.#close(4410, "an admin has ended this session");
    else this.#close(1008, "protocol error");
  }

  /** Starts the closing handshake: what was sent before still arrives, nothing more is read but the client's answer. */
  #close(code: number, reason: string): void {
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    this.#outbox.sendRaw(closeFrame(code, reason));
    this.#outbox.flush();
    this.#closeTimer = this.#deps.clock.after(this.#deps.limits.closeMs, () => this.destroy());
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Looks after a quiet or stalled client, and one whose time has come; to be called every few seconds. */
  check(): void {
    if (this.#phase !== "open") return;
    const { clock, limits } = this.#deps;
    if (this.#stay.isOver) {
      this.end("unauthorized");
      return;
    }
    const now = clock.now();
    const { unfinished } = this.#reader;
    if (unfinished === undefined || unfinished !== this.#unfinished) {
      this.#unfinished = unfinished;
      this.#unfinishedAtMs = now;
    } else if (now - this.#unfinishedAtMs >= limits.unfinishedMs) {
      this.#cut("unfinished_message_cut", { reason: "too slow", ms: Math.round(now - this.#unfinishedAtMs) });
      return;
    }
    const taken = this.#outbox.takenBytes;
    const pending = this.#outbox.pendingBytes > 0;
    if (taken !== this.#takenBytes) this.#spokeAtMs = now;
    if (!pending || taken !== this.#takenBytes) {
      this.#takenBytes = taken;
      this.#takenAtMs = now;
    } else if (now - this.#takenAtMs >= limits.stallMs) {
      this.#cut("slow_reader_cut", { reason: "took nothing", ms: Math.round(now - this.#takenAtMs) });
      return;
    }
    // A ping behind bytes that wait would measure the line, not the client: the rule above has it then.
    if (pending) return;
    if (this.#pingedAtMs !== undefined) {
      if (now - this.#pingedAtMs >= limits.pongMs)
        this.#cut("silent_client_cut", { ms: Math.round(now - this.#heardAtMs) });
    } else if (now - Math.min(this.#heardAtMs, this.#spokeAtMs) >= limits.pingMs) {
      this.#pingedAtMs = now;
      this.#outbox.sendRaw(pingFrame);
      this.#outbox.flush();
      this.#outbox.trim();
    }
  }

  #read(chunk: Buffer): void {
    this.#heardAtMs = this.#deps.clock.now();
    this.#pingedAtMs = undefined;
    this.#reader.push(chunk);
  }

  ping(payload: Buffer): void {
    if (this.#phase === "open" && this.#outbox.sendRaw(pongFrame(payload)) === "full") {
      this.#cut("slow_reader_cut", { reason: "outbox full" });
    }
  }

  pong(): void {}

  /** By the client. */
  close(code: number | undefined): void {
    if (this.#phase === "open") this.#outbox.sendRaw(closeFrame(code ?? 1000, ""));
    this.#leaveNow();
  }

  fault(code: FaultCode, reason: string): void {
    // During our own closing handshake the client may still be in the middle of anything.
    if (this.#phase !== "open") {
      this.#leaveNow();
      return;
    }
    const client = this.#stay.principal.name;
    if (code === 1013) {
      const { busy } = this.#visitor;
      const pending_bytes = this.#outbox.pendingBytes;
      this.#deps.log.warn("unfinished_message_cut", { client, reason: "no room", pending_bytes, busy });
    } else this.#deps.log.info("client_protocol_fault", { client, code, reason });
    if (code === 1009) this.#visitor.fault("too_large", reason);
    this.#close(code, reason);
    // The client's answer could not be read any more, so the stream ends here; what still comes in is dropped.
    this.#outbox.close();
    this.#leave();
  }

  /** The client will send nothing more: what is accepted leaves, then the socket is closed. */
  #leaveNow(): void {
    if (this.#phase === "gone") return;
    this.#phase = "gone";
    this.#outbox.close();
    this.#closeTimer?.cancel();
    this.#closeTimer = this.#deps.clock.after(this.#deps.limits.closeMs, () => this.destroy());
    if (this.#socket.writableFinished) this.destroy();
    else this.#socket.once("finish", () => this.destroy());
    this.#leave();
  }

  #cut(msg: string, context: Record<string, unknown>): void {
    this.#deps.log.warn(msg, {
      client: this.#stay.principal.name,
      ...context,
      pending_bytes: this.#outbox.pendingBytes,
      busy: this.#visitor.busy,
    });
    this.destroy();
  }

  #gone(): void {
    this.#closeTimer?.cancel();
    this.#phase = "gone";
    this.#leave();
    this.#deps.closed(this);
  }

  #leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#reader.end();
    this.#visitor.leave();
  }
}
