// A client of 2026-07-28 that does what no SDK does: says each message as it is told to, keeps every state that it is given, and brings back what it likes.
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { WebSocket } from "ws";
import { createReader } from "../fixtures/cores/lib.mjs";
import { ask, EventReader, textOf } from "./http-mcp.ts";
import { Waits } from "./waits.ts";
import type { Message } from "./ws-client.ts";

const modernRevision = "2026-07-28";

export interface ModernOptions {
  readonly name?: string;
  readonly capabilities?: object;
  /** Opens the door, where one is needed. */
  readonly token?: string;
  readonly path?: string;
}

/** A request that is on its way. */
export interface Sent {
  readonly id: number;
  readonly answer: Promise<Message>;
  /** Takes it back, as its door has it. */
  cancel(): void;
}

/** Takes a request to the hub. `status`: of HTTP, once it is answered. */
interface Way {
  send(message: Message & { id: number }): { answer: Promise<Message>; cancel(): void };
  close(): Promise<void>;
}

const askable = { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} };

export class ModernClient implements AsyncDisposable {
  /** What came beside answers. */
  readonly came: Message[] = [];
  /** Of HTTP, the last. */
  status = 0;
  readonly #way: Way;
  readonly #envelope: Record<string, unknown>;
  readonly #waits = new Waits();
  #nextId = 1;

  private constructor(make: (client: ModernClient) => Way, { name = "raw", capabilities = askable }: ModernOptions) {
    this.#envelope = {
      "io.modelcontextprotocol/protocolVersion": modernRevision,
      "io.modelcontextprotocol/clientInfo": { name, version: "1" },
      "io.modelcontextprotocol/clientCapabilities": capabilities,
    };
    this.#way = make(this);
  }

  /** Each request by a POST of its own. */
  static overHttp(url: string, options: ModernOptions = {}): ModernClient {
    return new ModernClient((client) => httpWay(client, url, options), options);
  }

  static async overWebSocket(url: string, options: ModernOptions = {}): Promise<ModernClient> {
    const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
    const socket = new WebSocket(url, ["mcp"], { headers });
    await once(socket, "open");
    const write = (text: string) => socket.send(text);
    const close = async () => {
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, "close");
      socket.close();
      await closed;
    };
    return new ModernClient((client) => {
      const way = new StreamWay(client, write, close);
      socket.on("message", (data) => way.came(String(data)));
      return way;
    }, options);
  }

  /** Over the streams of a process; it ends with its input. */
  static overPipe(output: Readable, input: Writable, options: ModernOptions = {}): ModernClient {
    const close = async () => {
      if (output.readableEnded) return;
      const ended = once(output, "end");
      input.end();
      await ended;
    };
    return new ModernClient((client) => {
      const way = new StreamWay(client, (text) => input.write(`${text}\n`), close);
      output.on(
        "data",
        createReader("newline", (text: string) => way.came(text)),
      );
      return way;
    }, options);
  }

  start(method: string, params: object = {}, meta: object = {}): Sent {
    const id = this.#nextId++;
    const message = { jsonrpc: "2.0", id, method, params: { ...params, _meta: { ...this.#envelope, ...meta } } };
    return { id, ...this.#way.send(message) };
  }

  request(method: string, params: object = {}, meta: object = {}): Promise<Message> {
    return this.start(method, params, meta).answer;
  }

  /** `more`: what a retry brings. */
  call(name: string, args: object = {}, more: object = {}): Promise<Message> {
    return this.request("tools/call", { name, arguments: args, ...more });
  }

  took(message: Message): void {
    this.came.push(message);
    this.#waits.changed();
  }

  /** The first of this method, past or to come, that passes. */
  heard(method: string, test: (message: Message) => boolean = () => true): Promise<Message> {
    return this.#waits.first(() => this.came.find((message) => message.method === method && test(message)));
  }

  close(): Promise<void> {
    return this.#way.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

class StreamWay implements Way {
  readonly #client: ModernClient;
  readonly #write: (text: string) => void;
  readonly #waiting = new Map<unknown, (message: Message) => void>();
  readonly close: () => Promise<void>;

  constructor(client: ModernClient, write: (text: string) => void, close: () => Promise<void>) {
    this.#client = client;
    this.#write = write;
    this.close = close;
  }

  send(message: Message & { id: number }) {
    const { id } = message;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#write(JSON.stringify(message));
    const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } };
    return { answer, cancel: () => this.#write(JSON.stringify(cancelled)) };
  }

  came(text: string): void {
    const message = JSON.parse(text) as Message;
    const take = message.method === undefined ? this.#waiting.get(message.id) : undefined;
    this.#waiting.delete(message.id);
    if (take === undefined) this.#client.took(message);
    else take(message);
  }
}

function httpWay(client: ModernClient, url: string, { token }: ModernOptions): Way {
  const all = new Set<AbortController>();
  return {
    send: (message) => {
      const aborter = new AbortController();
      all.add(aborter);
      const { name, uri, taskId } = (message.params ?? {}) as Partial<Record<"name" | "uri" | "taskId", string>>;
      const named = name ?? uri ?? taskId;
      const headers = {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": modernRevision,
        "mcp-method": String(message.method),
        ...(named === undefined ? {} : { "mcp-name": named }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      const options = { method: "POST", headers, signal: aborter.signal };
      const answer = (async () => {
        const response = await ask(url, options, JSON.stringify(message));
        client.status = response.statusCode ?? 0;
        if (response.headers["content-type"] === "application/json")
          return JSON.parse(await textOf(response)) as Message;
        const events = new EventReader(response);
        for (;;) {
          const said = await events.message();
          if (said.id === message.id && said.method === undefined) return said;
          client.took(said);
        }
      })().finally(() => all.delete(aborter));
      return { answer, cancel: () => aborter.abort() };
    },
    close: async () => {
      for (const aborter of all) aborter.abort();
    },
  };
}
