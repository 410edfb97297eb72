// `isolation: pool`: a few instances, each lent to one call at a time, so that what it says meanwhile belongs to that call's client. The
// limiter admits no more calls than there may be instances, so a call that comes here always finds one, or room for one. Clients of the modern
// era, which have no sessions, have the instances of a Core with `isolation: session` so too: each lent to calls of one of them only.
//
//   free ──lease──► lent ──its call is answered──► free ──nobody needs it for long──► ended
//                     └──its call was let go while it ran, and it may still be talking──► ended, unless it works on a task
import { type ClientCapabilities, classKey, relayable } from "../base/client-capabilities.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import { forgetAstray, isTalkedOver } from "../relay/astray.ts";
import { type Call, type ClientSession, createLane, type Lane } from "../relay/call.ts";
import { IdleSweep } from "./idle-sweep.ts";
import { type Instances, type InstancesDeps, isIdle } from "./instances.ts";
import { type Member, redefine } from "./members.ts";
import { Room, type Spare, type Tenant } from "./room.ts";

interface Pooled {
  readonly member: Member;
  /** Whom it may be lent to, as `keyOf` says: what it was told that its clients can be asked, and more. */
  readonly key: string;
  /** Who had it last, and gets it again rather than another's. */
  last: ClientSession | undefined;
  isLent: boolean;
  usedMs: number;
}

export interface PoolOptions {
  /** Instances, at most; `room`: together with the others that are in it. */
  readonly max: number;
  readonly room?: Room;
  /** Whose calls have an instance in common, beside that they were told the same. */
  sharedBy(session: ClientSession): string;
}

export class Pool implements Instances, Tenant {
  /** By which all calls come in; none stays on it. */
  readonly #entry: Lane;
  readonly #deps: InstancesDeps;
  #definition: ResolvedCore;
  readonly #pooled = new Set<Pooled>();
  readonly #room: Room;
  readonly #home: Member;
  readonly #sharedBy: PoolOptions["sharedBy"];
  readonly #sweep: IdleSweep;

  constructor(deps: InstancesDeps, home: Member, options: PoolOptions) {
    this.#deps = deps;
    this.#sharedBy = options.sharedBy;
    this.#definition = deps.definition;
    this.#sweep = new IdleSweep(deps.clock, (now) => this.#endIdle(now));
    this.#room = options.room ?? new Room(options.max, (member) => deps.stop(member));
    this.#room.share(this);
    this.#home = home;
    const { core, lane } = home;
    this.#entry = createLane(core, lane.policy, lane.meter);
    this.#entry.lease = (call) => this.#lease(call);
  }

  laneFor(): Lane {
    return this.#entry;
  }

  get lent(): Lane {
    return this.#entry;
  }

  get size(): number {
    return this.#pooled.size;
  }

  /** One that is down, or the one that was lent last the longest ago. */
  spare(): Spare | undefined {
    const free = [...this.#pooled].filter(({ isLent, member }) => !isLent && isIdle(member));
    const sinceMs = (pooled: Pooled) => (isRunning(pooled) ? pooled.usedMs : -1);
    const [first] = free.sort((one, other) => sinceMs(one) - sinceMs(other));
    return first && { idleSinceMs: sinceMs(first), end: () => this.#end(first) };
  }

  ownOf(): undefined {
    return undefined;
  }

  members(): readonly Member[] {
    return [...this.#pooled].map(({ member }) => member);
  }

  leave(session: ClientSession): void {
    for (const pooled of this.#pooled) if (pooled.last === session) pooled.last = undefined;
  }

  redefine(definition: ResolvedCore, max = definition.scaling.max): void {
    this.#definition = definition;
    this.#room.max = max;
    for (const { member } of this.#pooled) redefine(member, definition);
    this.#entry.policy = this.#home.lane.policy;
  }

  async retire(): Promise<void> {
    this.#entry.lease = () => undefined;
    this.#sweep.end();
    const members = this.members();
    this.#pooled.clear();
    await Promise.all(members.map((member) => this.#room.end(member, (ended) => this.#deps.finish(ended))));
  }

  #lease(call: Call): Lane | undefined {
    const { session } = call;
    const told = relayable(session.capabilities);
    const key = `${classKey(told)} ${this.#sharedBy(session)}`;
    const pooled = this.#free(key, session) ?? this.#start(told, key);
    if (pooled === undefined) return undefined;
    pooled.isLent = true;
    pooled.last = session;
    return pooled.member.lane;
  }

  /**
   * One that this client had last, rather than another's, and one on which nothing of another client's is at work, since nobody could tell then whose
   * its words are; one that runs, rather than one that waits to be started again.
   */
  #free(key: string, session: ClientSession): Pooled | undefined {
    const free = [...this.#pooled].filter((pooled) => !pooled.isLent && pooled.key === key);
    const running = free.filter(isRunning);
    const now = this.#deps.clock.now();
    const quiet = running.filter(({ member }) => {
      forgetAstray(member.lane, now);
      return !isOthers(member.lane, session);
    });
    const best = quiet.find(({ last }) => last === session) ?? quiet.find(({ last }) => last === undefined) ?? quiet[0];
    if (best !== undefined || !this.#room.isFull) return best;
    return running[0] ?? free[0];
  }

  /** Where there is no room, in the place of one that nobody has. Undefined where all are in use. */
  #start(told: ClientCapabilities, key: string): Pooled | undefined {
    if (!this.#room.makeWay()) return undefined;
    const member = this.#deps.make(undefined, told, true);
    const pooled: Pooled = {
      ...{ member, key, last: undefined },
      ...{ isLent: false, usedMs: this.#deps.clock.now() },
    };
    member.lane.release = () => this.#released(pooled);
    this.#pooled.add(pooled);
    this.#room.start(member);
    this.#sweep.soon(this.#definition.idleTimeoutMs);
    return pooled;
  }

  #released(pooled: Pooled): void {
    const { lane } = pooled.member;
    pooled.isLent = false;
    pooled.usedMs = this.#deps.clock.now();
    this.#deps.callOver(lane);
    // A task does not end because some other call was taken back.
    if (lane.astray.size > 0 && !hasTasks(lane)) this.#end(pooled);
  }

  #end(pooled: Pooled): void {
    if (this.#pooled.delete(pooled)) void this.#room.end(pooled.member);
  }

  #endIdle(now: number): boolean {
    const idleMs = this.#definition.idleTimeoutMs;
    for (const pooled of [...this.#pooled]) {
      // The home instance is one of those that are kept.
      if (this.#pooled.size < this.#definition.scaling.min) break;
      if (!pooled.isLent && isIdle(pooled.member) && now - pooled.usedMs >= idleMs) this.#end(pooled);
    }
    return this.#pooled.size > 0;
  }
}

function hasTasks({ tasks }: Lane): boolean {
  for (const { isOver } of tasks.values()) if (!isOver) return true;
  return false;
}

/** Whether something of another session's may be at work there, as `ownerOf` has it. */
function isOthers(lane: Lane, session: ClientSession): boolean {
  for (const task of lane.tasks.values()) if (!task.isOver && task.session !== session) return true;
  return isTalkedOver(lane, session);
}

function isRunning({ member }: Pooled): boolean {
  const { t } = member.core.state;
  return t === "up" || t === "starting" || t === "idle";
}
