// The official SDK clients of both generations, over every door they speak, behind one face: what a test asks of one it asks of all.
import {
  Client as ClientV2,
  SSEClientTransport as SseV2,
  StreamableHTTPClientTransport as StreamableV2,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport as SseV1 } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport as StreamableV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { WebSocketClientTransport } from "@modelcontextprotocol/sdk/client/websocket.js";
import { WebSocket } from "ws";
import { Waits } from "./waits.ts";
import type { Message } from "./ws-client.ts";

/** Where a hub is, and what opens it. */
export interface HubPlace {
  /** `http://HOST:PORT`, without a path. */
  readonly url: string;
  readonly token: string;
  /** Starts a hub of the client's own, on STDIO. */
  readonly command: { readonly command: string; readonly args: string[]; readonly env: Record<string, string> };
}

/** One HTTP request of a client, and how it was answered. */
export interface Exchange {
  readonly method: string;
  readonly headers: Headers;
  readonly status: number;
}

interface Options {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: { progress: number }) => void;
}

interface Result {
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: unknown;
}

/** What the two generations have in common, as tests use it. */
interface Common {
  listTools(): Promise<{ tools: { name: string }[] }>;
  listResources(): Promise<{ resources: { uri: string }[] }>;
  readResource(params: { uri: string }): Promise<{ contents: { uri: string }[] }>;
  listPrompts(): Promise<{ prompts: { name: string; arguments?: { name: string }[] }[] }>;
  getPrompt(params: { name: string }): Promise<{ messages: unknown[] }>;
  complete(params: object): Promise<{ completion: { values: string[] } }>;
  close(): Promise<void>;
}

type Transport = StreamableV1 | StreamableV2 | SseV1 | SseV2 | WebSocketClientTransport | StdioClientTransport;

export class SdkClient implements AsyncDisposable {
  /** Every message as it came, before the SDK acted on it: its handlers lose the order of a notification and a result. */
  readonly came: Message[] = [];
  readonly exchanges: Exchange[];
  readonly #client: ClientV1 | ClientV2;
  readonly #transport: Transport;
  readonly #waits = new Waits();

  constructor(client: ClientV1 | ClientV2, transport: Transport, exchanges: Exchange[]) {
    this.#client = client;
    this.#transport = transport;
    this.exchanges = exchanges;
  }

  get mcp(): Common {
    return this.#client as unknown as Common;
  }

  get sessionId(): string | undefined {
    return "sessionId" in this.#transport ? this.#transport.sessionId : undefined;
  }

  get era(): string {
    return this.#client instanceof ClientV2 ? String(this.#client.getProtocolEra()) : "legacy";
  }

  async connect(): Promise<this> {
    // biome-ignore lint/suspicious/noExplicitAny: each generation takes its own transports
    await (this.#client as any).connect(this.#transport);
    const act = this.#transport.onmessage as (message: unknown, extra?: unknown) => void;
    this.#transport.onmessage = (message: unknown, extra?: unknown) => {
      this.came.push(message as Message);
      act.call(this.#transport, message, extra);
      this.changed();
    };
    return this;
  }

  call(name: string, args: object = {}, options: Options = {}): Promise<Result> {
    const params = { name, arguments: args };
    const called =
      this.#client instanceof ClientV1
        ? this.#client.callTool(params as never, undefined, options)
        : this.#client.callTool(params as never, options);
    return called as unknown as Promise<Result>;
  }

  /** Ends the session; over Streamable HTTP only. */
  async endSession(): Promise<void> {
    if ("terminateSession" in this.#transport) await this.#transport.terminateSession();
  }

  /** The nth notification of this kind, past or to come, counted from 1. */
  heard(notification: string, nth: number): Promise<Message> {
    return this.#waits.first(() => this.came.filter(({ method }) => method === notification)[nth - 1]);
  }

  /** A client of the modern era has to ask for news. */
  async hearNews(): Promise<void> {
    if (this.mcp instanceof ClientV2 && this.era === "modern") await this.mcp.listen({ toolsListChanged: true });
  }

  /** The first answered HTTP request, past or to come, that passes. */
  exchanged(matches: (exchange: Exchange) => boolean): Promise<Exchange> {
    return this.#waits.first(() => this.exchanges.find(matches));
  }

  /** Something came: looks again for what is waited for. */
  changed(): void {
    this.#waits.changed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}

const info = { name: "sdk", version: "1" };
const v1 = () => new ClientV1(info);
const v2 = () => new ClientV2(info);
const negotiating = () => new ClientV2(info, { versionNegotiation: { mode: "auto" } });

type HttpTransport = new (
  url: URL,
  options: { requestInit: RequestInit; fetch: typeof fetch },
) => StreamableV1 | StreamableV2 | SseV1 | SseV2;

const overHttp = (makeClient: () => ClientV1 | ClientV2, Kind: HttpTransport, path: string) => (place: HubPlace) => {
  const exchanges: Exchange[] = [];
  const watched: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    exchanges.push({ method: init?.method ?? "GET", headers: new Headers(init?.headers), status: response.status });
    client.changed();
    return response;
  };
  const requestInit = { headers: { authorization: `Bearer ${place.token}` } };
  const transport = new Kind(new URL(place.url + path), { requestInit, fetch: watched });
  const client = new SdkClient(makeClient(), transport, exchanges);
  return client.connect();
};

async function overWebSocket(place: HubPlace): Promise<SdkClient> {
  // The SDK takes the global WebSocket and has no way to give it headers.
  class WithToken extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols, { headers: { authorization: `Bearer ${place.token}` } });
    }
  }
  Object.assign(globalThis, { WebSocket: WithToken });
  const transport = new WebSocketClientTransport(new URL(`${place.url.replace(/^http/, "ws")}/`));
  return new SdkClient(v1(), transport, []).connect();
}

function overStdio({ command }: HubPlace): Promise<SdkClient> {
  return new SdkClient(v2(), new StdioClientTransport({ ...command, stderr: "ignore" }), []).connect();
}

type Open = (place: HubPlace) => Promise<SdkClient>;

/** Over Streamable HTTP: sessions that end, streams that resume. */
export const streamableClients: Record<string, Open> = {
  "SDK 1.x over Streamable HTTP": overHttp(v1, StreamableV1 as HttpTransport, "/mcp"),
  "SDK 2.x over Streamable HTTP": overHttp(v2, StreamableV2 as HttpTransport, "/mcp"),
};

/** The same, as it settles on an era by itself: there are no sessions then, and nothing to resume. */
export const negotiatingClients: Record<string, Open> = {
  "SDK 2.x over Streamable HTTP, negotiating": overHttp(negotiating, StreamableV2 as HttpTransport, "/mcp"),
};

/** Over the 2024-11-05 transport: the stream is the session. */
export const sseClients: Record<string, Open> = {
  "SDK 1.x over HTTP+SSE": overHttp(v1, SseV1 as HttpTransport, "/sse"),
  "SDK 2.x over HTTP+SSE": overHttp(v2, SseV2 as HttpTransport, "/sse"),
};

export const sdkClients: Record<string, Open> = {
  ...streamableClients,
  ...negotiatingClients,
  ...sseClients,
  "SDK 1.x over WebSocket": overWebSocket,
  "SDK 2.x over STDIO": overStdio,
};
