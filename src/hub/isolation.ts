// Sessions and the instances that are theirs alone: which are started for a list, whose lists a session sees, what ends with it.
import { classKey, relayable } from "../base/client-capabilities.ts";
import { HubError } from "../base/errors.ts";
import type { Core } from "../cores/core.ts";
import type { ClientSession } from "../relay/call.ts";
import type { Changes } from "../relay/changes.ts";
import type { StandIn } from "../relay/sign-in-first.ts";
import type { Arrival } from "./arrival.ts";
import { ClassLists } from "./class-lists.ts";
import type { Fleet } from "./fleet.ts";
import { isPersonal } from "./instances.ts";
import type { Member } from "./members.ts";
import type { OnlyClient } from "./only-client.ts";
import { signInLists, signInName } from "./sign-in-tool.ts";

export interface IsolationDeps {
  readonly fleet: Fleet;
  readonly changes: Pick<Changes, "catalog" | "greeted" | "own" | "ownOf" | "forget">;
  sessions(): Iterable<ClientSession>;
  readonly arrival: Pick<Arrival, "isOverFor">;
  /** Undefined in a hub of many clients. */
  readonly onlyClient: OnlyClient | undefined;
  /** The lists that this session waits for may all be there. */
  arrived(session: ClientSession): void;
  /** The one client can be asked other things than this Core was told. */
  anew(coreKey: string): void;
}

export class Isolation {
  readonly #deps: IsolationDeps;
  readonly #classes = new ClassLists();

  constructor(deps: IsolationDeps) {
    this.#deps = deps;
  }

  opened(session: ClientSession): void {
    this.#deps.fleet.adopt(session);
  }

  /** The client has said what it can be asked. */
  greeted(session: ClientSession): void {
    const { onlyClient, fleet, anew, changes } = this.#deps;
    changes.greeted(session);
    if (onlyClient === undefined || onlyClient.greeted(session.capabilities)) return;
    for (const { name } of fleet.cores) anew(name);
  }

  left(session: ClientSession): void {
    this.#deps.fleet.leave(session);
    this.#deps.changes.forget(session);
  }

  /**
   * Sees to the lists that this session is about to be shown: starts an instance of each Core of which nobody knows yet what clients like
   * this one see. Returns whether some are still to come: of Cores that it may use something of.
   */
  prepare(session: ClientSession): boolean {
    for (const [key, core] of this.#deps.fleet.owned(session)) if (core === undefined) this.#prepare(session, key);
    const { arrival, changes } = this.#deps;
    return this.#isWaiting(session) || !arrival.isOverFor((key) => changes.catalog.mayHave(session.caller, key));
  }

  /** An instance of this session alone has other lists than before. */
  ownLists(session: ClientSession, { core }: Member): void {
    const { lists, name } = core;
    if (lists === undefined) return;
    const home = this.#deps.fleet.core(name)?.lists;
    const same = this.#classes.same(name, lists, home);
    // What changes later is this session's own doing.
    if (core.state.t === "starting" && !isPersonal(core.definition)) this.#classes.learn(name, classOf(session), same);
    this.#deps.changes.own(session, name, same === home && !isPersonal(core.definition) ? undefined : same);
  }

  /**
   * What everybody sees of this Core has changed. Those with an instance of their own see what that has; what others of their class would
   * see is not known any more, until one of them asks.
   */
  homeLists(coreKey: string): void {
    const { fleet } = this.#deps;
    // What is one person's is nobody's to see.
    if (!fleet.isOwned(coreKey) || isPersonal(fleet.core(coreKey)?.definition)) return;
    this.#classes.forget(coreKey);
    const owners = new Map(fleet.owners(coreKey));
    for (const session of this.#deps.sessions()) {
      const member = owners.get(session);
      if (member === undefined) this.#deps.changes.own(session, coreKey, undefined);
      else this.ownLists(session, member);
    }
  }

  /** To be called after every change of an instance's state. */
  changed({ core, lane, place }: Member): void {
    const { t } = core.state;
    if (place !== "further" || lane.owner === undefined || t === "starting" || t === "draining" || t === "stopped")
      return;
    if (
      isPersonal(core.definition) &&
      core.lists === undefined &&
      core.state.t === "backoff" &&
      core.state.code === "login_needed"
    ) {
      this.#deps.changes.own(lane.owner, core.name, signInLists);
    }
    if (!this.#isWaiting(lane.owner)) this.#deps.arrived(lane.owner);
  }

  /** How the session is shown to sign in, in place of what Cores have. */
  standIns(session: ClientSession): readonly StandIn[] {
    const standIns: StandIn[] = [];
    for (const [core, lists] of this.#deps.changes.ownOf(session)) {
      const namespace = this.#deps.fleet.core(core)?.definition.namespace;
      if (lists === signInLists && namespace !== undefined) standIns.push({ core, tool: `${namespace}.${signInName}` });
    }
    return standIns;
  }

  /** The Core is another one, or none any more. */
  forget(coreKey: string): void {
    this.#classes.forget(coreKey);
  }

  #isWaiting(session: ClientSession): boolean {
    return this.#deps.fleet.owned(session).some(([, core]) => core !== undefined && isComing(core));
  }

  #prepare(session: ClientSession, key: string): void {
    const home = this.#deps.fleet.core(key);
    const own = classOf(session);
    const known = own === nothing ? home?.lists : this.#classes.known(key, own);
    if ((known !== undefined || own === nothing) && !isPersonal(home?.definition)) {
      this.#deps.changes.own(session, key, known === home?.lists ? undefined : known);
      return;
    }
    // Nothing runs for who may use nothing of it.
    if (!this.#deps.changes.catalog.mayHave(session.caller, key)) return;
    try {
      this.#deps.fleet.lane(key, session);
    } catch (error) {
      // Its lists are those that everybody sees; a call is told that there is no room.
      if (!(error instanceof HubError)) throw error;
    }
  }
}

/** What the home instance is told. */
const nothing = classKey({});

function classOf({ capabilities }: ClientSession): string {
  return classKey(relayable(capabilities));
}

function isComing({ lists, state }: Core): boolean {
  return lists === undefined && (state.t === "idle" || state.t === "starting");
}
