// list_changed towards clients: one notification per list whose content changed in that session's own view, however many
// Cores came or went in the meantime. The operator is told in the log what of the Cores' lists is not served, and why.
import type { Clock, Timer } from "../base/clock.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { StrayRule } from "../catalog/stray-rules.ts";
import { diffViews, type View } from "../catalog/view.ts";
import type { Caller, Principal } from "../sessions/principal.ts";
import type { Log } from "../telemetry/log.ts";
import { noSplices } from "../wire/frame.ts";
import { notificationFrame } from "./answers.ts";
import type { ClientSession } from "./call.ts";
import { type Lists, OwnCatalogs, type OwnLists } from "./own-catalogs.ts";

const debounceMs = 100;

/** Of what policy does not hide. */
const everyone: Caller = { allow: undefined };

export interface ChangesDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** A snapshot of what the Cores have now; the one before saves work. `own`: what stands in the place of the Cores' own lists. */
  build(previous: Catalog | undefined, own?: OwnLists): Catalog;
  sessions(): Iterable<ClientSession>;
  /** Whose view the session has under the rules and profiles in force. */
  callerOf(session: ClientSession): Caller;
}

/** Owns the current catalog: a snapshot that is replaced as a whole, never changed. */
export class Changes {
  readonly #deps: ChangesDeps;
  #catalog: Catalog;
  /** The catalog that clients were last told of; undefined when nothing is to be told. */
  #told: Catalog | undefined;
  /** Who sessions were when they were last told, where that is another caller now. */
  readonly #were = new Map<ClientSession, Caller>();
  /** What sessions have that is not what everybody had when they were last told: they came later, or have lists of their own. */
  readonly #had = new Map<ClientSession, View>();
  readonly #own: OwnCatalogs;
  #timer: Timer | undefined;

  constructor(deps: ChangesDeps) {
    this.#deps = deps;
    this.#catalog = deps.build(undefined);
    this.#own = new OwnCatalogs((own) => deps.build(this.#catalog, own));
  }

  /** What everybody sees who has no lists of their own. */
  get catalog(): Catalog {
    return this.#catalog;
  }

  catalogOf(session: ClientSession): Catalog {
    return this.#own.catalogOf(session) ?? this.#catalog;
  }

  /** The client is here from now on: of what changed before, nobody has to tell it. */
  greeted(session: ClientSession): void {
    if (this.#told !== undefined) this.#had.set(session, this.catalogOf(session).view(session.caller));
  }

  /** The session's own instance of the Core has these lists; undefined: those that everybody sees. */
  own(session: ClientSession, coreKey: string, lists: Lists | undefined): void {
    if (this.#own.listsOf(session, coreKey) === lists) return;
    if (!this.#had.has(session)) this.#had.set(session, this.catalogOf(session).view(session.caller));
    this.#own.set(session, coreKey, lists);
    this.#told ??= this.#catalog;
    this.#tellSoon();
  }

  /** Undefined: what everybody sees. */
  ownLists(session: ClientSession, coreKey: string): Lists | undefined {
    return this.#own.listsOf(session, coreKey);
  }

  /** All of these, by the Core's key. */
  ownOf(session: ClientSession): OwnLists {
    return this.#own.of(session);
  }

  forget(session: ClientSession): void {
    this.#own.forget(session);
    this.#had.delete(session);
    this.#were.delete(session);
  }

  /** A Core's lists changed: the new snapshot serves from now on, the clients hear of it once things are quiet. */
  refresh(): void {
    this.#told ??= this.#catalog;
    this.#catalog = this.#deps.build(this.#catalog);
    this.#own.outdated();
    this.#tellSoon();
  }

  #tellSoon(): void {
    this.#timer ??= this.#deps.clock.after(debounceMs, () => this.#tell());
  }

  /** Other rules and profiles are in force. To be followed by `refresh`, which sees to it that the client is told. */
  become(session: ClientSession, principal: Principal): void {
    session.principal = principal;
    const caller = this.#deps.callerOf(session);
    if (session.caller === caller) return;
    if (!this.#were.has(session)) this.#were.set(session, session.caller);
    session.caller = caller;
  }

  /** The same caller goes on with other rights, or the same by another token. True where it has another view now. */
  renew(session: ClientSession, principal: Principal): boolean {
    if (session.principal === principal) return false;
    const before = session.caller;
    this.become(session, principal);
    if (session.caller === before || session.phase !== "ready") return false;
    this.#told ??= this.#catalog;
    this.#tellSoon();
    return true;
  }

  /** What callers may use may be other than before, by no rule of the manifest. */
  reconsider(): void {
    let isOther = false;
    for (const session of this.#deps.sessions()) {
      if (session.phase !== "ready") continue;
      const before = session.caller;
      this.become(session, session.principal);
      isOther ||= session.caller !== before;
    }
    if (isOther) this.refresh();
  }

  #tell(): void {
    const before = this.#told;
    const were = new Map(this.#were);
    this.#timer = undefined;
    this.#told = undefined;
    this.#were.clear();
    if (before === undefined) return;
    this.#log(before);
    void this.#logStrays(before, this.#catalog);
    for (const session of this.#deps.sessions()) {
      if (session.phase !== "ready" || !session.hearsNews) continue;
      const { caller } = session;
      const was = this.#had.get(session) ?? before.view(were.get(session) ?? caller);
      const now = this.catalogOf(session).view(caller);
      if (this.#own.has(session)) this.#had.set(session, now);
      else this.#had.delete(session);
      const changed = diffViews(was, now, (kind) => session.lastServed(kind));
      session.forgetServed();
      for (const kind of ["tools", "resources", "prompts"] as const) {
        if (changed[kind]) session.sink.send(notificationFrame(`notifications/${kind}/list_changed`), noSplices);
      }
    }
  }

  /** What it takes is loaded where there are rules. */
  async #logStrays({ shelves, config }: Catalog, now: Catalog): Promise<void> {
    const rules = now.config.nameRules ?? [];
    if (rules.length === 0) return;
    const { log } = this.#deps;
    const { strayRules } = await import("../catalog/stray-rules.ts");
    for (const { core, message, isName } of news(strayRules(shelves, config.nameRules), strayRules(now.shelves, rules)))
      log[isName ? "warn" : "info"]("rule_without_tool", { core, note: message });
  }

  /** Each note once: what the snapshot before had already is not said again. */
  #log(before: Catalog): void {
    const { log } = this.#deps;
    for (const { core, message } of news(before.notes, this.#catalog.notes)) {
      log.warn("list_entry_left_out", { core, note: message });
    }
    for (const { core, message } of news(
      before.view(everyone).collisions(),
      this.#catalog.view(everyone).collisions(),
    )) {
      log.warn("name_collision", { core, note: message });
    }
  }
}

type Note = Pick<StrayRule, "core" | "message">;

function news<N extends Note>(before: readonly Note[], after: readonly N[]): readonly N[] {
  const known = new Set(before.map(({ core, message }) => `${core} ${message}`));
  return after.filter(({ core, message }) => !known.has(`${core} ${message}`));
}
