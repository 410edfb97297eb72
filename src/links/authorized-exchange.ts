// A request with the authorization of its moment. Where that is refused, and whoever has it finds another, it is sent once more.
import type { IncomingMessage } from "node:http";
import { type Dialling, headersOf } from "./connection.ts";
import { type Asked, Exchange, type ExchangeEvents, readRefusal, type Underway } from "./http-exchange.ts";
import type { Transport } from "./transport.ts";

/** A larger body is not kept until its answer is there: whoever sent it is told that it was refused. */
const maxKeptBytes = 64 * 1024;

/** `url`: where to, if not where the connection is to. */
export function exchange(
  dialling: Dialling,
  transport: Transport,
  asked: Asked,
  events: ExchangeEvents,
  url?: URL,
): Underway {
  const { authorization, challenged } = dialling;
  const authorized = authorization?.();
  if (typeof authorized !== "object" && challenged === undefined) {
    return send(dialling, transport, asked, events, url, authorized);
  }
  return new AuthorizedExchange(dialling, transport, asked, events, url, authorized);
}

function send(
  dialling: Dialling,
  transport: Transport,
  asked: Asked,
  events: ExchangeEvents,
  url: URL | undefined,
  authorized: string | undefined,
): Exchange {
  const { clock, limits } = dialling;
  const { method, body, headMs } = asked;
  const headers = Object.assign(headersOf(dialling, authorized), asked.headers);
  const times = { clock, handshakeMs: limits.handshakeMs, keepAliveMs: limits.pingMs };
  return new Exchange(times, transport, { method, headers, body, headMs }, events, url);
}

class AuthorizedExchange implements Underway, ExchangeEvents {
  readonly #dialling: Dialling;
  readonly #transport: Transport;
  readonly #asked: Asked;
  readonly #events: ExchangeEvents;
  readonly #url: URL | undefined;
  #exchange: Exchange | undefined;
  /** What it was sent with last. */
  #authorized: string | undefined;
  #isFirst = true;
  #isFlushed = false;
  #isOver = false;

  constructor(
    dialling: Dialling,
    transport: Transport,
    asked: Asked,
    events: ExchangeEvents,
    url: URL | undefined,
    authorized: string | undefined | Promise<string | undefined>,
  ) {
    this.#dialling = dialling;
    this.#transport = transport;
    this.#asked = asked;
    this.#events = events;
    this.#url = url;
    this.#begin(authorized);
  }

  destroy(): void {
    this.#isOver = true;
    this.#exchange?.destroy();
  }

  flushed(): void {
    if (!this.#isFlushed) this.#events.flushed?.();
    this.#isFlushed = true;
  }

  head(response: IncomingMessage): void {
    const { statusCode } = response;
    if (this.#isFirst && (statusCode === 401 || statusCode === 403)) this.#challenged(response);
    else this.#events.head(response);
  }

  failed(error: NodeJS.ErrnoException, mayHaveArrived: boolean): void {
    this.#events.failed(error, mayHaveArrived);
  }

  #begin(authorized: string | undefined | Promise<string | undefined>): void {
    if (typeof authorized === "object") {
      authorized.then(
        (now) => this.#go(now),
        (error: unknown) => {
          if (!this.#isOver) this.#events.failed(new Error(reasonOf(error)), false);
        },
      );
    } else this.#go(authorized);
  }

  #go(authorized: string | undefined): void {
    if (this.#isOver) return;
    this.#authorized = authorized;
    this.#exchange = send(this.#dialling, this.#transport, this.#asked, this, this.#url, authorized);
  }

  #challenged(response: IncomingMessage): void {
    const { challenged, authorization, clock, limits } = this.#dialling;
    if (challenged === undefined) {
      this.#events.head(response);
      return;
    }
    const { statusCode: status = 0, headers } = response;
    const isKept = (this.#asked.body?.length ?? 0) <= maxKeptBytes;
    void challenged({ status, wwwAuthenticate: headers["www-authenticate"], sent: this.#authorized }).then(
      (isHelped) => {
        if (this.#isOver) return;
        if (!isHelped || !isKept) {
          this.#events.head(response);
          return;
        }
        readRefusal(response, clock, limits.closeMs, () => {});
        this.#isFirst = false;
        this.#begin(authorization?.());
      },
    );
  }
}

/** What a login says of itself; it holds nothing secret. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "there is no authorization";
}
