// Who may come in, under the rules in force; and who those inside are when the rules change.
import { bearerToken } from "../base/bearer.ts";
import { Secret } from "../base/secret.ts";
import { type Auth, type AuthResult, createAuth, type Holder, principalAfter } from "../gates/auth.ts";
import type { Setup } from "../manifest/diff.ts";
import type { Principal } from "../sessions/principal.ts";
import type { Masker } from "../wire/mask.ts";

export class Doorman implements Auth {
  readonly #masker: Pick<Masker, "add">;
  #auth: Auth;
  /** Whose tokens are masked already. */
  readonly #masked = new WeakSet<Principal>();

  constructor(masker: Pick<Masker, "add">, setup: Setup) {
    this.#masker = masker;
    this.#auth = this.#rulesOf(setup);
  }

  get required(): boolean {
    return this.#auth.required;
  }

  /** Whatever token a named client gets in with is masked from then on: it is known only when it is presented. */
  authenticate(authorization: string | undefined): AuthResult {
    const result = this.#auth.authenticate(authorization);
    if (result.t !== "ok" || result.principal.shared || this.#masked.has(result.principal)) return result;
    const token = bearerToken(authorization);
    if (token !== undefined) {
      this.#masked.add(result.principal);
      this.#masker.add(new Secret(token));
    }
    return result;
  }

  holder(caller: Pick<Principal, "id" | "shared">): Holder | undefined {
    return this.#auth.holder(caller);
  }

  /** Other rules from now on. Returns who a caller that was let in is under them; undefined for one who is to leave. */
  change(setup: Setup): (principal: Principal) => Principal | undefined {
    const before = this.#auth;
    const after = this.#rulesOf(setup);
    this.#auth = after;
    return (principal) => principalAfter(principal, before, after);
  }

  #rulesOf({ manifest, settings }: Setup): Auth {
    for (const token of [settings.token, settings.metricsToken]) if (token !== undefined) this.#masker.add(token);
    return createAuth({ token: settings.token, clients: manifest.clients });
  }
}
