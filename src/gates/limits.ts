// Admission of calls, all in this process: each call passes its client's limits, then its tool's where it has some, then its Core's.
// Every decision is synchronous; a call that must wait waits in a bounded queue and is started later. Knows nothing of frames or policies.
//
//   admit ─► client ──────────────► tool ────────────────────► Core ──────────────────► runs ─► release
//            slots, rates, FIFO     slots, rates, clients      slots, rates, clients
//                                   in turn                    in turn
//                                   (a slot of each party before is held)
import type { Clock } from "../base/clock.ts";
import { RecentMap } from "../base/recent-map.ts";
import { Fifo } from "./fair-queue.ts";
import { Limited, type LimitSettings } from "./limited.ts";
import { type Core, Party, type PartyKind, Place } from "./party.ts";

/** What the limiter needs of a call. `place` is the limiter's own: it is set while the call waits or runs. */
export interface LimitedCall {
  readonly clientKey: string;
  readonly coreKey: string;
  /** The native name of a tool that has limits of its own; undefined for all others. */
  readonly limitedTool: string | undefined;
  /** Of the request: what it keeps in memory while it waits, and what it takes of a rate of bytes. */
  readonly bytes: number;
  place?: unknown;
}

/** `memory`: what all waiting calls may keep together, those of one client half of it. */
export type LimitKind = PartyKind | "memory";

/** `pass`: run it now. `wait`: `start` is called with it later, unless it is released first. Else: try again after so many ms. */
export type Verdict = "pass" | "wait" | { readonly refuse: number; readonly by: LimitKind };

export interface CoreLoad {
  readonly core: string;
  /** Calls that run. */
  readonly inUse: number;
  /** Calls that wait for this Core or for one of its tools, not counting those that wait for a slot of their client. */
  readonly queued: number;
}

/** What there is to see of a limiter. */
export interface Admission {
  /** One for every Core that was called. */
  loads(): Iterable<CoreLoad>;
  /** Calls that had to wait, and that were refused, by the limit that they met. */
  readonly delayed: Readonly<Record<PartyKind, number>>;
  readonly refused: Readonly<Record<LimitKind, number>>;
}

export interface CallLimiter<C extends LimitedCall> extends Admission {
  /** `nowMs`: the clock's time, from whoever has just read it. */
  admit(call: C, nowMs?: number): Verdict;
  /** The Core has said so much of this call. */
  spend(call: C, bytes: number, nowMs?: number): void;
  /** The call goes on, and takes no place from others any more; `isInCore`: none of its client's. */
  stepAside(call: C, isInCore?: boolean): void;
  /**
   * The call that stepped aside is to have its places again. True: it has them. False: `start` is called with it later, unless it is released first. It
   * takes nothing of any rate again, and is not refused: how many may step aside, and come back, is for who lets them to say. One that kept its Core's
   * place does not wait for its client's either, for which others may hold that while they wait for the Core's.
   */
  stepBack(call: C): boolean;
  /** The call is over or given up, at whatever stage. Nothing happens when it is not here. May start other calls at once. */
  release(call: C, nowMs?: number): void;
  /** Asks for all limits again: for the parties that are known, they may be others now. May start calls at once. */
  refresh(): void;
  /** Stops the timers; calls that wait are the caller's to answer. */
  close(): void;
  /** Of all waiting calls. */
  readonly waitingBytes: number;
  /** Clients remembered: those with calls, with some slack. */
  readonly clients: number;
}

export interface LimitsOptions<C extends LimitedCall> {
  readonly clock: Clock;
  /** Limits of a client, a tool or a Core, asked when it is first seen and by `refresh`. */
  client(clientKey: string): LimitSettings;
  /** Undefined for a Core, or a tool's own limits, that are gone: its last calls run under the limits that it had. */
  core(coreKey: string): LimitSettings | undefined;
  tool(coreKey: string, native: string): LimitSettings | undefined;
  /** Runs a call that waited. May call `admit` and `release`. */
  start(call: C): void;
  /** Bytes that all waiting calls may keep together; 512 MiB when absent. */
  readonly maxWaitingBytes?: number;
}

export function createLimits<C extends LimitedCall>(options: LimitsOptions<C>): CallLimiter<C> {
  return new Limits(options);
}

const defaultWaitingBytes = 512 * 1024 * 1024;
const fewClients = 256;
/** A debt may take longer to be paid than a timer can run; whoever still waits then is looked at again. */
const longestTimerMs = 60_000;

class Limits<C extends LimitedCall> implements CallLimiter<C> {
  waitingBytes = 0;
  readonly delayed: Record<PartyKind, number> = { client: 0, tool: 0, core: 0 };
  readonly refused: Record<LimitKind, number> = { client: 0, tool: 0, core: 0, memory: 0 };
  readonly #options: LimitsOptions<C>;
  readonly #maxWaitingBytes: number;
  readonly #clients = new RecentMap<Party<C>>();
  readonly #cores = new RecentMap<Core<C>>();
  readonly #ready = new Fifo<Place<C>>();
  #isStarting = false;
  #sweepAt = fewClients;

  constructor(options: LimitsOptions<C>) {
    this.#options = options;
    this.#maxWaitingBytes = options.maxWaitingBytes ?? defaultWaitingBytes;
  }

  get clients(): number {
    return this.#clients.size;
  }

  admit(call: C, nowMs: number = this.#options.clock.now()): Verdict {
    const client = this.#clientOf(call, nowMs);
    const { party: core, tools } = this.#coreOf(call, nowMs);
    const tool = call.limitedTool === undefined ? undefined : this.#toolOf(call, core, tools, nowMs);
    const place = new Place(call, client, tool, core);
    const party = place.firstInTheWay(nowMs);
    if (party === undefined) {
      call.place = place;
      place.takeAll(nowMs, call.bytes);
      return "pass";
    }
    const { limited, queue, kind } = party;
    const { size } = queue;
    if (size >= limited.settings.maxQueue || !limited.isWorthWaiting(size, nowMs)) {
      return this.#refuse(kind, limited, size, nowMs);
    }
    const room = this.#maxWaitingBytes - this.waitingBytes;
    // Nobody keeps all others from waiting.
    const share = this.#maxWaitingBytes / 2 - client.waitingBytes;
    if (call.bytes > Math.min(room, share)) return this.#refuse("memory", limited, size, nowMs);
    this.#wait(place, party, nowMs);
    return "wait";
  }

  /** In the queue of `party`; the call takes a slot of those before. */
  #wait(place: Place<C>, party: Party<C>, nowMs: number): void {
    const { call, client, tool, core } = place;
    call.place = place;
    this.#keep(place, call.bytes);
    if (party !== client) place.take(client, nowMs, call.bytes);
    if (party === core && tool !== undefined) place.take(tool, nowMs, call.bytes);
    this.#enqueue(place, party, nowMs);
  }

  #keep({ client }: Place<C>, bytes: number): void {
    this.waitingBytes += bytes;
    client.waitingBytes += bytes;
  }

  #refuse(by: LimitKind, limited: Limited, waiting: number, nowMs: number): Verdict {
    this.refused[by]++;
    return { refuse: limited.retryAfterMs(waiting, nowMs), by };
  }

  spend(call: C, bytes: number, nowMs: number = this.#options.clock.now()): void {
    (call.place as Place<C> | undefined)?.spend(nowMs, bytes);
  }

  stepAside(call: C, isInCore = false): void {
    const place = call.place as Place<C> | undefined;
    if (place?.stage === "aside" || (place?.stage === "inside" && isInCore)) return;
    if (place?.stage !== "running" && place?.stage !== "inside") {
      this.release(call);
      return;
    }
    const nowMs = this.#options.clock.now();
    if (isInCore) place.leaveClient(nowMs);
    else {
      place.giveBack(nowMs);
      place.stage = "aside";
    }
    this.#moveAll(place, nowMs);
  }

  stepBack(call: C): boolean {
    const before = call.place as Place<C> | undefined;
    const nowMs = this.#options.clock.now();
    if (before?.stage === "inside") before.rejoin(this.#clientOf(call, nowMs), nowMs);
    if (before !== undefined && before.stage !== "aside") return before.stage === "running";
    const found = this.#findCore(call, nowMs);
    // It left the manifest meanwhile: there is nothing to wait for, and nowhere to go.
    if (found === undefined) return true;
    const tool = call.limitedTool === undefined ? undefined : this.#toolOf(call, found.party, found.tools, nowMs);
    const place = new Place(call, this.#clientOf(call, nowMs), tool, found.party);
    place.isPaid = before !== undefined;
    const party = place.firstInTheWay(nowMs);
    if (party !== undefined) this.#wait(place, party, nowMs);
    else {
      call.place = place;
      place.takeAll(nowMs, call.bytes);
    }
    return party === undefined;
  }

  release(call: C, nowMs: number = this.#options.clock.now()): void {
    const place = call.place as Place<C> | undefined;
    if (place === undefined) return;
    call.place = undefined;
    if (place.stage === "aside") return;
    place.giveBack(nowMs);
    if (place.stage === "waiting") this.#dequeue(place);
    else if (place.stage === "ready") this.#ready.remove(place);
    this.#moveAll(place, nowMs);
  }

  refresh(): void {
    const nowMs = this.#options.clock.now();
    for (const [key, { party, tools }] of this.#cores) {
      for (const [native, tool] of tools) {
        const own = this.#options.tool(key, native);
        if (own !== undefined) tool.limited.change(own, nowMs);
        else if (tool.isIdle) tools.delete(native);
      }
      const settings = this.#options.core(key);
      if (settings !== undefined) party.limited.change(settings, nowMs);
      else if (party.isIdle && tools.size === 0) this.#cores.delete(key);
    }
    for (const [key, { limited }] of this.#clients) limited.change(this.#options.client(key), nowMs);
    this.close();
    // From the last stage to the first, as slots become free.
    const parties = [...this.#parties()];
    for (const party of parties.filter(({ kind }) => kind === "core")) this.#move(party, nowMs);
    for (const party of parties.filter(({ kind }) => kind === "tool")) this.#move(party, nowMs);
    for (const party of parties.filter(({ kind }) => kind === "client")) this.#move(party, nowMs);
    this.#startReady();
  }

  close(): void {
    for (const { limited } of this.#parties()) {
      limited.timer?.cancel();
      limited.timer = undefined;
    }
  }

  *loads(): Iterable<CoreLoad> {
    for (const [core, { party, tools }] of this.#cores) {
      let queued = party.queue.size;
      for (const tool of tools.values()) queued += tool.queue.size;
      yield { core, inUse: party.limited.inUse, queued };
    }
  }

  *#parties(): Iterable<Party<C>> {
    yield* this.#clients.values();
    for (const { party, tools } of this.#cores.values()) {
      yield party;
      yield* tools.values();
    }
  }

  /** A place of these parties has become free. The Core's first: it goes to whoever waits for it, not to this client's next call. */
  #moveAll({ client, tool, core }: Place<C>, nowMs: number): void {
    this.#move(core, nowMs);
    if (tool !== undefined) this.#move(tool, nowMs);
    this.#move(client, nowMs);
    this.#startReady();
  }

  /** Sends its waiting calls on, as far as its slots and rates and the next party's queue allow; then lets in whom its full queue kept out. */
  #move(party: Party<C>, nowMs: number): void {
    const { limited, queue, blocked } = party;
    for (;;) {
      const place = party.blockedBy === undefined ? queue.first : undefined;
      if (place !== undefined && limited.canTake(nowMs)) {
        const next = place.after(party);
        if (next?.hasRoom(nowMs) !== false) this.#sendOn(place, party, nowMs);
        else this.#block(party, next, nowMs);
      } else if (blocked.first !== undefined && party.hasRoom(nowMs)) {
        const { first } = blocked;
        this.#unblock(first);
        this.#move(first, nowMs);
      } else break;
    }
    this.#arm(party, nowMs);
  }

  /** The call whose turn it is at `party` goes on to the next, which has room, as far as it need not wait. */
  #sendOn(place: Place<C>, party: Party<C>, nowMs: number): void {
    party.queue.shift();
    place.take(party, nowMs, place.call.bytes);
    for (let next = place.after(party); next !== undefined; next = place.after(next)) {
      if (!next.passesOn(nowMs)) {
        this.#enqueue(place, next, nowMs);
        return;
      }
      place.take(next, nowMs, place.call.bytes);
    }
    this.#keep(place, -place.call.bytes);
    place.stage = "ready";
    this.#ready.push(place);
  }

  #block(party: Party<C>, by: Party<C>, nowMs: number): void {
    party.blockedBy = by;
    by.blocked.push(party);
    this.#arm(by, nowMs);
  }

  #unblock(party: Party<C>): void {
    party.blockedBy?.blocked.remove(party);
    party.blockedBy = undefined;
  }

  #enqueue(place: Place<C>, party: Party<C>, nowMs: number): void {
    this.delayed[party.kind]++;
    place.at = party;
    party.queue.push(place.client, place);
    this.#arm(party, nowMs);
  }

  /** Given up while it waited. */
  #dequeue(place: Place<C>): void {
    const { at, call } = place;
    this.#keep(place, -call.bytes);
    const wasFirst = at.queue.first === place;
    at.queue.remove(place);
    if (wasFirst) this.#unblock(at);
  }

  /** The only caller of `start`, and never inside itself: a start that ends at once must not deepen the stack. */
  #startReady(): void {
    if (this.#isStarting) return;
    this.#isStarting = true;
    try {
      for (let place = this.#ready.shift(); place !== undefined; place = this.#ready.shift()) {
        place.stage = "running";
        this.#options.start(place.call);
      }
    } finally {
      this.#isStarting = false;
    }
  }

  /** Sees to it that the party moves as soon as it can: one timer, for the moment its rates allow the next call; or when its Core has room. */
  #arm(party: Party<C>, nowMs: number): void {
    const { limited, queue, blocked, core, blockedBy } = party;
    const hasWaiting = queue.size > 0 || blocked.size > 0;
    if (!hasWaiting || blockedBy !== undefined || limited.timer !== undefined || !limited.hasSlot()) return;
    const waitMs = limited.rateWaitMs(nowMs);
    if (waitMs === 0) {
      if (core?.hasRoom(nowMs) === false) this.#block(party, core, nowMs);
      return;
    }
    const { clock } = this.#options;
    limited.timer = clock.after(Math.min(Math.ceil(waitMs), longestTimerMs), () => {
      limited.timer = undefined;
      this.#move(party, clock.now());
      this.#startReady();
    });
  }

  #clientOf({ clientKey }: C, nowMs: number): Party<C> {
    const known = this.#clients.get(clientKey);
    if (known !== undefined) return known;
    if (this.#clients.size >= this.#sweepAt) this.#sweepClients(nowMs);
    const client = new Party<C>("client", new Limited(this.#options.client(clientKey), nowMs));
    this.#clients.set(clientKey, client);
    return client;
  }

  #coreOf(call: C, nowMs: number): Core<C> {
    const core = this.#findCore(call, nowMs);
    if (core === undefined) throw new Error(`no core ${call.coreKey}`);
    return core;
  }

  #findCore({ coreKey }: C, nowMs: number): Core<C> | undefined {
    const known = this.#cores.get(coreKey);
    const settings = known === undefined ? this.#options.core(coreKey) : undefined;
    if (settings === undefined) return known;
    const core = { party: new Party<C>("core", new Limited(settings, nowMs)), tools: new Map<string, Party<C>>() };
    this.#cores.set(coreKey, core);
    return core;
  }

  /** Undefined for one that has no limits of its own any more. */
  #toolOf(call: C, core: Party<C>, tools: Core<C>["tools"], nowMs: number): Party<C> | undefined {
    const native = call.limitedTool ?? "";
    const known = tools.get(native);
    if (known !== undefined) return known;
    const settings = this.#options.tool(call.coreKey, native);
    if (settings === undefined) return undefined;
    const tool = new Party<C>("tool", new Limited(settings, nowMs), core);
    tools.set(native, tool);
    return tool;
  }

  /** Forgets clients without calls, but not one whose rates still remember its last ones. */
  #sweepClients(nowMs: number): void {
    for (const [key, client] of this.#clients) {
      if (client.isIdle && client.limited.isFresh(nowMs)) this.#clients.delete(key);
    }
    this.#sweepAt = Math.max(fewClients, 2 * this.#clients.size);
  }
}
