// Who is calling, as authentication found it. Knows nothing of tokens.

import type { ClientProfile } from "../base/client-profile.ts";

export interface Principal {
  /** Stable: the named client's key, `token` for the HUB_TOKEN holder, `anonymous` when nothing is configured. */
  readonly id: string;
  readonly name: string;
  /** Canonical globs and #tags that this caller may use; undefined means everything. */
  readonly allow: readonly string[] | undefined;
  /** Canonical globs and #tags that this caller may not use, whatever `allow` says. */
  readonly deny: readonly string[];
  readonly admin: boolean;
  /** Many people may stand behind this identity, so limits count per connection, not per identity. */
  readonly shared: boolean;
  /** The profile that counts for this caller, whatever client it uses; absent for most. */
  readonly profileName?: string | undefined;
}

/** Whose view of the catalog it is: who calls, and what its kind of client can take. The same object for the same two. */
export interface Caller {
  readonly allow: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  /** Undefined: what is for everybody else. */
  readonly profile?: ClientProfile | undefined;
}

/** Whether two are one caller. A named client may be called `token`, which is not the holder of HUB_TOKEN: that one is shared. */
export function sameCaller(one: Pick<Principal, "id" | "shared">, other: Pick<Principal, "id" | "shared">): boolean {
  return one.id === other.id && one.shared === other.shared;
}
