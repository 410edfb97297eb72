// MCP over Streamable HTTP and over HTTP+SSE as raw requests: sees statuses, headers, and each event when it arrives. For TLS, a
// proxy in between, and what no SDK does.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request as plainRequest, type RequestOptions } from "node:http";
import { type RequestOptions as TlsRequestOptions, request as tlsRequest } from "node:https";
import type { Message } from "./ws-client.ts";

export type HttpOptions = RequestOptions & TlsRequestOptions;

export interface Event {
  readonly id?: string;
  readonly event?: string;
  readonly retry?: string;
  readonly data: string;
}

/** A request whose head has arrived. */
export async function ask(url: string, options: HttpOptions = {}, body?: string): Promise<IncomingMessage> {
  const asked = (url.startsWith("https:") ? tlsRequest : plainRequest)(url, { agent: false, ...options });
  asked.end(body);
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return response;
}

export async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return text;
}

/** What is between events: each comes as soon as its last line has arrived; `comments` are kept apart. */
export class EventReader {
  readonly comments: string[] = [];
  readonly #commented = new Set<() => void>();
  readonly #response: IncomingMessage;
  readonly #events: AsyncGenerator<Event>;

  constructor(response: IncomingMessage) {
    assert.match(response.headers["content-type"] ?? "", /^text\/event-stream/);
    this.#response = response;
    this.#events = this.#read();
  }

  /** The next event, those without data too; undefined at the end. */
  async any(): Promise<Event | undefined> {
    const { value, done } = await this.#events.next();
    return done === true ? undefined : value;
  }

  /** The next event; undefined at the end. Events without data, which only tell an id, are passed over. */
  async next(): Promise<Event | undefined> {
    for (;;) {
      const event = await this.any();
      if (event === undefined || event.data !== "") return event;
    }
  }

  /** The next event's data as a message. */
  async message(): Promise<Message> {
    const event = await this.next();
    assert.ok(event, "the stream ended");
    return JSON.parse(event.data) as Message;
  }

  /** The message with this id; what comes before it is returned too. */
  async answer(id: number): Promise<{ answer: Message; before: Message[] }> {
    const before: Message[] = [];
    for (;;) {
      const message = await this.message();
      if (message.id === id && message.method === undefined) return { answer: message, before };
      before.push(message);
    }
  }

  /** Resolves when so many comments have come; somebody must be waiting for the next event. */
  commented(times: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.comments.length < times) return;
        this.#commented.delete(look);
        resolve();
      };
      this.#commented.add(look);
      look();
    });
  }

  close(): void {
    this.#response.destroy();
  }

  async *#read(): AsyncGenerator<Event> {
    let rest = "";
    for await (const chunk of this.#response.setEncoding("utf8")) {
      const blocks = (rest + chunk).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event: Record<string, string> = { data: "" };
        for (const line of block.split("\n")) {
          const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
          if (name === "") {
            this.comments.push(value);
            for (const look of this.#commented) look();
          } else event[name] = value;
        }
        if (block.split("\n").some((line) => !line.startsWith(":"))) yield event as unknown as Event;
      }
    }
  }
}

const bothTypes = "application/json, text/event-stream";

const hello = {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "raw", version: "1" },
};

/** A session over Streamable HTTP. */
export class HttpMcp {
  readonly url: string;
  readonly #options: HttpOptions;
  #session: Record<string, string> = {};
  #nextId = 1;

  private constructor(url: string, options: HttpOptions) {
    this.url = url;
    this.#options = options;
  }

  static async open(
    url: string,
    options: HttpOptions = {},
    protocolVersion: string = hello.protocolVersion,
  ): Promise<HttpMcp> {
    const client = new HttpMcp(url, options);
    const response = await client.post({ method: "initialize", params: { ...hello, protocolVersion } });
    assert.equal(response.statusCode, 200, await textIfBad(response));
    const id = String(response.headers["mcp-session-id"]);
    response.resume();
    client.#session = { "mcp-session-id": id, "mcp-protocol-version": protocolVersion };
    const told = await client.post({ method: "notifications/initialized" });
    assert.equal(told.statusCode, 202);
    told.resume();
    return client;
  }

  get sessionId(): string {
    return String(this.#session["mcp-session-id"]);
  }

  /** The id of the request that was posted last. */
  get lastId(): number {
    return this.#nextId - 1;
  }

  /** Any request of this session; a header that is undefined is left out. */
  send(method: string, headers: Record<string, string | undefined> = {}, body?: string): Promise<IncomingMessage> {
    const usual = method === "POST" ? { "content-type": "application/json", accept: bothTypes } : {};
    const all = { ...this.#with(method, usual).headers, ...headers };
    const given = Object.entries(all).filter(([, value]) => value !== undefined);
    return ask(this.url, { ...this.#options, method, headers: Object.fromEntries(given) as never }, body);
  }

  /** Goes on with a stream. */
  resume(lastEventId: string): Promise<IncomingMessage> {
    return this.send("GET", { accept: "text/event-stream", "last-event-id": lastEventId });
  }

  /** A notification is posted without an id. */
  post(message: { method: string; params?: object }): Promise<IncomingMessage> {
    const id = message.method.startsWith("notifications/") ? {} : { id: this.#nextId++ };
    return this.send("POST", {}, JSON.stringify({ jsonrpc: "2.0", ...id, ...message }));
  }

  /** Posts a call. A `token` asks for progress. */
  start(name: string, args: object = {}, token?: string): Promise<IncomingMessage> {
    const meta = token === undefined ? {} : { _meta: { progressToken: token } };
    return this.post({ method: "tools/call", params: { name, arguments: args, ...meta } });
  }

  /** The answer of a call, however it came. */
  async call(name: string, args: object = {}): Promise<Message> {
    const response = await this.start(name, args);
    if (response.headers["content-type"] === "application/json") return JSON.parse(await textOf(response)) as Message;
    const events = new EventReader(response);
    for (;;) {
      const message = await events.message();
      if (message.method === undefined) return message;
    }
  }

  /** The session's own stream. */
  async listen(): Promise<EventReader> {
    return new EventReader(await ask(this.url, this.#with("GET", { accept: "text/event-stream" })));
  }

  async close(): Promise<number> {
    const response = await ask(this.url, this.#with("DELETE", {}));
    response.resume();
    return response.statusCode ?? 0;
  }

  #with(method: string, headers: Record<string, string>): HttpOptions {
    return { ...this.#options, method, headers: { ...headers, ...this.#session, ...this.#options.headers } as never };
  }
}

/** A session over HTTP+SSE: everything comes on one stream. */
export class SseMcp {
  /** Where messages go, as the first event said it. */
  readonly endpoint: string;
  readonly events: EventReader;
  readonly #url: string;
  readonly #options: HttpOptions;
  #nextId = 1;

  private constructor(url: string, options: HttpOptions, events: EventReader, endpoint: string) {
    this.#url = url;
    this.#options = options;
    this.events = events;
    this.endpoint = endpoint;
  }

  static async open(url: string, options: HttpOptions = {}): Promise<SseMcp> {
    const client = await SseMcp.silent(url, options);
    const { answer } = await client.request("initialize", { ...hello, protocolVersion: "2024-11-05" });
    assert.equal(answer.result.protocolVersion, "2024-11-05");
    await client.send({ method: "notifications/initialized" });
    return client;
  }

  /** One that has said nothing yet. */
  static async silent(url: string, options: HttpOptions = {}): Promise<SseMcp> {
    const headers = { accept: "text/event-stream", ...options.headers } as never;
    const response = await ask(url, { ...options, headers });
    assert.equal(response.statusCode, 200, await textIfBad(response));
    const events = new EventReader(response);
    const first = await events.next();
    assert.equal(first?.event, "endpoint");
    return new SseMcp(url, options, events, first.data);
  }

  /** Posts a request, and reads the stream to its answer. */
  async request(method: string, params: object): Promise<{ answer: Message; before: Message[] }> {
    const id = this.#nextId++;
    await this.send({ id, method, params });
    return this.events.answer(id);
  }

  /** The answer of a call. */
  async call(name: string, args: object = {}): Promise<Message> {
    return (await this.request("tools/call", { name, arguments: args })).answer;
  }

  /** A notification, or a request that is not waited for. */
  async send(message: object): Promise<void> {
    const headers = { "content-type": "application/json", ...this.#options.headers } as never;
    const to = new URL(this.endpoint, this.#url).href;
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    const response = await ask(to, { ...this.#options, method: "POST", headers }, body);
    response.resume();
    assert.equal(response.statusCode, 202);
  }

  close(): void {
    this.events.close();
  }
}

/** The reason, for an assertion on the status; the body of a good answer is left alone. */
async function textIfBad(response: IncomingMessage): Promise<string> {
  return response.statusCode === 200 ? "" : `${response.statusCode}: ${await textOf(response)}`;
}
