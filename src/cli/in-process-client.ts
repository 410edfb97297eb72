// A client of a hub in this very process, or of a bridge to another one: what `list` and `call` speak through, so that they see
// just what a client would.
import { type ErrorCode, errorTable, HubError } from "../base/errors.ts";
import type { Doorkeeper } from "../doors/port.ts";
import { Channel } from "../library/channel.ts";
import type { Principal } from "../sessions/principal.ts";
import { findMember } from "../wire/json.ts";
import { latestLegacyRevision } from "../wire/revisions.ts";
import { type Person, personCapabilities } from "./person.ts";

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

/** More than any server has; one that goes on for ever is wrong. */
const maxPages = 1000;

export class InProcessClient {
  readonly #channel: Channel;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #onProgress: (progress: Progress) => void;
  readonly #person: Person | undefined;
  /** What the person is being asked, by the id it came with. */
  readonly #questions = new Map<number, AbortController>();
  #nextId = 1;

  /** `person`: who answers what Cores ask, where somebody is there. */
  constructor(
    doorkeeper: Doorkeeper,
    principal: Principal,
    onProgress: (progress: Progress) => void = () => {},
    person?: Person,
  ) {
    this.#onProgress = onProgress;
    this.#person = person;
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

  async initialize(version: string): Promise<Reply> {
    const reply = await this.request("initialize", {
      protocolVersion: latestLegacyRevision,
      capabilities: this.#person === undefined ? {} : personCapabilities,
      clientInfo: { name: "thehub-cli", version },
    });
    if (reply.error === undefined) this.#channel.send('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    return reply;
  }

  /** All entries of a list, page by page; of a kind that the hub does not have there are none. Throws what the hub refuses with. */
  async list<T>(method: string, member: string): Promise<T[]> {
    const entries: T[] = [];
    let params = {};
    for (let page = 0; page < maxPages; page++) {
      const { result, error } = await this.request(method, params);
      if (error?.code === errorTable.method_unknown.rpc) return entries;
      if (error !== undefined) throw errorOf(error);
      const { [member]: found, nextCursor } = result as { [member: string]: T[] | undefined; nextCursor?: never };
      entries.push(...(found ?? []));
      if (typeof nextCursor !== "string") return entries;
      params = { cursor: nextCursor };
    }
    throw new HubError("internal", `${method} has more than ${maxPages} pages`);
  }

  /** Takes back what is under way: nobody waits for it any more. */
  cancelAll(): void {
    for (const requestId of this.#waiting.keys()) {
      const params = JSON.stringify({ requestId, reason: "interrupted" });
      this.#channel.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`);
    }
    this.#waiting.clear();
  }

  close(): void {
    for (const question of this.#questions.values()) question.abort();
    this.#channel.close();
  }

  #take(text: string): void {
    const message = JSON.parse(text) as Reply & { id?: number; method?: string; params?: unknown };
    if (message.method !== undefined) {
      this.#hear(message.method, message.id, message.params ?? {});
      return;
    }
    if (message.id === undefined) return;
    const bytes = Buffer.from(text);
    const range = findMember(bytes, 0, bytes.length, "result");
    const resultText = range === undefined ? "" : bytes.toString("utf8", range.start, range.end);
    this.#waiting.get(message.id)?.({ ...message, resultText });
    this.#waiting.delete(message.id);
  }

  #hear(method: string, id: number | undefined, params: object): void {
    if (id !== undefined) void this.#answer(method, id, params);
    else if (method === "notifications/progress") this.#onProgress(params as Progress);
    else if (method === "notifications/cancelled") {
      this.#questions.get((params as { requestId: number }).requestId)?.abort();
    }
  }

  /** Nothing is asked that this client has not declared, but for `ping`. */
  async #answer(method: string, id: number, params: object): Promise<void> {
    const reply = (more: object) => this.#channel.send(JSON.stringify({ jsonrpc: "2.0", id, ...more }));
    if (method === "ping") return reply({ result: {} });
    if (method !== "elicitation/create" || this.#person === undefined) {
      return reply({ error: { code: -32601, message: `this client knows no ${method}` } });
    }
    const withdrawn = new AbortController();
    this.#questions.set(id, withdrawn);
    const result = await this.#person.answer(params, withdrawn.signal);
    this.#questions.delete(id);
    if (!withdrawn.signal.aborted) reply({ result });
  }
}

/** By the hub's word for it, where it has one. */
function errorOf({ message, data }: NonNullable<Reply["error"]>): HubError {
  const code = String((data as { code?: unknown } | undefined)?.code);
  return new HubError(Object.hasOwn(errorTable, code) ? (code as ErrorCode) : "request_invalid", message);
}
