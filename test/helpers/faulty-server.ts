// An MCP server over Streamable HTTP whose tools are faults: what happens to a call is written in a table, and what was carried out is counted.
import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { HttpRequest } from "./scripted-http-hub.ts";
import { ScriptedHttpHub } from "./scripted-http-hub.ts";

/** `nth`: how often this tool was asked, from 1. */
export type Fault = (it: HttpRequest, nth: number) => void;

export interface FaultyOptions {
  /** Of HTTPS, where it is to have a certificate. */
  readonly server?: Server;
  /** What happens to other requests than calls of tools. */
  readonly methods?: Readonly<Record<string, Fault>>;
  /** What happens to who asks for the stream of what belongs to no request; refused, where nothing does. */
  readonly standing?: Fault;
  readonly capabilities?: object;
}

export class FaultyServer implements AsyncDisposable {
  /** Tool → how often it was asked. */
  readonly asked = new Map<string, number>();
  /** The `marker` of every call of `echo` that was carried out. */
  readonly ran: string[] = [];
  /** Methods of what is no request, as they came. */
  readonly notes: string[] = [];
  readonly url: string;
  readonly #faults: Readonly<Record<string, Fault>>;
  readonly #methods: Readonly<Record<string, Fault>>;
  readonly #standing: Fault;
  readonly #capabilities: object;
  #stands = 0;
  #http: ScriptedHttpHub;
  #sessions = new Set<string>();
  #noted = () => {};
  #echoed = () => {};

  private constructor(http: ScriptedHttpHub, faults: Readonly<Record<string, Fault>>, options: FaultyOptions) {
    this.#http = http;
    this.#faults = faults;
    this.#methods = options.methods ?? {};
    this.#standing = options.standing ?? ((it) => it.refuse(405));
    this.#capabilities = options.capabilities ?? { tools: {} };
    this.url = http.url;
    void this.#serve(http);
  }

  static async open(faults: Readonly<Record<string, Fault>> = {}, options: FaultyOptions = {}): Promise<FaultyServer> {
    return new FaultyServer(await ScriptedHttpHub.open(0, options.server), faults, options);
  }

  /** Ends in the middle of everything, and starts again with nothing. */
  async restart(): Promise<void> {
    this.#sessions = new Set();
    await this.#http[Symbol.asyncDispose]();
    this.#http = await ScriptedHttpHub.open(Number(new URL(this.url).port));
    void this.#serve(this.#http);
  }

  /** Resolves when so many of these have come. */
  async noted(method: string, count = 1): Promise<void> {
    const come = () => this.notes.filter((note) => note === method).length;
    while (come() < count) await new Promise<void>((resolve) => (this.#noted = resolve));
  }

  /** Resolves when so many calls of `echo` have been carried out. */
  async hasRun(count: number): Promise<void> {
    while (this.ran.length < count) await new Promise<void>((resolve) => (this.#echoed = resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }

  async #serve(http: ScriptedHttpHub): Promise<void> {
    for (;;) this.#take(await http.any());
  }

  #take(it: HttpRequest): void {
    const { method: verb } = it.request;
    if (verb === "GET") this.#standing(it, ++this.#stands);
    else if (verb !== "POST") it.refuse(verb === "DELETE" ? 204 : 405);
    else if (it.message.method === "initialize") this.#greet(it);
    else if (!this.#sessions.has(it.header("mcp-session-id") ?? "")) it.refuse(404);
    else if (it.message.id === undefined) this.#note(it);
    else if (it.message.method === "tools/list" && this.#methods["tools/list"] === undefined) this.#list(it);
    else if (it.message.method === "tools/call") this.#call(it);
    else this.#other(it);
  }

  #greet(it: HttpRequest): void {
    const session = randomUUID();
    this.#sessions.add(session);
    const serverInfo = { name: "faulty", version: "1" };
    it.answer(
      { protocolVersion: "2025-11-25", capabilities: this.#capabilities, serverInfo },
      { "mcp-session-id": session },
    );
  }

  #note(it: HttpRequest): void {
    this.notes.push(it.message.method ?? "");
    it.refuse(202);
    this.#noted();
  }

  #list(it: HttpRequest): void {
    const names = ["echo", ...Object.keys(this.#faults)];
    it.answer({ tools: names.map((name) => ({ name, inputSchema: { type: "object" } })) });
  }

  #other(it: HttpRequest): void {
    const fault = this.#methods[it.message.method ?? ""];
    if (fault === undefined) it.answer({});
    else fault(it, 1);
  }

  #call(it: HttpRequest): void {
    const { name, arguments: { marker = "" } = {} } = it.message.params as unknown as Called;
    const nth = (this.asked.get(name) ?? 0) + 1;
    this.asked.set(name, nth);
    const fault = this.#faults[name];
    if (fault === undefined) this.#echo(it, marker);
    else fault(it, nth);
  }

  #echo(it: HttpRequest, marker: string): void {
    this.ran.push(marker);
    // Work takes a while, so that many are under way at a time.
    setTimeout(() => it.answer({ content: [{ type: "text", text: marker }] }), 2);
    this.#echoed();
  }
}

interface Called {
  readonly name: string;
  readonly arguments?: { readonly marker?: string };
}
