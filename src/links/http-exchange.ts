// One request of HTTP to a hub and the head of its response, within limits of time; and the bodies of responses, within limits of
// size. Says nothing any more once it is destroyed.
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Clock, Timer } from "../base/clock.ts";
import type { Frame } from "../wire/frame.ts";
import { placeOf, type Transport, whenTunnelRefused } from "./transport.ts";

export interface ExchangeTimes {
  readonly clock: Clock;
  /** How long connecting may take, and a head that has begun. */
  readonly handshakeMs: number;
  /** After so much silence TCP asks whether the other side is still there. */
  readonly keepAliveMs: number;
}

export interface Asked {
  readonly method: "POST" | "GET" | "DELETE";
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer | undefined;
  /** How long the head may take from the start; without it as long as it likes. */
  readonly headMs?: number | undefined;
}

export interface ExchangeEvents {
  /** All of the request is on its way. */
  flushed?(): void;
  head(response: IncomingMessage): void;
  /** There will be no head. `mayHaveArrived`: the hub may have got the request. */
  failed(error: NodeJS.ErrnoException, mayHaveArrived: boolean): void;
}

const maxHeaderBytes = 64 * 1024;
/** Informational responses (1xx) to one request. */
const maxInformations = 16;
const textBytes = 4096;

const tooLong = {
  connect: "connecting took too long",
  answer: "there was no answer in time",
  head: "the head of its answer does not end",
} as const;

const tooManyInformations = `more than ${maxInformations} informational responses (1xx) came before an answer`;
const switched = "it switched to another protocol (101), which nobody asked for";

/** What is under way and can be given up. */
export interface Underway {
  destroy(): void;
}

/** `url`: where to, if not where the connection is to: it has the same origin. */
export class Exchange implements Underway {
  readonly #request: ClientRequest | undefined;
  /** Until there is a head: connecting, or a head that has begun. */
  #watch: Timer | undefined;
  #late: Timer | undefined;
  #isConnected = false;
  #hasHead = false;
  #isOver = false;
  #informations = 0;

  constructor(
    { clock, handshakeMs, keepAliveMs }: ExchangeTimes,
    transport: Transport,
    { method, headers, body, headMs }: Asked,
    events: ExchangeEvents,
    url?: URL,
  ) {
    const { request, agent, options, isProxied, place, arrivals, refusal } = transport;
    if (refusal !== undefined) {
      queueMicrotask(() => {
        if (!this.#isOver) events.failed(refusal, false);
      });
      return;
    }
    const where = url === undefined ? place : placeOf(url);
    const outgoing = request({ ...where, ...options, method, headers, agent, maxHeaderSize: maxHeaderBytes });
    this.#request = outgoing;
    if (isProxied) whenTunnelRefused(outgoing, (error) => outgoing.destroy(error));
    // A socket of the pool is there at once.
    this.#isConnected = outgoing.reusedSocket;
    if (!this.#isConnected) this.#watch = clock.after(handshakeMs, () => this.#give(tooLong.connect));
    if (headMs !== undefined) this.#late = clock.after(headMs, () => this.#give(tooLong.answer));
    const begins = () => {
      if (!this.#hasHead && !this.#isOver) this.#watch = clock.after(handshakeMs, () => this.#give(tooLong.head));
    };
    outgoing.on("socket", (socket) => {
      const connected = () => {
        this.#isConnected = true;
        this.#watch?.cancel();
        outgoing.setSocketKeepAlive(true, keepAliveMs);
      };
      // A hub may think for long before it answers, but a head that has begun is soon there.
      arrivals.next(socket, begins);
      if (this.#isConnected) return;
      const isTls = "encrypted" in socket;
      // Through a proxy a socket comes connected.
      if (!isTls && !socket.connecting) connected();
      else socket.once(isTls ? "secureConnect" : "connect", connected);
    });
    outgoing.on("finish", () => {
      if (!this.#isOver) events.flushed?.();
    });
    outgoing.on("response", (response) => {
      this.#hasHead = true;
      this.#stopTimers();
      // How it ended is seen from its close.
      response.on("error", () => {});
      if (!this.#isOver) events.head(response);
    });
    // No head, nor the beginning of one. What it came with has been seen to have begun one, or is about to be.
    outgoing.on("information", () => {
      if (++this.#informations > maxInformations) outgoing.destroy(new Error(tooManyInformations));
      else
        queueMicrotask(() => {
          const { socket } = outgoing;
          if (this.#hasHead || this.#isOver || socket === null) return;
          this.#watch?.cancel();
          arrivals.next(socket, begins);
        });
    });
    // Nothing more would be said of the request.
    outgoing.on("upgrade", (_response, socket) => {
      socket.destroy();
      this.#fail(new Error(switched), events);
    });
    outgoing.on("error", (error) => this.#fail(error, events));
    // Head and body of a small one leave as one string.
    if (body !== undefined && body.length <= textBytes) outgoing.end(body.toString("latin1"), "latin1");
    else outgoing.end(body);
  }

  destroy(): void {
    this.#isOver = true;
    this.#stopTimers();
    this.#request?.destroy();
  }

  #fail(error: NodeJS.ErrnoException, events: ExchangeEvents): void {
    this.#stopTimers();
    // What comes after a head is a matter of the response.
    if (this.#isOver || this.#hasHead) return;
    this.#isOver = true;
    events.failed(error, this.#isConnected);
  }

  #give(reason: string): void {
    this.#request?.destroy(Object.assign(new Error(reason), { code: "ETIMEDOUT" }));
  }

  #stopTimers(): void {
    this.#watch?.cancel();
    this.#late?.cancel();
  }
}

/** What all responses of a connection hold together of messages that are not whole yet. */
export class Intake {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** `by` more bytes are held, or fewer. False: that is too much. */
  changed(by: number): boolean {
    this.#bytes += by;
    return this.#bytes <= this.#maxBytes;
  }
}

/** Calls back once: with the whole body, or with how it failed. */
export function readBody(
  response: IncomingMessage,
  maxBytes: number,
  intake: Intake,
  done: (body: Frame | "too_large" | "cut") => void,
): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let isTooLarge = false;
  let isOver = false;
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (intake.changed(chunk.length) && size <= maxBytes) return;
    isTooLarge = true;
    chunks = [];
    response.destroy();
  });
  const over = (body: Frame | "too_large" | "cut"): void => {
    if (isOver) return;
    isOver = true;
    intake.changed(-size);
    done(body);
  };
  response.on("end", () => {
    if (response.complete && !isTooLarge) over({ chunks, size });
  });
  response.on("close", () => over(isTooLarge ? "too_large" : "cut"));
}

const refusalBytes = 16 * 1024;

/** The beginning of a body that says why something was refused; one that does not end is cut off after `ms`. */
export function readRefusal(response: IncomingMessage, clock: Clock, ms: number, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = clock.after(ms, () => response.destroy());
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= refusalBytes) response.destroy();
  });
  const conclude = () => {
    timer.cancel();
    done(Buffer.concat(chunks).subarray(0, refusalBytes));
  };
  // Its end may have come while it was decided what to do about it.
  if (response.destroyed) queueMicrotask(conclude);
  else response.once("close", conclude);
}

/** Of a Content-Type, in lower case and without parameters. */
export function mediaType({ headers }: IncomingMessage): string {
  const type = headers["content-type"] ?? "";
  if (type === "application/json") return type;
  return type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
