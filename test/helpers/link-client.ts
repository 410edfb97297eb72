// Whoever uses a connection of src/links/, with what it was told in the order in which it was.
import { systemClock } from "../../src/base/clock.ts";
import type { HubError } from "../../src/base/errors.ts";
import {
  type Connection,
  type ConnectionLimits,
  type Dialling,
  defaultConnectionLimits,
  type Way,
} from "../../src/links/connection.ts";
import { HttpConnection } from "../../src/links/http-connection.ts";
import type { Loss, PeerWords } from "../../src/links/losses.ts";
import { SseConnection } from "../../src/links/sse-connection.ts";
import { WsConnection } from "../../src/links/ws-connection.ts";
import { flatten, frameOfText } from "../../src/wire/frame.ts";
import { helloParams } from "./bridge-client.ts";
import { Inbox } from "./scripted-hub.ts";
import type { Message } from "./ws-client.ts";

export type Told =
  | { readonly t: "opened" }
  | { readonly t: "message"; readonly message: Message }
  | { readonly t: "unanswered"; readonly id: string; readonly error: HubError }
  | { readonly t: "returned"; readonly id: string; readonly loss: Loss }
  | { readonly t: "lost"; readonly loss: Loss };

const serverWords: PeerWords = {
  noun: "MCP server",
  refused: "nothing listens there",
  noSocket: "there is no such socket",
  noPermission: "no permission",
  paths: { websocket: "check the path", http: "check the path", sse: "check the path" },
  odd: "is it an MCP server?",
  wrongToken: "set the secret",
  noToken: "write its token into the manifest",
};

const kinds = { http: HttpConnection, sse: SseConnection, websocket: WsConnection } as const;

export interface LinkOptions extends Partial<Omit<Dialling, "limits" | "target">> {
  readonly limits?: Partial<ConnectionLimits>;
}

export class LinkClient implements AsyncDisposable {
  readonly connection: Connection;
  readonly #told = new Inbox<Told>();
  #isLost = false;

  constructor(way: Way, href: string, options: LinkOptions = {}) {
    const url = new URL(href);
    const dialling: Dialling = {
      words: serverWords,
      token: undefined,
      credential: undefined,
      headers: {},
      clock: systemClock,
      allowPrivate: true,
      ...options,
      target: { way, url: href, socketPath: undefined, name: `${url.protocol}//${url.host}${url.pathname}` },
      limits: { ...defaultConnectionLimits, closeMs: 50, ...options.limits },
    };
    this.connection = new kinds[way](dialling, {
      opened: () => this.#told.put({ t: "opened" }),
      message: (frame) => {
        const message = JSON.parse(String(flatten(frame))) as Message;
        if (message.method === undefined) this.connection.settled(JSON.stringify(message.id));
        this.#told.put({ t: "message", message });
      },
      unanswered: (id, error) => this.#told.put({ t: "unanswered", id, error }),
      returned: (id, _frame, loss) => this.#told.put({ t: "returned", id, loss }),
      lost: (loss) => {
        this.#isLost = true;
        this.#told.put({ t: "lost", loss });
      },
      pressed: () => {},
    });
  }

  /** A connection that is open. */
  static async open(way: Way, href: string, options: LinkOptions = {}): Promise<LinkClient> {
    const client = new LinkClient(way, href, options);
    await client.expect("opened");
    return client;
  }

  say(message: { readonly id?: number; readonly method?: string; readonly [key: string]: unknown }): void {
    const { id, method = "" } = message;
    const isRequest = id !== undefined && method !== "";
    const sent = this.connection.send(
      frameOfText(JSON.stringify({ jsonrpc: "2.0", ...message })),
      isRequest ? { method, idText: String(id) } : { method },
    );
    if (sent !== "ok") throw new Error(`not sent: ${sent}`);
  }

  hello(): void {
    this.say({ id: 0, method: "initialize", params: helloParams });
  }

  initialized(): void {
    this.connection.agreed("2025-11-25");
    this.say({ method: "notifications/initialized" });
  }

  next(): Promise<Told> {
    return this.#told.next();
  }

  async expect<T extends Told["t"]>(what: T): Promise<Extract<Told, { t: T }>> {
    const told = await this.next();
    if (told.t !== what) throw new Error(`expected ${what}, got ${JSON.stringify(told)}`);
    return told as Extract<Told, { t: T }>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isLost) return;
    this.connection.close();
    for (;;) if ((await this.next()).t === "lost") return;
  }
}
