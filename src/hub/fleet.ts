// The Cores in force, in manifest order, and the lanes to them; beside them those that are being tried, and those that have
// been replaced or removed and finish what they have. A Core takes another's place in one step.
import { isDeepStrictEqual } from "node:util";
import type { ClientCapabilities } from "../base/client-capabilities.ts";
import { Core, type CoreDeps, type SecretsFound } from "../cores/core.ts";
import type { Setup } from "../manifest/diff.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import { everyCapability } from "../relay/ask-rules.ts";
import { type ClientSession, createLane, type Lane, type LanePolicy } from "../relay/call.ts";
import type { CoreMeter } from "../telemetry/metrics.ts";
import type { Frame } from "../wire/frame.ts";
import type { Scan } from "../wire/scan.ts";

/** One Core with the lane to it. */
export interface Member {
  readonly core: Core;
  readonly lane: Lane;
  /** Shared by all that ever stood in this place, so that a call can change over with the id that it has. */
  readonly ids: { last: number };
  /** What its secrets are looked up by. */
  setup: Setup;
  /** `tried`: started beside those in force. `leaving`: takes no new calls, ends when it has answered those it has. */
  place: "tried" | "in_force" | "leaving";
  /** Told of every change of state while it is tried. */
  watcher: (() => void) | undefined;
}

export interface FleetDeps {
  readonly core: Omit<CoreDeps, "secrets" | "ids" | "capabilities">;
  /** True where the hub serves one client only. */
  readonly exclusive: boolean;
  meter(coreKey: string): CoreMeter;
  secrets(definition: ResolvedCore, setup: Setup): Promise<SecretsFound>;
  frame(lane: Lane, frame: Frame, scan: Scan): void;
  /** Of any member, whatever its place. */
  state(member: Member): void;
  /** Of a member in force. */
  lists(): void;
  /** The lane takes no new calls from now on: resolves when none is open. */
  close(lane: Lane): Promise<void>;
}

export type Tried =
  | { readonly t: "up"; readonly members: readonly Member[] }
  | { readonly t: "fell"; readonly falls: readonly Fallen[] };

export interface Fallen {
  readonly core: string;
  readonly reason: string;
  /** Its last words. */
  readonly stderr: readonly string[];
}

export type Replaced =
  | {
      readonly t: "replaced";
      /** Members that left their place, and who stands in it now; undefined where there is no such place any more. */
      readonly departures: ReadonlyMap<Member, Member | undefined>;
    }
  | { readonly t: "fell"; readonly falls: readonly Fallen[] };

export class Fleet {
  readonly #deps: FleetDeps;
  #members: ReadonlyMap<string, Member> = new Map();
  /** The same as `members`, one step nearer for every call. */
  #lanes: ReadonlyMap<string, Lane> = new Map();
  /** Tried and leaving. */
  readonly #others = new Set<Member>();

  constructor(deps: FleetDeps, setup: Setup) {
    this.#deps = deps;
    const members = setup.manifest.cores.map((definition) => this.#make(definition, setup, { last: 0 }));
    this.#stand(members, setup);
  }

  get cores(): readonly Core[] {
    return [...this.#members.values()].map(({ core }) => core);
  }

  core(key: string): Core | undefined {
    return this.#members.get(key)?.core;
  }

  /** The way to the instance of this Core that serves the session. */
  lane(key: string, _session: ClientSession): Lane {
    return this.home(key);
  }

  /** The way to the instance that the Core's lists are of. */
  home(key: string): Lane {
    const lane = this.#lanes.get(key);
    if (lane === undefined) throw new Error(`no lane for core ${key}`);
    return lane;
  }

  /** The lanes that belong to this session alone. */
  lanesOf(_session: ClientSession): readonly Lane[] {
    return [];
  }

  start(): void {
    for (const { core } of this.#members.values()) core.start();
  }

  /**
   * Starts Cores beside those in force. Resolves when all are up, or when one has fallen: then all of them are stopped, and
   * nothing of them is left.
   */
  async try(definitions: readonly ResolvedCore[], setup: Setup): Promise<Tried> {
    const members = definitions.map((definition) => {
      return this.#make(definition, setup, this.#members.get(definition.key)?.ids ?? { last: 0 });
    });
    const falls = await this.#rise(members);
    for (const member of members) member.watcher = undefined;
    if (falls.length === 0) return { t: "up", members };
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
   * The one step: the Cores of this setup are in force, those tried among them. Nothing is done where one of those is not up any
   * more. Who has departed is `retire`d by the caller, when its calls have been seen to.
   */
  replace(setup: Setup, tried: readonly Member[]): Replaced {
    const falls = tried.flatMap(fallOf);
    if (falls.length > 0) return { t: "fell", falls };
    const fresh = new Map(tried.map((member) => [member.core.name, member]));
    const departures = new Map<Member, Member | undefined>();
    const standing = new Set(setup.manifest.cores.map(({ key }) => key));
    for (const [key, member] of this.#members) {
      if (!standing.has(key) || fresh.has(key)) departures.set(member, fresh.get(key));
    }
    const members = setup.manifest.cores.map((definition) => {
      const member = fresh.get(definition.key) ?? this.#members.get(definition.key);
      if (member === undefined) throw new Error(`core ${definition.key} was not started`);
      if (!isDeepStrictEqual(member.core.definition, definition)) this.#redefine(member, definition);
      return member;
    });
    this.#stand(members, setup);
    for (const member of departures.keys()) this.#leave(member);
    return { t: "replaced", departures };
  }

  /** Lets a departed member finish the calls that it has, and stops it. Never rejects. */
  async retire(member: Member): Promise<void> {
    if (member.core.state.t === "up") await this.#deps.close(member.lane);
    await this.#stop(member);
  }

  /** As `retire`, for one that keeps its place: another start is another member's. False where there is no such Core. */
  async drain(key: string): Promise<boolean> {
    const member = this.#members.get(key);
    if (member === undefined) return false;
    await this.retire(member);
    return true;
  }

  /** Resolves when no process is left of any Core: in force, tried or leaving. */
  async stop(): Promise<void> {
    await Promise.all([...this.#members.values(), ...this.#others].map(({ core }) => core.stop()));
  }

  #make(definition: ResolvedCore, setup: Setup, ids: { last: number }): Member {
    const { key } = definition;
    const fleet = this.#deps;
    const core: Core = new Core(
      definition,
      {
        ...fleet.core,
        ids,
        capabilities: () => Promise.resolve(declaredTo(member.core.definition)),
        secrets: (asked) => fleet.secrets(asked, member.setup),
      },
      {
        frame: (_core, frame, scan) => fleet.frame(lane, frame, scan),
        state: () => this.#changed(member),
        lists: () => {
          if (member.place === "in_force") fleet.lists();
        },
      },
    );
    const lane = createLane(core, this.#lanePolicy(definition), fleet.meter(key));
    const member: Member = { core, lane, ids, setup, place: "tried", watcher: undefined };
    this.#others.add(member);
    return member;
  }

  #lanePolicy({ policy, interactive, namespace, prefix }: ResolvedCore): LanePolicy {
    const { timeoutMs, maxTimeoutMs } = policy;
    const serial = interactive === "serialize";
    const label = prefix ? namespace : undefined;
    return { timeoutMs, maxTimeoutMs, exclusive: this.#deps.exclusive, serial, label };
  }

  #redefine(member: Member, definition: ResolvedCore): void {
    member.core.redefine(definition);
    member.lane.policy = this.#lanePolicy(definition);
  }

  #stand(members: readonly Member[], setup: Setup): void {
    for (const member of members) {
      member.place = "in_force";
      member.setup = setup;
      this.#others.delete(member);
    }
    this.#members = new Map(members.map((member) => [member.core.name, member]));
    this.#lanes = new Map(members.map(({ core, lane }) => [core.name, lane]));
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
    member.watcher?.();
    // Nobody waits for a Core to come back that has departed, or takes no new calls.
    const isGoing = member.place === "leaving" || member.lane.closing !== undefined;
    if (isGoing && member.core.state.t === "backoff") void member.core.stop();
  }

  /** Resolves when all are up, or one is not and will not be: with those that have fallen by then. */
  #rise(members: readonly Member[]): Promise<readonly Fallen[]> {
    return new Promise((resolve) => {
      const look = () => {
        const falls = members.flatMap(fallOf);
        if (falls.length > 0 || members.every(({ core }) => core.state.t === "up")) resolve(falls);
      };
      for (const member of members) member.watcher = look;
      for (const { core } of members) core.start();
      look();
    });
  }
}

/** A Core that is given one call at a time may ask whatever it likes: each question is judged by what its client can answer. */
function declaredTo({ interactive }: ResolvedCore): ClientCapabilities {
  return interactive === "serialize" ? everyCapability : {};
}

/** Why a member that was started is not up and will not be by itself. */
function fallOf({ core }: Member): Fallen[] {
  const { state } = core;
  if (state.t === "up" || state.t === "starting" || state.t === "idle") return [];
  const reason = state.t === "failed" ? state.cause : state.t === "backoff" ? state.reason : `is ${state.t}`;
  return [{ core: core.name, reason, stderr: core.stderrTail().slice(-5) }];
}
