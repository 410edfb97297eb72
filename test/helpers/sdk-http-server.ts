// MCP servers of the official SDKs, 1.x and 2.x, over Streamable HTTP with sessions and an event store, on loopback.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { Server as ServerV1 } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, type JSONRPCMessage, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { Server as ServerV2 } from "@modelcontextprotocol/server";

export type SdkVersion = "v1" | "v2";

/** What a tool of either SDK can do beside answering. */
interface Around {
  progress(value: number): Promise<void>;
  /** Ends the stream of the answer; the client is to come back for it. */
  endStream(): void;
  listChanged(): Promise<void>;
}

/** Keeps events in order. */
class EventStore {
  readonly #events: { readonly id: string; readonly streamId: string; readonly message: unknown }[] = [];

  async storeEvent(streamId: string, message: unknown): Promise<string> {
    const id = `${this.#events.length}`;
    this.#events.push({ id, streamId, message });
    return id;
  }

  async getStreamIdForEventId(id: string): Promise<string | undefined> {
    return this.#events[Number(id)]?.streamId;
  }

  async replayEventsAfter(
    lastId: string,
    { send }: { send: (id: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const streamId = this.#events[Number(lastId)]?.streamId ?? "";
    for (const event of this.#events.slice(Number(lastId) + 1)) {
      const { message } = event as { message: JSONRPCMessage };
      // Events that prime a stream hold no message.
      if (event.streamId === streamId && Object.keys(message).length > 0) await send(event.id, message);
    }
    return streamId;
  }
}

interface Session {
  handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const tools = ["echo", "steps", "poll", "change"].map((name) => ({ name, inputSchema: { type: "object" as const } }));
const info = { name: "sdk-server", version: "1" };
const capabilities = { tools: { listChanged: true } };

export class SdkHttpServer implements AsyncDisposable {
  readonly #http: HttpServer;
  readonly #version: SdkVersion;
  readonly #sessions = new Map<string, Session>();
  readonly #releases: (() => void)[] = [];
  readonly calls: string[] = [];

  constructor(version: SdkVersion) {
    this.#version = version;
    this.#http = createServer((request, response) => void this.#handle(request, response));
  }

  static async open(version: SdkVersion): Promise<SdkHttpServer> {
    const server = new SdkHttpServer(version);
    server.#http.listen(0, "127.0.0.1");
    await once(server.#http, "listening");
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Lets the calls go on that wait. */
  release(): void {
    for (const go of this.#releases.splice(0)) go();
  }

  /** As a server that has been started again: it knows no session. */
  forget(): void {
    this.#sessions.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers["mcp-session-id"];
    const session = id === undefined ? await this.#open() : this.#sessions.get(String(id));
    if (session === undefined) {
      response.writeHead(404, { "content-type": "application/json" });
      response.end('{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}');
    } else await session.handleRequest(request, response);
  }

  async #open(): Promise<Session> {
    const eventStore = new EventStore();
    const options = {
      sessionIdGenerator: () => randomUUID(),
      eventStore,
      retryInterval: 50,
      onsessioninitialized: (id: string) => void this.#sessions.set(id, transport),
      onsessionclosed: (id: string) => void this.#sessions.delete(id),
    };
    const transport =
      this.#version === "v1"
        ? new StreamableHTTPServerTransport(options)
        : new NodeStreamableHTTPServerTransport(options);
    if (transport instanceof StreamableHTTPServerTransport) await this.#serverV1().connect(transport as never);
    else await this.#serverV2().connect(transport);
    return transport;
  }

  #serverV1(): ServerV1 {
    const server = new ServerV1(info, { capabilities });
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) =>
      this.#call(params.name, params.arguments, {
        progress: (progress) => {
          const progressToken = params._meta?.progressToken ?? 0;
          return extra.sendNotification({ method: "notifications/progress", params: { progressToken, progress } });
        },
        endStream: () => extra.closeSSEStream?.(),
        listChanged: () => server.sendToolListChanged(),
      }),
    );
    return server;
  }

  #serverV2(): ServerV2 {
    const server = new ServerV2(info, { capabilities });
    server.setRequestHandler("tools/list", () => ({ tools }));
    server.setRequestHandler("tools/call", ({ params }, context) =>
      this.#call(params.name, params.arguments, {
        progress: (progress) => {
          const progressToken = params._meta?.progressToken ?? 0;
          return context.mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress } });
        },
        endStream: () => context.http?.closeSSE?.(),
        listChanged: () => server.sendToolListChanged(),
      }),
    );
    return server;
  }

  async #call(name: string, args: unknown, around: Around): Promise<{ content: { type: "text"; text: string }[] }> {
    this.calls.push(name);
    if (name === "change") await around.listChanged();
    if (name === "steps" || name === "poll") {
      const released = new Promise<void>((resolve) => this.#releases.push(resolve));
      await around.progress(1);
      if (name === "poll") around.endStream();
      await released;
      await around.progress(2);
    }
    return { content: [{ type: "text", text: JSON.stringify(args ?? null) }] };
  }
}
