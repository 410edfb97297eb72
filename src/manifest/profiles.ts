// The profiles of a manifest: those that come with the hub, changed as it says, and its own.
import type { ClientProfile } from "../base/client-profile.ts";
import { builtInProfiles } from "./built-in-profiles.ts";
import type { HubConfig } from "./manifest.ts";
import type { Manifest } from "./model.ts";
import { nearest } from "./nearest.ts";

type Written = Readonly<Record<string, NonNullable<Manifest["profiles"]>[string]>>;

/** By name; in the order in which they are asked whether a client is theirs: the manifest's first, `default` last. */
export type Profiles = ReadonlyMap<string, ClientProfile>;

/** For every client that no other profile is for. */
export const defaultProfileName = "default";

/** Names that need not be in the manifest. */
export const knownProfileNames: readonly string[] = [...builtInProfiles.map(({ name }) => name), defaultProfileName];

export function resolveProfiles(written: Written, names: HubConfig["names"]): Profiles {
  const builtIn = new Map([...builtInProfiles, defaultProfile(names)].map((profile) => [profile.name, profile]));
  const resolve = (name: string): ClientProfile => {
    const { [name]: own } = written;
    const fallback = builtIn.get(name) ?? { ...defaultProfile(names), name, description: "" };
    if (own === undefined) return fallback;
    const base = own.extends === undefined ? fallback : { ...resolve(own.extends), name, clientNames: [] };
    return changed(base, own);
  };
  const own = Object.keys(written).filter((name) => name !== defaultProfileName);
  const order = new Set([...own, ...knownProfileNames]);
  return new Map([...order].map((name) => [name, resolve(name)]));
}

export function defaultOf(profiles: Profiles): ClientProfile {
  const profile = profiles.get(defaultProfileName);
  if (profile === undefined) throw new TypeError("there is always a default profile");
  return profile;
}

/** Undefined: there is such a profile, or none is named. Else what to say of it: `there is no profile "cloud"; did you mean "claude"?` */
export function profileProblem(name: string | undefined, profiles: Iterable<string>): string | undefined {
  const known = [...profiles];
  if (name === undefined || known.includes(name)) return undefined;
  const near = nearest(name, known);
  const hint = near === undefined ? `there are ${known.toSorted().join(", ")}` : `did you mean "${near}"?`;
  return `there is no profile ${JSON.stringify(name.slice(0, 64))}; ${hint}`;
}

function defaultProfile({ separator, maxLength }: HubConfig["names"]): ClientProfile {
  return {
    name: defaultProfileName,
    description: "every other client",
    clientNames: [],
    separator,
    charset: undefined,
    maxLength,
    toolCap: undefined,
    pinned: [],
    pageSize: undefined,
    downgrade: undefined,
  };
}

function changed(base: ClientProfile, own: Written[string]): ClientProfile {
  return {
    name: base.name,
    description: own.description ?? base.description,
    clientNames: own.client_names?.map((glob) => glob.toLowerCase()) ?? base.clientNames,
    separator: own.separator ?? base.separator,
    charset: own.charset === undefined ? base.charset : charsetOf(own.charset),
    maxLength: own.max_length ?? base.maxLength,
    toolCap: own.tool_cap === undefined ? base.toolCap : numberOf(own.tool_cap),
    pinned: own.pinned ?? base.pinned,
    pageSize: own.page_size === undefined ? base.pageSize : numberOf(own.page_size),
    downgrade: downgradeOf(base.downgrade, own.downgrade),
  };
}

function downgradeOf(base: ClientProfile["downgrade"], own: Written[string]["downgrade"]): ClientProfile["downgrade"] {
  const kinds = own?.kinds ?? base?.kinds ?? [];
  const byRevision = own?.by_revision ?? base?.byRevision ?? false;
  return kinds.length === 0 && !byRevision ? undefined : { kinds, byRevision };
}

function charsetOf(written: string): string | undefined {
  return written === "any" ? undefined : written;
}

/** 0 stands for none. */
function numberOf(written: number): number | undefined {
  return written === 0 ? undefined : written;
}
