// What the manifest lets a named client do, and a part of that.
import { ipNetworks } from "../base/ip-networks.ts";
import type { ResolvedClient } from "../manifest/manifest.ts";
import type { Principal, Rights } from "../sessions/principal.ts";

/** As far as rights go. */
export type RuledClient = Pick<ResolvedClient, "name" | "allow" | "deny" | "admin"> &
  Partial<Pick<ResolvedClient, "profile" | "readOnly" | "arguments" | "expires" | "allowIps">>;

/** What was given of somebody's rights: by a token, by a consent. */
export interface Part {
  /** Undefined: all of what may be used. */
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[];
  readonly readOnly: boolean;
  readonly admin: boolean;
}

/** Of who has HUB_TOKEN. */
export const allRights: Rights = { allow: undefined, deny: [], admin: true };

export function rightsOf(client: RuledClient): Rights {
  const { allow, deny, readOnly, arguments: rules, admin, profile, allowIps } = client;
  const from = allowIps && ipNetworks(allowIps);
  return { allow, deny, readOnly, arguments: rules, admin, profileName: profile, from };
}

/** Never more than `rights`. */
export function narrowed(rights: Rights, { allow, deny, readOnly, admin }: Part): Rights {
  return {
    ...rights,
    within: allow,
    deny: [...rights.deny, ...deny],
    readOnly: rights.readOnly === true || readOnly,
    admin: rights.admin && admin,
  };
}

/** The earlier of two ends; undefined: neither ends by itself. */
export function earlierOf(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

/**
 * Whose things a caller uses beyond the hub: logins at Cores. A token of the hub's own acts for whom it was made, with what it was given; everybody
 * else for themselves.
 */
export function actsFor({ id, shared, client, proof }: Principal): Pick<Principal, "id" | "shared"> {
  if (proof.t !== "claims" || !proof.issuer.startsWith(ownIssuer)) return { id, shared };
  return client === undefined ? { id: "token", shared: true } : { id: client, shared: false };
}

/** How the hub's own name as an issuer begins; no identity provider's does, which is a URL of http. */
export const ownIssuer = "thehub:";
