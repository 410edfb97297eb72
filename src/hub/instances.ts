// The further instances of one Core, beside its home instance: what both ways of having several (docs/decisions/0018-isolation.md) have
// in common.
import type { ClientCapabilities } from "../base/client-capabilities.ts";
import type { Clock } from "../base/clock.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import type { ClientSession, Lane } from "../relay/call.ts";
import type { Member } from "./members.ts";

export interface Instances {
  /** The way by which this session's next request goes. Throws HubError where there can be none. */
  laneFor(session: ClientSession): Lane;
  /** By what calls come that have an instance lent to each, where there are such calls. */
  readonly lent: Lane | undefined;
  /** The session's own instance; undefined where it has none. */
  ownOf(session: ClientSession): Member | undefined;
  /** All that there are now. */
  members(): readonly Member[];
  /** The session is gone. */
  leave(session: ClientSession): void;
  redefine(definition: ResolvedCore): void;
  /** Makes no further instance; resolves when those that there are have answered what they were asked, and are gone. */
  retire(): Promise<void>;
}

export interface InstancesDeps {
  readonly clock: Clock;
  readonly definition: ResolvedCore;
  /** Makes an instance that is not started. `owner`: the session that it is for alone. */
  make(owner: ClientSession | undefined, told: ClientCapabilities, serial: boolean): Member;
  /** Ends it, whatever it does. Resolves when nothing of it is left. */
  stop(member: Member): Promise<void>;
  /** Lets it answer what it was asked, then ends it. */
  finish(member: Member): Promise<void>;
  /** Its call is over: what the Core still asks on its behalf is nobody's. */
  callOver(lane: Lane): void;
}

/** Whether what one person sees there says nothing of what another does: each acts with a login of their own. */
export function isPersonal(definition: ResolvedCore | undefined): boolean {
  return definition?.login?.credentials === "per-user";
}

/** Whether nothing is under way on it, and nothing waits for it. */
export function isIdle({ lane }: Member): boolean {
  const { owner } = lane;
  if (lane.running.size > 0 || lane.held.size > 0 || lane.asks.size > 0) return false;
  if (lane.tasks.size > 0 || lane.isWatched || lane.hasWatchedTasks) return false;
  return owner === undefined || (owner.parked.size === 0 && owner.calls.values().every((call) => call.lane !== lane));
}
