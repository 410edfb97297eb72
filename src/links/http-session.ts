// What the requests of one session have in common: where they go, on which sockets, and the headers that they carry.
import type { IncomingMessage } from "node:http";
import type { ByteString } from "../wire/frame.ts";
import { exchange } from "./authorized-exchange.ts";
import type { Dialling, Said } from "./connection.ts";
import type { Asked, ExchangeEvents, Underway } from "./http-exchange.ts";
import { type Transport, transportOf } from "./transport.ts";

/** Shorter than the 5 s after which servers close a connection that nobody uses: what is sent into its end may be lost. */
const idleSocketMs = 3_000;
const maxIdleSockets = 16;

export class HttpSession {
  readonly #dialling: Dialling;
  readonly #transport: Transport;
  #id: string | undefined;
  #revision: string | undefined;

  constructor(dialling: Dialling) {
    const { pingMs } = dialling.limits;
    const pool = { keepAlive: true, keepAliveMsecs: pingMs, timeout: idleSocketMs, maxFreeSockets: maxIdleSockets };
    this.#dialling = dialling;
    this.#transport = transportOf(dialling, pool);
  }

  /** Whether the hub has given it an id. Some servers have no sessions. */
  get hasId(): boolean {
    return this.#id !== undefined;
  }

  /** From the head of the answer to `initialize`. False: the id that it names cannot be sent back. */
  begin({ headers }: IncomingMessage): boolean {
    const id = headers["mcp-session-id"];
    if (id === undefined) return true;
    if (!/^[\x21-\x7e]{1,1024}$/.test(String(id))) return false;
    this.#id = String(id);
    return true;
  }

  agreed(revision: string): void {
    if (/^[\x21-\x7e]{1,64}$/.test(revision)) this.#revision = revision;
  }

  post(body: Buffer, events: ExchangeEvents, said: Pick<Said, "headers"> = {}, headMs?: number): Underway {
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "content-length": String(body.length),
    };
    if (said.headers !== undefined) Object.assign(headers, said.headers);
    return this.#exchange({ method: "POST", headers, body, headMs }, events);
  }

  /** A stream of events: one goes on behind `lastId`, or what belongs to no request from now on. */
  listen(lastId: ByteString | undefined, events: ExchangeEvents): Underway {
    const headers = { accept: "text/event-stream", ...(lastId === undefined ? {} : { "last-event-id": lastId }) };
    return this.#exchange({ method: "GET", headers }, events);
  }

  end(events: ExchangeEvents): Underway {
    return this.#exchange({ method: "DELETE", headers: {} }, events);
  }

  /** Closes every socket. */
  destroy(): void {
    this.#transport.agent.destroy();
  }

  /** `headers` of its own, to which those of the session are added. */
  #exchange(asked: Asked, events: ExchangeEvents): Underway {
    const { headers } = asked;
    // A message that says its own revision is of none.
    if (!("mcp-protocol-version" in headers)) {
      if (this.#id !== undefined) headers["mcp-session-id"] = this.#id;
      if (this.#revision !== undefined) headers["mcp-protocol-version"] = this.#revision;
    }
    return exchange(this.#dialling, this.#transport, asked, events);
  }
}
