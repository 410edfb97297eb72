// A client as MCP has them on STDIO: one JSON message a line, on a pair of streams.
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
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
  readonly #listeners = new Set<(message: Message) => void>();

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
    const matches = (message: Message) => message.method === method && test(message);
    const past = this.notifications.find(matches);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => {
      const listener = (message: Message) => {
        if (!matches(message)) return;
        this.#listeners.delete(listener);
        resolve(message);
      };
      this.#listeners.add(listener);
    });
  }

  #read(line: string): void {
    const message = JSON.parse(line) as Message;
    if (message.method !== undefined) {
      this.notifications.push(message);
      for (const listener of this.#listeners) listener(message);
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
