// The composition root: from a manifest to a running hub. Everything is made here and handed what it needs; nothing else
// imports more than its layer.
import { randomBytes } from "node:crypto";
import type { ClientCapabilities } from "./base/client-capabilities.ts";
import { type Clock, systemClock } from "./base/clock.ts";
import type { Page } from "./base/page.ts";
import { buildCatalog, type Catalog } from "./catalog/catalog.ts";
import { type CoreSummary, summarize } from "./catalog/summary.ts";
import type { View } from "./catalog/view.ts";
import { openReaper, type Reaper } from "./cores/reaper.ts";
import type { RequestDoorkeeper } from "./doors/port.ts";
import { Arrival } from "./hub/arrival.ts";
import { CallGate } from "./hub/call-gate.ts";
import { healthOf, troubleOf } from "./hub/condition.ts";
import { coreDepsOf, secretFinder } from "./hub/core-deps.ts";
import { CoreLogins } from "./hub/core-logins.ts";
import { Doorman, type SignInRequest } from "./hub/doorman.ts";
import { Exchange, type ExchangeDeps, type Reloaded, type Restarted } from "./hub/exchange.ts";
import { Fleet } from "./hub/fleet.ts";
import { Granted } from "./hub/granted.ts";
import { isPersonal } from "./hub/instances.ts";
import { Isolation } from "./hub/isolation.ts";
import { levelTarget, levelTargets } from "./hub/level-target.ts";
import { createHubLimits } from "./hub/limits.ts";
import { isRestarting, type Member } from "./hub/members.ts";
import { watchNumbers } from "./hub/numbers.ts";
import { observerOf } from "./hub/observer.ts";
import { OnlyClient } from "./hub/only-client.ts";
import { Oversight } from "./hub/oversight.ts";
import { sourcesOf } from "./hub/sources.ts";
import { type Standing, standingOf } from "./hub/standing.ts";
import { StateRing } from "./hub/state-ring.ts";
import { welcoming } from "./hub/welcome.ts";
import type { Setup } from "./manifest/diff.ts";
import type { Manifest } from "./manifest/manifest.ts";
import type { Settings } from "./manifest/settings.ts";
import type { ClientSession } from "./relay/call.ts";
import { Changes } from "./relay/changes.ts";
import { RelayParts } from "./relay/parts.ts";
import { ownPrincipal, type Principal } from "./sessions/principal.ts";
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
  /** True where the hub serves one client only: everything that its Cores say belongs to that client. */
  readonly exclusive: boolean;
  /** What that client can be asked, where it is known before it comes. */
  readonly capabilities?: ClientCapabilities;
  /** Absent while it is off. */
  readonly telemetry?: Telemetry | undefined;
  /** A processor may be kept busy for moments, so that the next message finds the hub awake. */
  readonly busyPoll?: boolean;
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
  await Promise.all([reaper, hub.loadKeys(), hub.rules.prepare(options), options.exclusive || hub.auth.open()]);
  hub.start();
  return hub;
}

export class Hub {
  /** Sees everything: the command line's own view. */
  readonly everyone: Principal = ownPrincipal("cli", { admin: true, shared: true });
  readonly metrics: Metrics;
  /** Where clients are let in that have no token yet; undefined where they are not. */
  readonly granted: Granted | undefined;
  /** For admins. */
  readonly oversight: Oversight;
  readonly rules: CallGate;
  readonly #options: HubOptions;
  readonly #reaper: Promise<Reaper>;
  readonly #keys: StateRing;
  readonly #fleet: Fleet;
  readonly #doorman: Doorman;
  readonly #logins: CoreLogins;
  readonly #restarts = new Map<string, number>();
  readonly #parts: RelayParts;
  readonly #isolation: Isolation;
  readonly #changes: Changes;
  readonly #exchange: Exchange;
  readonly #arrival: Arrival = new Arrival(() => this.#fleet.cores);
  #setup: Setup;
  #standing: Standing;
  #stopped: Promise<void> | undefined;

  constructor(options: HubOptions, hubId: string, reaper: Promise<Reaper>, clock: Clock) {
    this.#options = options;
    this.#reaper = reaper;
    const { manifest, settings, log, masker, version, exclusive, busyPoll = false } = options;
    this.#setup = { manifest, settings };
    this.#keys = new StateRing(log.child({ component: "relay" }), settings);
    this.metrics = createMetrics({ version, node: process.version });
    const setup = () => this.#setup;
    const judgeAnew = () => this.#exchange.judgeAnew();
    const own = { doorman: () => this.#doorman, view: (who: Principal) => this.view(who), judgeAnew };
    this.granted = exclusive ? undefined : new Granted({ ...options, clock, setup, ...own });
    this.#doorman = new Doorman({ ...options, clock, changed: judgeAnew }, this.#setup, this.granted);
    const definitionOf = (key: string) => this.#fleet.core(key)?.definition;
    const tagsOf = (key: string) => definitionOf(key)?.tags;
    this.rules = new CallGate({ ...options, clock, metrics: this.metrics, setup, tagsOf });
    const onlyClient = exclusive ? new OnlyClient(clock, options.capabilities) : undefined;
    const about = { shownBy: (id: string) => this.#doorman.shownBy(id), changed: () => this.#changes.reconsider() };
    const logins = new CoreLogins({ ...options, ...about, clock, isOwnClient: exclusive, setup });
    this.#logins = logins;
    this.#standing = standingOf(this.#setup, (principal) => logins.withheld(principal));
    const isPersonalHere = exclusive ? undefined : isPersonal;
    this.#fleet = new Fleet(
      {
        clock,
        core: coreDepsOf(options, hubId, clock, () => this.#setup, reaper),
        onlyClient: onlyClient?.capabilities,
        meter: (key) => this.metrics.forCore(key),
        secrets: () => secretFinder(options),
        credential: (definition, owner) => logins.credential(definition, owner?.principal),
        checkLogin: (definition, credential, { principal }) => logins.check(definition, credential, principal),
        frame: (lane, frame, scan, requestId) => this.#parts.fromCore.receive(lane, frame, scan, requestId),
        unanswered: (lane, id, error) => this.#parts.calls.unanswered(lane, id, error),
        returned: (lane, id, frame) => this.#parts.calls.returned(lane, id, frame),
        state: (member) => this.#coreChanged(member),
        lists: (key) => {
          this.#changes.refresh();
          this.#isolation.homeLists(key);
        },
        ownLists: (session, member) => this.#isolation.ownLists(session, member),
        close: (lane) => this.#parts.calls.close(lane),
        callOver: (lane) => this.#parts.asks.dropLane(lane, "the call that it belonged to is over"),
      },
      this.#setup,
    );

    this.#changes = new Changes({
      clock,
      log: log.child({ component: "catalog" }),
      build: (previous, own) =>
        buildCatalog(sourcesOf(this.#fleet.cores, own, isPersonalHere), this.#standing.catalog, previous),
      callerOf: (session) => this.#standing.callers.of(session),
      sessions: () => this.#parts.sessions(),
    });
    const observer = observerOf(options, clock, (name) => this.#fleet.core(name));
    this.#isolation = new Isolation({
      ...{ fleet: this.#fleet, changes: this.#changes, arrival: this.#arrival },
      sessions: () => this.#parts.relay.sessions,
      onlyClient,
      arrived: (session) => this.#parts.relay.unparkSession(session),
      anew: (key) => void this.#exchange.restart(key),
    });
    const callerOf = (session: ClientSession) => this.#standing.callers.of(session);
    const greeted = (session: ClientSession) => this.#isolation.greeted(session);
    this.#parts = new RelayParts({
      ...{ clock, log, masker, version, observer, busyPoll },
      keys: this.#keys,
      // Hubs that serve the same clients are one to them; others may have the same key, in a state folder that they share.
      audience: () => this.settings.publicUrl ?? this.manifest.files[0] ?? "",
      meter: this.metrics.hub,
      levels: levelTargets(this.#fleet),
      logins: {
        has: (key) => definitionOf(key)?.login !== undefined,
        signIn: async (key, { principal }) => {
          const definition = definitionOf(key);
          return definition === undefined ? undefined : logins.signIn(definition, principal);
        },
        standIns: (session) => this.#isolation.standIns(session),
      },
      rules: this.rules,
      createLimiter: (start) => createHubLimits(clock, start, exclusive, setup, definitionOf),
      dropped: (reason) => this.metrics.notificationDropped(reason),
      catalog: (session) => this.#changes.catalogOf(session),
      listWaitMs: () => this.settings.listWaitMs,
      starting: (session) => this.#isolation.prepare(session),
      lane: (key, session) => this.#fleet.lane(key, session),
      watchLane: (key, session) => this.#fleet.watchLane(key, session),
      lanesOf: (session) => this.#fleet.lanesOf(session),
      opened: (session) => this.#isolation.opened(session),
      renew: (session, principal) => {
        if (this.#changes.renew(session, principal)) this.#parts.review(session);
      },
      heard: (session) => this.#changes.greeted(session),
      greet: welcoming({ log: log.child({ component: "relay" }), callerOf, greeted }),
      left: (session) => this.#isolation.left(session),
    });
    this.#exchange = this.#createExchange();
    const restarts = (key: string) => this.#restarts.get(key) ?? 0;
    const seen = { restarts, admission: this.#parts.calls.admission, sessions: () => this.#parts.relay.sessions };
    const fleet = this.#fleet;
    const counted = { failures: this.#doorman.attempts.failures, parts: this.#parts, grants: this.granted, logins };
    watchNumbers(this.metrics, { ...seen, ...counted, fleet, masked: () => masker.masked });
    this.oversight = new Oversight({ ...seen, clock, fleet, summaries: () => this.summaries() });
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
  get auth(): Doorman {
    return this.#doorman;
  }

  /** Where doors bring their clients. */
  get doorkeeper(): RequestDoorkeeper {
    return this.#parts.relay;
  }

  start(): void {
    this.#fleet.start();
  }

  /** Resolves once every Core is up, or has failed at least once. */
  settled(): Promise<void> {
    return this.#arrival.whenOver();
  }

  /** Puts another setup in force, or leaves everything as it is. Never rejects. */
  async reload(setup: Setup): Promise<Reloaded> {
    const reloaded = await this.#exchange.reload(setup);
    // Kept keys may be others although no setting is.
    if (reloaded.t !== "failed") await this.loadKeys();
    return reloaded;
  }

  /** The keys of request states, as they are now. Never rejects. */
  loadKeys(): Promise<void> {
    return this.#keys.load(this.settings);
  }

  /** Starts the Core anew, whatever state it is in; the new one takes over when it is up, else the old one stays. Never rejects. */
  restart(coreKey: string): Promise<Restarted> {
    return this.#exchange.restart(coreKey);
  }

  view(principal: Principal): View {
    return this.#changes.catalog.view(this.#standing.callers.of({ principal }));
  }

  summaries(): readonly CoreSummary[] {
    return summarize(sourcesOf(this.#fleet.cores), this.view(this.everyone));
  }

  /** What is wrong with a Core, in a sentence with its last words; undefined while it is up. */
  trouble(coreKey: string): string | undefined {
    const core = this.#fleet.core(coreKey);
    return core === undefined ? undefined : troubleOf(core);
  }

  /** With the entries of the Cores' lists that cannot be served, and why; and what it takes to find rules that match none. */
  remarks(): Pick<Catalog, "notes" | "shelves" | "config"> {
    return this.#changes.catalog;
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
    return { ...healthOf(this.#fleet), tools: this.view(this.everyone).toolCount };
  }

  /** Notes where the doors are, with which certificate (SHA-256), and where the admin API is, for commands. Never rejects. */
  listensOn(addresses: readonly string[], adminSockets: readonly string[], certificate?: string): Promise<void> {
    this.#logins.listensOn(addresses);
    return this.#reaper.then((reaper) => reaper.listensOn(addresses, adminSockets, certificate));
  }

  /** Where a socket for the hub's own user may be made; undefined without a state folder that can be written to. */
  privateSocket(): Promise<Reaper["privateSocket"]> {
    return this.#reaper.then((reaper) => reaper.privateSocket);
  }

  /** The pages for people who sign in to Cores, which need no token. Undefined: not one of them. */
  signInPage({ peer, ...request }: SignInRequest): Promise<Page | undefined> {
    return this.#logins.answer({ ...request, person: (token) => this.#doorman.person(token, peer) });
  }

  /** With the values of secrets and tokens overwritten. */
  mask(text: string): string {
    return this.#options.masker.maskText(text);
  }

  /** Refuses new requests; resolves when those under way are answered: by their Cores, or by the hub when the time is up. */
  async drain(): Promise<void> {
    this.#exchange.end();
    const late = setTimeout(() => this.failCalls(), this.settings.drainTimeoutMs);
    await this.#parts.relay.drain();
    clearTimeout(late);
  }

  /** There is no more time: answers every call that is still open with `draining`. */
  failCalls(): void {
    this.#parts.calls.failAll();
  }

  /** Stops every Core; resolves when no process of this hub is left. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopCores();
    return this.#stopped;
  }

  async #stopCores(): Promise<void> {
    this.#exchange.end();
    this.rules.close();
    this.#doorman.close();
    await this.#fleet.stop();
    await Promise.all([this.#logins.close(), this.granted?.close()]);
    await (await this.#reaper).dismiss();
  }

  #createExchange(): Exchange {
    const deps: ExchangeDeps = {
      fleet: this.#fleet,
      calls: this.#parts.calls,
      changes: this.#changes,
      doorman: this.#doorman,
      sessions: () => this.#parts.sessions(),
      prepare: (setup) => this.rules.prepare(setup),
      inForce: (setup) => {
        this.#setup = setup;
        this.#standing = standingOf(setup, (principal) => this.#logins.withheld(principal));
      },
      moved: (from, key, owner) => {
        const to = this.#fleet.successor(key, owner);
        this.#parts.subscriptions.move(from, to);
        this.#parts.taskNews.move(from, to);
      },
      arrived: (core) => {
        this.#isolation.forget(core.name);
        this.#parts.logLevels.tell(levelTarget(core), this.#fleet.home(core.name).owner);
      },
      gone: (key) => {
        this.metrics.dropCore(key);
        this.#isolation.forget(key);
        this.#parts.uris.forget(key);
        this.#restarts.delete(key);
      },
      exchanged: () => {
        this.#logins.review();
        this.#parts.review();
        this.#settle();
      },
    };
    return new Exchange(deps, this.#setup);
  }

  #coreChanged(member: Member): void {
    const { core, lane, place } = member;
    if (isRestarting(member)) {
      this.#restarts.set(core.name, (this.#restarts.get(core.name) ?? 0) + 1);
    }
    if (core.state.t === "up" && place !== "tried") this.#parts.logLevels.tell(levelTarget(core), lane.owner);
    if (core.state.t !== "up" && core.state.t !== "starting") {
      if (core.state.t !== "draining") this.#parts.tasks.dropLane(lane);
      this.#parts.asks.dropLane(lane, `core "${core.name}" is ${core.state.t}`);
    }
    this.#parts.calls.coreChanged(lane);
    this.#parts.subscriptions.coreChanged(lane);
    this.#isolation.changed(member);
    this.#settle();
  }

  /** To be called whenever the last Core that others wait for may have arrived. */
  #settle(): void {
    if (this.#arrival.isOver && !this.#arrival.look()) return;
    this.#parts.relay.unpark();
    if (!this.#arrival.isOver) return;
    this.#arrival.announce();
  }
}
