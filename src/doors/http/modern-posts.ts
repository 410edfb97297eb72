// All requests of the modern era that are under way: how many there may be, of whom, and what becomes of them at the end of the hub.
// Between two requests of a client nothing is kept.
import type { IncomingMessage, ServerResponse } from "node:http";
import { ChurnMap, textHash } from "../../base/churn-map.ts";
import type { Clock, Timer } from "../../base/clock.ts";
import type { MessageReader } from "../../wire/message-reader.ts";
import type { SentParamHeaders } from "../../wire/param-headers.ts";
import { traceHeaders } from "../../wire/trace-context.ts";
import type { Guest, Judge, RequestDoorkeeper, RequestVisitor, Visit } from "../port.ts";
import { Stay } from "../stay.ts";
import { type ModernHome, ModernPost } from "./modern-post.ts";
import { type Accepted, single } from "./negotiate.ts";
import { Unread } from "./unread.ts";

export interface ModernLimits {
  /** Most bytes that may wait for a client on one response. */
  readonly maxOutboxBytes: number;
  /** The same on all responses of one client. */
  readonly maxUnreadBytes: number;
  /** Requests of one client under way. */
  readonly maxClientPosts: number;
  /** The same of all. */
  readonly maxAllPosts: number;
}

export interface ModernDeps {
  readonly doorkeeper: RequestDoorkeeper;
  readonly judge: Judge | undefined;
  readonly clock: Clock;
  readonly limits: ModernLimits;
  /** Counts a message that no response could take. */
  lost(): void;
  slowReader(client: string, pendingBytes: number, busy: number): void;
}

/** A POST whose body has been read. */
export interface ModernAsked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly guest: Guest;
  readonly accepted: Accepted;
}

/** One timer looks after all of them. */
const checkMs = 1_000;

export class ModernPosts {
  readonly #deps: ModernDeps;
  /** In no order; each knows its place. What comes and goes so often leaves a Set that keeps it alive. */
  readonly #posts: ModernPost[] = [];
  readonly #clients = new ChurnMap<string, Client>(textHash);
  #timer: Timer | undefined;
  #emptied: (() => void) | undefined;

  constructor(deps: ModernDeps) {
    this.#deps = deps;
  }

  /** Requests under way. */
  get size(): number {
    return this.#posts.length;
  }

  /** Who has as many under way as may be; undefined: there is room for one more of this client. */
  fullOf(guest: Guest): "client" | "all" | undefined {
    const { maxClientPosts, maxAllPosts } = this.#deps.limits;
    if (this.#posts.length >= maxAllPosts) return "all";
    const client = this.#clients.get(keyOf(guest));
    return client !== undefined && client.posts >= maxClientPosts ? "client" : undefined;
  }

  /** A request for which there is room. */
  take({ request, response, guest, accepted }: ModernAsked, message: MessageReader): void {
    const { clock } = this.#deps;
    const post = new ModernPost(response, this.#clientOf(guest), {
      accepted,
      trace: traceHeaders(request.headers),
      nowMs: clock.now(),
      guest,
      visit: { ...guest, paramHeaders: paramHeadersOf(request) },
    });
    post.place = this.#posts.length;
    this.#posts.push(post);
    this.#timer ??= clock.after(checkMs, () => this.#check());
    post.take(message);
  }

  /** Resolves when none is under way, and all answers have been read; after `graceMs` in any case, with those that are left ended. */
  async close(graceMs: number): Promise<void> {
    const late = this.#deps.clock.after(graceMs, () => {
      for (const post of [...this.#posts]) post.end("shutdown");
      this.#emptied?.();
    });
    if (this.#posts.length > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
    late.cancel();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #clientOf(guest: Guest): Client {
    const key = keyOf(guest);
    let client = this.#clients.get(key);
    if (client === undefined) {
      client = new Client(guest.principal.name, this.#deps, (post) => this.#closed(key, post));
      this.#clients.set(key, client);
    }
    client.posts++;
    return client;
  }

  #closed(key: string, post: ModernPost): void {
    const last = this.#posts.pop();
    if (last !== undefined && last !== post) {
      last.place = post.place;
      this.#posts[post.place] = last;
    }
    const client = this.#clients.get(key);
    if (client !== undefined && --client.posts === 0) this.#clients.delete(key);
    if (this.#posts.length === 0) this.#emptied?.();
  }

  #check(): void {
    const now = this.#deps.clock.now();
    for (const post of [...this.#posts]) post.check(now);
    this.#timer = this.#posts.length === 0 ? undefined : this.#deps.clock.after(checkMs, () => this.#check());
  }
}

/** Who reads a number of responses: there as long as one of them is. */
class Client implements ModernHome {
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly unread: Unread;
  readonly closed: (post: ModernPost) => void;
  /** Under way. */
  posts = 0;
  readonly #name: string;
  readonly #deps: ModernDeps;

  constructor(name: string, deps: ModernDeps, closed: (post: ModernPost) => void) {
    this.#name = name;
    this.#deps = deps;
    this.clock = deps.clock;
    this.maxBytes = deps.limits.maxOutboxBytes;
    this.unread = new Unread(deps.limits.maxUnreadBytes);
    this.closed = closed;
  }

  stayOf(guest: Guest): Stay {
    return new Stay(guest, this.#deps.judge, this.clock);
  }

  open(visit: Visit): RequestVisitor {
    return this.#deps.doorkeeper.open(visit);
  }

  lost(): void {
    this.#deps.lost();
  }

  slow(pendingBytes: number): void {
    this.#deps.slowReader(this.#name, pendingBytes, this.posts);
  }
}

/** Where many share an identity, the address tells them apart as far as anything does. */
function keyOf({ principal, peer }: Guest): string {
  return principal.shared ? `address ${peer}` : `client ${principal.id}`;
}

function paramHeadersOf({ headers }: IncomingMessage): SentParamHeaders {
  return { get: (key) => single(headers[`mcp-param-${key}`]) };
}
