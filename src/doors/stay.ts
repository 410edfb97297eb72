// How long somebody may stay for whom something is open: until what let them in has ended, under the rules as they are by then.
import type { Clock } from "../base/clock.ts";
import type { Auth } from "../identity/auth.ts";
import { hasEnded, type Principal } from "../sessions/principal.ts";
import type { Guest, Judge } from "./port.ts";

/** Judges whoever came in under other rules; of everybody else it is known already. */
export function judgeBy(auth: Pick<Auth, "version" | "again">): Judge {
  return (guest) => {
    const { version } = auth;
    if (guest.version === version) return guest;
    const principal = auth.again(guest.principal, guest.peer);
    return principal && { ...guest, principal, version };
  };
}

export class Stay {
  readonly #judge: Judge | undefined;
  readonly #clock: Pick<Clock, "wall">;
  #guest: Guest;

  /** `judge` undefined: no rules but those that let the guest in. */
  constructor(guest: Guest, judge: Judge | undefined, clock: Pick<Clock, "wall">) {
    this.#guest = guest;
    this.#judge = judge;
    this.#clock = clock;
  }

  get principal(): Principal {
    return this.#guest.principal;
  }

  /** To be asked every few seconds. */
  get isOver(): boolean {
    const guest = this.#judge === undefined ? this.#guest : this.#judge(this.#guest);
    if (guest === undefined) return true;
    this.#guest = guest;
    return hasEnded(guest.principal, this.#clock.wall());
  }
}
