// Requests that wait, kept as they were read. Lists, and names that nobody has yet, wait for Cores that are starting: they are taken up again when those
// are up, or when the session has waited long enough. Calls wait for a decision of somebody else, each for its own. (A call that waits for its client
// is another thing: bridge/parks.ts.)
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import type { Parked } from "../sessions/session.ts";
import { frameOf, type ReplySink } from "../wire/frame.ts";
import type { ClientSession } from "./call.ts";

/** Of one session. */
const maxParked = 256;
const maxParkedBytes = 32 * 1024 * 1024;

export interface ParkingDeps {
  readonly clock: Clock;
  /** How long a session's first requests wait for starting Cores, in ms. */
  listWaitMs(): number;
  /** True while an instance that never was up may still come up, of those whose lists this session sees. */
  starting(session: ClientSession): boolean;
}

export class Parking {
  readonly #deps: ParkingDeps;

  constructor(deps: ParkingDeps) {
    this.#deps = deps;
  }

  /** Whether a request of this session should wait instead of being answered from what is there. */
  worthwhile(session: ClientSession): boolean {
    if (!this.#deps.starting(session)) return false;
    return session.parkUntilMs === undefined || this.#deps.clock.now() < session.parkUntilMs;
  }

  /** Keeps a copy of the request; `wake` is called once when the session has waited long enough. Throws `overloaded`. */
  park(session: ClientSession, key: string, bytes: Buffer, replies: ReplySink, wake: () => void): void {
    this.keep(session, key, bytes, replies);
    if (session.parkTimer !== undefined) return;
    const { clock } = this.#deps;
    // One wait, however often some Core that comes meanwhile has the session's requests taken up, and parked again for another.
    session.parkUntilMs ??= clock.now() + this.#deps.listWaitMs();
    session.parkTimer = clock.after(session.parkUntilMs - clock.now(), () => {
      session.parkTimer = undefined;
      session.parkUntilMs = 0;
      wake();
    });
  }

  /** Keeps a copy of a request that somebody else takes up again. Throws `overloaded`. */
  keep(session: ClientSession, key: string, bytes: Buffer, replies: ReplySink): void {
    if (session.parked.size >= maxParked) {
      throw new HubError("overloaded", `${maxParked} requests of this client wait already`, {
        retry_after_ms: 1000,
      });
    }
    let parkedBytes = bytes.length;
    for (const { frame } of session.parked.values()) parkedBytes += frame.size;
    if (parkedBytes > maxParkedBytes && session.parked.size > 0) {
      throw new HubError("overloaded", "too much of this client waits already", { retry_after_ms: 1000 });
    }
    if (session.parked.has(key) || session.calls.has(key))
      throw new HubError("request_invalid", `id ${key} is already in use`);
    session.park(key, { frame: frameOf(Buffer.from(bytes)), replies });
  }

  /** The session need not wait any longer: the keys of what it has parked, in the order it came. */
  rouse(session: ClientSession): readonly string[] {
    session.parkTimer?.cancel();
    session.parkTimer = undefined;
    return session.parked.size === 0 ? [] : [...session.parked.keys()];
  }

  /** Hands out, and forgets, what the session has parked, in the order it came. */
  take(session: ClientSession): readonly Parked[] {
    const parked = [...session.parked.values()];
    for (const key of this.rouse(session)) session.unpark(key);
    return parked;
  }
}
