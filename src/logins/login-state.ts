// How a login is: told to whoever watches, and to the log where somebody has to do something about it.
import type { CredentialState, Lack } from "../base/credential.ts";
import { HubError } from "../base/errors.ts";
import type { LoginEvent } from "../base/login-counts.ts";
import type { Learned } from "../base/passing-secrets.ts";
import type { Log } from "../telemetry/log.ts";
import type { LoginOwner } from "./owner.ts";
import type { SignInDeps } from "./preparing.ts";

/** Of any login. */
export interface LoginDeps extends SignInDeps {
  readonly log: Log;
  /** Every token that comes in, so that it is masked wherever it shows. */
  readonly learned: Learned;
  /** For the metrics. `owner`: of a login that is kept. */
  happened(core: string, event: LoginEvent, owner?: LoginOwner): void;
}

/** Whose login it is, for the log. */
export interface LoginAbout {
  readonly core: string;
  readonly owner?: string;
}

export class LoginState {
  readonly #deps: Pick<LoginDeps, "log" | "happened">;
  readonly #about: LoginAbout;
  readonly #watchers = new Set<(state: CredentialState) => void>();
  #now: CredentialState = { t: "none" };
  #unwatched = () => {};

  constructor(deps: Pick<LoginDeps, "log" | "happened">, about: LoginAbout) {
    this.#deps = deps;
    this.#about = about;
  }

  get now(): CredentialState {
    return this.#now;
  }

  watch(changed: (state: CredentialState) => void): () => void {
    this.#watchers.add(changed);
    return () => {
      if (this.#watchers.delete(changed) && this.#watchers.size === 0) this.#unwatched();
    };
  }

  /** Calls back when nobody watches it any more: now, or each time that the last one ends it. */
  whenUnwatched(call: () => void): void {
    this.#unwatched = call;
    if (this.#watchers.size === 0) call();
  }

  change(state: CredentialState): void {
    this.#now = state;
    for (const watcher of [...this.#watchers]) watcher(state);
  }

  /** There is none that is good for anything. Said once, not for each call that finds it out. */
  needs(lack: Lack): void {
    if (this.#now.t !== "needs_login" || this.#now.why !== lack.why) this.#tell(lack, { t: "needs_login", ...lack });
  }

  /** It is good, and not for everything. */
  lacks(lacks: Lack): void {
    if (this.#now.t !== "ok" || this.#now.lacks?.why !== lacks.why) this.#tell(lacks, { t: "ok", lacks });
  }

  #tell({ why, fix }: Lack, state: CredentialState): void {
    this.#deps.log.warn("login_needed", { ...this.#about, reason: why, fix });
    this.#deps.happened(this.#about.core, "needed");
    this.change(state);
  }
}

/** Of a call whose login may be got a little later. `what`: could not be got, and why. */
export function loginNotNow(core: string, what: string): HubError {
  const message = `Core ${core} cannot be asked: its ${what}`;
  return new HubError("core_down", message, { core, state: "login_renewal", may_have_run: false });
}
