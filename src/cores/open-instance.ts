// Opens an instance of a Core as its manifest entry says: a process, or a connection to a server somewhere else.

import type { Clock } from "../base/clock.ts";
import type { Credential } from "../base/credential.ts";
import type { Secret } from "../base/secret.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import type { Framing } from "../wire/framing.ts";
import { startContainerInstance } from "./container-instance.ts";
import { childEnvironment, type Host, instanceMarker } from "./environment.ts";
import type { Instance, InstanceDeps, InstanceEvents, InstanceFacts } from "./instance.ts";
import { startProcessInstance } from "./process-instance.ts";
import { dialler } from "./remote-dial.ts";
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
  /** Of a server somewhere else. */
  readonly credential: Credential | undefined;
}

export type Opened =
  | { readonly t: "started"; readonly instance: Instance }
  | { readonly t: "refused"; readonly fall: Fall };

export function openInstance(opening: Opening, deps: InstanceDeps, events: InstanceEvents): Opened {
  const { definition, framing, secrets, facts, host, limits, clock, credential } = opening;
  if (definition.remote !== undefined) {
    const { maxMessageBytes } = limits;
    const dialled = dialler(definition.remote, secrets, { clock, maxMessageBytes, credential, env: host.env });
    if (dialled.t === "bad") {
      return { t: "refused", fall: { code: "core_down", reason: dialled.reason, fatal: true } };
    }
    return { t: "started", instance: new RemoteInstance(facts, deps, events, dialled.dial, credential) };
  }
  const n = host.nextInstance();
  const marker = instanceMarker(host.hubId, definition.namespace, n);
  if (definition.container !== undefined) {
    return startContainerInstance({ ...facts, definition, secrets, host, n, framing, limits, marker }, deps, events);
  }
  const env = childEnvironment(host, { ...definition, secrets, marker });
  const launch = { command: definition.command, args: definition.args, cwd: definition.cwd, env };
  return startProcessInstance({ ...facts, launch, framing, limits, marker }, deps, events);
}
