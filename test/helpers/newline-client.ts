// A client as MCP has them on STDIO: one JSON message a line, on a pair of streams.
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { Waits } from "./waits.ts";
import type { Message } from "./ws-client.ts";

export class NewlineClient {
  readonly notifications: Message[] = [];
  /** Answers that no request waited for: must stay empty. */
  readonly strays: Message[] = [];
  /** The text of the last answer, as it was written. */
  lastText = "";
  nextId = 1;
  readonly #output: Writable;
  readonly #waiting = new Map<number | string, (message: Message) => void>();
  readonly #waits = new Waits();

  constructor(input: Readable, output: Writable) {
    this.#output = output;
    createInterface({ input }).on("line", (line) => this.#read(line));
  }

  async hello(): Promise<void> {
    const { error } = await this.request("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "newline-client", version: "1" },
    });
    if (error !== undefined) throw new Error(error.message);
    this.write('{"jsonrpc":"2.0","method":"notifications/initialized"}');
  }

  request(method: string, params: object = {}): Promise<Message> {
    const id = this.nextId++;
    const answer = this.answerTo(id);
    this.write(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return answer;
  }

  call(name: string, args: object = {}, meta?: object): Promise<Message> {
    return this.request("tools/call", { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) });
  }

  answerTo(id: number | string): Promise<Message> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  write(line: string): void {
    this.#output.write(`${line}\n`);
  }

  /** The first notification, past or to come, that passes. */
  notified(method: string, test: (message: Message) => boolean = () => true): Promise<Message> {
    return this.#waits.first(() => this.notifications.find((message) => message.method === method && test(message)));
  }

  #read(line: string): void {
    const message = JSON.parse(line) as Message;
    if (message.method !== undefined) {
      this.notifications.push(message);
      this.#waits.changed();
      return;
    }
    this.lastText = line;
    const key = message.id ?? "null";
    const take = this.#waiting.get(key);
    if (take === undefined) this.strays.push(message);
    this.#waiting.delete(key);
    take?.(message);
  }
}
