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
  const headers = Object.assign(headersOf(dialling, authorized), asked.headers);
  return new Exchange(dialling, transport, asked, headers, events, url);
}

class AuthorizedExchange implements Underway {
  readonly #send: (authorized: string | undefined, events: ExchangeEvents) => Exchange;
  readonly #dialling: Dialling;
  readonly #isKept: boolean;
  readonly #events: ExchangeEvents;
  #exchange: Exchange | undefined;
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
    this.#isKept = (asked.body?.length ?? 0) <= maxKeptBytes;
    this.#events = events;
    this.#send = (now, watching) => send(dialling, transport, asked, watching, url, now);
    this.#begin(authorized, true);
  }

  destroy(): void {
    this.#isOver = true;
    this.#exchange?.destroy();
  }

  #begin(authorized: string | undefined | Promise<string | undefined>, isFirst: boolean): void {
    if (typeof authorized === "object") {
      authorized.then(
        (now) => this.#go(now, isFirst),
        (error: unknown) => {
          if (!this.#isOver) this.#events.failed(new Error(reasonOf(error)), false);
        },
      );
    } else this.#go(authorized, isFirst);
  }

  #go(authorized: string | undefined, isFirst: boolean): void {
    if (this.#isOver) return;
    this.#exchange = this.#send(authorized, {
      flushed: () => {
        if (!this.#isFlushed) this.#events.flushed?.();
        this.#isFlushed = true;
      },
      head: (response) => {
        const { statusCode } = response;
        if (isFirst && (statusCode === 401 || statusCode === 403)) this.#challenged(response, authorized);
        else this.#events.head(response);
      },
      failed: (error, mayHaveArrived) => this.#events.failed(error, mayHaveArrived),
    });
  }

  #challenged(response: IncomingMessage, authorized: string | undefined): void {
    const { challenged, authorization, clock, limits } = this.#dialling;
    if (challenged === undefined) {
      this.#events.head(response);
      return;
    }
    const { statusCode: status = 0, headers } = response;
    void challenged({ status, wwwAuthenticate: headers["www-authenticate"], sent: authorized }).then((isHelped) => {
      if (this.#isOver) return;
      if (!isHelped || !this.#isKept) {
        this.#events.head(response);
        return;
      }
      readRefusal(response, clock, limits.closeMs, () => {});
      this.#begin(authorization?.(), false);
    });
  }
}

/** What a login says of itself; it holds nothing secret. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "there is no authorization";
}
