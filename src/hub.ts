// The composition root: from a manifest to a running hub. Everything is made here and handed what it needs; nothing else
// imports more than its layer.
import { randomBytes } from "node:crypto";
import { type Clock, systemClock } from "./base/clock.ts";
import { buildCatalog } from "./catalog/catalog.ts";
import type { Caller, CatalogNote, CatalogSource, ViewRules } from "./catalog/model.ts";
import { type CoreSummary, summarize } from "./catalog/summary.ts";
import type { View } from "./catalog/view.ts";
import { openReaper, type Reaper } from "./cores/reaper.ts";
import type { RequestDoorkeeper } from "./doors/port.ts";
import type { Auth } from "./gates/auth.ts";
import { createPolicy } from "./gates/policy.ts";
import { catalogSource } from "./hub/catalog-source.ts";
import { healthOf, troubleOf } from "./hub/condition.ts";
import { coreDepsOf, findSecrets } from "./hub/core-deps.ts";
import { Doorman } from "./hub/doorman.ts";
import { Exchange, type ExchangeDeps, type Reloaded, type Restarted } from "./hub/exchange.ts";
import { Fleet, type Member } from "./hub/fleet.ts";
import { levelTarget } from "./hub/level-target.ts";
import { createHubLimits } from "./hub/limits.ts";
import { watchNumbers } from "./hub/numbers.ts";
import { Oversight } from "./hub/oversight.ts";
import type { Setup } from "./manifest/diff.ts";
import type { Manifest } from "./manifest/manifest.ts";
import type { Settings } from "./manifest/settings.ts";
import { Asks } from "./relay/asks.ts";
import type { Lane } from "./relay/call.ts";
import { Calls } from "./relay/calls.ts";
import { Changes } from "./relay/changes.ts";
import { FromCore } from "./relay/from-core.ts";
import { LogLevels } from "./relay/log-levels.ts";
import { Methods } from "./relay/methods.ts";
import { type CoreMessage, ownerOf } from "./relay/owner.ts";
import { Parking } from "./relay/parking.ts";
import { Relay } from "./relay/relay.ts";
import { Subscriptions } from "./relay/subscriptions.ts";
import { Tasks } from "./relay/tasks.ts";
import { UrlElicitations } from "./relay/url-elicitations.ts";
import type { Principal } from "./sessions/principal.ts";
import { logCalls } from "./telemetry/call-log.ts";
import type { CallObserver } from "./telemetry/call-observer.ts";
import type { Log } from "./telemetry/log.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics.ts";
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
  readonly everyone: Principal = { id: "cli", name: "cli", allow: undefined, deny: [], admin: true, shared: true };
  readonly metrics: Metrics;
  /** For admins. */
  readonly oversight: Oversight;
  readonly #options: HubOptions;
  readonly #reaper: Promise<Reaper>;
  readonly #fleet: Fleet;
  readonly #doorman: Doorman;
  readonly #restarts = new Map<string, number>();
  readonly #relay: Relay;
  readonly #calls: Calls;
  readonly #asks: Asks;
  readonly #fromCore: FromCore;
  readonly #logLevels: LogLevels;
  readonly #subscriptions: Subscriptions;
  readonly #tasks: Tasks;
  readonly #changes: Changes;
  readonly #exchange: Exchange;
  #setup: Setup;
  #rules: (caller: Caller) => ViewRules;
  #settledWaiters: (() => void)[] = [];
  #wasSettled = false;
  #stopped: Promise<void> | undefined;

  constructor(options: HubOptions, hubId: string, reaper: Promise<Reaper>, clock: Clock) {
    this.#options = options;
    this.#reaper = reaper;
    const { manifest, settings, log, masker, version, exclusive } = options;
    this.#setup = { manifest, settings };
    this.#rules = createPolicy(settings.policy);
    this.metrics = createMetrics({ version, node: process.version });
    this.#doorman = new Doorman(masker, this.#setup);
    this.#fleet = new Fleet(
      {
        core: coreDepsOf(options, hubId, clock),
        exclusive,
        meter: (key) => this.metrics.forCore(key),
        secrets: (definition, setup) => findSecrets(options, definition, setup),
        frame: (lane, frame, scan) => this.#fromCore.receive(lane, frame, scan),
        state: (member) => this.#coreChanged(member),
        lists: () => this.#changes.refresh(),
        close: (lane) => this.#calls.close(lane),
      },
      this.#setup,
    );

    this.#changes = new Changes({
      clock,
      log: log.child({ component: "catalog" }),
      build: (previous) => {
        const { names } = this.settings;
        return buildCatalog(this.#sources(), { names, rules: this.#rules }, previous);
      },
      sessions: () => this.#relay.sessions,
    });
    const observer = this.#observer(clock);
    const urls = new UrlElicitations();
    this.#calls = new Calls({
      clock,
      errorEdits: (call, frame, scan) => urls.required(call, frame, scan),
      observer,
      sessions: () => this.#relay.sessions,
      createLimiter: (start) =>
        createHubLimits(
          clock,
          start,
          () => this.#setup,
          (key) => this.#fleet.core(key)?.definition,
        ),
    });
    this.#logLevels = new LogLevels(() => this.#fleet.cores.map(levelTarget));
    this.#subscriptions = new Subscriptions({ calls: this.#calls, log: log.child({ component: "relay" }) });
    this.#tasks = new Tasks({ clock, log: log.child({ component: "relay" }) });
    const listWaitMs = () => this.settings.listWaitMs;
    const parking = new Parking({ clock, listWaitMs, starting: () => !this.#isSettled() });
    const methods = new Methods({
      hub: { name: "thehub", version },
      calls: this.#calls,
      parking,
      logLevels: this.#logLevels,
      subscriptions: this.#subscriptions,
      tasks: this.#tasks,
      log: log.child({ component: "relay" }),
      catalog: () => this.#changes.catalog,
      lane: (key, session) => this.#fleet.lane(key, session),
    });
    const owner = (lane: Lane, message: CoreMessage) => ownerOf(lane, message, () => this.#relay.onlySession);
    const asks = new Asks({
      clock,
      log: log.child({ component: "relay" }),
      urls,
      ownerOf: owner,
      waited: (lane, ms) => this.#calls.waited(lane, ms),
    });
    this.#asks = asks;
    this.#relay = new Relay({
      calls: this.#calls,
      asks,
      lanesOf: (session) => this.#fleet.lanesOf(session),
      methods,
      parking,
      logLevels: this.#logLevels,
      subscriptions: this.#subscriptions,
      tasks: this.#tasks,
      log: log.child({ component: "relay" }),
      clock,
      meter: this.metrics.hub,
      observer,
    });
    this.#fromCore = new FromCore({
      calls: this.#calls,
      log: log.child({ component: "relay" }),
      masker,
      asks,
      urls,
      subscriptions: this.#subscriptions,
      tasks: this.#tasks,
      dropped: (reason) => this.metrics.notificationDropped(reason),
      ownerOf: owner,
    });
    this.#exchange = this.#createExchange();
    const seen = {
      restarts: (key: string) => this.#restarts.get(key) ?? 0,
      loads: () => this.#calls.loads(),
      sessions: () => this.#relay.sessions,
    };
    watchNumbers(this.metrics, {
      ...seen,
      asks,
      subscriptions: this.#subscriptions,
      tasks: this.#tasks,
      cores: () => this.#fleet.cores,
      masked: () => masker.masked,
    });
    this.oversight = new Oversight({ ...seen, clock, fleet: this.#fleet, summaries: () => this.summaries() });
    options.telemetry?.exportMetrics(this.metrics);
  }

  /** In force; another object after a reload. */
  get settings(): Settings {
    return this.#setup.settings;
  }

  get manifest(): Manifest {
    return this.#setup.manifest;
  }

  /** Who may come in, as of the last reload. */
  get auth(): Auth {
    return this.#doorman;
  }

  /** Where doors bring their clients. */
  get doorkeeper(): RequestDoorkeeper {
    return this.#relay;
  }

  start(): void {
    this.#fleet.start();
  }

  /** Resolves once every Core is up, or has failed at least once. */
  settled(): Promise<void> {
    if (this.#isSettled()) return Promise.resolve();
    return new Promise((resolve) => this.#settledWaiters.push(resolve));
  }

  /** Puts another setup in force, or leaves everything as it is. Never rejects. */
  reload(setup: Setup): Promise<Reloaded> {
    return this.#exchange.reload(setup);
  }

  /** Starts the Core anew, whatever state it is in; the new one takes over when it is up, else the old one stays. Never rejects. */
  restart(coreKey: string): Promise<Restarted> {
    return this.#exchange.restart(coreKey);
  }

  view(caller: Caller): View {
    return this.#changes.catalog.view(caller);
  }

  summaries(): readonly CoreSummary[] {
    return summarize(this.#sources(), this.view(this.everyone));
  }

  /** What is wrong with a Core, in a sentence with its last words; undefined while it is up. */
  trouble(coreKey: string): string | undefined {
    const core = this.#fleet.core(coreKey);
    return core === undefined ? undefined : troubleOf(core);
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
    return { ...healthOf(this.#fleet.cores), tools: this.toolNames().length };
  }

  /** Notes where the doors are, with which certificate (SHA-256), and where the admin API is, for commands. Never rejects. */
  listensOn(addresses: readonly string[], adminSockets: readonly string[], certificate?: string): Promise<void> {
    return this.#reaper.then((reaper) => reaper.listensOn(addresses, adminSockets, certificate));
  }

  /** Where a socket for the hub's own user may be made; undefined without a state folder that can be written to. */
  privateSocket(): Promise<string | undefined> {
    return this.#reaper.then((reaper) => reaper.privateSocket);
  }

  /** With the values of secrets and tokens overwritten. */
  mask(text: string): string {
    return this.#options.masker.maskText(text);
  }

  /** Refuses new requests; resolves when those under way are answered: by their Cores, or by the hub when the time is up. */
  async drain(): Promise<void> {
    this.#exchange.end();
    const late = setTimeout(() => this.failCalls(), this.settings.drainTimeoutMs);
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
    this.#exchange.end();
    await this.#fleet.stop();
    await (await this.#reaper).dismiss();
  }

  #createExchange(): Exchange {
    const deps: ExchangeDeps = {
      fleet: this.#fleet,
      calls: this.#calls,
      changes: this.#changes,
      doorman: this.#doorman,
      sessions: () => this.#relay.sessions,
      inForce: (setup) => {
        this.#setup = setup;
        this.#rules = createPolicy(setup.settings.policy);
      },
      moved: (from, to) => this.#subscriptions.move(from, to),
      arrived: (core) => this.#logLevels.tell(levelTarget(core)),
      gone: (key) => {
        this.metrics.dropCore(key);
        this.#restarts.delete(key);
      },
      exchanged: () => {
        this.#subscriptions.review((session, uri) => this.view(session.principal).resource(uri)?.core);
        this.#settle();
      },
    };
    return new Exchange(deps, this.#setup);
  }

  /** Undefined, so that calls pay for nothing, unless there are traces or debug lines to make of each. */
  #observer(clock: Clock): CallObserver | undefined {
    const { log, telemetry } = this.#options;
    const coreRevision = (name: string) => this.#fleet.core(name)?.greeting?.protocolVersion;
    const tracer = telemetry?.traceCalls({ coreRevision });
    return log.isDebug ? logCalls({ log: log.child({ component: "relay" }), clock, tracer }) : tracer;
  }

  #coreChanged({ core, lane, place }: Member): void {
    if (core.state.t === "starting" && core.generation > 1) {
      this.#restarts.set(core.name, (this.#restarts.get(core.name) ?? 0) + 1);
    }
    if (core.state.t === "up" && place === "in_force") this.#logLevels.tell(levelTarget(core));
    if (core.state.t !== "up" && core.state.t !== "starting") {
      if (core.state.t !== "draining") this.#tasks.dropLane(lane);
      this.#asks.dropLane(lane, `core "${core.name}" is ${core.state.t}`);
    }
    this.#calls.coreChanged(lane);
    this.#subscriptions.coreChanged(lane);
    this.#settle();
  }

  /** To be called whenever the last Core that others wait for may have arrived. */
  #settle(): void {
    if (this.#wasSettled || !this.#isSettled()) return;
    this.#wasSettled = true;
    this.#relay.unpark();
    for (const wake of this.#settledWaiters) wake();
    this.#settledWaiters = [];
  }

  #isSettled(): boolean {
    if (this.#wasSettled) return true;
    return this.#fleet.cores.every(({ state, generation }) => {
      return state.t !== "idle" && (state.t !== "starting" || generation > 1);
    });
  }

  #sources(): CatalogSource[] {
    return this.#fleet.cores.map(catalogSource);
  }
}
