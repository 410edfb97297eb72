// Opens an instance of a Core as its manifest entry says: a process, or a connection to a server somewhere else.

import type { Clock } from "../base/clock.ts";
import type { Credential } from "../base/credential.ts";
import type { Secret } from "../base/secret.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import type { Framing } from "../wire/framing.ts";
import type { Era } from "../wire/revisions.ts";
import { startContainerInstance } from "./container-instance.ts";
import { childEnvironment, type Host, instanceMarker } from "./environment.ts";
import type { Instance, InstanceDeps, InstanceEvents, InstanceFacts } from "./instance.ts";
import { startProcessInstance } from "./process-instance.ts";
import type { dialler } from "./remote-dial.ts";
import { RemoteInstance } from "./remote-instance.ts";
import type { LinkLimits } from "./stdio-link.ts";
import type { Fall } from "./supervisor.ts";

export interface Opening {
  readonly definition: ResolvedCore;
  /** Of a process. */
  readonly framing: Framing;
  /** All that the definition names. */
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly facts: InstanceFacts;
  readonly host: Host;
  readonly limits: LinkLimits;
  readonly clock: Clock;
  readonly era: Era | "probe";
  /** Of a server somewhere else. */
  readonly credential: Credential | undefined;
}

export type Opened =
  | { readonly t: "started"; readonly instance: Instance }
  | { readonly t: "refused"; readonly fall: Fall };

/** Throws nothing, and waits for nothing: what it has opened can be ended at once. */
export type Opener = (opening: Opening, deps: InstanceDeps, events: InstanceEvents) => Opened;

/** What opens this Core's instances. Links, with all that they bring, are loaded where a Core is somewhere else. */
export async function openerOf({ remote }: ResolvedCore): Promise<Opener> {
  if (remote === undefined) return openProcess;
  const { dialler } = await import("./remote-dial.ts");
  return (opening, deps, events) => {
    const { facts, credential, secrets } = opening;
    const dialled = dialler(remote, secrets, dialDeps(opening));
    if (dialled.t === "bad") return { t: "refused", fall: { code: "core_down", reason: dialled.reason, fatal: true } };
    return { t: "started", instance: new RemoteInstance(facts, deps, events, dialled, credential) };
  };
}

function dialDeps({ clock, limits, credential, era, host }: Opening): Parameters<typeof dialler>[2] {
  return { clock, maxMessageBytes: limits.maxMessageBytes, credential, era, env: host.env };
}

function openProcess(opening: Opening, deps: InstanceDeps, events: InstanceEvents): Opened {
  const { definition, framing, secrets, facts, host, limits } = opening;
  const n = host.nextInstance();
  const marker = instanceMarker(host.hubId, definition.namespace, n);
  if (definition.container !== undefined) {
    return startContainerInstance({ ...facts, definition, secrets, host, n, framing, limits, marker }, deps, events);
  }
  const { command, args, cwd, fenced, namespace } = definition;
  const fence = fenced ? host.fence : undefined;
  const home = fence?.home(namespace);
  const variable = (name: string) => (name === "HOME" ? home : undefined) ?? host.env(name);
  const env = childEnvironment({ ...host, env: variable }, { ...definition, secrets, marker });
  const launch = { command, args, cwd, env, fence };
  return startProcessInstance({ ...facts, launch, framing, limits, marker }, deps, events);
}
