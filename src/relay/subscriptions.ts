// resources/subscribe: which session wants to hear of which resource of which instance. The Core sees that somebody wants it, and
// later that nobody does; all in between is the hub's. One row per instance and uri, as the Core spells it:
//
//   asked ──the Core's answer──► confirmed ──the last one lets go──► gone, and the Core is told
//     │ ▲                           │
//     │ └───the Core starts anew────┘  the hub asks again, and tells all holders once: they may have missed something
//     └──refused, and nobody holds it──► gone
import { HubError } from "../base/errors.ts";
import { idKey } from "../sessions/session.ts";
import type { Log } from "../telemetry/log.ts";
import { byteString, noSplices, type Splice } from "../wire/frame.ts";
import { notificationFrame } from "./answers.ts";
import type { CallOutcome, ClientSession, Lane } from "./call.ts";
import { idInUse } from "./call-errors.ts";
import type { Calls } from "./calls.ts";
import type { Request } from "./request.ts";
import { maxUriBytes, offersSubscriptions, refuseTooLong, withAncestors } from "./subscribable.ts";
import { addHolder, hasWish, isWanted, lastOf, type Row, rowsOf, type Wish, wantedOf } from "./subscription-rows.ts";

/** Of one session, and of one instance. */
const maxPerSession = 1024;
const maxPerLane = 8192;
/** Of one client, by all its sessions. */
const maxPerOwner = maxPerLane / 2;

/** The hub's own requests to a Core that has to be told anew: so many at once, each with this much time. */
const renewedAtOnce = 16;
const ownTimeoutMs = 10_000;

/** Where a subscription leads: the client's uri, and what the Core calls it. */
export interface Subscribed {
  readonly uri: string;
  readonly nativeUri: string;
  /** The way to the instance that tells of changes. */
  readonly lane: Lane;
}

export interface SubscriptionsDeps {
  readonly calls: Pick<Calls, "begin">;
  readonly log: Log;
}

export class Subscriptions {
  readonly #deps: SubscriptionsDeps;
  readonly #byLane = new Map<Lane, Map<string, Row>>();
  /** By the uri as the client wrote it. Only sessions that hold or ask for something are here. */
  readonly #bySession = new Map<ClientSession, Map<string, Row>>();

  constructor(deps: SubscriptionsDeps) {
    this.#deps = deps;
  }

  /** Resources that are held or asked for, each once per instance. */
  get size(): number {
    let size = 0;
    for (const rows of this.#byLane.values()) size += rows.size;
    return size;
  }

  /** True when the request is a call now; false when the hub is to answer it with an empty result. Throws HubError. */
  subscribe(request: Request, { uri, nativeUri, lane }: Subscribed): boolean {
    const { session } = request;
    refuseUsedId(request);
    refuseTooLong(uri);
    const { core } = lane;
    if (core.state.t === "up" && !offersSubscriptions(core.capabilities)) {
      const message = `core "${core.name}" does not tell of changes of its resources (it declares no resources.subscribe)`;
      throw new HubError("method_unknown", message, { core: core.name });
    }
    const row = this.#rowOf(session, { uri, nativeUri, lane });
    if (row.confirmed || isModern(lane)) {
      addHolder(row, session, uri);
      this.#watch(row);
      return false;
    }
    const wish: Wish = { session, uri, wanted: true };
    row.wishes.add(wish);
    this.#begin(request, row, uri, (asked, outcome) => this.#answered(asked, wish, outcome));
    return true;
  }

  /** For a session that holds it as long as it is there, and asks for nothing else. False where the Core tells of no changes. Throws HubError. */
  hold(session: ClientSession, to: Subscribed): boolean {
    const { core } = to.lane;
    if (to.uri.length > maxUriBytes || (core.state.t === "up" && !offersSubscriptions(core.capabilities))) return false;
    const row = this.#rowOf(session, to);
    addHolder(row, session, to.uri);
    if (isModern(to.lane)) this.#watch(row);
    else if (!row.confirmed) void this.#renew([row]);
    return true;
  }

  /** As `subscribe`. What the session does not hold it need not give back: that is no error. */
  unsubscribe(request: Request, uri: string): boolean {
    const { session } = request;
    refuseUsedId(request);
    const row = this.#bySession.get(session)?.get(uri);
    if (row === undefined) return false;
    this.#letGo(session, uri, row);
    const { lane } = row;
    if (isWanted(row) || isModern(lane) || lane.core.state.t !== "up" || lane.closing !== undefined) {
      this.#settle(row, row.confirmed);
      return false;
    }
    row.confirmed = false;
    row.ending++;
    this.#begin(request, row, uri, (asked, outcome) => {
      asked.ending--;
      // A request for it may have overtaken this one: the Core is told once more what holds.
      if (isWanted(asked)) void this.#renew([asked]);
      else this.#settle(asked, outcome === "failed" || outcome === "abandoned");
    });
    return true;
  }

  /** The client is gone. */
  forget(session: ClientSession): void {
    const mine = this.#bySession.get(session);
    if (mine !== undefined) for (const [uri, row] of [...mine]) this.#release(session, uri, row);
  }

  /**
   * What clients may see has changed, or what `only` may: `coreOf` says whose a uri is for a session, and what it holds of others it holds
   * no more. Returns what is another Core's now, to be held there.
   */
  review(
    coreOf: (session: ClientSession, uri: string) => string | undefined,
    only?: ClientSession,
  ): readonly (readonly [ClientSession, string])[] {
    const moved: [ClientSession, string][] = [];
    for (const session of only === undefined ? [...this.#bySession.keys()] : [only]) {
      const mine = this.#bySession.get(session) ?? [];
      for (const [uri, row] of [...mine]) {
        const core = coreOf(session, uri);
        if (core === row.lane.core.name) continue;
        this.#release(session, uri, row);
        if (core !== undefined) moved.push([session, uri]);
      }
    }
    return moved;
  }

  /** To be called after every change of a Core's state. */
  coreChanged(lane: Lane): void {
    const rows = this.#byLane.get(lane);
    if (rows === undefined || lane.core.state.t === "draining") return;
    for (const row of rows.values()) row.confirmed = false;
    if (lane.core.state.t === "up") void this.#restore(lane, rows);
  }

  /** Another instance, which may tell of more already, stands in the place of this one; or none, and what it told of has an end. */
  move(from: Lane, to: Lane | undefined): void {
    const rows = this.#byLane.get(from);
    if (rows === undefined) return;
    this.#byLane.delete(from);
    from.isWatched = false;
    if (to === undefined) {
      for (const row of rows.values()) {
        row.confirmed = false;
        for (const wish of row.wishes) wish.wanted = false;
        for (const [session, uris] of [...row.holders]) for (const uri of uris) this.#letGo(session, uri, row);
      }
      return;
    }
    const there = this.#byLane.get(to) ?? new Map<string, Row>();
    this.#byLane.set(to, there);
    to.isWatched = true;
    for (const row of rows.values()) {
      const known = there.get(row.uri);
      if (known === undefined) there.set(row.uri, row);
      else this.#join(row, known);
      row.lane = to;
      row.confirmed = false;
    }
    void this.#restore(to, there);
  }

  /**
   * A resource of this instance changed: calls `tell` for each session that waits for it, or for something that it is a part of
   * (`notes://a` of `notes://a/b`), once for each form in which it asked. `isNative`: the Core's own form. False where nobody does.
   */
  changed(lane: Lane, nativeUri: string, tell: (session: ClientSession, isNative: boolean) => void): boolean {
    const rows = this.#byLane.get(lane);
    if (rows === undefined || nativeUri.length > maxUriBytes) return false;
    const told = new Map<ClientSession, Set<boolean>>();
    const note = (session: ClientSession, isNative: boolean) => {
      told.set(session, (told.get(session) ?? new Set()).add(isNative));
    };
    for (const uri of withAncestors(nativeUri)) {
      const row = rows.get(uri);
      if (row === undefined) continue;
      for (const [session, uris] of row.holders) for (const asked of uris) note(session, asked === uri);
      // A Core may have news before it has answered.
      for (const { session, wanted, uri: asked } of row.wishes) if (wanted) note(session, asked === uri);
    }
    for (const [session, forms] of told) {
      if (session.phase === "ready") for (const isNative of forms) tell(session, isNative);
    }
    return told.size > 0;
  }

  #join(row: Row, into: Row): void {
    for (const [session, uris] of row.holders) {
      for (const uri of uris) {
        addHolder(into, session, uri);
        this.#bySession.get(session)?.set(uri, into);
      }
    }
    for (const wish of row.wishes) {
      into.wishes.add(wish);
      if (wish.wanted) this.#bySession.get(wish.session)?.set(wish.uri, into);
    }
    into.ending += row.ending;
    into.confirmed = false;
    row.joined = into;
  }

  #rowOf(session: ClientSession, { uri, nativeUri, lane }: Subscribed): Row {
    const { core } = lane;
    const mine = this.#bySession.get(session) ?? new Map<string, Row>();
    const known = mine.get(uri);
    if (known !== undefined && (known.lane !== lane || known.uri !== nativeUri)) this.#release(session, uri, known);
    const rows = this.#byLane.get(lane) ?? new Map<string, Row>();
    if (!mine.has(uri) && mine.size >= maxPerSession) throw tooMany(`one client may hold ${maxPerSession}`, lane);
    let row = rows.get(nativeUri);
    if (row === undefined) {
      const by = session.limitKey;
      if (rows.size >= maxPerLane) throw tooMany(`core "${core.name}" may have ${maxPerLane}`, lane);
      // Nobody keeps all others from subscribing.
      if (rows.size >= maxPerOwner && rowsOf(rows, by) >= maxPerOwner) {
        throw tooMany(`one client may fill ${maxPerOwner} of core "${core.name}"`, lane);
      }
      row = { lane, uri: nativeUri, holders: new Map(), wishes: new Set(), by, confirmed: false, ending: 0 };
      this.#byLane.set(lane, rows.set(nativeUri, row));
      lane.isWatched = true;
    }
    this.#bySession.set(session, mine.set(uri, row));
    return row;
  }

  /** `over`: with the row that it is about by then. */
  #begin(request: Request, row: Row, uri: string, over: (row: Row, outcome: CallOutcome) => void): void {
    const { uriStart: start, uriEnd: end } = request.scan;
    const rename: Splice = { start, end, text: byteString(JSON.stringify(row.uri)) };
    const hook = { over: (outcome: CallOutcome) => over(lastOf(row), outcome) };
    this.#deps.calls.begin(request, row.lane, row.uri === uri ? undefined : rename, [hook]);
  }

  /** A client's request to be told is over. */
  #answered(row: Row, wish: Wish, outcome: CallOutcome): void {
    const { session, uri } = wish;
    row.wishes.delete(wish);
    if (outcome === "answered" && wish.wanted) {
      row.confirmed = true;
      if (session.phase !== "closed") addHolder(row, session, uri);
    }
    if (!row.holders.get(session)?.includes(uri) && !hasWish(row, session, uri)) this.#letGo(session, uri, row);
    this.#settle(row, outcome !== "refused");
  }

  /** The session has no part in it any more under this uri, whatever the Core thinks. */
  #letGo(session: ClientSession, uri: string, row: Row): void {
    const rest = row.holders.get(session)?.filter((other) => other !== uri) ?? [];
    if (rest.length > 0) row.holders.set(session, rest);
    else row.holders.delete(session);
    for (const wish of row.wishes) if (wish.session === session && wish.uri === uri) wish.wanted = false;
    const mine = this.#bySession.get(session);
    if (mine?.get(uri) === row) mine.delete(uri);
    if (mine?.size === 0) this.#bySession.delete(session);
  }

  #release(session: ClientSession, uri: string, row: Row): void {
    this.#letGo(session, uri, row);
    this.#settle(row, row.confirmed);
  }

  /** A row that nobody wants goes, once nothing about it is on its way. `mayBeOn`: the Core may think that somebody wants it. */
  #settle(row: Row, mayBeOn: boolean): void {
    const { lane } = row;
    const rows = this.#byLane.get(lane);
    if (isWanted(row) || rows?.get(row.uri) !== row) return;
    if (isModern(lane)) lane.core.watch(wantedOf(rows, row));
    else if (mayBeOn && lane.core.state.t === "up") {
      lane.core.request("resources/unsubscribe", { uri: row.uri }, ownTimeoutMs).catch(() => {
        // What it still tells of reaches nobody.
      });
    }
    row.confirmed = false;
    if (row.wishes.size > 0 || row.ending > 0) return;
    rows.delete(row.uri);
    if (rows.size > 0) return;
    this.#byLane.delete(lane);
    lane.isWatched = false;
  }

  /** A Core of the modern era is told all that is wanted of it at a time; it keeps that over restarts, and says itself what may have changed. */
  #watch(row: Row): void {
    const rows = this.#byLane.get(row.lane);
    if (row.confirmed || rows === undefined) return;
    row.confirmed = true;
    row.lane.core.watch(wantedOf(rows));
  }

  /** The instance knows of nothing yet: it is told all, and then everyone that something may have changed meanwhile. */
  async #restore(lane: Lane, rows: Map<string, Row>): Promise<void> {
    if (isModern(lane)) {
      for (const row of rows.values()) row.confirmed = true;
      lane.core.watch(wantedOf(rows));
      return;
    }
    const all = [...rows.values()].filter((row) => !row.confirmed && isWanted(row));
    if (all.length === 0) return;
    const lost = await this.#renew(all);
    const { core } = lane;
    if (lost > 0) this.#deps.log.warn("subscriptions_lost", { core: core.name, lost, of: all.length });
    else this.#deps.log.info("subscriptions_renewed", { core: core.name, resources: all.length });
  }

  /** Resolves to how many the Core would not have: those are let go of, as soon as their holders know that they must look. */
  async #renew(rows: readonly Row[]): Promise<number> {
    const queue = rows.values();
    let lost = 0;
    const work = async () => {
      for (const row of queue) if (!(await this.#subscribeAnew(row))) lost++;
    };
    await Promise.all(Array.from({ length: renewedAtOnce }, work));
    return lost;
  }

  /** Whoever holds it was told so before the Core knew of it, and is told once when that does: what changed in between was not heard. */
  async #subscribeAnew(row: Row): Promise<boolean> {
    const { lane } = row;
    // An instance that is not up, or is replaced meanwhile, is told when the next one is up.
    const isOver = () => row.lane !== lane || lane.core.state.t !== "up";
    if (isOver() || !isWanted(row)) return true;
    let kept = true;
    try {
      await lane.core.request("resources/subscribe", { uri: row.uri }, ownTimeoutMs);
    } catch {
      kept = false;
    }
    if (isOver()) return true;
    row.confirmed = kept;
    for (const [session, uris] of [...row.holders]) {
      for (const uri of uris) {
        if (session.phase === "ready") session.sink.send(notificationFrame(updated, { uri }), noSplices);
        if (!kept) this.#letGo(session, uri, row);
      }
    }
    this.#settle(row, kept);
    return kept;
  }
}

const updated = "notifications/resources/updated";

function isModern({ core }: Lane): boolean {
  return core.era === "modern";
}

/** A call that is refused for its id tells no hook. */
function refuseUsedId({ session, idText }: Request): void {
  if (session.calls.has(idKey(idText))) throw idInUse(idText);
}

function tooMany(what: string, { core }: Lane): HubError {
  const message = `too many subscriptions: ${what}; end some of them first`;
  return new HubError("overloaded", message, { core: core.name, retry_after_ms: 1000 });
}
