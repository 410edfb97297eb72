// How many further instances of a Core there may be, those included that are still ending: a process that is slow to end must not make room
// for another. Who finds no room is started when there is some; calls to it wait meanwhile, as for any Core that is not up yet.
import type { Member } from "./members.ts";

/** One kind of instances that have this room together with others. */
export interface Tenant {
  /** How many there are, without those that it has ended. */
  readonly size: number;
  /** The one that may go for another; undefined: all are in use. */
  spare(): Spare | undefined;
}

export interface Spare {
  /** Clock milliseconds: who has been idle for longest goes first. */
  readonly idleSinceMs: number;
  end(): void;
}

export class Room {
  readonly #stop: (member: Member) => Promise<void>;
  /** Started, and not gone yet. */
  readonly #live = new Set<Member>();
  /** To be started, the first first. */
  readonly #waiting = new Set<Member>();
  readonly #tenants: Tenant[] = [];
  max: number;

  /** `stop` resolves when nothing of a member is left. */
  constructor(max: number, stop: (member: Member) => Promise<void>) {
    this.max = max;
    this.#stop = stop;
  }

  /** Its instances are among those that there may be so many of. */
  share(tenant: Tenant): void {
    this.#tenants.push(tenant);
  }

  get isFull(): boolean {
    return this.#tenants.reduce((sum, { size }) => sum + size, 0) >= this.max;
  }

  /** For one more, an idle one ends where it must, whosever it is. False: all are in use. */
  makeWay(): boolean {
    if (!this.isFull) return true;
    const spares = this.#tenants.flatMap((tenant) => tenant.spare() ?? []);
    const [first] = spares.sort((one, other) => one.idleSinceMs - other.idleSinceMs);
    first?.end();
    return first !== undefined;
  }

  start(member: Member): void {
    this.#waiting.add(member);
    this.#fill();
  }

  /** Ends it by `way`, or takes it back where it has not started. */
  async end(member: Member, way: (member: Member) => Promise<void> = this.#stop): Promise<void> {
    // One that waits may hold calls that are to be answered all the same.
    if (way === this.#stop && this.#waiting.delete(member)) {
      await this.#stop(member);
      return;
    }
    await way(member);
    this.#waiting.delete(member);
    this.#live.delete(member);
    this.#fill();
  }

  #fill(): void {
    for (const member of this.#waiting) {
      if (this.#live.size >= this.max) return;
      this.#waiting.delete(member);
      // One that was stopped while it waited, as the hub is, is not brought back.
      if (member.core.state.t !== "idle") continue;
      this.#live.add(member);
      member.core.start();
    }
  }
}
