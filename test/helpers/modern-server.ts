// An MCP server made with the official SDK 2.x over Streamable HTTP on loopback, of the modern era or of both, and what it was asked.
import { once } from "node:events";
import { createServer, type Server as HttpServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type NodeIncomingMessageLike, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, fromJsonSchema, type McpHttpHandler, McpServer } from "@modelcontextprotocol/server";

export interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly params: Readonly<Record<string, unknown>>;
}

const anything = fromJsonSchema<Record<string, unknown>>({ type: "object" });
/** The keyword is not one that the SDK's types know. */
const region: object = { type: "string", "x-mcp-header": "Region" };
const placed = fromJsonSchema<Record<string, unknown>>({ type: "object", properties: { region } });

export class ModernServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly handler: McpHttpHandler;
  readonly #http: HttpServer;
  readonly #releases: (() => void)[] = [];
  readonly #wakers: (() => void)[] = [];
  /** One tool more than before. */
  hasGrown = false;
  /** Calls that ended before their time, by their tokens. */
  readonly aborted: unknown[] = [];

  constructor(legacy: "stateless" | "reject") {
    this.handler = createMcpHandler(({ era }) => this.#server(era), { legacy, keepAliveMs: 0 });
    const handle = toNodeHandler(this.handler);
    this.#http = createServer((request, response) => {
      void text(request).then(
        (body) => {
          const message = body === "" ? { method: request.method } : JSON.parse(body);
          this.asked.push({ method: message.method, headers: request.headers, params: message.params ?? {} });
          for (const wake of this.#wakers.splice(0)) wake();
          return handle(request as NodeIncomingMessageLike, response, body === "" ? undefined : message);
        },
        () => {},
      );
    });
  }

  static async open(legacy: "stateless" | "reject"): Promise<ModernServer> {
    const server = new ModernServer(legacy);
    server.#http.listen(0, "127.0.0.1");
    await once(server.#http, "listening");
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/mcp`;
  }

  methods(): string[] {
    return this.asked.map(({ method }) => method);
  }

  /** The first request that is so, past or to come. */
  async request(test: (asked: Asked) => boolean): Promise<Asked> {
    for (;;) {
      const found = this.asked.find(test);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  /** Lets the calls go on that wait. */
  release(): void {
    for (const go of this.#releases.splice(0)) go();
  }

  /** Every connection breaks. */
  cut(): void {
    this.#http.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
    await this.handler.close();
  }

  #server(era: string): McpServer {
    const capabilities = {
      tools: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      prompts: { listChanged: true },
    };
    const server = new McpServer({ name: "modern-server", version: "1" }, { capabilities, instructions: "both eras" });
    const said = (value: unknown) => ({ content: [{ type: "text" as const, text: JSON.stringify(value) }] });
    server.registerTool("echo", { inputSchema: anything }, (args) => said(args));
    server.registerTool("era", { inputSchema: anything }, () => said(era));
    server.registerTool("place", { inputSchema: placed }, (args) => said(args));
    server.registerTool("steps", { inputSchema: anything }, async (_args, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken ?? 0;
      const step = (progress: number) =>
        mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress } });
      mcpReq.signal.addEventListener("abort", () => {
        // Of one that is answered as well.
        if (this.#releases.length > 0) this.aborted.push(progressToken);
        this.release();
      });
      await step(1);
      await new Promise<void>((resolve) => this.#releases.push(resolve));
      await step(2);
      return said("stepped");
    });
    if (this.hasGrown) server.registerTool("grown", { inputSchema: anything }, () => said("grown"));
    server.registerResource("a", "test://a", {}, () => ({ contents: [{ uri: "test://a", text: "a" }] }));
    server.registerPrompt("sälut", {}, () => ({
      messages: [{ role: "user" as const, content: { type: "text" as const, text: "hello" } }],
    }));
    return server;
  }
}
