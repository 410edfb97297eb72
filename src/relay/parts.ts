// The relay's parts, wired to each other. What they need of the hub comes in by `PartsDeps`.

import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Principal } from "../sessions/principal.ts";
import type { CallObserver } from "../telemetry/call-observer.ts";
import type { Log } from "../telemetry/log.ts";
import type { CoreMeter, DropReason } from "../telemetry/metrics.ts";
import { byteString } from "../wire/frame.ts";
import type { Masker } from "../wire/mask.ts";
import { Asks } from "./asks.ts";
import { Bridge } from "./bridge/bridge.ts";
import { CoreTasks } from "./bridge/core-tasks.ts";
import { Listens } from "./bridge/listens.ts";
import { Parks } from "./bridge/parks.ts";
import { SealedStates } from "./bridge/sealed-state.ts";
import type { SealKeys } from "./bridge/sealer.ts";
import { TaskHandles } from "./bridge/task-handles.ts";
import { TaskNews } from "./bridge/task-news.ts";
import { TaskRequests } from "./bridge/task-requests.ts";
import type { ClientSession, Lane } from "./call.ts";
import { CallRules, type CallRulesDeps } from "./call-rules.ts";
import { Calls, type CreateLimiter } from "./calls.ts";
import { FromCore } from "./from-core.ts";
import { serverInfo } from "./initialize.ts";
import { LogLevels, type LogLevelsDeps } from "./log-levels.ts";
import { LoginAsks, type LoginPort } from "./login-asks.ts";
import { Methods } from "./methods.ts";
import { ownerOf } from "./owner.ts";
import { Parking } from "./parking.ts";
import { Relay } from "./relay.ts";
import { ResourceUris } from "./resource-uris.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Tasks } from "./tasks.ts";
import { UrlElicitations } from "./url-elicitations.ts";

export interface PartsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly masker: Pick<Masker, "active" | "maskFrame">;
  /** Of the hub. */
  readonly version: string;
  /** For request states. */
  readonly keys: SealKeys;
  /** What those hubs have in common that may open each other's request states. */
  audience(): string;
  /** Counts what the hub answers itself. */
  readonly meter: CoreMeter;
  readonly observer: CallObserver | undefined;
  /** As of CallsDeps. */
  readonly busyPoll: boolean;
  readonly levels: Omit<LogLevelsDeps, "clock">;
  readonly logins: LoginPort;
  readonly rules: CallRulesDeps;
  createLimiter: CreateLimiter;
  /** Counts a message of a Core that nobody got. */
  dropped(reason: DropReason): void;
  /** What there is for this session. */
  catalog(session: ClientSession): Catalog;
  /** How long a session's first requests wait for starting Cores, in ms. */
  listWaitMs(): number;
  /** Whether lists that this session sees are still to come. */
  starting(session: ClientSession): boolean;
  /** The way to the instance of the Core that serves this session. Throws HubError where there can be none. */
  lane(coreKey: string, session: ClientSession): Lane;
  /** As `lane`, to the one that tells the session of changes of resources. */
  watchLane(coreKey: string, session: ClientSession): Lane;
  /** The lanes that belong to this session alone. */
  lanesOf(session: ClientSession): Iterable<Lane>;
  opened(session: ClientSession): void;
  /** The same caller goes on with another principal. */
  renew(session: ClientSession, principal: Principal): void;
  /** One more that hears news, of a client that is here already. */
  heard(session: ClientSession): void;
  /** Its client has said who it is and what it can be asked. */
  greet(session: ClientSession): void;
  left(session: ClientSession): void;
}

export class RelayParts {
  readonly calls: Calls;
  readonly asks: Asks;
  readonly logLevels: LogLevels;
  readonly subscriptions: Subscriptions;
  readonly tasks: Tasks;
  readonly uris: ResourceUris = new ResourceUris();
  readonly parks: Parks;
  readonly listens: Listens;
  readonly taskNews: TaskNews;
  readonly relay: Relay;
  readonly fromCore: FromCore;
  readonly #methods: Methods;

  constructor(deps: PartsDeps) {
    const { clock, masker, version, observer, busyPoll } = deps;
    const log = deps.log.child({ component: "relay" });
    const urls = new UrlElicitations();
    const states = new SealedStates({ ...deps, log });
    this.calls = new Calls({
      ...{ clock, observer, busyPoll },
      createLimiter: deps.createLimiter,
      errorEdits: (call, frame, scan) => urls.required(call, frame, scan),
      sessions: () => this.sessions(),
    });
    const handles = new TaskHandles(deps);
    this.parks = new Parks({
      ...{ clock, states, handles, calls: this.calls },
      taskChanged: (parkId) => this.taskNews.parkChanged(parkId),
      settle: (ask, result) => this.asks.settle(ask, result),
      dropAsks: (session) => this.asks.dropSession(session),
    });
    this.asks = new Asks({
      ...{ clock, log, urls, ownerOf },
      parks: {
        sessionOf: (call) => bridge.sessionOf(call),
        asked: (...asked) => this.parks.asked(...asked),
        withdrawn: (ask) => this.parks.withdrawn(ask),
      },
      waited: (lane, ms) => this.calls.waited(lane, ms),
    });
    const hub = { name: "thehub", version };
    const bridge = new Bridge({
      ...{ clock, states, parks: this.parks, asks: this.asks, calls: this.calls },
      serverInfo: byteString(JSON.stringify(serverInfo(hub))),
    });
    this.logLevels = new LogLevels({ ...deps.levels, clock });
    this.subscriptions = new Subscriptions({ calls: this.calls, log });
    this.tasks = new Tasks({ clock, log });
    const parking = new Parking(deps);
    this.listens = new Listens({
      clock,
      hold: (session, uri) => methods.hold(session, uri),
      holdTask: (session, name) => this.taskNews.hold(session, name),
      opened: (session) => deps.heard(session),
      closed: (session) => {
        this.subscriptions.forget(session);
        this.taskNews.forget(session);
        deps.left(session);
      },
    });
    const { calls, asks, logLevels, subscriptions, tasks, uris, parks, listens } = this;
    const loginAsks = new LoginAsks({
      ...{ clock, log, calls, logins: deps.logins },
      inputRequired: (call, requests) => bridge.inputRequired(call, requests),
    });
    const parts = {
      calls,
      asks,
      loginAsks,
      logLevels,
      subscriptions,
      tasks,
      uris,
      parks,
      listens,
      bridge,
      parking,
      urls,
    };
    const coreTasks = new CoreTasks({ handles, calls, asks });
    const taskRequests = new TaskRequests({
      ...{ handles, coreTasks, parks, calls, uris, lane: (key, session) => deps.lane(key, session) },
      hooks: (request, key, lane) => [
        ...[bridge.hook(request, lane, undefined) ?? []].flat(),
        ...[loginAsks.hook(key, request.session) ?? []].flat(),
      ],
      coreOf: (session, tool) => {
        const found = deps.catalog(session).view(session.caller).tool(tool);
        return found?.t === "found" ? found.route.core : undefined;
      },
    });
    this.taskNews = new TaskNews({
      ...{ parks, watchLane: (key, session) => deps.watchLane(key, session) },
      find: (session, name) => taskRequests.find(session, name),
    });
    const methods = new Methods({
      ...deps,
      ...parts,
      coreTasks,
      taskRequests,
      log,
      hub,
      rules: new CallRules(deps.rules),
    });
    this.#methods = methods;
    this.relay = new Relay({ ...deps, ...parts, states, log, methods });
    this.fromCore = new FromCore({ ...parts, taskNews: this.taskNews, log, masker, ownerOf, dropped: deps.dropped });
  }

  /**
   * What clients may see has changed, or what this one may: nobody hears any more of what is not theirs to see, and what is another Core's now
   * is heard of from that one.
   */
  review(only?: ClientSession): void {
    const methods = this.#methods;
    for (const [session, uri] of this.subscriptions.review((...of) => methods.resource(...of)?.core, only)) {
      try {
        methods.hold(session, uri);
      } catch (error) {
        // There is no way to it for this session: it holds it no more.
        if (!(error instanceof HubError)) throw error;
      }
    }
  }

  /** All that calls and news can belong to: those of clients, and those of requests that stay open. */
  *sessions(): Iterable<ClientSession> {
    yield* this.relay.sessions;
    yield* this.parks.sessions();
    yield* this.listens.sessions();
  }
}
