// A client of a hub in this very process: what `list` and `call` speak through, so that they see just what a client would.
import type { Doorkeeper } from "../doors/port.ts";
import { Channel } from "../library/channel.ts";
import type { Principal } from "../sessions/principal.ts";
import { findMember } from "../wire/json.ts";

/** A JSON-RPC message as the command line shows it. */
export interface Reply {
  /** The result as the Core wrote it: numbers beyond 2^53 are whole. */
  readonly resultText?: string;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

export class InProcessClient {
  readonly #channel: Channel;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #onProgress: (progress: Progress) => void;
  #nextId = 1;

  constructor(doorkeeper: Doorkeeper, principal: Principal, onProgress: (progress: Progress) => void = () => {}) {
    this.#onProgress = onProgress;
    this.#channel = new Channel(doorkeeper, principal, { message: (text) => this.#take(text) });
  }

  /** `params` as text goes out as it is written. The hub's answer, whether result or error. Never rejects. */
  request(method: string, params: object | string): Promise<Reply> {
    const id = this.#nextId++;
    const answered = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    const text = typeof params === "string" ? params : JSON.stringify(params);
    this.#channel.send(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${text}}`);
    return answered;
  }

  async initialize(version: string): Promise<void> {
    await this.request("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "thehub-cli", version },
    });
  }

  close(): void {
    this.#channel.close();
  }

  #take(text: string): void {
    const message = JSON.parse(text) as Reply & {
      id?: number;
      method?: string;
      params?: Progress;
    };
    if (message.method === "notifications/progress" && message.params !== undefined) this.#onProgress(message.params);
    if (message.method !== undefined || message.id === undefined) return;
    const bytes = Buffer.from(text);
    const range = findMember(bytes, 0, bytes.length, "result");
    const resultText = range === undefined ? "" : bytes.toString("utf8", range.start, range.end);
    this.#waiting.get(message.id)?.({ ...message, resultText });
    this.#waiting.delete(message.id);
  }
}
