// Whose view of the catalog a session has: who is calling, and the profile of what it calls with. Decided when a session is
// initialized, and again when the manifest changes: never per call.
import type { ClientProfile } from "../base/client-profile.ts";
import { globMatches } from "../gates/glob.ts";
import { defaultOf, type Profiles } from "../manifest/profiles.ts";
import type { Caller, Principal } from "../sessions/principal.ts";

/** What a session says of its client. */
export interface Client {
  readonly principal: Principal;
  /** By path. */
  readonly askedProfile?: string | undefined;
  /** By initialize. */
  readonly client?: { readonly name: string } | undefined;
}

export class Callers {
  readonly #profiles: Profiles;
  readonly #withheld: (principal: Principal) => readonly string[];
  /** One object for the same caller and profile, however many sessions there are. */
  readonly #known = new WeakMap<Principal, Map<ClientProfile, Caller>>();

  /** What a client's name makes it. In the modern era one object says it for many requests. */
  readonly #byClient = new WeakMap<object, ClientProfile>();

  /** `withheld`: what a caller may not use as things are now, beside what its rules say. */
  constructor(profiles: Profiles, withheld: (principal: Principal) => readonly string[] = () => []) {
    this.#profiles = profiles;
    this.#withheld = withheld;
  }

  of(client: Client): Caller {
    const { principal } = client;
    const profile = this.#profileOf(client);
    const withheld = this.#withheld(principal);
    const known = this.#known.get(principal)?.get(profile);
    if (known !== undefined && areSame(known.withheld ?? [], withheld)) return known;
    const { allow, deny, within, readOnly } = principal;
    const caller: Caller = { allow, deny, within, readOnly, withheld, profile };
    const byProfile = this.#known.get(principal) ?? new Map<ClientProfile, Caller>();
    this.#known.set(principal, byProfile.set(profile, caller));
    return caller;
  }

  /** What the manifest says of the caller, else what the path says, else what the client says of itself. */
  #profileOf({ principal, askedProfile, client }: Client): ClientProfile {
    const profiles = this.#profiles;
    const chosen = profiles.get(principal.profileName ?? "") ?? profiles.get(askedProfile ?? "");
    if (chosen !== undefined) return chosen;
    if (client === undefined) return this.#namedOf("");
    let named = this.#byClient.get(client);
    if (named === undefined) {
      named = this.#namedOf(client.name.toLowerCase());
      this.#byClient.set(client, named);
    }
    return named;
  }

  #namedOf(name: string): ClientProfile {
    for (const profile of this.#profiles.values()) {
      if (profile.clientNames.some((glob) => globMatches(glob, name))) return profile;
    }
    return defaultOf(this.#profiles);
  }
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at]);
}
