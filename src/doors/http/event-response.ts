// One response of server-sent events: its head, what is written to it in bounded memory, comments while it is quiet, its end.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../base/clock.ts";
import { frameOf, frameOfByteText, noSplices, type Sent } from "../../wire/frame.ts";
import { Outbox } from "../../wire/outbox.ts";
import type { Stay } from "../stay.ts";
import type { EventBytes } from "./event-ring.ts";
import { cutOff, type Holder, type Unread } from "./unread.ts";

export interface EventResponseOptions {
  readonly clock: Clock;
  /** Most bytes that may wait for the client; beyond it the client is cut off. */
  readonly maxBytes: number;
  /** Where it counts together with other responses. */
  readonly unread?: Unread | undefined;
  /** Of whom it is sent to; undefined: it ends otherwise. */
  readonly stay?: Pick<Stay, "isOver"> | undefined;
  /** Said once, when the client is gone or everything has been sent. */
  closed(response: EventResponse): void;
  /** The client takes too little. */
  slow(pendingBytes: number): void;
}

const eventHeaders = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  // What stands in between must hand events on at once; nginx listens to this.
  "x-accel-buffering": "no",
};

/** The head of a response, unless it has left already. */
export function beginEvents(response: ServerResponse, headers?: Readonly<Record<string, string>> | undefined): void {
  if (response.headersSent) return;
  response.writeHead(200, headers === undefined ? eventHeaders : { ...eventHeaders, ...headers });
  response.flushHeaders();
}

/** A stream with nothing in it, not even an id to come back with. */
export function endWithoutEvents(response: ServerResponse): void {
  response.writeHead(200, eventHeaders).end();
}

/** With less waiting it is not looked at what the other responses hold: what was just sent waits until the end of the turn. */
const quietBytes = 64 * 1024;
const keepAliveMs = 15_000;
const keepAlive = ": keep-alive\n\n";

export class EventResponse implements Holder {
  readonly #response: ServerResponse;
  readonly #outbox: Outbox;
  readonly #options: EventResponseOptions;
  #saidMs: number;

  /** The options are kept as they are: where clients listen, many of these are kept for long. */
  constructor(
    response: ServerResponse,
    options: EventResponseOptions,
    headers?: Readonly<Record<string, string>> | undefined,
  ) {
    this.#response = response;
    this.#options = options;
    this.#saidMs = options.clock.now();
    beginEvents(response, headers);
    this.#outbox = new Outbox({
      wrap: "bare",
      maxBytes: options.maxBytes,
      writable: response,
      onClose: () => this.#closed(),
    });
    options.unread?.hold(this);
  }

  send(event: EventBytes): Sent {
    this.#saidMs = this.#options.clock.now();
    const outbox = this.#outbox;
    let sent = outbox.send(typeof event === "string" ? frameOfByteText(event) : frameOf(event), noSplices);
    if (sent === "ok" && outbox.pendingBytes > quietBytes && this.#options.unread?.isOver === true) sent = "full";
    if (sent === "full") {
      this.#options.slow(outbox.pendingBytes);
      this.destroy();
    }
    return sent;
  }

  #closed(): void {
    this.#options.unread?.release(this);
    this.#options.closed(this);
  }

  /** Bytes that wait for the client. */
  get pendingBytes(): number {
    return this.#outbox.pendingBytes;
  }

  /** To be called every few seconds. */
  check(nowMs: number): void {
    if (this.#options.stay?.isOver === true) {
      this.end();
      return;
    }
    if (nowMs - this.#saidMs < keepAliveMs) return;
    this.#outbox.trim();
    if (this.#outbox.pendingBytes === 0) this.send(keepAlive);
  }

  /** What was sent arrives, then the response ends. */
  end(): void {
    this.#outbox.close();
  }

  destroy(): void {
    cutOff(this.#response);
  }
}

/** What a request was asked with, which node keeps as long as its response is open: for one that stays open, and has been looked at. */
export function forgetHead(request: IncomingMessage): void {
  request.headers = noHeaders;
  request.rawHeaders = noRawHeaders;
}

const noHeaders: IncomingHttpHeaders = Object.freeze({});
const noRawHeaders: string[] = [];
