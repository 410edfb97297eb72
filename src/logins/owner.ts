// Whose login it is, and who may use it. Pure.
import { loginNeeded } from "../base/credential.ts";
import type { HubError } from "../base/errors.ts";

/** Who signed in: the one who runs the hub, or one of its named clients. */
export type LoginOwner = { readonly t: "operator" } | { readonly t: "client"; readonly id: string };

export const operator: LoginOwner = { t: "operator" };

/** As it stands in files, lists and logs. */
export function ownerName(owner: LoginOwner): string {
  return owner.t === "operator" ? "operator" : `client ${owner.id}`;
}

/** Whether the id is a person's of an identity provider: of client, issuer and subject. No client of the manifest is called so, and no command can name it. */
export function isPerson(id: string): boolean {
  return / https?:\/\//.test(id);
}

/** The manifest's `credentials`; undefined where it says nothing. */
export type Credentials = "shared" | "per-user" | undefined;

/** Who is calling, as far as it matters here: see sessions/principal.ts. */
export interface Caller {
  readonly id: string;
  /** Not a client of the manifest: the holder of HUB_TOKEN, or nobody in particular. */
  readonly shared: boolean;
}

export interface House {
  /** Whether callers with no token are let in from everywhere. */
  readonly anonymous: "loopback" | "allow";
  /** Whether the one client of the hub is who started it, as with `thehub stdio`. */
  readonly isOwnClient: boolean;
}

export type Use =
  | { readonly t: "yes"; readonly owner: LoginOwner }
  /** `error`: for the client. */
  | { readonly t: "no"; readonly error: HubError };

/**
 * Which login of a Core a caller's calls go with. Whoever has the hub's own way in (HUB_TOKEN, STDIO, loopback where that needs no token) is the
 * operator; a named client is itself. One person's login never serves another unless the manifest says `shared`.
 */
export function mayUse(
  login: { readonly core: string; readonly credentials: Credentials },
  caller: Caller,
  house: House,
): Use {
  const { core, credentials } = login;
  if (credentials === "shared") return { t: "yes", owner: operator };
  if (isOperator(caller, house)) return { t: "yes", owner: operator };
  if (caller.shared) {
    const why = "callers with no token of their own cannot be told apart, and its login is the operator's";
    return no(core, why, "give each client a token in the manifest (clients:), or write credentials: shared");
  }
  if (credentials === "per-user") return { t: "yes", owner: { t: "client", id: caller.id } };
  const why = "its login is the operator's, and serves nobody else";
  return no(core, why, "write credentials: per-user (each signs in), or credentials: shared (all act as the operator)");
}

function isOperator({ id, shared }: Caller, { anonymous, isOwnClient }: House): boolean {
  if (isOwnClient) return true;
  return shared && (id !== "anonymous" || anonymous === "loopback");
}

function no(core: string, why: string, fix: string): Use {
  return { t: "no", error: loginNeeded(core, { why, fix }) };
}
