// Runs one Core of src/cores on a real process, records what it reports, and ends with proof that nothing of it is left.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import type { Credential } from "../../src/base/credential.ts";
import type { HubError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { Core } from "../../src/cores/core.ts";
import type { SecretsFound } from "../../src/cores/core-deps.ts";
import { hubMarker } from "../../src/cores/environment.ts";
import { Known } from "../../src/cores/known.ts";
import { defaultPendingBytes, defaultStallMs, type LinkLimits } from "../../src/cores/stdio-link.ts";
import type { CoreState } from "../../src/cores/supervisor.ts";
import { markedProcesses } from "../../src/cores/sweep.ts";
import type { CoreHealth, ResolvedCore } from "../../src/manifest/manifest.ts";
import type { Log } from "../../src/telemetry/log.ts";
import { flatten, frameOfText } from "../../src/wire/frame.ts";
import { createMasker } from "../../src/wire/mask.ts";
import { ownRequestMeta } from "../../src/wire/request-meta.ts";

const fixtures = fileURLToPath(new URL("../fixtures/cores/", import.meta.url));

export interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** A log that keeps its lines, and wakes whoever waits for one. */
export class LogRecord {
  readonly lines: Line[] = [];
  readonly #waiting = new Set<() => void>();

  get log(): Log {
    return this.#child({});
  }

  /** The first line with this msg, past or to come. */
  async line(msg: string, test: (line: Line) => boolean = () => true): Promise<Line> {
    for (;;) {
      const found = this.lines.find((line) => line.msg === msg && test(line));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #child(fixed: Record<string, unknown>): Log {
    const write = (level: string) => (msg: string, context?: Record<string, unknown>) => {
      this.lines.push({ level, msg, ...fixed, ...context });
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    };
    return {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      child: (context) => this.#child({ ...fixed, ...context }),
      isDebug: true,
    };
  }
}

export interface RunOptions {
  /** A file of test/fixtures/cores, with arguments; or a command of its own. */
  readonly fixture?: string;
  readonly args?: readonly string[];
  readonly definition?: Partial<ResolvedCore>;
  readonly health?: Partial<CoreHealth>;
  readonly limits?: Partial<LinkLimits>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly missing?: string;
  readonly hubEnv?: Readonly<Record<string, string>>;
  readonly extraPath?: readonly string[];
  readonly known?: Known;
  readonly clock?: Clock;
  readonly credential?: () => Promise<Credential | undefined>;
}

const defaultHealth: CoreHealth = {
  startupTimeoutMs: 20_000,
  pingIntervalMs: 0,
  pingFailures: 3,
  restartBackoffMs: 1,
  maxRestarts: 0,
  stopTimeoutMs: 4000,
};

export class CoreRun implements AsyncDisposable {
  readonly core: Core;
  readonly record = new LogRecord();
  readonly states: CoreState["t"][] = [];
  /** Messages that went upward. */
  readonly upward: string[] = [];
  /** For each of them the request on whose response it came. */
  readonly origins: (number | undefined)[] = [];
  /** Requests that got no answer. */
  readonly lost: HubError[] = [];
  readonly hubId: string = randomBytes(8).toString("hex");
  listings = 0;
  #wakers: (() => void)[] = [];

  constructor(options: RunOptions) {
    const masker = createMasker();
    const values = new Map(Object.entries(options.secrets ?? {}).map(([name, value]) => [name, new Secret(value)]));
    for (const secret of values.values()) masker.add(secret);
    const found: SecretsFound =
      options.missing === undefined ? { t: "ok", values } : { t: "missing", message: options.missing };
    const hubEnv: Readonly<Record<string, string | undefined>> = options.hubEnv ?? process.env;
    let instances = 0;
    this.core = new Core(
      coreDefinition(options),
      {
        clock: options.clock ?? systemClock,
        log: this.record.log,
        host: {
          hubId: this.hubId,
          version: "0.0.0",
          platform: process.platform,
          env: (name) => hubEnv[name],
          extraPath: options.extraPath ?? [],
          nextInstance: () => ++instances,
        },
        limits: {
          maxMessageBytes: 10 * 1024 * 1024,
          maxPendingBytes: defaultPendingBytes,
          stallMs: defaultStallMs,
          ...options.limits,
        },
        masker,
        ids: { last: 0 },
        known: options.known ?? new Known(),
        capabilities: () => Promise.resolve({}),
        credential: options.credential ?? (() => Promise.resolve(undefined)),
        secrets: async () => found,
      },
      {
        frame: (_core, frame, _scan, requestId) => {
          this.upward.push(flatten(frame).toString());
          this.origins.push(requestId);
          this.#wake();
        },
        unanswered: (_core, _id, error) => {
          this.lost.push(error);
          this.#wake();
        },
        returned: () => {},
        state: (core) => {
          this.states.push(core.state.t);
          this.#wake();
        },
        lists: () => {
          this.listings++;
          this.#wake();
        },
      },
    );
  }

  /** Resolves when the condition holds; it is asked again after every event of the Core. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  async reach<T extends CoreState["t"]>(t: T): Promise<Extract<CoreState, { t: T }>> {
    await this.until(() => this.core.state.t === t);
    return this.core.state as Extract<CoreState, { t: T }>;
  }

  /** Starts and waits until calls may be sent. */
  async up(): Promise<this> {
    this.core.start();
    await this.until(() => this.core.state.t === "up" || this.core.state.t === "failed");
    assert.equal(this.core.state.t, "up", JSON.stringify(this.record.lines.slice(-3)));
    return this;
  }

  /** The text of a tool's answer. */
  async call(name: string, args: object = {}): Promise<string> {
    const result = await this.core.request("tools/call", { name, arguments: args }, 20_000);
    return (JSON.parse(result.toString()) as { content: { text: string }[] }).content[0]?.text ?? "";
  }

  /** A request as the relay sends it. Resolves to the Core's answer as it was written. */
  async relayed(method: string, params: object): Promise<string> {
    const id = this.send(method, params);
    const isAnswer = (text: string) => (JSON.parse(text) as { id?: number }).id === id;
    await this.until(() => this.upward.some(isAnswer));
    return this.upward.find(isAnswer) ?? "";
  }

  /** As the relay sends it; returns its id. */
  send(method: string, params: object): number {
    const id = this.core.nextId();
    const meta = (params as { _meta?: object })._meta;
    const whole = this.core.era === "legacy" ? params : { ...params, _meta: { ...ownRequestMeta("0.0.0"), ...meta } };
    this.core.send(frameOfText(JSON.stringify({ jsonrpc: "2.0", id, method, params: whole })), []);
    return id;
  }

  toolNames(): string[] {
    return (this.core.lists?.tools ?? []).map((item) => (JSON.parse(item.bytes.toString()) as { name: string }).name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.core.stop();
    assert.deepEqual(await markedProcesses(hubMarker(this.hubId), process.platform), [], "processes are left");
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}

function coreDefinition(options: RunOptions): ResolvedCore {
  const file = options.fixture === undefined ? [] : [`${fixtures}${options.fixture}`];
  return {
    remote: undefined,
    container: undefined,
    key: "fix",
    namespace: "fix",
    login: undefined,
    file: "hub.yaml",
    folder: "/",
    command: process.execPath,
    args: [...file, ...(options.args ?? [])],
    cwd: fixtures,
    env: {},
    inheritEnv: [],
    fenced: true,
    secrets: [],
    framing: "newline",
    era: "auto",
    prefix: true,
    uris: "native",
    isolation: "auto",
    interactive: undefined,
    roots: [],
    maxSessions: 64,
    idleTimeoutMs: 600_000,
    scaling: { min: 1, max: 1 },
    tags: [],
    policy: {
      allowDestructive: true,
      allowTools: [],
      denyTools: [],
      destructiveTools: [],
      readOnlyTools: [],
      destructive: "declared",
      maxConcurrency: 64,
      maxQueue: 64,
      rateLimitRps: 0,
      rateLimitBytes: 0,
      timeoutMs: 60_000,
      maxTimeoutMs: 60_000,
    },
    health: { ...defaultHealth, ...options.health },
    tools: new Map(),
    ...options.definition,
  };
}

/** Resolves when the process is gone: exited, and no zombie that someone still has to wait for. */
export async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
