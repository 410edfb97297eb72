// One WebSocket connection to a hub: dialled, looked after, and lost with a reason. Text messages in and out as bytes.
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import type { Clock, Timer } from "../base/clock.ts";
import type { Secret } from "../base/secret.ts";
import { type Frame, flatten, frameOf, type Sent } from "../wire/frame.ts";
import { away, type Loss } from "./link-state.ts";
import { type Circumstances, lossOfClose, lossOfError, lossOfStatus } from "./losses.ts";
import type { Target } from "./target.ts";

export interface SocketLimits {
  readonly handshakeMs: number;
  /** Largest message taken from the hub. */
  readonly maxMessageBytes: number;
  /** Most bytes that may wait to be sent. */
  readonly maxPendingBytes: number;
  /** From here on the source of messages is asked to wait. */
  readonly pressureBytes: number;
  /** After so much silence the hub is pinged, and after as much again given up. */
  readonly pingMs: number;
  /** How long the closing handshake may take. */
  readonly closeMs: number;
}

export const defaultSocketLimits: SocketLimits = {
  handshakeMs: 10_000,
  maxMessageBytes: 32 * 1024 * 1024,
  maxPendingBytes: 32 * 1024 * 1024,
  pressureBytes: 1024 * 1024,
  pingMs: 25_000,
  closeMs: 2_000,
};

export interface Dialling {
  readonly target: Target;
  readonly token: Secret | undefined;
  /** Where the token came from, for people. */
  readonly credential: string | undefined;
  /** Further headers of the upgrade request. */
  readonly headers: Readonly<Record<string, Secret>>;
  readonly limits: SocketLimits;
  readonly clock: Clock;
}

export interface SocketEvents {
  opened(): void;
  message(frame: Frame): void;
  /** Once, at the end: nothing comes after it. */
  lost(loss: Loss): void;
  /** Whether much waits to be sent. */
  pressed(pressed: boolean): void;
}

/** The first bytes of a refusal: enough for the hub's own message. */
const refusalBytes = 2048;

export class HubSocket {
  readonly #ws: WebSocket;
  readonly #dialling: Dialling;
  readonly #events: SocketEvents;
  readonly #circumstances: Circumstances;
  #loss: Loss | undefined;
  #pressed = false;
  #closeTimer: Timer | undefined;

  // Kept by `watch`: whether anything was heard since the last look, whether a ping is out, what was still to be sent.
  #watchTimer: Timer | undefined;
  #heard = false;
  #pinged = false;
  #pendingBytes = 0;

  constructor(dialling: Dialling, events: SocketEvents) {
    this.#dialling = dialling;
    this.#events = events;
    const { target, limits, credential } = dialling;
    this.#circumstances = { name: target.name, credential };
    const { socketPath } = target;
    this.#ws = new WebSocket(target.url, ["mcp"], {
      headers: headersOf(dialling),
      handshakeTimeout: limits.handshakeMs,
      maxPayload: limits.maxMessageBytes,
      perMessageDeflate: false,
      // The scan of a message checks it.
      skipUTF8Validation: true,
      ...(socketPath === undefined ? {} : { createConnection: () => connect({ path: socketPath }) }),
    });
    this.#listen();
  }

  /** `full`: over the limit, not taken. */
  send(frame: Frame): Sent {
    const ws = this.#ws;
    const { limits } = this.#dialling;
    if (ws.readyState !== WebSocket.OPEN) return "closed";
    if (ws.bufferedAmount + frame.size > limits.maxPendingBytes) return "full";
    ws.send(flatten(frame), { binary: false }, () => this.#press());
    this.#press();
    return "ok";
  }

  /** While paused nothing is read, and the hub is not blamed for its silence. */
  pause(paused: boolean): void {
    if (paused) this.#ws.pause();
    else this.#ws.resume();
  }

  /** Says goodbye; `lost` follows when the hub has, or when it took too long. */
  close(): void {
    this.#ws.resume();
    this.#ws.close(1000);
    this.#closeTimer ??= this.#dialling.clock.after(this.#dialling.limits.closeMs, () => this.#ws.terminate());
  }

  /** Ends the connection at once for a reason of one's own. */
  abandon(loss: Loss): void {
    this.#loss ??= loss;
    this.#ws.terminate();
  }

  #listen(): void {
    const ws = this.#ws;
    ws.on("open", () => {
      this.#events.opened();
      this.#watch();
    });
    ws.on("message", (data: Buffer, isBinary: boolean) => {
      this.#heard = true;
      // MCP has no binary messages; one of another protocol is nobody's.
      if (!isBinary) this.#events.message(frameOf(data));
    });
    const heard = () => {
      this.#heard = true;
    };
    ws.on("ping", heard);
    ws.on("pong", heard);
    ws.on("unexpected-response", (_request, response) => this.#refused(response));
    ws.on("error", (error: NodeJS.ErrnoException) => {
      this.#loss ??= lossOfError(error, this.#circumstances);
    });
    ws.on("close", (code, reason) => {
      this.#watchTimer?.cancel();
      this.#closeTimer?.cancel();
      this.#events.lost(this.#loss ?? lossOfClose(code, String(reason), this.#circumstances));
    });
  }

  #refused(response: IncomingMessage): void {
    const chunks: Buffer[] = [];
    let size = 0;
    const conclude = () => {
      const body = Buffer.concat(chunks).toString("utf8", 0, refusalBytes);
      this.abandon(lossOfStatus(response.statusCode ?? 0, body, this.#circumstances));
    };
    // A refusal whose body does not end is one all the same.
    const timer = this.#dialling.clock.after(this.#dialling.limits.closeMs, conclude);
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= refusalBytes) conclude();
    });
    response.once("close", () => {
      timer.cancel();
      conclude();
    });
  }

  #press(): void {
    const pressed =
      this.#ws.readyState === WebSocket.OPEN && this.#ws.bufferedAmount > this.#dialling.limits.pressureBytes;
    if (pressed === this.#pressed) return;
    this.#pressed = pressed;
    this.#events.pressed(pressed);
  }

  /** A hub that is silent and does not even take what is sent is gone, whatever TCP believes. */
  #watch(): void {
    const { clock, limits } = this.#dialling;
    this.#watchTimer = clock.after(limits.pingMs, () => {
      if (this.#ws.readyState !== WebSocket.OPEN) return;
      const pending = this.#ws.bufferedAmount;
      const moving = pending > 0 && pending !== this.#pendingBytes;
      this.#pendingBytes = pending;
      if (this.#heard || moving || this.#ws.isPaused) {
        this.#heard = false;
        this.#pinged = false;
      } else if (this.#pinged) {
        this.abandon(away(`${this.#circumstances.name} has been silent for ${(2 * limits.pingMs) / 1000} s`));
        return;
      } else {
        this.#pinged = true;
        this.#ws.ping();
      }
      this.#watch();
    });
  }
}

function headersOf({ token, headers }: Dialling): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) sent[name] = value.reveal();
  if (token !== undefined) sent["Authorization"] = `Bearer ${token.reveal()}`;
  return sent;
}
