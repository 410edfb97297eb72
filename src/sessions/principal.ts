// Who is calling, as authentication found it. Knows nothing of tokens.

import type { ArgumentRule } from "../base/argument-rule.ts";
import type { ClientProfile } from "../base/client-profile.ts";
import type { IpNetworks } from "../base/ip-networks.ts";
import type { Proof } from "./proof.ts";

/** What a caller may do. */
export interface Rights {
  /** Canonical globs and #tags that this caller may use; undefined means everything. */
  readonly allow: readonly string[] | undefined;
  /** Canonical globs and #tags that this caller may not use, whatever `allow` says. */
  readonly deny: readonly string[];
  /** Canonical globs and #tags that were given of that, as a token or a consent says; undefined: all of it. */
  readonly within?: readonly string[] | undefined;
  /** Of tools, only those exist for it that change nothing. */
  readonly readOnly?: boolean | undefined;
  /** What the arguments of its calls must be. */
  readonly arguments?: readonly ArgumentRule[] | undefined;
  readonly admin: boolean;
  /** The profile that counts for this caller, whatever client it uses; absent for most. */
  readonly profileName?: string | undefined;
  /** Where this caller may come from; undefined: from everywhere. */
  readonly from?: IpNetworks | undefined;
}

export interface Principal extends Rights {
  /**
   * Stable, one for each caller: the named client's key, `token` for the HUB_TOKEN holder, `anonymous` when nothing is configured; for a
   * person of an identity provider, client, issuer and subject together.
   */
  readonly id: string;
  /** For logs and people. */
  readonly name: string;
  /** The named client whose rules and limits these are; undefined: of none. */
  readonly client: string | undefined;
  /** Many people may stand behind this identity, so limits count per connection, not per identity. */
  readonly shared: boolean;
  /** When what it came in with ends, in wall time (ms since 1970); undefined: not by itself. */
  readonly until: number | undefined;
  readonly proof: Proof;
}

/** Whose view of the catalog it is: who calls, and what its kind of client can take. The same object for the same two. */
export interface Caller {
  readonly allow: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  readonly within?: readonly string[] | undefined;
  readonly readOnly?: boolean | undefined;
  /** As `deny`, of what is kept from the caller as things are now, beside what its rules say. */
  readonly withheld?: readonly string[] | undefined;
  /** Undefined: what is for everybody else. */
  readonly profile?: ClientProfile | undefined;
}

/** Whether two are one caller. A named client may be called `token`, which is not the holder of HUB_TOKEN: that one is shared. */
export function sameCaller(one: Pick<Principal, "id" | "shared">, other: Pick<Principal, "id" | "shared">): boolean {
  return one.id === other.id && one.shared === other.shared;
}

/** `peer`: the client's plain address, `unix`, or undefined for who came by no network: neither of those is from anywhere. */
export function mayComeFrom({ from }: Pick<Principal, "from">, peer: string | undefined): boolean {
  return from === undefined || peer === undefined || peer === "unix" || from.has(peer);
}

/** Whether what the caller came in with has ended. `wallMs`: wall time, ms since 1970. */
export function hasEnded({ until }: Pick<Principal, "until">, wallMs: number): boolean {
  return until !== undefined && wallMs >= until;
}

/** Who came by no door: the hub's own commands, the one client of `thehub stdio`. */
export function ownPrincipal(id: string, { admin, shared }: Pick<Principal, "admin" | "shared">): Principal {
  const rights = { allow: undefined, deny: [], admin };
  return { id, name: id, client: undefined, ...rights, shared, until: undefined, proof: { t: "own" } };
}
