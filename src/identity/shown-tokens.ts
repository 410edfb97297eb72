// What persons of identity providers have shown, for Cores whose login is made of that: the newest token of each, until it ends. In memory alone,
// never written, logged or sent to a Core.
import { Secret } from "../base/secret.ts";
import type { Principal } from "../sessions/principal.ts";
import { TokenMemory } from "./token-memory.ts";

export interface ShownToken {
  readonly token: Secret;
  /** Wall time, ms since 1970. */
  readonly untilMs: number;
}

export class ShownTokens {
  /** By the caller's id. */
  readonly #tokens = new TokenMemory<ShownToken>();

  /** Of several the one that lasts longest counts: a person may have one for each endpoint. */
  add({ id, until }: Pick<Principal, "id" | "until">, token: string, wallMs: number): void {
    if (until === undefined) return;
    const known = this.#tokens.get(id, wallMs);
    if (known === undefined || known.untilMs < until)
      this.#tokens.set(id, { token: new Secret(token), untilMs: until });
  }

  of(id: string, wallMs: number): ShownToken | undefined {
    return this.#tokens.get(id, wallMs);
  }

  clear(): void {
    this.#tokens.clear();
  }
}
