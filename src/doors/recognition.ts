// Who a connection belongs to, as far as its last request has shown: the next one with the same header needs no other look at its token.
// A header is compared with what the same connection was let in with, never with anybody else's, so that the time taken says nothing.
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import type { Auth, AuthResult, Evidence } from "../identity/auth.ts";
import { hasEnded } from "../sessions/principal.ts";

type Ok = Extract<AuthResult, { t: "ok" }>;

interface Known {
  readonly authorization: string;
  readonly path: string | undefined;
  readonly peer: string | undefined;
  readonly version: number;
  readonly result: Ok;
}

export class Recognition {
  readonly #auth: Pick<Auth, "authenticate" | "version">;
  readonly #clock: Pick<Clock, "wall">;
  readonly #known = new WeakMap<Socket, Known>();

  constructor(auth: Pick<Auth, "authenticate" | "version">, clock: Pick<Clock, "wall">) {
    this.#auth = auth;
    this.#clock = clock;
  }

  authenticate(socket: Socket, evidence: Evidence): AuthResult | Promise<AuthResult> {
    const { authorization, path, peer } = evidence;
    if (authorization === undefined) return this.#auth.authenticate(evidence);
    const known = this.#known.get(socket);
    // One connection of a proxy is many clients'.
    const isSame = known?.authorization === authorization && known.path === path && known.peer === peer;
    if (isSame && known.version === this.#auth.version) {
      const { principal } = known.result;
      if (principal.until === undefined || !hasEnded(principal, this.#clock.wall())) return known.result;
    }
    // What takes time may be overtaken by other rules: these count then.
    const { version } = this.#auth;
    const result = this.#auth.authenticate(evidence);
    const keep = (it: AuthResult): AuthResult => {
      // Whose issuer's keys may go at any time is known by its way, which looks at them.
      if (it.t === "ok" && it.principal.proof.t !== "claims")
        this.#known.set(socket, { authorization, path, peer, version, result: it });
      return it;
    };
    if (!(result instanceof Promise)) return keep(result);
    return result.then((it) => (this.#auth.version === version ? keep(it) : this.authenticate(socket, evidence)));
  }
}
