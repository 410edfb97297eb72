// The Cores in force, in manifest order, and the lanes to them; beside them those that are being tried, and those that have
// been replaced or removed and finish what they have. A Core takes another's place in one step.
import { isDeepStrictEqual } from "node:util";
import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { Clock } from "../base/clock.ts";
import type { Credential } from "../base/credential.ts";
import { HubError } from "../base/errors.ts";
import type { Core } from "../cores/core.ts";
import type { Setup } from "../manifest/diff.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import { everyCapability } from "../relay/ask-rules.ts";
import type { ClientSession, Lane } from "../relay/call.ts";
import { type Fallen, fallOf, hasRisen } from "./fallen.ts";
import { type Instances, type InstancesDeps, isPersonal } from "./instances.ts";
import { type Making, type Member, Members, type MembersDeps, redefine } from "./members.ts";
import { Pool } from "./pool.ts";
import { isLent, SessionInstances } from "./session-instances.ts";

export interface FleetDeps extends MembersDeps {
  readonly clock: Clock;
  /** Of a hub that serves one client only: what that client can be asked, as soon as it has said so. Every Core is that client's alone. */
  readonly onlyClient: (() => Promise<ClientCapabilities>) | undefined;
  /** Of a member in force. */
  lists(coreKey: string): void;
  /** Throws HubError where the session's calls may not go with this login of the Core. */
  checkLogin(definition: ResolvedCore, credential: Credential | undefined, session: ClientSession): void;
  /** An instance of this session alone has lists that are others. */
  ownLists(session: ClientSession, member: Member): void;
  /** The lane takes no new calls from now on: resolves when none is open. */
  close(lane: Lane): Promise<void>;
  /** The call that had this lane is over. */
  callOver(lane: Lane): void;
}

/** What stands in a Core's place. */
interface Place {
  /** Its lists are what everybody sees. */
  readonly home: Member;
  /** Undefined where all use the home instance. */
  readonly instances: Instances | undefined;
}

export type Tried =
  | { readonly t: "risen"; readonly members: readonly Member[] }
  | { readonly t: "fell"; readonly falls: readonly Fallen[] };

/** What left its place. */
export interface Departure {
  readonly member: Member;
  readonly instances: Instances | undefined;
  /** By what calls came to it, and come to who stands in its place now; undefined where there is no such place any more. */
  readonly entry: Lane;
  readonly successor: Lane | undefined;
}

export type Replaced =
  | { readonly t: "replaced"; readonly departures: readonly Departure[] }
  | { readonly t: "fell"; readonly falls: readonly Fallen[] };

export class Fleet {
  readonly #deps: FleetDeps;
  readonly #members: Members;
  #places: ReadonlyMap<string, Place> = new Map();
  /** Those with an instance for each session. */
  #ofSessions: readonly Place[] = [];
  /** Tried, further and leaving. */
  readonly #others = new Set<Member>();
  /** Of a hub that serves one client only, while it is there. */
  #onlySession: ClientSession | undefined;

  constructor(deps: FleetDeps, setup: Setup) {
    this.#deps = deps;
    this.#members = new Members({ ...deps, state: (member) => this.#changed(member) });
    const members = setup.manifest.cores.map((definition) => this.#make(definition, setup, { last: 0 }));
    this.#stand(members, setup);
  }

  get cores(): readonly Core[] {
    return [...this.#places.values()].map(({ home }) => home.core);
  }

  core(key: string): Core | undefined {
    return this.#places.get(key)?.home.core;
  }

  /**
   * Whether the Core serves whom it may serve. Where each client has a login of its own, the home instance, which goes by the operator's, need not
   * have one: its lists are nobody's.
   */
  isUp({ state, definition }: Pick<Core, "state" | "definition">): boolean {
    if (this.#deps.onlyClient !== undefined || !isPersonal(definition)) return state.t === "up";
    return state.t === "up" || (state.t === "backoff" && state.code === "login_needed");
  }

  /** The instances of a Core beside its home instance. */
  further(key: string): readonly Core[] {
    return (this.#places.get(key)?.instances?.members() ?? []).map(({ core }) => core);
  }

  /** The way to the instance of this Core that serves the session. Throws HubError where there can be none. */
  lane(key: string, session: ClientSession): Lane {
    const place = this.#place(key);
    const { instances, home } = place;
    const { definition, credential } = home.core;
    if (definition.login !== undefined) this.#deps.checkLogin(definition, credential, session);
    return instances === undefined || home.lane.closing !== undefined ? home.lane : instances.laneFor(session);
  }

  /** The way to the instance that tells this session of changes: of a pool, the one that is lent to nobody. */
  watchLane(key: string, session: ClientSession): Lane {
    const { home, instances } = this.#place(key);
    return instances instanceof Pool || isLent(home.core.definition, session) ? home.lane : this.lane(key, session);
  }

  /** Who takes over what a departed instance was to tell of: undefined where there is no such Core any more, or no room. */
  successor(key: string, owner: ClientSession | undefined): Lane | undefined {
    const place = this.#places.get(key);
    if (owner === undefined || place === undefined) return place?.home.lane;
    try {
      return this.watchLane(key, owner);
    } catch (error) {
      if (error instanceof HubError) return undefined;
      throw error;
    }
  }

  /** By what the calls come that were on such a lane before; undefined where each goes by one of its own, or there is no such Core any more. */
  lender(key: string): Lane | undefined {
    const { instances, home } = this.#places.get(key) ?? {};
    return instances === undefined ? home?.lane : instances.lent;
  }

  /** The way to the instance that the Core's lists are of. */
  home(key: string): Lane {
    return this.#place(key).home.lane;
  }

  /** The lanes that belong to this session alone. */
  lanesOf(session: ClientSession): readonly Lane[] {
    if (session === this.#onlySession) return [...this.#places.values()].map(({ home }) => home.lane);
    return [...this.#places.values()].flatMap(({ instances }) => instances?.ownOf(session)?.lane ?? []);
  }

  /** The instances that belong to this session alone. */
  coresOf(session: ClientSession): readonly Core[] {
    if (session === this.#onlySession) return this.cores;
    return this.#ofSessions.flatMap(({ instances }) => instances?.ownOf(session)?.core ?? []);
  }

  /** The Cores of which this session has, or would have, an instance of its own: with those that it has. */
  owned(session: ClientSession): readonly (readonly [key: string, core: Core | undefined])[] {
    if (this.#ofSessions.length === 0) return none;
    return this.#ofSessions
      .filter(({ home }) => !isLent(home.core.definition, session))
      .map(({ home, instances }) => [home.core.name, instances?.ownOf(session)?.core]);
  }

  /** Whether each session has an instance of this Core for itself. */
  isOwned(key: string): boolean {
    return this.#places.get(key)?.instances instanceof SessionInstances;
  }

  /** The instances of this Core that have an owner. */
  owners(key: string): readonly (readonly [ClientSession, Member])[] {
    const members = this.#places.get(key)?.instances?.members() ?? [];
    return members.flatMap((member) => (member.lane.owner === undefined ? [] : [[member.lane.owner, member] as const]));
  }

  /** Of a hub that serves one client only: this is its session; undefined when it has left. */
  adopt(session: ClientSession | undefined): void {
    if (this.#deps.onlyClient === undefined) return;
    this.#onlySession = session;
    for (const { home } of this.#places.values()) home.lane.owner = session;
    for (const { lane } of this.#others) lane.owner = session;
  }

  /** The session is gone: what was its alone ends. */
  leave(session: ClientSession): void {
    for (const { instances } of this.#places.values()) instances?.leave(session);
    if (session === this.#onlySession) this.adopt(undefined);
  }

  start(): void {
    for (const { home } of this.#places.values()) home.core.start();
  }

  /**
   * Starts Cores beside those in force. Resolves when all have risen, or when one has fallen: then all of them are stopped, and
   * nothing of them is left.
   */
  async try(definitions: readonly ResolvedCore[], setup: Setup): Promise<Tried> {
    const members = definitions.map((definition) => {
      return this.#make(definition, setup, this.#places.get(definition.key)?.home.ids ?? { last: 0 });
    });
    const falls = await this.#rise(members);
    for (const member of members) member.watcher = undefined;
    if (falls.length === 0) return { t: "risen", members };
    await this.discard(members);
    return { t: "fell", falls };
  }

  /** For what was tried and is not wanted: resolves when nothing of it is left. */
  async discard(members: readonly Member[]): Promise<void> {
    await Promise.all(members.map((member) => this.#stop(member)));
  }

  /** Gives up what is being tried; `try` then says that it has fallen. */
  abandon(): void {
    for (const member of this.#others) if (member.place === "tried") void member.core.stop();
  }

  /**
   * The one step: the Cores of this setup are in force, those tried among them. Nothing is done where one of those has fallen
   * meanwhile. Who has departed is `retire`d by the caller, when its calls have been seen to.
   */
  replace(setup: Setup, tried: readonly Member[]): Replaced {
    const falls = this.#fallsOf(tried);
    if (falls.length > 0) return { t: "fell", falls };
    const fresh = new Map(tried.map((member) => [member.core.name, member]));
    const departures: Departure[] = [];
    const standing = new Set(setup.manifest.cores.map(({ key }) => key));
    for (const [key, place] of this.#places) {
      if (standing.has(key) && !fresh.has(key)) continue;
      departures.push({ member: place.home, instances: place.instances, entry: entryOf(place), successor: undefined });
    }
    const members = setup.manifest.cores.map((definition) => {
      const member = fresh.get(definition.key) ?? this.#places.get(definition.key)?.home;
      if (member === undefined) throw new Error(`core ${definition.key} was not started`);
      if (!isDeepStrictEqual(member.core.definition, definition)) {
        redefine(member, definition);
        this.#places.get(definition.key)?.instances?.redefine(definition);
      }
      return member;
    });
    this.#stand(members, setup);
    for (const { member } of departures) this.#leave(member);
    return {
      t: "replaced",
      departures: departures.map((departure) => {
        const place = this.#places.get(departure.member.core.name);
        return { ...departure, successor: place === undefined ? undefined : entryOf(place) };
      }),
    };
  }

  /** Lets what has departed finish the calls that it has, and stops it. Never rejects. */
  async retire({ member, instances }: Pick<Departure, "member" | "instances">): Promise<void> {
    const { close } = this.#deps;
    const further = async () => {
      // Those that wait for an instance get one first.
      if (instances?.lent !== undefined) await close(instances.lent);
      await instances?.retire();
    };
    const home = async () => {
      const closed = close(member.lane);
      // One that is not up answers nothing more: what waits for it hears so from its end.
      if (member.core.state.t === "up") await closed;
    };
    await Promise.all([home(), further()]);
    await this.#stop(member);
  }

  /** As `retire`, for one that keeps its place: another start is another member's. False where there is no such Core. */
  async drain(key: string): Promise<boolean> {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    await this.retire({ member: place.home, instances: place.instances });
    return true;
  }

  /** Resolves when no process is left of any Core: in force, tried, further or leaving. */
  async stop(): Promise<void> {
    const members = [...[...this.#places.values()].map(({ home }) => home), ...this.#others];
    await Promise.all(members.map(({ core }) => core.stop()));
    // Nothing looks after them any more, either.
    await Promise.all([...this.#places.values()].map(({ instances }) => instances?.retire()));
  }

  #place(key: string): Place {
    const place = this.#places.get(key);
    if (place === undefined) throw new Error(`no lane for core ${key}`);
    return place;
  }

  /** The home instance of a Core. */
  #make(definition: ResolvedCore, setup: Setup, ids: { last: number }): Member {
    const { onlyClient, lists } = this.#deps;
    const serial = onlyClient === undefined && definition.interactive === "serialize";
    const making: Making = {
      ids,
      serial,
      owner: this.#onlySession,
      // A Core that is given one call at a time may ask whatever it likes: each question is judged by what its client can answer.
      capabilities: onlyClient ?? (() => Promise.resolve(serial ? everyCapability : {})),
      lists: (member) => {
        if (member.place === "in_force") lists(definition.key);
      },
    };
    const member = this.#members.make(definition, setup, making, "tried");
    this.#others.add(member);
    return member;
  }

  #instancesOf(home: Member): Instances | undefined {
    const { definition } = home.core;
    if (this.#deps.onlyClient !== undefined) return undefined;
    if (definition.isolation !== "session" && definition.isolation !== "pool") return undefined;
    const deps: InstancesDeps = {
      clock: this.#deps.clock,
      definition,
      make: (owner, told, serial) => this.#makeFurther(home, owner, told, serial),
      stop: (member) => this.#stop(member),
      finish: async (member) => {
        await this.#deps.close(member.lane);
        await this.#stop(member);
      },
      callOver: (lane) => this.#deps.callOver(lane),
    };
    if (definition.isolation === "session") return new SessionInstances(deps, home);
    return new Pool(deps, home, { max: definition.scaling.max, sharedBy: () => "all" });
  }

  #makeFurther(home: Member, owner: ClientSession | undefined, told: ClientCapabilities, serial: boolean): Member {
    const making: Making = {
      // A call of a pool has the id that it was given before its instance was known; and none is the name of two calls of a session.
      ids: home.ids,
      owner,
      serial,
      meter: home.lane.meter,
      context: owner === undefined ? { instance: "pool" } : { session: owner.id },
      capabilities: () => Promise.resolve(told),
      lists: (member) => {
        if (owner !== undefined) this.#deps.ownLists(owner, member);
      },
    };
    const member = this.#members.make(home.core.definition, home.setup, making, "further");
    this.#others.add(member);
    return member;
  }

  #stand(members: readonly Member[], setup: Setup): void {
    for (const member of members) {
      member.place = "in_force";
      member.setup = setup;
      this.#others.delete(member);
    }
    const before = this.#places;
    this.#places = new Map(
      members.map((home) => {
        const { name } = home.core;
        const stood = before.get(name);
        return [name, stood?.home === home ? stood : { home, instances: this.#instancesOf(home) }];
      }),
    );
    this.#ofSessions = [...this.#places.values()].filter(({ instances }) => instances instanceof SessionInstances);
  }

  #leave(member: Member): void {
    member.place = "leaving";
    this.#others.add(member);
  }

  async #stop(member: Member): Promise<void> {
    await member.core.stop();
    this.#others.delete(member);
  }

  #changed(member: Member): void {
    this.#deps.state(member);
    // Nobody waits for a Core to come back that has departed, or takes no new calls.
    const isGoing = member.place === "leaving" || member.lane.closing !== undefined;
    if (isGoing && member.core.state.t === "backoff") void member.core.stop();
  }

  /** Resolves when all have risen, or one has fallen: with those that have by then. */
  #rise(members: readonly Member[]): Promise<readonly Fallen[]> {
    return new Promise((resolve) => {
      const look = () => {
        const falls = this.#fallsOf(members);
        if (falls.length > 0 || members.every(({ core }) => hasRisen(core, this.core(core.name)))) resolve(falls);
      };
      for (const member of members) member.watcher = look;
      for (const { core } of members) core.start();
      look();
    });
  }

  #fallsOf(members: readonly Member[]): Fallen[] {
    return members.flatMap(({ core }) => fallOf(core, this.core(core.name)));
  }
}

const none: readonly [] = [];

/** By what calls come in. */
function entryOf({ home, instances }: Place): Lane {
  return instances instanceof Pool ? instances.laneFor() : home.lane;
}
