// One WebSocket connection to a hub: dialled, looked after, and lost with a reason. Text messages in and out as bytes.
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import type { Timer } from "../base/clock.ts";
import { type Frame, flatten, frameOf, type Sent } from "../wire/frame.ts";
import { type Connection, type ConnectionEvents, type Dialling, headersOf } from "./connection.ts";
import { away, type Circumstances, type Loss, lossOfClose, lossOfError, lossOfStatus } from "./losses.ts";
import { type Transport, transportOf, whenTunnelRefused } from "./transport.ts";

/** The first bytes of a refusal: enough for the hub's own message. */
const refusalBytes = 2048;

export class WsConnection implements Connection {
  /** Undefined while it is asked with which authorization to dial. */
  #ws: WebSocket | undefined;
  readonly #transport: Transport;
  readonly #dialling: Dialling;
  readonly #events: ConnectionEvents;
  readonly #circumstances: Circumstances;
  #loss: Loss | undefined;
  #pressed = false;
  #isOver = false;
  #closeTimer: Timer | undefined;

  // Kept by `watch`: whether anything was heard since the last look, whether a ping is out, what was still to be sent.
  #watchTimer: Timer | undefined;
  #heard = false;
  #pinged = false;
  #pendingBytes = 0;

  constructor(dialling: Dialling, events: ConnectionEvents) {
    this.#dialling = dialling;
    this.#events = events;
    const { target, credential, words } = dialling;
    this.#circumstances = { name: target.name, credential, way: "websocket", words };
    this.#transport = transportOf(dialling, { keepAlive: false });
    const { refusal } = this.#transport;
    if (refusal === undefined) this.#begin(true);
    else queueMicrotask(() => this.abandon(lossOfError(refusal, this.#circumstances)));
  }

  send(frame: Frame): Sent {
    const ws = this.#ws;
    const { limits } = this.#dialling;
    if (ws?.readyState !== WebSocket.OPEN) return "closed";
    if (ws.bufferedAmount + frame.size > limits.maxPendingBytes) return "full";
    ws.send(flatten(frame), { binary: false }, () => this.#press());
    this.#press();
    return "ok";
  }

  pause(paused: boolean): void {
    if (paused) this.#ws?.pause();
    else this.#ws?.resume();
  }

  /** On one stream of messages nothing is kept for a request, and its messages name no revision. */
  settled(): void {}

  agreed(): void {}

  close(): void {
    if (this.#ws === undefined) {
      this.abandon(away("closed"));
      return;
    }
    this.#ws.resume();
    this.#ws.close(1000);
    this.#closeTimer ??= this.#dialling.clock.after(this.#dialling.limits.closeMs, () => this.#ws?.terminate());
  }

  abandon(loss: Loss): void {
    this.#loss ??= loss;
    if (this.#ws !== undefined) this.#ws.terminate();
    else this.#end(this.#loss);
  }

  #end(loss: Loss): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#watchTimer?.cancel();
    this.#closeTimer?.cancel();
    this.#events.lost(loss);
  }

  /** `isFirst`: a refusal may still be answered with another authorization. */
  #begin(isFirst: boolean): void {
    const authorized = this.#dialling.authorization?.();
    if (typeof authorized !== "object") this.#dial(authorized, isFirst);
    else {
      authorized.then(
        (now) => this.#dial(now, isFirst),
        (error: Error) => this.abandon(lossOfError(error, this.#circumstances)),
      );
    }
  }

  #dial(authorized: string | undefined, isFirst: boolean): void {
    if (this.#isOver) return;
    const { target, limits } = this.#dialling;
    const { agent, options } = this.#transport;
    const { socketPath } = target;
    // Who says goodbye and keeps the connection is not waited for; the types of `ws` do not know this option.
    const goodbye = { closeTimeout: limits.closeMs };
    const ws = new WebSocket(target.url, ["mcp"], {
      ...options,
      ...goodbye,
      headers: headersOf(this.#dialling, authorized),
      handshakeTimeout: limits.handshakeMs,
      maxPayload: limits.maxMessageBytes,
      perMessageDeflate: false,
      finishRequest: (request) => {
        whenTunnelRefused(request, (error) => request.destroy(error));
        request.end();
      },
      // The scan of a message checks it.
      skipUTF8Validation: true,
      ...(socketPath === undefined ? { agent } : { createConnection: () => connect({ path: socketPath }) }),
    });
    this.#ws = ws;
    this.#listen(ws, authorized, isFirst);
  }

  #listen(ws: WebSocket, authorized: string | undefined, isFirst: boolean): void {
    ws.on("open", () => {
      this.#events.opened();
      this.#watch(ws);
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
    ws.on("unexpected-response", (_request, response) => {
      const { statusCode } = response;
      if (isFirst && (statusCode === 401 || statusCode === 403)) this.#challenged(ws, response, authorized);
      else this.#refused(response);
    });
    ws.on("error", (error: NodeJS.ErrnoException) => {
      if (ws === this.#ws) this.#loss ??= lossOfError(error, this.#circumstances);
    });
    ws.on("close", (code, reason) => {
      if (ws === this.#ws) this.#end(this.#loss ?? lossOfClose(code, String(reason), this.#circumstances));
    });
  }

  #challenged(ws: WebSocket, response: IncomingMessage, authorized: string | undefined): void {
    const { challenged } = this.#dialling;
    if (challenged === undefined) {
      this.#refused(response);
      return;
    }
    const { statusCode: status = 0, headers } = response;
    void challenged({ status, wwwAuthenticate: headers["www-authenticate"], sent: authorized }).then((isHelped) => {
      if (this.#isOver) return;
      if (!isHelped) {
        this.#refused(response);
        return;
      }
      this.#ws = undefined;
      ws.terminate();
      this.#begin(false);
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
    if (response.destroyed) {
      conclude();
      return;
    }
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
    const ws = this.#ws;
    const pressed = ws?.readyState === WebSocket.OPEN && ws.bufferedAmount > this.#dialling.limits.pressureBytes;
    if (pressed === this.#pressed) return;
    this.#pressed = pressed;
    this.#events.pressed(pressed);
  }

  /** A hub that is silent and does not even take what is sent is gone, whatever TCP believes. */
  #watch(ws: WebSocket): void {
    const { clock, limits } = this.#dialling;
    this.#watchTimer = clock.after(limits.pingMs, () => {
      if (ws.readyState !== WebSocket.OPEN) return;
      const pending = ws.bufferedAmount;
      const moving = pending > 0 && pending !== this.#pendingBytes;
      this.#pendingBytes = pending;
      if (this.#heard || moving || ws.isPaused) {
        this.#heard = false;
        this.#pinged = false;
      } else if (this.#pinged) {
        this.abandon(away(`${this.#circumstances.name} has been silent for ${(2 * limits.pingMs) / 1000} s`));
        return;
      } else {
        this.#pinged = true;
        ws.ping();
      }
      this.#watch(ws);
    });
  }
}
