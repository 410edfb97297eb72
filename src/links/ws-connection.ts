// One WebSocket connection to a hub: dialled, looked after, and lost with a reason. Text messages in and out as bytes.
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import type { Timer } from "../base/clock.ts";
import { type Frame, flatten, frameOf, type Sent } from "../wire/frame.ts";
import { type Connection, type ConnectionEvents, type Dialling, headersOf } from "./connection.ts";
import { away, type Circumstances, type Loss, lossOfClose, lossOfError, lossOfStatus } from "./losses.ts";

/** The first bytes of a refusal: enough for the hub's own message. */
const refusalBytes = 2048;

export class WsConnection implements Connection {
  readonly #ws: WebSocket;
  readonly #dialling: Dialling;
  readonly #events: ConnectionEvents;
  readonly #circumstances: Circumstances;
  #loss: Loss | undefined;
  #pressed = false;
  #closeTimer: Timer | undefined;

  // Kept by `watch`: whether anything was heard since the last look, whether a ping is out, what was still to be sent.
  #watchTimer: Timer | undefined;
  #heard = false;
  #pinged = false;
  #pendingBytes = 0;

  constructor(dialling: Dialling, events: ConnectionEvents) {
    this.#dialling = dialling;
    this.#events = events;
    const { target, limits, credential, words } = dialling;
    this.#circumstances = { name: target.name, credential, way: "websocket", words };
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

  send(frame: Frame): Sent {
    const ws = this.#ws;
    const { limits } = this.#dialling;
    if (ws.readyState !== WebSocket.OPEN) return "closed";
    if (ws.bufferedAmount + frame.size > limits.maxPendingBytes) return "full";
    ws.send(flatten(frame), { binary: false }, () => this.#press());
    this.#press();
    return "ok";
  }

  pause(paused: boolean): void {
    if (paused) this.#ws.pause();
    else this.#ws.resume();
  }

  /** On one stream of messages nothing is kept for a request, and its messages name no revision. */
  settled(): void {}

  agreed(): void {}

  close(): void {
    this.#ws.resume();
    this.#ws.close(1000);
    this.#closeTimer ??= this.#dialling.clock.after(this.#dialling.limits.closeMs, () => this.#ws.terminate());
  }

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
      const { statusCode = 0, headers } = response;
      this.abandon(lossOfStatus(statusCode, body, this.#circumstances, headers.location));
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
