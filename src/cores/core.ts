// One Core of the manifest over its whole life: runs what the supervisor decides, speaks the handshake, keeps the lists, and
// hands every message that is not its own upward. Per frame it makes no promise, timer or closure.
import type { Timer } from "../base/clock.ts";
import type { Credential } from "../base/credential.ts";
import { HubError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import { type Frame, noSplices, type Sent, type Splice } from "../wire/frame.ts";
import type { Framing } from "../wire/framing.ts";
import { type Era, eraOf } from "../wire/revisions.ts";
import type { Scan } from "../wire/scan.ts";
import type { CoreDeps } from "./core-deps.ts";
import { logState } from "./core-log.ts";
import { type Greeted, greet, type Probed } from "./greet.ts";
import type { Greeting } from "./handshake.ts";
import { watchHealth } from "./health.ts";
import type { Hello } from "./hello.ts";
import { pong, sortOut } from "./incoming.ts";
import type { EraClue, Instance, InstanceDeps, InstanceEvents } from "./instance.ts";
import type { Watched } from "./listener.ts";
import { type CoreLists, sameLists } from "./lists.ts";
import { News, nothingWatched, type WatchedNames } from "./news.ts";
import { type Opener, openerOf } from "./open-instance.ts";
import { fallOf, StartFailed, startFailed } from "./start-failed.ts";
import {
  type CoreState,
  type Fall,
  idleCore,
  restartPolicyOf,
  type Supervised,
  type SupervisorEvent,
  transition,
} from "./supervisor.ts";
import type { Try } from "./tries.ts";

export interface CoreEvents {
  /**
   * Responses to relay ids, and requests and notifications that are not the Core's own business, also while it is starting.
   * `scan` is valid during this call only. `requestId`: of the request on whose response it came, where each has one of its own.
   */
  frame(core: Core, frame: Frame, scan: Scan, requestId?: number): void;
  /** A request of the relay gets no answer, while the Core goes on. */
  unanswered(core: Core, id: number, error: HubError): void;
  /** As `unanswered`; the Core has not run it. `frame` is what was sent. */
  returned(core: Core, id: number, frame: Frame): void;
  /** It is another one; or it is up as before, and may have told of changes that were not heard. */
  state(core: Core): void;
  /** `core.lists` is another one. */
  lists(core: Core): void;
}

type Secrets = ReadonlyMap<string, Secret>;

export class Core {
  /** As of the last start that came so far; undefined before. */
  lists: CoreLists | undefined;
  greeting: Greeting | undefined;
  #definition: ResolvedCore;
  readonly #deps: CoreDeps;
  readonly #events: CoreEvents;
  readonly #instanceDeps: InstanceDeps;
  readonly #instanceEvents: InstanceEvents;
  #supervised: Supervised;
  #instance: Instance | undefined;
  /** The instance whose stderr is asked for, also after its end. */
  #lastInstance: Instance | undefined;
  #news: News | undefined;
  /** What changes of are to be told, as the Core spells it. */
  #watched: WatchedNames = nothingWatched;
  #endHealth: () => void = () => {};
  #retryTimer: Timer | undefined;
  /** Settles when every instance that was retired so far is gone. Never rejects. */
  #tornDown: Promise<void> = Promise.resolve();
  /** While an instance is asked for its era: takes note of its end, where that says something. */
  #probe: ((clue: EraClue) => void) | undefined;
  #credential: Credential | undefined;
  /** At the last start. */
  #hadLogin = false;
  #endWatch: () => void = () => {};

  constructor(definition: ResolvedCore, deps: CoreDeps, events: CoreEvents) {
    this.#definition = definition;
    const log = deps.log.child({ core: definition.key });
    this.#deps = { ...deps, log };
    this.#instanceDeps = { ...this.#deps, platform: deps.host.platform };
    this.#events = events;
    this.#supervised = idleCore(deps.clock.now());
    this.#instanceEvents = {
      frame: (instance, frame, scan, requestId) => this.#receive(instance, frame, scan, requestId),
      down: (instance, fall, clue) => {
        if (instance !== this.#instance) return;
        if (this.#probe !== undefined && clue !== undefined) this.#probe(clue);
        else this.#down(this.generation, fall);
      },
      toolsOutdated: (instance) =>
        instance === this.#instance && this.#news !== undefined
          ? this.#news.refreshTools()
          : Promise.reject(this.#gone()),
      missed: (instance) => {
        if (instance !== this.#instance || this.state.t !== "up") return;
        this.#news?.missed();
        this.#events.state(this);
      },
      unanswered: (instance, id, error) => {
        if (!instance.requests.reject(id, error)) this.#events.unanswered(this, id, error);
      },
      returned: (instance, id, frame, error) => {
        if (!instance.requests.reject(id, error)) this.#events.returned(this, id, frame);
      },
    };
  }

  get definition(): ResolvedCore {
    return this.#definition;
  }

  get name(): string {
    return this.definition.key;
  }

  get namespace(): string {
    return this.definition.namespace;
  }

  get state(): CoreState {
    return this.#supervised.state;
  }

  /** When the current process last wrote to stdout, in Clock milliseconds. */
  get heardMs(): number {
    return this.#instance?.link.heardMs ?? this.#deps.clock.now();
  }

  /** Counts starts. */
  get generation(): number {
    return this.#supervised.generation;
  }

  /** Of the current process, or the last one. */
  get pid(): number | undefined {
    return this.#lastInstance?.pid;
  }

  /** As of the last start. */
  get credential(): Credential | undefined {
    return this.#credential;
  }

  /** The framing that the Core has answered in. */
  get framing(): Framing | undefined {
    return this.#deps.known.framing;
  }

  get era(): Era {
    if (this.greeting !== undefined) return eraOf(this.greeting.protocolVersion);
    return this.#deps.known.era(this.#deps.clock.now()) ?? "legacy";
  }

  get capabilities(): Readonly<Record<string, unknown>> {
    return this.greeting?.capabilities ?? {};
  }

  get serverInfo(): Readonly<Record<string, unknown>> | undefined {
    return this.greeting?.serverInfo;
  }

  get instructions(): string | undefined {
    return this.greeting?.instructions;
  }

  /** From idle, failed or stopped; otherwise does nothing. */
  start(): void {
    this.#dispatch({ t: "start" });
  }

  /** Resolves when no process of this Core is left. Calls under way are the caller's to wait for first. */
  stop(): Promise<void> {
    this.#dispatch({ t: "stop" });
    return this.#tornDown;
  }

  /** Another policy, health or name for the process that there is. */
  redefine(definition: ResolvedCore): void {
    this.#definition = definition;
    if (this.state.t === "up" && this.#instance !== undefined) this.#watchHealth(this.#instance, this.generation);
  }

  /** An id for a request to this Core; never the same twice, whoever asks. */
  nextId(): number {
    return ++this.#deps.ids.last;
  }

  send(frame: Frame, splices: readonly Splice[]): Sent {
    return this.#instance === undefined ? "closed" : this.#instance.link.send(frame, splices);
  }

  /** A request of the hub itself. Resolves to the raw result, masked; rejects with a HubError. */
  async request(method: string, params: object | undefined, timeoutMs: number): Promise<Buffer> {
    const instance = this.#instance;
    if (instance === undefined) throw this.#gone();
    return instance.request(method, params, timeoutMs);
  }

  /** Of a modern Core: the resources, or the tasks, of which changes are to be told, in place of those before. Others are told by asking them. */
  watch(names: ReadonlySet<string>, what: Watched = "resourceSubscriptions"): void {
    this.#watched = { ...this.#watched, [what]: names };
    this.#news?.watch(names, what);
  }

  /** The last lines that the current or last process wrote to stderr, masked. */
  stderrTail(): string[] {
    return this.#lastInstance?.stderrTail() ?? [];
  }

  #dispatch(event: SupervisorEvent): void {
    const before = this.#supervised;
    const { next, effects } = transition(before, event, restartPolicyOf(this.definition), this.#deps.clock.now());
    this.#supervised = next;
    for (const effect of effects) {
      if (effect.t === "launch") void this.#launch(effect.generation);
      else if (effect.t === "tear_down") void this.#retire().then(() => this.#dispatch({ t: "gone" }));
      else this.#retryAfter(effect.generation, effect.ms);
    }
    if (next.state === before.state) return;
    if (next.state.t !== "backoff") this.#retryTimer?.cancel();
    if (next.state.t === "stopped") this.#endWatch();
    logState(this, before.state.t === "starting" && !this.#hadLogin, this.#deps.log);
    this.#events.state(this);
  }

  #down(generation: number, fall: Fall): void {
    // It may have been taken for what it is not.
    if (this.#isStarting(generation)) this.#deps.known.forgetEra();
    this.#dispatch({ t: "down", generation, fall });
  }

  #retryAfter(generation: number, ms: number): void {
    this.#retryTimer = this.#deps.clock.after(ms, () => this.#dispatch({ t: "retry", generation }));
  }

  /** Every way in which a start can fail ends in `down`, once. */
  async #launch(generation: number): Promise<void> {
    try {
      await this.#tornDown;
      if (!this.#isStarting(generation)) return;
      const secrets = await this.#deps.secrets(this.definition);
      if (secrets.t === "missing") throw startFailed("secret_missing", secrets.message, true);
      if (!this.#isStarting(generation)) return;
      const credential = await this.#deps.credential();
      if (!this.#isStarting(generation)) return;
      this.#use(credential);
      const open = await openerOf(this.definition);
      if (!this.#isStarting(generation)) return;
      const greeted = await this.#greet(generation, secrets.values, open);
      if (greeted === undefined) return;
      await this.#readLists(greeted);
      if (!this.#isStarting(generation)) return;
      this.#dispatch({ t: "up", generation });
      this.#watchHealth(greeted.instance, generation);
    } catch (error) {
      if (!this.#isStarting(generation)) return;
      this.#down(generation, fallOf(error, this.name, this.#deps.log));
    }
  }

  /** A login that comes, or comes back, is tried at once. It may live longer than this Core, which looks at it until it is stopped. */
  #use(credential: Credential | undefined): void {
    this.#endWatch();
    this.#credential = credential;
    this.#hadLogin = credential?.state.t === "ok";
    this.#endWatch =
      credential?.watch(({ t }) => {
        if (t === "ok" && this.state.t === "backoff") this.#dispatch({ t: "retry", generation: this.generation });
      }) ?? (() => {});
  }

  #isStarting(generation: number): boolean {
    return this.generation === generation && this.state.t === "starting";
  }

  /** An instance that has said who it is; undefined when the start was overtaken. */
  async #greet(generation: number, secrets: Secrets, open: Opener): Promise<Greeted | undefined> {
    const isStarting = () => this.#isStarting(generation);
    const greeted = await greet(this.definition, {
      ...this.#deps,
      startupTimeoutMs: this.definition.health.startupTimeoutMs,
      restarts: this.#supervised.restarts,
      isStarting,
      open: async (attempt) => {
        // The one that was tried before leaves first.
        await this.#retire();
        return isStarting() ? this.#open(open, attempt, secrets) : undefined;
      },
    }).finally(() => {
      if (isStarting()) this.#probe = undefined;
    });
    if (greeted === undefined) return undefined;
    this.greeting = greeted.greeting;
    greeted.instance.agreed(greeted.greeting.protocolVersion);
    return greeted;
  }

  #open(open: Opener, { framing, era }: Try, secrets: Secrets): Probed {
    const { host, limits, clock, log } = this.#deps;
    const own = { tools: () => this.lists?.tools ?? [], nextId: () => this.nextId() };
    const facts = { coreName: this.name, hubVersion: host.version, ...own };
    const opened = open(
      { definition: this.definition, framing, era, secrets, facts, host, limits, clock, credential: this.#credential },
      this.#instanceDeps,
      this.#instanceEvents,
    );
    if (opened.t === "refused") throw new StartFailed(opened.fall);
    const { instance } = opened;
    this.#instance = instance;
    this.#lastInstance = instance;
    this.#probe = undefined;
    log.debug("core_spawned", { pid: instance.pid, framing, era });
    const gone = new Promise<Hello>((resolve) => {
      if (era !== "probe") return;
      this.#probe = (clue) => resolve({ t: "again", era: "legacy", isSure: clue === "legacy" });
    });
    return { instance, gone };
  }

  async #readLists({ instance, greeting }: Greeted): Promise<void> {
    const news = new News(instance, greeting, this.era, this.lists, this.#watched, {
      ...this.#deps,
      timeoutMs: this.definition.health.startupTimeoutMs,
      lists: (lists) => this.#setLists(lists),
      updated: (frame, scan) => this.#events.frame(this, frame, scan),
    });
    this.#news = news;
    this.#setLists(await news.read());
  }

  #setLists(lists: CoreLists): void {
    const before = this.lists;
    if (before !== undefined && sameLists(before, lists)) return;
    this.lists = lists;
    this.#events.lists(this);
  }

  #watchHealth(instance: Instance, generation: number): void {
    // A listener of the state may have stopped the Core already.
    if (instance !== this.#instance) return;
    this.#endHealth();
    this.#endHealth = watchHealth({
      ...this.definition.health,
      clock: this.#deps.clock,
      era: this.era,
      heardMs: () => instance.link.heardMs,
      request: (method, timeoutMs) => instance.request(method, undefined, timeoutMs),
      unresponsive: (reason) => this.#down(generation, { code: "core_timeout", reason, fatal: false }),
      changed: (reason) => {
        this.#deps.known.forgetEra();
        this.#down(generation, { code: "core_down", reason, fatal: false });
      },
    });
  }

  /** Lets go of the current instance and ends it, with all that it left behind. */
  #retire(): Promise<void> {
    const instance = this.#instance;
    if (instance === undefined) return this.#tornDown;
    this.#instance = undefined;
    this.#endHealth();
    this.#news?.close();
    instance.requests.rejectAll(this.#gone());
    this.#tornDown = this.#tornDown.then(() => instance.end(this.definition.health.stopTimeoutMs));
    return this.#tornDown;
  }

  #receive(instance: Instance, frame: Frame, scan: Scan, requestId: number | undefined): void {
    // Of a retired instance only the last answers of one that is being drained are of use.
    if (instance !== this.#instance && this.state.t !== "draining") return;
    const incoming = sortOut(frame, scan, instance.requests, this.#deps.masker);
    switch (incoming.t) {
      case "upward":
        this.#events.frame(this, frame, scan, requestId);
        return;
      case "lists":
        this.#news?.outdated(incoming.lists);
        return;
      case "changed":
        this.#news?.changed(frame, scan, requestId);
        return;
      case "acknowledged":
        this.#news?.acknowledged(frame, scan, requestId);
        return;
      case "ping":
        instance.link.send(pong(incoming.idText), noSplices);
    }
  }

  #gone(): HubError {
    const { name, state } = this;
    return new HubError("core_down", `core "${name}" is ${state.t}`, { core: name, state: state.t });
  }
}
