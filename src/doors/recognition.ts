// Who a connection belongs to, as far as its last request has shown: the next one with the same header needs no other look at its token.
// A header is compared with what the same connection was let in with, never with anybody else's, so that the time taken says nothing.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Auth, AuthResult, Holder } from "../gates/auth.ts";

interface Known {
  readonly authorization: string;
  readonly result: AuthResult;
  readonly holder: Holder;
}

export class Recognition {
  readonly #auth: Pick<Auth, "authenticate" | "holder">;
  readonly #known = new WeakMap<Socket, Known>();

  constructor(auth: Pick<Auth, "authenticate" | "holder">) {
    this.#auth = auth;
  }

  authenticate({ headers: { authorization }, socket }: IncomingMessage): AuthResult {
    const known = this.#known.get(socket);
    // Other rules have other holders, so nobody is known under them; principals may be the same, with another token.
    if (known?.authorization === authorization && known !== undefined) {
      if (this.#auth.holder(known.holder.principal) === known.holder) return known.result;
    }
    const result = this.#auth.authenticate(authorization);
    const holder = result.t === "ok" ? this.#auth.holder(result.principal) : undefined;
    if (holder !== undefined && authorization !== undefined) this.#known.set(socket, { authorization, result, holder });
    return result;
  }
}
