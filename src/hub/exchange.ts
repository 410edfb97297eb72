// Puts another setup in force, or leaves everything as it is (docs/decisions/0014-reload.md): what has to be started is started
// beside what runs; when all of it has risen, everything changes in one step; what was replaced finishes its calls behind it.
import type { Core } from "../cores/core.ts";
import { diffSetups, isSame, liveSettings, type Setup, type SetupDiff } from "../manifest/diff.ts";
import type { ResolvedCore } from "../manifest/manifest.ts";
import type { ClientSession, Lane } from "../relay/call.ts";
import type { Calls } from "../relay/calls.ts";
import type { Changes } from "../relay/changes.ts";
import type { Doorman } from "./doorman.ts";
import type { Fallen } from "./fallen.ts";
import type { Fleet } from "./fleet.ts";

/** Everything is as it was before. `falls`: the Cores that did not come up; none where the hub is shutting down. */
export interface NotExchanged {
  readonly t: "failed";
  readonly falls: readonly Fallen[];
}

export type Reloaded =
  | { readonly t: "unchanged" }
  | { readonly t: "applied"; readonly changes: SetupDiff }
  | NotExchanged;

export type Restarted = { readonly t: "restarted" } | { readonly t: "unknown" } | NotExchanged;

export interface ExchangeDeps {
  readonly fleet: Fleet;
  readonly calls: Pick<Calls, "move" | "limitsChanged">;
  readonly changes: Pick<Changes, "become" | "refresh">;
  readonly doorman: Pick<Doorman, "change" | "again">;
  sessions(): Iterable<ClientSession>;
  /** Loads what the setup needs before it can be in force. Never rejects. */
  prepare(setup: Setup): Promise<void>;
  /** The setup in force is another one from now on. Told in the middle of the step: it may only take note. */
  inForce(setup: Setup): void;
  /** What was this lane's is the home instance's of that name from now on, or its owner's; nobody's where there is none. */
  moved(from: Lane, key: string, owner?: ClientSession): void;
  /** The Core has taken its place. */
  arrived(core: Core): void;
  /** Nothing of this name is in force any more, or was after all. */
  gone(coreKey: string): void;
  /** The step is done. */
  exchanged(): void;
}

export class Exchange {
  readonly #deps: ExchangeDeps;
  #setup: Setup;
  /** Settles when the last exchange that was asked for is over. */
  #turn: Promise<unknown> = Promise.resolve();
  #ending = false;

  constructor(deps: ExchangeDeps, setup: Setup) {
    this.#deps = deps;
    this.#setup = setup;
  }

  /** One at a time, in the order that they were asked for. Never rejects. */
  reload(setup: Setup): Promise<Reloaded> {
    return this.#inTurn(async () => {
      await this.#deps.prepare(setup);
      const before = this.#setup;
      const changes = diffSetups(before, setup);
      if (isSame(changes)) return { t: "unchanged" };
      const next = { manifest: setup.manifest, settings: liveSettings(before.settings, setup.settings) };
      const fresh = new Set([...changes.changedCores, ...changes.addedCores]);
      const definitions = setup.manifest.cores.filter(({ key }) => fresh.has(key));
      const falls = await this.#exchange(next, definitions);
      if (falls === undefined) return { t: "applied", changes };
      for (const key of changes.addedCores) this.#deps.gone(key);
      return { t: "failed", falls };
    });
  }

  /** Starts the Core anew beside itself, whatever state it is in, and lets the new one take over. */
  restart(coreKey: string): Promise<Restarted> {
    return this.#inTurn(async () => {
      const core = this.#deps.fleet.core(coreKey);
      if (core === undefined) return { t: "unknown" };
      const falls = await this.#exchange(this.#setup, [core.definition]);
      return falls === undefined ? { t: "restarted" } : { t: "failed", falls };
    });
  }

  /** Nothing new is put in force from now on; what is being tried is given up. */
  end(): void {
    this.#ending = true;
    this.#deps.fleet.abandon();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Returns what fell, with nothing changed; undefined when the setup is in force. */
  async #exchange(setup: Setup, definitions: readonly ResolvedCore[]): Promise<readonly Fallen[] | undefined> {
    if (this.#ending) return [];
    const { fleet } = this.#deps;
    const tried = await fleet.try(definitions, setup);
    if (tried.t === "fell") return this.#ending ? [] : tried.falls;
    const replaced = fleet.replace(setup, tried.members);
    if (replaced.t === "fell") {
      await fleet.discard(tried.members);
      return this.#ending ? [] : replaced.falls;
    }
    const { calls, changes } = this.#deps;
    this.#setup = setup;
    this.#deps.inForce(setup);
    for (const { core } of tried.members) this.#deps.arrived(core);
    for (const departure of replaced.departures) {
      const { member, entry, successor } = departure;
      if (successor === undefined) this.#deps.gone(member.core.name);
      else {
        calls.move(entry, successor);
        if (entry !== member.lane) calls.move(member.lane, successor);
      }
      const { lent } = departure.instances ?? {};
      const lender = fleet.lender(member.core.name);
      if (lent !== undefined && lender !== undefined) calls.move(lent, lender);
      this.#deps.moved(member.lane, member.core.name);
      // What a session's own instance was to do, or to tell it of, its next one will.
      for (const { lane } of departure.instances?.members() ?? []) {
        const { owner, held, isWatched } = lane;
        if (owner === undefined) continue;
        const { name } = lane.core;
        if (held.size > 0) {
          // What finds no room is told so as the old one ends.
          const next = fleet.isOwned(name) ? fleet.successor(name, owner) : successor;
          if (next !== undefined) calls.move(lane, next);
        }
        if (isWatched) this.#deps.moved(lane, name, owner);
      }
      void fleet.retire(departure);
    }
    this.#deps.doorman.change(setup);
    this.judgeAnew();
    changes.refresh();
    // Last: calls that waited may start now, under the new rules.
    calls.limitsChanged();
    this.#deps.exchanged();
    return undefined;
  }

  /** Whose token is not valid any more leaves; who has other rights has another view from now on. */
  judgeAnew(): void {
    const { doorman } = this.#deps;
    for (const session of this.#deps.sessions()) {
      const principal = doorman.again(session.principal, session.peer);
      if (principal === undefined) session.end("unauthorized");
      else this.#deps.changes.become(session, principal);
    }
  }
}
