// The HTTP doors on one server, behind them a doorkeeper that answers when it is told to, and time in the test's hands.
import assert from "node:assert/strict";
import { HttpDoor, type HttpDoorLimits } from "../../src/doors/http/http-door.ts";
import type { HttpServerOptions } from "../../src/doors/http-server.ts";
import type { Judge } from "../../src/doors/port.ts";
import { SseDoor } from "../../src/doors/sse-door.ts";
import type { Auth } from "../../src/identity/auth.ts";
import { frameOfText, noSplices, type Sent } from "../../src/wire/frame.ts";
import { AskedDoorkeeper, type AskedVisitor } from "./asked-doorkeeper.ts";
import { DoorServer } from "./door-server.ts";
import { MemoryLog } from "./echo-doorkeeper.ts";
import { FakeClock } from "./fake-clock.ts";
import { initialize, json, postText, requestText, sessionIdIn, Wire } from "./http-wire.ts";
import { tokenAuth, tokenClient } from "./token-auth.ts";

export interface HouseOptions {
  readonly limits?: Partial<HttpDoorLimits>;
  readonly http?: Partial<HttpServerOptions>;
  /** What stands before `/messages` for clients. */
  readonly publicPath?: string;
  /** Their names are their tokens. Without any, everybody is let in. */
  readonly clients?: readonly string[];
  /** In place of those. */
  readonly auth?: Auth;
  readonly judge?: Judge;
}

/** Ends with nobody inside, whatever the test left open. */
export class House implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly log = new MemoryLog();
  readonly doorkeeper = new AskedDoorkeeper();
  readonly http: HttpDoor;
  readonly sse: SseDoor;
  /** Messages that no response could take. */
  lost = 0;
  #server: DoorServer | undefined;
  #isClosed = false;

  private constructor({ limits = {}, publicPath = "", judge }: HouseOptions) {
    const judging = judge === undefined ? {} : { judge };
    const { clock, log, doorkeeper } = this;
    const dropped = () => void this.lost++;
    this.http = new HttpDoor({ clock, log, doorkeeper, limits, dropped, ...judging });
    this.sse = new SseDoor({ clock, log, doorkeeper, publicPath, limits, ...judging });
  }

  static async open(options: HouseOptions = {}): Promise<House> {
    const house = new House(options);
    const doors = { "/mcp": house.http, "/sse": house.sse.stream, "/messages": house.sse.messages };
    const auth = options.auth ?? tokenAuth({ clients: (options.clients ?? []).map((name) => tokenClient(name, name)) });
    house.#server = await DoorServer.open({ doors, http: options.http ?? {}, clock: house.clock, auth });
    return house;
  }

  get server(): DoorServer {
    if (this.#server === undefined) throw new Error("not open");
    return this.#server;
  }

  wire(): Promise<Wire> {
    return Wire.open(this.server.port);
  }

  /** Answers only when it is told to. */
  async session(protocolVersion?: string, headers: readonly string[] = []): Promise<HouseSession> {
    using wire = await this.wire();
    wire.write(postText(undefined, initialize(protocolVersion), [...json, ...headers]));
    const id = sessionIdIn(await wire.until(/"result":\{\}\}/));
    const visitor = this.doorkeeper.last;
    visitor.echoes = false;
    return { id, visitor };
  }

  /** An SSE session that answers only when it is told to, and where its messages go. */
  async sseSession(
    headers: readonly string[] = [],
  ): Promise<{ stream: Wire; endpoint: string; visitor: AskedVisitor }> {
    const stream = await this.wire();
    stream.write(requestText("GET /sse", ["Accept: text/event-stream", ...headers]));
    const endpoint = /data: (\S+)\n\n/.exec(await stream.until(/sessionId=\w{32}\n\n/))?.[1];
    const visitor = this.doorkeeper.last;
    visitor.echoes = false;
    return { stream, endpoint: String(endpoint), visitor };
  }

  /** The head and the body of the one response on a connection of its own. */
  async answer(text: string): Promise<{ status: number; head: string; body: string }> {
    using wire = await this.wire();
    wire.write(text.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    await wire.closed;
    const [head = "", ...rest] = wire.text.split("\r\n\r\n");
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body: rest.join("\r\n\r\n") };
  }

  /** Until something has changed on the server's side of a connection. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Both doors, as at the end of the hub. */
  close(graceMs: number): Promise<unknown> {
    this.#isClosed = true;
    return Promise.all([this.http.close(graceMs), this.sse.close(graceMs)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#isClosed ? undefined : this.close(0);
    this.clock.advance(1);
    await this.server[Symbol.asyncDispose]();
    await closed;
    assert.deepEqual([this.http.sessions, this.sse.sessions], [0, 0]);
    for (const { leaves } of this.doorkeeper.visitors) assert.equal(leaves, 1, "every visitor leaves once");
  }
}

export interface HouseSession {
  readonly id: string;
  readonly visitor: AskedVisitor;
}

export const ping = (id: number | string): object => ({ id, method: "ping" });

/** Headers of a client that takes no JSON. */
export const onlyEvents = ["Content-Type: application/json", "Accept: text/event-stream"];

/** The stream for what belongs to no request. */
export const listen = (id: string, headers: readonly string[] = []): string =>
  requestText("GET /mcp", ["Accept: text/event-stream", `Mcp-Session-Id: ${id}`, ...headers]);

export const resume = (id: string, event: string): string => listen(id, [`Last-Event-ID: ${event}`]);

export const remove = (id: string, headers: readonly string[] = []): string =>
  requestText("DELETE /mcp", [`Mcp-Session-Id: ${id}`, ...headers]);

/** A message that comes before the answer to the request at this place. */
export function progress(visitor: AskedVisitor, at: number, step: number): Sent | undefined {
  const text = `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":${step}}}`;
  return visitor.asked[at]?.replies.send(frameOfText(text), noSplices);
}
