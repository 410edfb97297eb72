// A raw MCP client over WebSocket: sees every byte, and every message that should not have come.
import { once } from "node:events";
import { type ClientOptions, WebSocket } from "ws";
import { Waits } from "./waits.ts";

export interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of all shapes
  readonly result?: any;
  readonly error?: { code: number; message: string; data?: Record<string, unknown> };
}

export class WsClient implements AsyncDisposable {
  readonly socket: WebSocket;
  readonly notifications: Message[] = [];
  /** Answers that no request waited for: must stay empty. */
  readonly strays: Message[] = [];
  /** The text of the last answer, as it came over the wire; notifications in between leave it alone. */
  lastText = "";
  readonly #waiting = new Map<number | string, (message: Message) => void>();
  readonly #waits = new Waits();
  #nextId = 1;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const text = String(data);
      const message = JSON.parse(text) as Message;
      if (message.method !== undefined) {
        this.notifications.push(message);
        this.#waits.changed();
        return;
      }
      this.lastText = text;
      const take = this.#waiting.get(message.id ?? "null");
      if (take === undefined) this.strays.push(message);
      this.#waiting.delete(message.id ?? "null");
      take?.(message);
    });
  }

  /** `options`: certificates and the like, for what stands between. `capabilities`: what the client can be asked. */
  static async connect(
    url: string,
    headers: Record<string, string> = {},
    options: ClientOptions = {},
    capabilities: object = {},
    protocolVersion = "2025-11-25",
  ): Promise<WsClient> {
    const socket = new WebSocket(url, ["mcp"], { ...options, headers });
    const client = new WsClient(socket);
    await once(socket, "open");
    await client.request("initialize", {
      protocolVersion,
      capabilities,
      clientInfo: { name: "raw", version: "1" },
    });
    client.notify("notifications/initialized");
    return client;
  }

  request(method: string, params: object = {}): Promise<Message> {
    return this.start(method, params).answer;
  }

  /** A request that is not waited for yet: its id, and its answer to come. */
  start(method: string, params: object = {}): { id: number; answer: Promise<Message> } {
    const id = this.#nextId++;
    const answer = this.answerTo(id);
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return { id, answer };
  }

  answerTo(id: number | string): Promise<Message> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  notify(method: string, params: object = {}): void {
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  /** The answer to a request of the hub, which is among the notifications. */
  answer({ id }: Message, result: object): void {
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, result }));
  }

  call(name: string, args: object = {}, meta?: object): Promise<Message> {
    return this.request("tools/call", { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) });
  }

  /** The first notification, past or to come, that passes. */
  notified(method: string, test: (message: Message) => boolean = () => true): Promise<Message> {
    return this.#waits.first(() => this.notifications.find((message) => message.method === method && test(message)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, "close");
    this.socket.close();
    await closed;
  }
}
