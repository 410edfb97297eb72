// A client as editors have them: JSON-RPC with Content-Length headers on a pair of streams.
import type { Readable, Writable } from "node:stream";
import type { Message } from "./ws-client.ts";

export class ContentLengthClient {
  readonly #output: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly notifications: Message[] = [];
  #buffer: Buffer = Buffer.alloc(0);
  #nextId = 1;

  constructor(input: Readable, output: Writable) {
    this.#output = output;
    input.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  request(method: string, params: object = {}): Promise<Message> {
    const id = this.#nextId++;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#write({ jsonrpc: "2.0", id, method, params });
    return answer;
  }

  notify(method: string, params: object = {}): void {
    this.#write({ jsonrpc: "2.0", method, params });
  }

  #write(message: object): void {
    const body = Buffer.from(JSON.stringify(message));
    this.#output.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#output.write(body);
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const header = /^content-length: *(\d+)$/im.exec(this.#buffer.toString("latin1", 0, end));
      if (header === null) throw new Error(`no Content-Length in ${this.#buffer.toString("latin1", 0, end)}`);
      const bodyEnd = end + 4 + Number(header[1]);
      if (this.#buffer.length < bodyEnd) return;
      const message = JSON.parse(this.#buffer.toString("utf8", end + 4, bodyEnd)) as Message;
      this.#buffer = this.#buffer.subarray(bodyEnd);
      if (message.method !== undefined) this.notifications.push(message);
      else this.#waiting.get(Number(message.id))?.(message);
    }
  }
}
