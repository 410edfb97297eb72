// A hub that does what a test tells it, on a real WebSocket: connection by connection, message by message.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Message } from "./ws-client.ts";

/** What has come and was not taken, and who waits for more. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiters: ((item: T) => void)[] = [];

  put(item: T): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#items.push(item);
    else waiter(item);
  }

  next(): Promise<T> {
    const item = this.#items.shift();
    return item === undefined ? new Promise((resolve) => this.#waiters.push(resolve)) : Promise.resolve(item);
  }

  get length(): number {
    return this.#items.length;
  }
}

export class Connection {
  readonly socket: WebSocket;
  readonly inbox: Inbox<Message> = new Inbox<Message>();
  readonly closed: Promise<number>;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => this.inbox.put(JSON.parse(String(data)) as Message));
    this.closed = once(socket, "close").then(([code]) => Number(code));
  }

  next(): Promise<Message> {
    return this.inbox.next();
  }

  send(message: object): void {
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  /** Answers the next message, which must be a request of this method. */
  async answer(method: string, result: object): Promise<Message> {
    const request = await this.next();
    if (request.method !== method) throw new Error(`expected ${method}, got ${JSON.stringify(request)}`);
    this.send({ id: request.id, result });
    return request;
  }
}

export class ScriptedHub implements AsyncDisposable {
  readonly #server: WebSocketServer;
  readonly #connections = new Inbox<Connection>();

  constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => this.#connections.put(new Connection(socket)));
  }

  static async open(port = 0): Promise<ScriptedHub> {
    const server = new WebSocketServer({ host: "127.0.0.1", port });
    await once(server, "listening");
    return new ScriptedHub(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`;
  }

  /** The next connection that is or was made. */
  connection(): Promise<Connection> {
    return this.#connections.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
