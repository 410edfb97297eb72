// All requests of the modern era that are under way: how many there may be, of whom, and what becomes of them at the end of the hub.
// Between two requests of a client nothing is kept.
import { ChurnMap, textHash } from "../../base/churn-map.ts";
import type { Clock, Timer } from "../../base/clock.ts";
import type { MessageReader } from "../../wire/message-reader.ts";
import type { Guest, Judge, RequestDoorkeeper, RequestVisitor, Visit } from "../port.ts";
import { Stay } from "../stay.ts";
import { type ModernAsked, type ModernHome, ModernPost } from "./modern-post.ts";
import { cutMost, type SlowReader, Unread } from "./unread.ts";

export interface ModernLimits {
  /** Most bytes that may wait for a client on one response. */
  readonly maxOutboxBytes: number;
  /** The same on all responses of one client. */
  readonly maxUnreadBytes: number;
  /** The same of all sessions together, and of all clients without one. */
  readonly maxAllUnreadBytes: number;
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

  /** Undefined: it has the request. Else there is no room for one more, of this client or at all. */
  take(asked: ModernAsked, message: MessageReader): "client" | "all" | undefined {
    const { clock, limits } = this.#deps;
    if (this.#posts.length >= limits.maxAllPosts) return "all";
    const client = this.#clientOf(asked.guest);
    if (client.posts >= limits.maxClientPosts) return "client";
    client.posts++;
    const post = new ModernPost(asked, client, clock.now());
    post.place = this.#posts.length;
    this.#posts.push(post);
    this.#timer ??= clock.after(checkMs, () => this.#check());
    post.take(message);
    return undefined;
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
      client = new Client(key, guest.principal.name, this.#deps, (post, of) => this.#closed(post, of));
      this.#clients.set(key, client);
    }
    return client;
  }

  #closed(post: ModernPost, client: Client): void {
    const last = this.#posts.pop();
    if (last !== undefined && last !== post) {
      last.place = post.place;
      this.#posts[post.place] = last;
    }
    if (--client.posts === 0) this.#clients.delete(client.key);
    if (this.#posts.length === 0) this.#emptied?.();
  }

  #check(): void {
    const now = this.#deps.clock.now();
    for (const post of [...this.#posts]) post.check(now);
    cutMost(this.#clients.values(), this.#deps.limits.maxAllUnreadBytes);
    this.#timer = this.#posts.length === 0 ? undefined : this.#deps.clock.after(checkMs, () => this.#check());
  }
}

/** Who reads a number of responses: there as long as one of them is. */
class Client implements ModernHome, SlowReader {
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly unread: Unread;
  readonly key: string;
  /** Under way. */
  posts = 0;
  readonly #name: string;
  readonly #deps: ModernDeps;
  readonly #closed: (post: ModernPost, client: Client) => void;

  constructor(key: string, name: string, deps: ModernDeps, closed: (post: ModernPost, client: Client) => void) {
    this.key = key;
    this.#name = name;
    this.#deps = deps;
    this.clock = deps.clock;
    this.maxBytes = deps.limits.maxOutboxBytes;
    this.unread = new Unread(deps.limits.maxUnreadBytes);
    this.#closed = closed;
  }

  closed(post: ModernPost): void {
    this.#closed(post, this);
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

  get unreadBytes(): number {
    return this.unread.bytes;
  }

  cutOff(): void {
    this.slow(this.unreadBytes);
    this.unread.cutOff();
  }
}

/** Where many share an identity, the address tells them apart as far as anything does. */
function keyOf({ principal, peer }: Guest): string {
  return principal.shared ? `address ${peer}` : `client ${principal.id}`;
}
