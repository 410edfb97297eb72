// What became of grants, for the metrics. What nothing tells of, as an end by time or a token that left the manifest, is counted when somebody looks.
import type { Grant } from "../identity/builtin/builtin.ts";

/**
 * `returned`: by its client, or because a refresh token came twice. `revoked`: by `thehub token revoke`, or with the token that it was granted with.
 * `expired`: its time was over, or nobody used it.
 */
export const grantEvents = ["given", "denied", "refreshed", "returned", "revoked", "expired"] as const;
export type GrantEvent = (typeof grantEvents)[number];

export class GrantCounts {
  readonly events: Record<GrantEvent, number> = {
    given: 0,
    denied: 0,
    refreshed: 0,
    returned: 0,
    revoked: 0,
    expired: 0,
  };
  /** Ids of those that counted at the last look. */
  readonly #live = new Set<string>();
  readonly #isGood: (grant: Grant) => boolean;

  constructor(isGood: (grant: Grant) => boolean) {
    this.#isGood = isGood;
  }

  happened(what: "denied" | "refreshed"): void {
    this.events[what]++;
  }

  given(id: string): void {
    this.events.given++;
    this.#live.add(id);
  }

  /** Counted once, whoever tells of it first. */
  ended(id: string, how: "returned" | "revoked" | "expired"): void {
    if (this.#live.delete(id)) this.events[how]++;
  }

  /** `grants`: all whose time is not over. Returns how many of them count. */
  look(grants: readonly Grant[]): number {
    const known = new Map(grants.map((grant) => [grant.id, grant]));
    for (const id of this.#live) {
      const grant = known.get(id);
      if (grant === undefined) this.ended(id, "expired");
      else if (!this.#isGood(grant)) this.ended(id, "revoked");
    }
    // Of those that were kept when the hub started, or count again.
    for (const grant of grants) if (this.#isGood(grant)) this.#live.add(grant.id);
    return this.#live.size;
  }
}
