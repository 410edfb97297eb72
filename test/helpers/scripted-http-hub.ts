// A hub that does what a test tells it, over real HTTP: request by request.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Inbox } from "./scripted-hub.ts";
import type { Message } from "./ws-client.ts";

export class HttpRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
  readonly closed: Promise<unknown>;

  constructor(request: IncomingMessage, response: ServerResponse, body: string) {
    this.request = request;
    this.response = response;
    this.body = body;
    this.closed = once(response, "close");
  }

  /** `POST tools/call`, `GET`, `DELETE`; what a POST is if it is no request or notification: `POST answer`. */
  get what(): string {
    const { method } = this.request;
    return method === "POST" ? `POST ${this.message.method ?? "answer"}` : String(method);
  }

  get message(): Message {
    return JSON.parse(this.body) as Message;
  }

  header(name: string): string | undefined {
    return this.request.headers[name] as string | undefined;
  }

  json(message: object, headers: Record<string, string> = {}, status = 200): void {
    this.response.writeHead(status, { "content-type": "application/json", ...headers });
    this.response.end(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  answer(result: object, headers: Record<string, string> = {}): void {
    this.json({ id: this.message.id, result }, headers);
  }

  refuse(status: number, body = "", headers: Record<string, string> = {}): void {
    this.response.writeHead(status, headers).end(body);
  }

  /** Begins a stream of events. */
  stream(headers: Record<string, string> = {}): void {
    this.response.writeHead(200, { "content-type": "text/event-stream", ...headers });
    this.response.flushHeaders();
  }

  event(message: object, fields = ""): void {
    this.write(`${fields}data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`);
  }

  write(lines: string): void {
    this.response.write(lines);
  }

  /** The connection breaks. */
  cut(): void {
    this.request.socket.destroy();
  }
}

export class ScriptedHttpHub implements AsyncDisposable {
  readonly server: Server;
  readonly #requests = new Inbox<HttpRequest>();

  constructor(server: Server) {
    this.server = server;
    server.on("request", (request, response) => {
      void text(request).then(
        (body) => this.#requests.put(new HttpRequest(request, response, body)),
        () => {},
      );
    });
  }

  static async open(port = 0, server: Server = createServer()): Promise<ScriptedHttpHub> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new ScriptedHttpHub(server);
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return this.server instanceof SecureServer ? `https://localhost:${port}/mcp` : `http://127.0.0.1:${port}/mcp`;
  }

  /** Requests that have come and were not taken. */
  get waiting(): number {
    return this.#requests.length;
  }

  /** The next request, whatever it is. */
  any(): Promise<HttpRequest> {
    return this.#requests.next();
  }

  async next(what: string): Promise<HttpRequest> {
    const request = await this.any();
    if (request.what !== what) throw new Error(`expected ${what}, got ${request.what} ${request.body}`);
    return request;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
