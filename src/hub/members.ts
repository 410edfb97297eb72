// An instance of a Core with the lane to it: made here, whatever it is for.

import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { Credential } from "../base/credential.ts";
import type { HubError } from "../base/errors.ts";
import { Core } from "../cores/core.ts";
import type { CoreDeps, SecretsFound } from "../cores/core-deps.ts";
import { Known } from "../cores/known.ts";
import type { Setup } from "../manifest/diff.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import { type ClientSession, createLane, type Lane, type LanePolicy } from "../relay/call.ts";
import type { CoreMeter } from "../telemetry/metrics.ts";
import type { Frame } from "../wire/frame.ts";
import type { Scan } from "../wire/scan.ts";

export interface Member {
  readonly core: Core;
  readonly lane: Lane;
  /** Shared by all that ever stood in this place, so that a call can change over with the id that it has. */
  readonly ids: { last: number };
  /** What its secrets are looked up by. */
  setup: Setup;
  /**
   * `tried`: started beside those in force. `in_force`: the home instance, whose lists everybody sees. `further`: of one session, or of a pool.
   * `leaving`: takes no new calls, ends when it has answered those it has.
   */
  place: "tried" | "in_force" | "further" | "leaving";
  /** Told of every change of state while somebody waits for one. */
  watcher: (() => void) | undefined;
}

export interface MembersDeps {
  readonly core: Omit<CoreDeps, "secrets" | "ids" | "known" | "capabilities" | "credential">;
  meter(coreKey: string): CoreMeter;
  /** How one instance's secrets are found. */
  secrets(): (definition: ResolvedCore, setup: Setup) => Promise<SecretsFound>;
  /** `owner`: whose the instance is alone. */
  credential(definition: ResolvedCore, owner: ClientSession | undefined): Promise<Credential | undefined>;
  /** `requestId`: of the request on whose response it came, where each has one of its own. */
  frame(lane: Lane, frame: Frame, scan: Scan, requestId?: number): void;
  unanswered(lane: Lane, id: number, error: HubError): void;
  returned(lane: Lane, id: number, frame: Frame): void;
  /** Of any member, whatever its place. */
  state(member: Member): void;
}

/** What sets one instance apart. */
export interface Making {
  readonly ids: { last: number };
  readonly owner?: ClientSession | undefined;
  /** Given one call at a time. */
  readonly serial: boolean;
  /** That of the home instance, where there is one: its Core may have left the manifest meanwhile. */
  readonly meter?: CoreMeter;
  /** For the log, beside the Core's name. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Asked at every start. */
  capabilities(): Promise<ClientCapabilities>;
  /** `core.lists` is another one. */
  lists(member: Member): void;
}

export class Members {
  readonly #deps: MembersDeps;
  /** By the Core's key: what is known of the process or server that its definition leads to. */
  readonly #known = new Map<string, { readonly place: string; readonly known: Known }>();

  constructor(deps: MembersDeps) {
    this.#deps = deps;
  }

  make(definition: ResolvedCore, setup: Setup, making: Making, place: Member["place"]): Member {
    const { core: common, secrets, frame, unanswered, returned, state } = this.#deps;
    const { ids, owner, serial, context, meter = this.#deps.meter(definition.key) } = making;
    const findSecrets = secrets();
    const core: Core = new Core(
      definition,
      {
        ...common,
        log: context === undefined ? common.log : common.log.child(context),
        ids,
        known: this.#knownOf(definition),
        // It can ask for roots where the manifest has some, whatever its client can be asked.
        capabilities: async () => ({
          ...(member.lane.policy.roots && { roots: {} }),
          ...(await making.capabilities()),
        }),
        credential: () => this.#deps.credential(core.definition, owner),
        secrets: (asked) => findSecrets(asked, member.setup),
      },
      {
        frame: (_core, received, scan, requestId) => frame(lane, received, scan, requestId),
        unanswered: (_core, id, error) => unanswered(lane, id, error),
        returned: (_core, id, sent) => returned(lane, id, sent),
        state: () => {
          state(member);
          member.watcher?.();
        },
        lists: () => making.lists(member),
      },
    );
    const lane = createLane(core, lanePolicy(definition, serial), meter, owner);
    const member: Member = { core, lane, ids, setup, place, watcher: undefined };
    return member;
  }

  #knownOf({ key, command, args, cwd, env, framing, era, remote, container }: ResolvedCore): Known {
    const place = JSON.stringify([command, args, cwd, env, framing, era, remote, container]);
    const before = this.#known.get(key);
    if (before?.place === place) return before.known;
    const known = new Known();
    this.#known.set(key, { place, known });
    return known;
  }
}

/** Whether it fell, and is started again. Who waits for a login only looks, now and then, whether there is one. */
export function isRestarting({ core: { state }, place }: Member): boolean {
  return (place === "in_force" || place === "further") && state.t === "backoff" && state.code !== "login_needed";
}

/** Another policy, health or name for what runs. */
export function redefine({ core, lane }: Member, definition: ResolvedCore): void {
  core.redefine(definition);
  lane.policy = lanePolicy(definition, lane.policy.serial);
}

function lanePolicy(definition: ResolvedCore, serial: boolean): LanePolicy {
  const { policy, namespace, prefix, uris, roots, remote, isolation } = definition;
  const { timeoutMs, maxTimeoutMs } = policy;
  const told = roots.length === 0 ? undefined : Buffer.from(JSON.stringify({ roots: roots.map((uri) => ({ uri })) }));
  const label = prefix ? namespace : undefined;
  const uriPrefix = uris === "prefixed" ? namespace : undefined;
  // What a server elsewhere knows it knows whoever is connected; a process has its tasks to itself.
  const keepsTasks = remote !== undefined || (isolation !== "session" && isolation !== "pool");
  return { timeoutMs, maxTimeoutMs, serial, roots: told, label, keepsTasks, uriPrefix };
}
