// An official SDK client that can be asked everything, of either generation, over any door. It answers with its own name, so that an
// answer tells who gave it, and keeps every message as it came.
import { Client as ClientV2, LOG_LEVEL_META_KEY, type McpSubscription } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  ResultSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { PlainTransport } from "./framed-transport.ts";
import { recorded, type Said } from "./recorded-transport.ts";
import { Waits } from "./waits.ts";
import type { Message } from "./ws-client.ts";

export type Generation = "1.x" | "2.x";

/** How a client of SDK 2.x finds the era of its server: it insists on one, or asks first. */
export type Negotiation = "legacy" | "auto" | "modern";

/** What a two-way Core writes as the text of a result. */
export interface Told {
  readonly marker: string;
  readonly pid: number;
  readonly core: string;
  readonly generation?: string;
  readonly era?: string;
  readonly framing?: string;
  readonly level?: string;
  readonly declared?: Record<string, unknown>;
  readonly answer?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
  readonly roots?: readonly { readonly uri: string }[];
  readonly elicitationId?: string;
  readonly answers?: readonly Outcome[];
}

/** What came of a question. */
export interface Outcome {
  readonly answer?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: { progress: number; message?: string }) => void;
}

/** What the generations have in common, as these tests use it. */
interface Common {
  listTools(): Promise<{ tools: { name: string }[] }>;
  listPrompts(): Promise<{ prompts: { name: string }[] }>;
  listResources(): Promise<{ resources: { uri: string }[] }>;
  listResourceTemplates(): Promise<{ resourceTemplates: { uriTemplate: string }[] }>;
  readResource(params: { uri: string }): Promise<{ contents: { uri: string; text?: string }[] }>;
  getPrompt(params: object): Promise<{ messages: { content: { text?: string } }[] }>;
  complete(params: object): Promise<{ completion: { values: string[] } }>;
  subscribeResource(params: { uri: string }): Promise<unknown>;
  unsubscribeResource(params: { uri: string }): Promise<unknown>;
  setLoggingLevel(level: string): Promise<unknown>;
  sendRootsListChanged(): Promise<void>;
}

const askable = {
  sampling: {},
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
};

type Params = Record<string, unknown>;

export class TwoWayClient implements AsyncDisposable {
  readonly name: string;
  readonly generation: Generation;
  /** Every message as it came, before the SDK acted on it. */
  readonly came: Message[] = [];
  /** What it tells Cores as its roots. */
  roots: { uri: string }[];
  /** Everything that was said, by either, from the first message on. */
  readonly said: Said[] = [];
  /** What it was asked, by either way of asking. */
  readonly asked: { readonly method: string; readonly params: Params }[] = [];
  /** What the SDK did not like of what came. */
  readonly complaints: string[] = [];
  /** What it wants logged, where that is said with each request. */
  #level: string | undefined;
  readonly #watched = new Map<string, McpSubscription>();
  readonly #client: ClientV1 | ClientV2;
  readonly #waits = new Waits();
  #markers = 0;

  private constructor(name: string, generation: Generation, capabilities: object, negotiation: Negotiation) {
    this.name = name;
    this.generation = generation;
    this.roots = [{ uri: `file:///${name}` }];
    const info = { name, version: "1" };
    this.#client =
      generation === "1.x"
        ? new ClientV1(info, { capabilities })
        : new ClientV2(info, {
            capabilities,
            versionNegotiation: { mode: negotiation === "modern" ? { pin: "2026-07-28" } : negotiation },
          });
    this.#client.onerror = ({ message }) => this.complaints.push(message);
    this.#answer("sampling/createMessage", (params) => this.#sampled(params), "sampling" in capabilities);
    this.#answer("elicitation/create", (params) => this.#elicited(params), "elicitation" in capabilities);
    this.#answer("roots/list", () => ({ roots: this.roots }), "roots" in capabilities);
  }

  /** `name`: the client's, unique in a test. Rejects where the door does. */
  static async open(
    name: string,
    generation: Generation,
    transport: PlainTransport,
    capabilities: object = askable,
    negotiation: Negotiation = "legacy",
  ): Promise<TwoWayClient> {
    const client = new TwoWayClient(name, generation, capabilities, negotiation);
    recorded(transport, client.said);
    // biome-ignore lint/suspicious/noExplicitAny: each generation declares transports of its own
    await (client.#client as any).connect(transport);
    const act = transport.onmessage as (message: unknown, extra?: unknown) => void;
    transport.onmessage = (message: unknown, extra?: unknown) => {
      client.came.push(message as Message);
      act.call(transport, message, extra);
      client.#waits.changed();
    };
    return client;
  }

  get mcp(): Common {
    return this.#client as unknown as Common;
  }

  get era(): "legacy" | "modern" {
    return (this.#client instanceof ClientV2 ? this.#client.getProtocolEra() : undefined) ?? "legacy";
  }

  /** From now on log messages of this level and above are wanted. */
  async setLevel(level: string): Promise<void> {
    this.#level = level;
    if (this.era === "legacy") await this.mcp.setLoggingLevel(level);
  }

  /** To be told when it changes. */
  async watch(uri: string): Promise<void> {
    if (this.era === "legacy") await this.mcp.subscribeResource({ uri });
    else this.#watched.set(uri, await this.#listen({ resourceSubscriptions: [uri] }));
  }

  async unwatch(uri: string): Promise<void> {
    if (this.era === "legacy") await this.mcp.unsubscribeResource({ uri });
    await this.#watched.get(uri)?.close();
    this.#watched.delete(uri);
  }

  /** To be told of every list that changes: in one era nobody has to ask. */
  async watchLists(): Promise<void> {
    if (this.era === "modern")
      await this.#listen({ toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true });
  }

  #listen(filter: object): Promise<McpSubscription> {
    if (!(this.#client instanceof ClientV2)) throw new Error("SDK 1.x knows one era");
    return this.#client.listen(filter);
  }

  /** A word that nobody else says. */
  marker(): string {
    return `${this.name}-${++this.#markers}`;
  }

  /** Calls a tool of a two-way Core; what its text says. */
  async tell(tool: string, args: object = {}, options: CallOptions = {}): Promise<Told> {
    const isSaidHere = this.era === "modern" && this.#level !== undefined;
    const meta = isSaidHere ? { _meta: { [LOG_LEVEL_META_KEY]: this.#level } } : {};
    const params = { name: tool, arguments: args, ...meta };
    const called =
      this.#client instanceof ClientV1
        ? this.#client.callTool(params as never, undefined, options as never)
        : this.#client.callTool(params as never, options as never);
    const { content } = (await called) as unknown as { content: { text: string }[] };
    return JSON.parse(content[0]?.text ?? "null") as Told;
  }

  /** A request as it is: for what an SDK has no method for. SDK 1.x only. */
  request(method: string, params: object): Promise<Record<string, unknown>> {
    if (!(this.#client instanceof ClientV1)) throw new Error("this generation sends no requests of others' kinds");
    return this.#client.request({ method, params } as never, ResultSchema) as Promise<Record<string, unknown>>;
  }

  /** Every message that has this text in it, answers to its own requests too. */
  heardOf(text: string): Message[] {
    return this.came.filter((message) => JSON.stringify(message).includes(text));
  }

  /** The nth message of this method that passes, past or to come, counted from 1. */
  heard(method: string, test: (params: Params) => boolean = () => true, nth = 1): Promise<Message> {
    const matches = (message: Message) => message.method === method && test(message.params ?? {});
    return this.#waits.first(() => this.came.filter(matches)[nth - 1]);
  }

  #answer(
    method: "sampling/createMessage" | "elicitation/create" | "roots/list",
    run: (params: Params) => object,
    declared: boolean,
  ): void {
    if (!declared) return;
    const answer = (params: Params = {}) => {
      this.asked.push({ method, params });
      return run(params) as never;
    };
    if (this.#client instanceof ClientV2) {
      this.#client.setRequestHandler(method, ({ params }) => answer(params as Params));
      return;
    }
    const schemas = {
      "sampling/createMessage": CreateMessageRequestSchema,
      "elicitation/create": ElicitRequestSchema,
      "roots/list": ListRootsRequestSchema,
    };
    const schema = schemas[method] as typeof ElicitRequestSchema;
    this.#client.setRequestHandler(schema, ({ params }) => answer(params as Params));
  }

  #sampled({ messages }: Params): object {
    const [message] = messages as { content: { text: string } | { text: string }[] }[];
    const content = [message?.content].flat()[0];
    return { model: "test", role: "assistant", content: { type: "text", text: `${this.name}: ${content?.text}` } };
  }

  #elicited({ mode, message }: Params): object {
    return mode === "url" ? { action: "accept" } : { action: "accept", content: { marker: message, by: this.name } };
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
