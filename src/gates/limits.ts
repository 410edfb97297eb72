// Admission of calls, all in this process: first the client's limits, then the Core's. Every decision is synchronous; a call
// that must wait waits in a bounded queue and is started later. Knows nothing of frames, answers or policies.
//
//   admit ─► client stage ──────────────► core stage ────────────────► runs ─► release
//            slots, rate, FIFO            slots, rate, clients in turn
//                                         (the client's slot is held)
import type { Clock } from "../base/clock.ts";
import { type FairItem, FairQueue, Fifo, type Linked } from "./fair-queue.ts";
import { Limited, type LimitSettings } from "./limited.ts";

/** What the limiter needs of a call. `place` is the limiter's own: it is set while the call waits or runs. */
export interface LimitedCall {
  readonly clientKey: string;
  readonly coreKey: string;
  /** What the call keeps in memory while it waits. */
  readonly bytes: number;
  place?: unknown;
}

/** `pass`: run it now. `wait`: `start` is called with it later, unless it is released first. `refuse`: try again after so many ms. */
export type Verdict = "pass" | "wait" | { readonly refuse: number };

export interface CoreLoad {
  readonly core: string;
  /** Calls that run. */
  readonly inUse: number;
  /** Calls that wait for this Core, not counting those that wait for a slot of their client. */
  readonly queued: number;
}

export interface CallLimiter<C extends LimitedCall> {
  /** `nowMs`: the clock's time, from whoever has just read it. */
  admit(call: C, nowMs?: number): Verdict;
  /** The call is over or given up, at whatever stage. Nothing happens when it is not here. May start other calls at once. */
  release(call: C, nowMs?: number): void;
  /** Asks for all limits again: for the clients and Cores that are known, they may be others now. May start calls at once. */
  refresh(): void;
  /** Stops the timers; calls that wait are the caller's to answer. */
  close(): void;
  /** One for every Core that was called. */
  loads(): Iterable<CoreLoad>;
  /** Of all waiting calls. */
  readonly waitingBytes: number;
  /** Clients remembered: those with calls, with some slack. */
  readonly clients: number;
}

export interface LimitsOptions<C extends LimitedCall> {
  readonly clock: Clock;
  /** Limits of a client or a Core by its key, asked when it is first seen and by `refresh`. */
  client(clientKey: string): LimitSettings;
  /** Undefined for a Core that is gone: its last calls run under the limits that it had. */
  core(coreKey: string): LimitSettings | undefined;
  /** Runs a call that waited. May call `admit` and `release`. */
  start(call: C): void;
  /** Bytes that all waiting calls may keep together; 512 MiB when absent. */
  readonly maxWaitingBytes?: number;
}

export function createLimits<C extends LimitedCall>(options: LimitsOptions<C>): CallLimiter<C> {
  return new Limits(options);
}

class Client<C> implements Linked<Client<C>> {
  readonly limited: Limited;
  readonly queue = new Fifo<Place<C>>();
  /** The Core whose full queue keeps this client's first call, and so all of them, from going on. */
  blockedBy: Core<C> | undefined;
  // In that Core's `blocked`.
  previous: Client<C> | undefined;
  next: Client<C> | undefined;

  constructor(limited: Limited) {
    this.limited = limited;
  }
}

class Core<C> {
  readonly limited: Limited;
  readonly queue = new FairQueue<Place<C>>();
  readonly blocked = new Fifo<Client<C>>();

  constructor(limited: Limited) {
    this.limited = limited;
  }

  get isIdle(): boolean {
    return this.limited.inUse === 0 && this.queue.size === 0 && this.blocked.size === 0;
  }

  canRunNow(nowMs: number): boolean {
    return this.queue.size === 0 && this.limited.canTake(nowMs);
  }

  hasRoom(nowMs: number): boolean {
    return this.queue.size < this.limited.settings.maxQueue || this.canRunNow(nowMs);
  }
}

/** Where a call is. "ready": admitted, `start` not called yet. */
class Place<C> implements FairItem<Place<C>> {
  stage: "client" | "core" | "ready" | "running" = "client";
  // When it got the client's slot, and the Core's.
  clientSlotMs = 0;
  coreSlotMs = 0;
  previous: Place<C> | undefined;
  next: Place<C> | undefined;
  lane: FairItem<Place<C>>["lane"];
  readonly call: C;
  readonly client: Client<C>;
  readonly core: Core<C>;

  constructor(call: C, client: Client<C>, core: Core<C>) {
    this.call = call;
    this.client = client;
    this.core = core;
  }
}

const defaultWaitingBytes = 512 * 1024 * 1024;
const fewClients = 256;

class Limits<C extends LimitedCall> implements CallLimiter<C> {
  waitingBytes = 0;
  readonly #options: LimitsOptions<C>;
  readonly #maxWaitingBytes: number;
  readonly #clients = new Map<string, Client<C>>();
  readonly #cores = new Map<string, Core<C>>();
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
    const core = this.#coreOf(call, nowMs);
    if (client.queue.size > 0 || !client.limited.canTake(nowMs)) return this.#waitForClient(call, client, core, nowMs);
    if (core.blocked.size > 0 || !core.canRunNow(nowMs)) return this.#waitForCore(call, client, core, nowMs);
    const place = new Place(call, client, core);
    call.place = place;
    place.stage = "running";
    this.#takeClientSlot(place, nowMs);
    this.#takeCoreSlot(place, nowMs);
    return "pass";
  }

  #waitForClient(call: C, client: Client<C>, core: Core<C>, nowMs: number): Verdict {
    const { limited, queue } = client;
    if (queue.size >= limited.settings.maxQueue || !this.#hasBytes(call)) {
      return { refuse: limited.retryAfterMs(queue.size, nowMs) };
    }
    const place = new Place(call, client, core);
    call.place = place;
    this.#countWaiting(call, 1);
    queue.push(place);
    this.#armClient(client, nowMs);
    return "wait";
  }

  #waitForCore(call: C, client: Client<C>, core: Core<C>, nowMs: number): Verdict {
    const { limited, queue } = core;
    if (queue.size >= limited.settings.maxQueue || !this.#hasBytes(call)) {
      return { refuse: limited.retryAfterMs(queue.size, nowMs) };
    }
    const place = new Place(call, client, core);
    call.place = place;
    this.#countWaiting(call, 1);
    this.#takeClientSlot(place, nowMs);
    this.#enterCoreQueue(place, nowMs);
    return "wait";
  }

  release(call: C, nowMs: number = this.#options.clock.now()): void {
    const place = call.place as Place<C> | undefined;
    if (place === undefined) return;
    call.place = undefined;
    const { client, core, stage } = place;
    if (stage === "client") {
      this.#countWaiting(call, -1);
      const wasFirst = client.queue.first === place;
      client.queue.remove(place);
      if (wasFirst) this.#unblock(client);
    } else if (stage === "core") {
      this.#countWaiting(call, -1);
      core.queue.remove(place);
      client.limited.giveBack(undefined);
    } else {
      if (stage === "ready") this.#ready.remove(place);
      const ran = stage === "running";
      core.limited.giveBack(ran ? nowMs - place.coreSlotMs : undefined);
      client.limited.giveBack(ran ? nowMs - place.clientSlotMs : undefined);
    }
    // The Core first: its slot goes to whoever waits for it, not to this client's next call.
    this.#moveCore(core, nowMs);
    this.#moveClient(client, nowMs);
    this.#startReady();
  }

  refresh(): void {
    const nowMs = this.#options.clock.now();
    for (const [key, core] of this.#cores) {
      const settings = this.#options.core(key);
      if (settings !== undefined) core.limited.change(settings, nowMs);
      else if (core.isIdle) this.#cores.delete(key);
    }
    for (const [key, { limited }] of this.#clients) limited.change(this.#options.client(key), nowMs);
    this.close();
    for (const core of [...this.#cores.values()]) this.#moveCore(core, nowMs);
    for (const client of [...this.#clients.values()]) this.#moveClient(client, nowMs);
    this.#startReady();
  }

  close(): void {
    for (const { limited } of [...this.#clients.values(), ...this.#cores.values()]) {
      limited.timer?.cancel();
      limited.timer = undefined;
    }
  }

  *loads(): Iterable<CoreLoad> {
    for (const [core, { limited, queue }] of this.#cores) yield { core, inUse: limited.inUse, queued: queue.size };
  }

  /** Starts what the Core's slots, rate and queue allow, then lets in clients that its full queue kept out. */
  #moveCore(core: Core<C>, nowMs: number): void {
    const { limited, queue, blocked } = core;
    for (;;) {
      if (queue.size > 0 && limited.canTake(nowMs)) {
        const place = queue.shift();
        if (place === undefined) break;
        this.#makeReady(place, nowMs);
      } else if (blocked.first !== undefined && core.hasRoom(nowMs)) {
        const client = blocked.first;
        this.#unblock(client);
        this.#moveClient(client, nowMs);
      } else break;
    }
    this.#armCore(core, nowMs);
  }

  /** Sends this client's waiting calls on, in order, as far as its slots, its rate and their Cores allow. */
  #moveClient(client: Client<C>, nowMs: number): void {
    const { limited, queue } = client;
    while (client.blockedBy === undefined && queue.first !== undefined && limited.canTake(nowMs)) {
      const place = queue.first;
      const { core } = place;
      if (!core.hasRoom(nowMs)) {
        client.blockedBy = core;
        core.blocked.push(client);
        this.#armCore(core, nowMs);
        break;
      }
      queue.remove(place);
      this.#takeClientSlot(place, nowMs);
      if (core.canRunNow(nowMs)) this.#makeReady(place, nowMs);
      else this.#enterCoreQueue(place, nowMs);
    }
    this.#armClient(client, nowMs);
  }

  #unblock(client: Client<C>): void {
    client.blockedBy?.blocked.remove(client);
    client.blockedBy = undefined;
  }

  #enterCoreQueue(place: Place<C>, nowMs: number): void {
    place.stage = "core";
    place.core.queue.push(place.client, place);
    this.#armCore(place.core, nowMs);
  }

  #makeReady(place: Place<C>, nowMs: number): void {
    this.#countWaiting(place.call, -1);
    place.stage = "ready";
    this.#takeCoreSlot(place, nowMs);
    this.#ready.push(place);
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

  #armClient(client: Client<C>, nowMs: number): void {
    const { limited } = client;
    if (limited.timer !== undefined || client.queue.size === 0 || !limited.hasSlot()) return;
    if (client.blockedBy !== undefined) return;
    this.#arm(limited, nowMs, (laterMs) => this.#moveClient(client, laterMs));
  }

  #armCore(core: Core<C>, nowMs: number): void {
    const { limited } = core;
    if (limited.timer !== undefined || !limited.hasSlot()) return;
    if (core.queue.size === 0 && core.blocked.size === 0) return;
    this.#arm(limited, nowMs, (laterMs) => this.#moveCore(core, laterMs));
  }

  /** One timer a party, for the moment its rate allows the next call. */
  #arm(limited: Limited, nowMs: number, move: (nowMs: number) => void): void {
    const waitMs = limited.rateWaitMs(nowMs);
    if (waitMs === 0) return;
    limited.timer = this.#options.clock.after(Math.ceil(waitMs), () => {
      limited.timer = undefined;
      move(this.#options.clock.now());
      this.#startReady();
    });
  }

  #takeClientSlot(place: Place<C>, nowMs: number): void {
    place.client.limited.take(nowMs);
    place.clientSlotMs = nowMs;
  }

  #takeCoreSlot(place: Place<C>, nowMs: number): void {
    place.core.limited.take(nowMs);
    place.coreSlotMs = nowMs;
  }

  #hasBytes(call: C): boolean {
    return this.waitingBytes + call.bytes <= this.#maxWaitingBytes;
  }

  #countWaiting(call: C, sign: 1 | -1): void {
    this.waitingBytes += sign * call.bytes;
  }

  #clientOf(call: C, nowMs: number): Client<C> {
    const known = this.#clients.get(call.clientKey);
    if (known !== undefined) return known;
    if (this.#clients.size >= this.#sweepAt) this.#sweepClients(nowMs);
    const client = new Client<C>(new Limited(this.#options.client(call.clientKey), nowMs));
    this.#clients.set(call.clientKey, client);
    return client;
  }

  #coreOf(call: C, nowMs: number): Core<C> {
    const known = this.#cores.get(call.coreKey);
    if (known !== undefined) return known;
    const settings = this.#options.core(call.coreKey);
    if (settings === undefined) throw new Error(`no core ${call.coreKey}`);
    const core = new Core<C>(new Limited(settings, nowMs));
    this.#cores.set(call.coreKey, core);
    return core;
  }

  /** Forgets clients without calls, but not one whose rate still remembers its last ones. */
  #sweepClients(nowMs: number): void {
    for (const [key, { limited, queue }] of this.#clients) {
      if (queue.size === 0 && limited.isFresh(nowMs)) this.#clients.delete(key);
    }
    this.#sweepAt = Math.max(fewClients, 2 * this.#clients.size);
  }
}
