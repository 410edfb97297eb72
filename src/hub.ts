// The composition root: from a manifest to a running hub. Everything is made here and handed what it needs; nothing else
// imports more than its layer.
import { randomBytes } from "node:crypto";
import { type Clock, systemClock } from "./base/clock.ts";
import { doorKinds } from "./base/door-kind.ts";
import { Secret } from "./base/secret.ts";
import { buildCatalog } from "./catalog/catalog.ts";
import type { Caller, CatalogNote, CatalogSource } from "./catalog/model.ts";
import { type CoreSummary, summarize } from "./catalog/summary.ts";
import type { View } from "./catalog/view.ts";
import { Core, type CoreDeps } from "./cores/core.ts";
import { openReaper, type Reaper } from "./cores/reaper.ts";
import { defaultPendingBytes, defaultStallMs } from "./cores/stdio-link.ts";
import type { RequestDoorkeeper } from "./doors/port.ts";
import type { LimitSettings } from "./gates/limited.ts";
import { type CoreLoad, createLimits } from "./gates/limits.ts";
import { createPolicy } from "./gates/policy.ts";
import type { Manifest, ResolvedCore } from "./manifest/manifest.ts";
import { explainSecret, resolveSecrets } from "./manifest/secrets.ts";
import { limitsOf, type Settings } from "./manifest/settings.ts";
import { type Call, createLane, type Lane } from "./relay/call.ts";
import { Calls } from "./relay/calls.ts";
import { Changes } from "./relay/changes.ts";
import { FromCore } from "./relay/from-core.ts";
import { LogLevels } from "./relay/log-levels.ts";
import { Methods } from "./relay/methods.ts";
import { Parking } from "./relay/parking.ts";
import { Relay } from "./relay/relay.ts";
import type { Principal } from "./sessions/principal.ts";
import { logCalls } from "./telemetry/call-log.ts";
import type { CallObserver } from "./telemetry/call-observer.ts";
import type { Log } from "./telemetry/log.ts";
import { createMetrics, type Metrics, type Reading } from "./telemetry/metrics.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import type { Masker } from "./wire/mask.ts";

export interface HubOptions {
  readonly manifest: Manifest;
  readonly settings: Settings;
  readonly log: Log;
  readonly masker: Masker;
  /** The hub's own environment: where secrets and the Cores' PATH come from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly extraPath: readonly string[];
  readonly version: string;
  /** True where the hub serves one client only: what its Cores say without naming a request belongs to that client. */
  readonly exclusive: boolean;
  /** Absent while it is off. */
  readonly telemetry?: Telemetry | undefined;
  /** Other time than the system's. */
  readonly clock?: Clock;
}

/** Requests that wait may keep this much memory, all clients and Cores together. */
const maxWaitingBytes = 512 * 1024 * 1024;

/** Cores' messages may be larger than clients': a result carries what the tool read. */
const maxCoreMessageBytes = 64 * 1024 * 1024;

/** Starts the Cores of a manifest. Resolves when they are on their way; `settled` says when they have arrived. */
export async function openHub(options: HubOptions): Promise<Hub> {
  const hubId = randomBytes(8).toString("hex");
  const { log, platform, settings, env } = options;
  const path = env["PATH"] ?? "";
  const { clock = systemClock } = options;
  const reaper = openReaper({ clock, log, platform, hubId, stateDir: settings.stateDir, path });
  const hub = new Hub(options, hubId, reaper, clock);
  await reaper;
  hub.start();
  return hub;
}

export class Hub {
  /** Sees everything: the command line's own view. */
  readonly everyone: Principal = {
    id: "cli",
    name: "cli",
    allow: undefined,
    deny: [],
    admin: true,
    shared: true,
  };
  readonly metrics: Metrics;
  readonly #options: HubOptions;
  readonly #reaper: Promise<Reaper>;
  readonly #cores = new Map<string, Core>();
  readonly #lanes = new Map<string, Lane>();
  readonly #restarts = new Map<string, number>();
  readonly #relay: Relay;
  readonly #calls: Calls;
  readonly #fromCore: FromCore;
  readonly #logLevels: LogLevels;
  readonly #changes: Changes;
  #settledWaiters: (() => void)[] = [];
  #wasSettled = false;
  #stopped: Promise<void> | undefined;

  constructor(options: HubOptions, hubId: string, reaper: Promise<Reaper>, clock: Clock) {
    this.#options = options;
    this.#reaper = reaper;
    const { manifest, settings, log, masker, version } = options;
    this.metrics = createMetrics({ version, node: process.version });
    for (const token of [settings.token, settings.metricsToken]) if (token !== undefined) masker.add(token);

    const coreDeps = this.#coreDeps(hubId, clock);
    for (const definition of manifest.cores) this.#addCore(definition, coreDeps);

    const rules = createPolicy(settings.policy);
    this.#changes = new Changes({
      clock,
      log: log.child({ component: "catalog" }),
      build: (previous) => buildCatalog(this.#sources(), { names: settings.names, rules }, previous),
      sessions: () => this.#relay.sessions,
    });
    const clients = new Map(manifest.clients.map((client) => [`client ${client.name}`, client]));
    const observer = this.#observer(clock);
    this.#calls = new Calls({
      clock,
      observer,
      sessions: () => this.#relay.sessions,
      createLimiter: (start) =>
        createLimits<Call>({
          clock,
          start,
          client: (key) => limitSettings(limitsOf(clients.get(key), settings)),
          core: (key) => limitSettings(this.#core(key).definition.policy),
          maxWaitingBytes,
        }),
    });
    this.#logLevels = new LogLevels(() => [...this.#cores.values()].map(levelTarget));
    const parking = new Parking({ clock, listWaitMs: settings.listWaitMs, starting: () => !this.#isSettled() });
    const methods = new Methods({
      hub: { name: "thehub", version },
      calls: this.#calls,
      parking,
      logLevels: this.#logLevels,
      log: log.child({ component: "relay" }),
      catalog: () => this.#changes.catalog,
      lane: (key) => this.#lane(key),
    });
    this.#relay = new Relay({
      calls: this.#calls,
      methods,
      parking,
      logLevels: this.#logLevels,
      log: log.child({ component: "relay" }),
      meter: this.metrics.hub,
      observer,
    });
    this.#fromCore = new FromCore({
      calls: this.#calls,
      log: log.child({ component: "relay" }),
      masker,
      dropped: (reason) => this.metrics.notificationDropped(reason),
      onlySession: () => (this.#relay.sessions.size === 1 ? [...this.#relay.sessions][0] : undefined),
    });
    this.#watchNumbers();
    options.telemetry?.exportMetrics(this.metrics);
  }

  /** Where doors bring their clients. */
  get doorkeeper(): RequestDoorkeeper {
    return this.#relay;
  }

  start(): void {
    for (const core of this.#cores.values()) core.start();
  }

  /** Resolves once every Core is up, or has failed at least once. */
  settled(): Promise<void> {
    if (this.#isSettled()) return Promise.resolve();
    return new Promise((resolve) => this.#settledWaiters.push(resolve));
  }

  view(caller: Caller): View {
    return this.#changes.catalog.view(caller);
  }

  summaries(): readonly CoreSummary[] {
    return summarize(this.#sources(), this.view(this.everyone));
  }

  /** What is wrong with a Core, in a sentence with its last words; undefined while it is up. */
  trouble(coreKey: string): string | undefined {
    const core = this.#cores.get(coreKey);
    if (core === undefined || core.state.t === "up") return undefined;
    const reason = "reason" in core.state ? `: ${core.state.reason}` : "";
    const words = core.stderrTail().slice(-3);
    return [`core "${coreKey}" is ${core.state.t}${reason}`, ...words.map((line) => `  ${line}`)].join("\n");
  }

  /** Entries of the Cores' lists that cannot be served, and why. */
  leftOut(): readonly CatalogNote[] {
    return this.#changes.catalog.notes;
  }

  /** Exposed names of all tools that are not hidden, in manifest order. */
  toolNames(): string[] {
    const shown: string[] = [];
    for (const thing of this.view(this.everyone).explain()) {
      if (thing.kind === "tool" && thing.hidden === undefined) shown.push(thing.exposed);
    }
    return shown;
  }

  /** Counts for /healthz: no names. `ok` is false only when there are Cores and none is up or on its way. */
  health(): { ok: boolean; cores: number; tools: number } {
    const states = [...this.#cores.values()].map((core) => core.state.t);
    const alive = states.some((state) => state === "up" || state === "starting" || state === "idle");
    const up = states.filter((state) => state === "up").length;
    return { ok: alive || states.length === 0, cores: up, tools: this.toolNames().length };
  }

  /** Notes where the doors are, and with which certificate (its SHA-256), for `thehub health`. Never rejects. */
  listensOn(addresses: readonly string[], certificate?: string): Promise<void> {
    return this.#reaper.then((reaper) => reaper.listensOn(addresses, certificate));
  }

  /** A token that a client presented and that was accepted: it is masked from now on. */
  maskPresented(token: string): void {
    this.#options.masker.add(new Secret(token));
  }

  /** Refuses new requests; resolves when those under way are answered: by their Cores, or by the hub when the time is up. */
  async drain(): Promise<void> {
    const late = setTimeout(() => this.failCalls(), this.#options.settings.drainTimeoutMs);
    await this.#relay.drain();
    clearTimeout(late);
  }

  /** There is no more time: answers every call that is still open with `draining`. */
  failCalls(): void {
    this.#calls.failAll();
  }

  /** Stops every Core; resolves when no process of this hub is left. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopCores();
    return this.#stopped;
  }

  async #stopCores(): Promise<void> {
    await Promise.all([...this.#cores.values()].map((core) => core.stop()));
    await (await this.#reaper).dismiss();
  }

  /** Undefined, so that calls pay for nothing, unless there are traces or debug lines to make of each. */
  #observer(clock: Clock): CallObserver | undefined {
    const { log, telemetry } = this.#options;
    const coreRevision = (name: string) => this.#cores.get(name)?.greeting?.protocolVersion;
    const tracer = telemetry?.traceCalls({ coreRevision });
    return log.isDebug ? logCalls({ log: log.child({ component: "relay" }), clock, tracer }) : tracer;
  }

  #coreDeps(hubId: string, clock: Clock): CoreDeps {
    const { log, masker, env, platform, extraPath, version, settings, manifest } = this.#options;
    let instances = 0;
    const reader = {
      env,
      secretsDir: settings.secretsDir,
      hubTokens: settings.token === undefined ? [] : [settings.token],
      clientTokenHashes: manifest.clients.map((client) => client.tokenSha256),
    };
    return {
      clock,
      log: log.child({ component: "cores" }),
      masker,
      limits: {
        maxMessageBytes: Math.max(maxCoreMessageBytes, settings.limits.maxMessageBytes),
        maxPendingBytes: defaultPendingBytes,
        stallMs: defaultStallMs,
      },
      host: { hubId, version, platform, env: (name) => env[name], extraPath, nextInstance: () => ++instances },
      secrets: async (definition) => {
        const values = new Map<string, Secret>();
        for (const secret of await resolveSecrets(definition, reader)) {
          if (secret.t !== "found") return { t: "missing", message: explainSecret(secret, definition) ?? secret.name };
          masker.add(secret.value);
          values.set(secret.name, secret.value);
        }
        return { t: "ok", values };
      },
    };
  }

  #addCore(definition: ResolvedCore, deps: CoreDeps): void {
    const core: Core = new Core(definition, deps, {
      frame: (_core, frame, scan) => this.#fromCore.receive(lane, frame, scan),
      state: () => this.#coreChanged(core),
      lists: () => this.#changes.refresh(),
    });
    const { timeoutMs, maxTimeoutMs } = definition.policy;
    const policy = { timeoutMs, maxTimeoutMs, exclusive: this.#options.exclusive };
    this.#cores.set(definition.key, core);
    const lane = createLane(core, policy, this.metrics.forCore(definition.key));
    this.#lanes.set(definition.key, lane);
  }

  #coreChanged(core: Core): void {
    if (core.state.t === "starting" && core.generation > 1) this.#restarts.set(core.name, core.generation - 1);
    if (core.state.t === "up") this.#logLevels.tell(levelTarget(core));
    this.#calls.coreChanged(this.#lane(core.name));
    if (this.#wasSettled || !this.#isSettled()) return;
    this.#wasSettled = true;
    this.#relay.unpark();
    for (const wake of this.#settledWaiters) wake();
    this.#settledWaiters = [];
  }

  #isSettled(): boolean {
    if (this.#wasSettled) return true;
    for (const core of this.#cores.values()) {
      if (core.state.t === "idle" || (core.state.t === "starting" && core.generation <= 1)) return false;
    }
    return true;
  }

  #sources(): CatalogSource[] {
    return [...this.#cores.values()].map((core) => {
      const { key, namespace, prefix, tags, tools, policy } = core.definition;
      const { lists, instructions } = core;
      return { key, namespace, prefix, tags, tools, policy, state: core.state.t, lists, instructions };
    });
  }

  #watchNumbers(): void {
    const { metrics } = this;
    const perCore = (read: (core: Core) => number) => () =>
      [...this.#cores.values()].map((core): Reading => [core.name, read(core)]);
    metrics.watch(
      "thehub_core_up",
      perCore((core) => (core.state.t === "up" ? 1 : 0)),
    );
    metrics.watch(
      "thehub_core_restarts_total",
      perCore((core) => this.#restarts.get(core.name) ?? 0),
    );
    metrics.watch("thehub_queue_depth", () => this.#loads((load) => load.queued));
    metrics.watch("thehub_concurrency_in_use", () => this.#loads((load) => load.inUse));
    metrics.watch("thehub_sessions", () => {
      const doors = new Map<string, number>(doorKinds.map((door) => [door, 0]));
      for (const { door } of this.#relay.sessions) doors.set(door, (doors.get(door) ?? 0) + 1);
      return doors;
    });
    metrics.watch("thehub_masked_total", () => [["", this.#options.masker.masked]]);
  }

  /** A reading per Core, zero for one that nobody has called yet. */
  #loads(read: (load: CoreLoad) => number): Map<string, number> {
    const readings = new Map<string, number>([...this.#cores.keys()].map((name) => [name, 0]));
    for (const load of this.#calls.loads()) readings.set(load.core, read(load));
    return readings;
  }

  #core(key: string): Core {
    const core = this.#cores.get(key);
    if (core === undefined) throw new Error(`no core ${key}`);
    return core;
  }

  #lane(key: string): Lane {
    const lane = this.#lanes.get(key);
    if (lane === undefined) throw new Error(`no lane for core ${key}`);
    return lane;
  }
}

/** A Core without logging is told nothing; one that refuses keeps the level it has. */
function levelTarget(core: Core): { setLogLevel(name: string): void } {
  return {
    setLogLevel: (level) => {
      if (core.state.t !== "up" || core.capabilities["logging"] === undefined) return;
      core.request("logging/setLevel", { level }, 10_000).catch(() => {
        // Its messages are still filtered by each session's own level.
      });
    },
  };
}

function limitSettings(limits: { maxConcurrency: number; maxQueue: number; rateLimitRps: number }): LimitSettings {
  return { maxConcurrency: limits.maxConcurrency, maxQueue: limits.maxQueue, rateRps: limits.rateLimitRps };
}
