// A hub in this process with a real Core, and HTTP doors in front of it whose time stands still. One hub serves many doors, each set of
// which has limits and sessions of its own.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpDoor, type HttpDoorLimits } from "../../src/doors/http/http-door.ts";
import { SseDoor, type SseDoorLimits } from "../../src/doors/sse-door.ts";
import { type Hub, openHub } from "../../src/hub.ts";
import type { Setup } from "../../src/manifest/diff.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { resolveSettings } from "../../src/manifest/settings.ts";
import { createMasker } from "../../src/wire/mask.ts";
import { LogRecord } from "./core-run.ts";
import { DoorServer } from "./door-server.ts";
import { MemoryLog } from "./echo-doorkeeper.ts";
import { FakeClock } from "./fake-clock.ts";
import type { HttpMcp, HttpOptions, SseMcp } from "./http-mcp.ts";
import { inline, root } from "./hub-process.ts";

export interface DoorOptions {
  readonly http?: Partial<HttpDoorLimits>;
  readonly sse?: Partial<SseDoorLimits>;
  /** What stands before `/messages`, for the SSE door. */
  readonly publicPath?: string;
  readonly basePath?: string;
}

/** A named client of the hub, for its manifest and for its requests. */
export class NamedClient {
  readonly name: string;
  readonly #token: string;

  constructor(name: string) {
    this.name = name;
    this.#token = `the-token-of-${name}`;
  }

  get entry(): string {
    return `${this.name}: { token_sha256: ${createHash("sha256").update(this.#token).digest("hex")} }`;
  }

  get options(): HttpOptions {
    return { headers: { authorization: `Bearer ${this.#token}` } };
  }
}

/** After this time a Core that has announced another list is asked for it, and clients are told of one that came. */
const quietMs = 1_000;

/** The Core is `a`, test/fixtures/cores/echo.mjs. */
export class DoorScene implements AsyncDisposable {
  readonly hub: Hub;
  /** The hub's own; each set of doors has another one. */
  readonly #clock: FakeClock;
  readonly #folder: string;
  #grown = 0;

  private constructor(hub: Hub, clock: FakeClock, folder: string) {
    this.hub = hub;
    this.#clock = clock;
    this.#folder = folder;
  }

  static async open(clients: readonly NamedClient[] = []): Promise<DoorScene> {
    const folder = await mkdtemp(join(tmpdir(), "thehub-doors-"));
    const clock = new FakeClock();
    const hub = await openHub({
      clock,
      ...setupOf(clients, folder),
      log: new LogRecord().log,
      masker: createMasker(),
      env: { PATH: process.env["PATH"], HUB_STATE_DIR: folder },
      platform: process.platform,
      extraPath: [],
      version: "0",
      exclusive: false,
    });
    await hub.settled();
    // Nobody who comes in later hears of what changed at the start.
    clock.advance(quietMs);
    return new DoorScene(hub, clock, folder);
  }

  /** The Core has one more tool; resolves, with what clients call it, when every session has been told. */
  async grow(client: HttpMcp | SseMcp, more: object = {}): Promise<string> {
    const name = `grown-${++this.#grown}`;
    await client.call("a__grow", { name, ...more });
    // The Core has announced it before it answered; now it is asked.
    this.#clock.advance(quietMs);
    while (!this.hub.toolNames().includes(`a__${name}`)) await new Promise((resolve) => setImmediate(resolve));
    this.#clock.advance(quietMs);
    return `a__${name}`;
  }

  /** Lets in these clients from now on. */
  async letIn(clients: readonly NamedClient[]): Promise<void> {
    assert.equal((await this.hub.reload(setupOf(clients, this.#folder))).t, "applied");
  }

  doors(options: DoorOptions = {}): Promise<Doors> {
    return Doors.open(this.hub, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Listens until it is disposed of, which ends all sessions. */
export class Doors implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly log: MemoryLog;
  readonly http: HttpDoor;
  readonly sse: SseDoor;
  /** Reasons of messages that were dropped. */
  readonly dropped: string[];
  readonly #server: DoorServer;

  private constructor(parts: Pick<Doors, "clock" | "log" | "http" | "sse" | "dropped">, server: DoorServer) {
    this.clock = parts.clock;
    this.log = parts.log;
    this.http = parts.http;
    this.sse = parts.sse;
    this.dropped = parts.dropped;
    this.#server = server;
  }

  static async open(hub: Hub, options: DoorOptions): Promise<Doors> {
    const clock = new FakeClock();
    const log = new MemoryLog();
    const dropped: string[] = [];
    const deps = { doorkeeper: hub.doorkeeper, clock, log };
    const http = new HttpDoor({ ...deps, limits: options.http ?? {}, dropped: (reason) => dropped.push(reason) });
    const sse = new SseDoor({ ...deps, limits: options.sse ?? {}, publicPath: options.publicPath ?? "" });
    const server = await DoorServer.open({
      auth: hub.auth,
      http: { basePath: options.basePath ?? "", allowOrigins: ["https://page.example"] },
      doors: { "/mcp": http, "/sse": sse.stream, "/messages": sse.messages },
    });
    return new Doors({ clock, log, http, sse, dropped }, server);
  }

  get url(): string {
    return this.#server.url;
  }

  get mcp(): string {
    return `${this.url}/mcp`;
  }

  /** Resolves once so many connections are open: what clients have let go of, the hub has heard of. */
  async connections(count: number): Promise<void> {
    while (this.#server.server.connections !== count) await new Promise((resolve) => setImmediate(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Time is up at once: nobody waits for calls that a test left under way.
    const closed = [this.http.close(0), this.sse.close(0)];
    this.clock.advance(0);
    await Promise.all(closed);
    await this.#server[Symbol.asyncDispose]();
  }
}

function setupOf(clients: readonly NamedClient[], stateDir: string): Setup {
  const named = clients.length === 0 ? "" : `\nclients: { ${clients.map(({ entry }) => entry).join(", ")} }`;
  const text = `cores: { a: { ${inline("echo.mjs")} } }${named}`;
  const loaded = loadManifest({ text, file: "hub.yaml", folder: root });
  assert.ok(loaded.t === "ok", JSON.stringify(loaded));
  const resolved = resolveSettings({ env: { HUB_STATE_DIR: stateDir }, cwd: root, hub: loaded.manifest.hub });
  assert.ok(resolved.t === "ok");
  return { manifest: loaded.manifest, settings: resolved.settings };
}
