// Who is calling, as authentication found it. Knows nothing of tokens.

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
}

/** Whether two are one caller. A named client may be called `token`, which is not the holder of HUB_TOKEN: that one is shared. */
export function sameCaller(one: Pick<Principal, "id" | "shared">, other: Pick<Principal, "id" | "shared">): boolean {
  return one.id === other.id && one.shared === other.shared;
}
