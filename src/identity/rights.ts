// What the manifest lets a named client do.
import type { ResolvedClient } from "../manifest/manifest.ts";
import type { Rights } from "../sessions/principal.ts";

/** As far as rights go. */
export type RuledClient = Pick<ResolvedClient, "name" | "allow" | "deny" | "admin"> &
  Partial<Pick<ResolvedClient, "profile" | "readOnly" | "arguments">>;

export function rightsOf({ allow, deny, readOnly, arguments: rules, admin, profile }: RuledClient): Rights {
  return { allow, deny, readOnly, arguments: rules, admin, profileName: profile };
}
