// What a link to a remote Core needs of a login, and no more: what goes into the Authorization header, and whom to tell when it was refused.
import { HubError } from "./errors.ts";

/** A response that refused a request for want of a login, or of one that may do more. */
export interface Challenge {
  /** 401, or 403 (which counts only where it says `insufficient_scope`). */
  readonly status: number;
  readonly wwwAuthenticate: string | undefined;
  /** What the refused request carried: a login that was renewed in the meantime is then told from one that is no good. */
  readonly sent?: string | undefined;
}

/** What is missing. Both texts are for people: lower case, no full stop. */
export interface Lack {
  readonly why: string;
  readonly fix: string;
  /** Whether a person who signs in, again perhaps, can help. If not, only the manifest or the other side can. */
  readonly byLogin: boolean;
}

export type CredentialState =
  /** There is no login, and nobody has asked for one. */
  | { readonly t: "none" }
  /** `lacks`: the login is good, but not for everything: a call was refused that needs more. */
  | { readonly t: "ok"; readonly lacks?: Lack }
  | ({ readonly t: "needs_login" } & Lack);

export interface Credential {
  /**
   * What goes into the Authorization header now; undefined: nothing. Near its end a login is renewed on the side. Rejects with `core_down`
   * where there is a login that could not be renewed for a reason that passes.
   */
  authorization(): Promise<string | undefined>;
  /** The server refused. Resolves to whether the same request should be sent once more; if not, `lackOf(state)` says what would help. Never rejects. */
  refused(challenge: Challenge): Promise<boolean>;
  readonly state: CredentialState;
  /** Calls back at every change of the state. Returns how to end that. */
  watch(changed: (state: CredentialState) => void): () => void;
}

/** What stood in the way of a call that was refused; undefined: nothing that a login could change. */
export function lackOf(state: CredentialState): Lack | undefined {
  if (state.t === "needs_login") return state;
  return state.t === "ok" ? state.lacks : undefined;
}

/** What a client gets whose call needs a login that is not there. */
export function loginNeeded(core: string, { why, fix }: { readonly why: string; readonly fix: string }): HubError {
  return new HubError("login_needed", `Core ${core} needs a login: ${why}; ${fix}`, {
    core,
    state: "needs_login",
    why,
    fix,
    may_have_run: false,
  });
}
