// Who a connection belongs to, as far as its last request has shown: the next one with the same header needs no other look at its token.
// A header is compared with what the same connection was let in with, never with anybody else's, so that the time taken says nothing.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Auth, AuthResult } from "../gates/auth.ts";

type Admitted = Extract<AuthResult, { t: "ok" }>;

export class Recognition {
  readonly #auth: Pick<Auth, "authenticate" | "holder">;
  readonly #known = new WeakMap<Socket, { readonly authorization: string; readonly result: Admitted }>();

  constructor(auth: Pick<Auth, "authenticate" | "holder">) {
    this.#auth = auth;
  }

  authenticate({ headers: { authorization }, socket }: IncomingMessage): AuthResult {
    const known = this.#known.get(socket);
    // Other rules have other principals, so nobody is known under them.
    if (known?.authorization === authorization && known !== undefined) {
      const { principal } = known.result;
      if (this.#auth.holder(principal)?.principal === principal) return known.result;
    }
    const result = this.#auth.authenticate(authorization);
    if (result.t === "ok" && authorization !== undefined) this.#known.set(socket, { authorization, result });
    return result;
  }
}
