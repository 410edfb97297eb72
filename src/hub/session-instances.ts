// `isolation: session`: an instance for each client that needs the Core, which is told what that client can be asked. It starts at the
// first need, ends with its client, and when nobody has used it for long; the next need starts another.
import { relayable } from "../base/client-capabilities.ts";
import { HubError } from "../base/errors.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import type { ClientSession, Lane } from "../relay/call.ts";
import { IdleSweep } from "./idle-sweep.ts";
import { type Instances, type InstancesDeps, isIdle, isPersonal } from "./instances.ts";
import { type Member, redefine } from "./members.ts";
import { Pool } from "./pool.ts";
import { Room, type Spare, type Tenant } from "./room.ts";

/** So long one that was given up is left alone: as the longest wait between restarts. */
const afterFailureMs = 60_000;

interface Own {
  readonly member: Member;
  usedMs: number;
}

export class SessionInstances implements Instances, Tenant {
  readonly #deps: InstancesDeps;
  #definition: ResolvedCore;
  readonly #bySession = new Map<ClientSession, Own>();
  readonly #room: Room;
  readonly #sweep: IdleSweep;
  /** For clients that have no session. */
  readonly #ofModern: Pool;

  constructor(deps: InstancesDeps, home: Member) {
    this.#deps = deps;
    this.#definition = deps.definition;
    this.#sweep = new IdleSweep(deps.clock, (now) => this.#endIdle(now));
    const { maxSessions: max } = deps.definition;
    this.#room = new Room(max, (member) => deps.stop(member));
    this.#room.share(this);
    const sharedBy = ({ principal: { shared, id } }: ClientSession) => `${shared} ${id}`;
    this.#ofModern = new Pool(deps, home, { max, room: this.#room, sharedBy });
  }

  laneFor(session: ClientSession): Lane {
    if (isLent(this.#definition, session)) return this.#ofModern.laneFor();
    const now = this.#deps.clock.now();
    const own = this.#bySession.get(session);
    if (own !== undefined) {
      own.usedMs = now;
      this.#startAgain(own.member, now);
      return own.member.lane;
    }
    if (!this.#room.makeWay()) throw this.#allInUse();
    const member = this.#deps.make(session, relayable(session.capabilities), false);
    this.#bySession.set(session, { member, usedMs: now });
    this.#room.start(member);
    this.#sweep.soon(this.#definition.idleTimeoutMs);
    return member.lane;
  }

  get lent(): Lane | undefined {
    return isPersonal(this.#definition) ? undefined : this.#ofModern.lent;
  }

  get size(): number {
    return this.#bySession.size;
  }

  /** Of who has waited longest for its client. */
  spare(): Spare | undefined {
    const idle = [...this.#bySession].filter(([, { member }]) => isIdle(member));
    const [oldest] = idle.sort(([, one], [, other]) => one.usedMs - other.usedMs);
    if (oldest === undefined) return undefined;
    const [session, { usedMs }] = oldest;
    return { idleSinceMs: usedMs, end: () => this.#end(session) };
  }

  ownOf(session: ClientSession): Member | undefined {
    return this.#bySession.get(session)?.member;
  }

  members(): readonly Member[] {
    return [...[...this.#bySession.values()].map(({ member }) => member), ...this.#ofModern.members()];
  }

  leave(session: ClientSession): void {
    this.#end(session);
  }

  redefine(definition: ResolvedCore): void {
    this.#definition = definition;
    this.#room.max = definition.maxSessions;
    for (const { member } of this.#bySession.values()) redefine(member, definition);
    this.#ofModern.redefine(definition, definition.maxSessions);
  }

  async retire(): Promise<void> {
    this.#sweep.end();
    const own = [...this.#bySession.values()];
    this.#bySession.clear();
    const ended = own.map(({ member }) => this.#room.end(member, (ending) => this.#deps.finish(ending)));
    await Promise.all([...ended, this.#ofModern.retire()]);
  }

  /** One that was given up is nobody's to start but its client's: by its next call, once it has been left alone for a while. */
  #startAgain({ core }: Member, nowMs: number): void {
    const { state, name } = core;
    if (state.t !== "failed") return;
    const waitMs = state.since + afterFailureMs - nowMs;
    if (waitMs <= 0) {
      core.start();
      return;
    }
    const message = `this client's instance of core "${name}" failed: ${state.cause}; a call after ${waitMs} ms starts it again`;
    const data = { core: name, state: state.t, may_have_run: false, retry_after_ms: waitMs };
    throw new HubError("core_down", message, data);
  }

  #allInUse(): HubError {
    const { maxSessions, key } = this.#definition;
    const message = `all ${maxSessions} instances of core "${key}" are in use (max_sessions); try again later`;
    return new HubError("overloaded", message, { core: key, retry_after_ms: 1000 });
  }

  #end(session: ClientSession): void {
    const own = this.#bySession.get(session);
    if (own === undefined) return;
    this.#bySession.delete(session);
    void this.#room.end(own.member);
  }

  #endIdle(now: number): boolean {
    for (const [session, own] of [...this.#bySession]) {
      if (!isIdle(own.member)) own.usedMs = now;
      else if (now - own.usedMs >= this.#definition.idleTimeoutMs) this.#end(session);
    }
    return this.#bySession.size > 0;
  }
}

/**
 * Whether this session's calls have instances of such a Core one at a time, as it lasts for a request only. Not where a login is one person's: what
 * that person sees is known from an instance of theirs alone, however short it lives.
 */
export function isLent(definition: ResolvedCore, { era }: ClientSession): boolean {
  return era === "modern" && !isPersonal(definition);
}
