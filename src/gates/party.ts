// One limited party, a client, a tool or a Core, with its queue; and the place of a call among its parties. Knows the rules of one
// queue, moves nothing.
import { type FairItem, FairQueue, Fifo, type Linked } from "./fair-queue.ts";
import type { Limited } from "./limited.ts";

export type PartyKind = "client" | "tool" | "core";

export class Party<C> implements Linked<Party<C>> {
  readonly kind: PartyKind;
  readonly limited: Limited;
  /** Of a tool: where its calls go on to. A client's go to many, a Core's to none. */
  readonly core: Party<C> | undefined;
  /** Serves its clients in turn; a client's own has one. */
  readonly queue = new FairQueue<Place<C>>();
  /** Those whose next call, and so all behind it, this one's full queue keeps from going on. */
  readonly blocked = new Fifo<Party<C>>();
  blockedBy: Party<C> | undefined;
  /** Of a client: what its waiting calls keep, wherever they wait. */
  waitingBytes = 0;
  // In that one's `blocked`.
  previous: Party<C> | undefined;
  next: Party<C> | undefined;

  constructor(kind: PartyKind, limited: Limited, core?: Party<C>) {
    this.kind = kind;
    this.limited = limited;
    this.core = core;
  }

  get isIdle(): boolean {
    return this.limited.inUse === 0 && this.queue.size === 0 && this.blocked.size === 0;
  }

  /** A call that has just come need not wait here: nobody else does. */
  takesAtOnce(nowMs: number): boolean {
    return this.queue.size === 0 && this.blocked.size === 0 && this.limited.canTake(nowMs);
  }

  /** A call that its last party sends on need not wait here. */
  passesOn(nowMs: number): boolean {
    return this.queue.size === 0 && this.limited.canTake(nowMs) && this.core?.hasRoom(nowMs) !== false;
  }

  hasRoom(nowMs: number): boolean {
    return this.queue.size < this.limited.settings.maxQueue || this.passesOn(nowMs);
  }
}

export interface Core<C> {
  readonly party: Party<C>;
  /** Those of its tools that have limits of their own, by native name. */
  readonly tools: Map<string, Party<C>>;
}

/**
 * Where a call is. "ready": it has every slot, `start` is not called yet. "aside": it goes on, and holds no slot. "inside": it holds those of its tool
 * and Core.
 */
export class Place<C> implements FairItem<Place<C>> {
  stage: "waiting" | "ready" | "running" | "aside" | "inside" = "waiting";
  /** The call took of the rates when it was here first. */
  isPaid = false;
  /** Whose queue it is in while it waits: it holds a slot of each party before. */
  at: Party<C>;
  // When it got the slots.
  clientMs = 0;
  toolMs = 0;
  coreMs = 0;
  previous: Place<C> | undefined;
  next: Place<C> | undefined;
  lane: FairItem<Place<C>>["lane"];
  readonly call: C;
  client: Party<C>;
  readonly tool: Party<C> | undefined;
  readonly core: Party<C>;

  constructor(call: C, client: Party<C>, tool: Party<C> | undefined, core: Party<C>) {
    this.call = call;
    this.at = client;
    this.client = client;
    this.tool = tool;
    this.core = core;
  }

  /** The party that comes after this one; undefined after the last. */
  after(party: Party<C>): Party<C> | undefined {
    if (party === this.client) return this.tool ?? this.core;
    return party === this.tool ? this.core : undefined;
  }

  /** The first party at which the call would have to wait. */
  firstInTheWay(nowMs: number): Party<C> | undefined {
    const { client, tool, core } = this;
    if (!client.takesAtOnce(nowMs)) return client;
    if (tool?.takesAtOnce(nowMs) === false) return tool;
    return core.takesAtOnce(nowMs) ? undefined : core;
  }

  /** It has every slot, and runs. */
  takeAll(nowMs: number, bytes: number): void {
    const { client, tool, core } = this;
    this.stage = "running";
    this.take(client, nowMs, bytes);
    if (tool !== undefined) this.take(tool, nowMs, bytes);
    this.take(core, nowMs, bytes);
  }

  take(party: Party<C>, nowMs: number, bytes: number): void {
    if (this.isPaid) party.limited.takeSlot();
    else party.limited.take(nowMs, bytes);
    if (party === this.core) this.coreMs = nowMs;
    else if (party === this.client) this.clientMs = nowMs;
    else this.toolMs = nowMs;
  }

  /** Gives every slot back that it holds. */
  giveBack(nowMs: number): void {
    const { client, tool, core, stage, at } = this;
    if (stage === "waiting") {
      if (at === client) return;
      client.limited.giveBack(undefined);
      if (tool !== undefined && at === core) tool.limited.giveBack(undefined);
      return;
    }
    if (stage === "aside") return;
    const ran = stage !== "ready";
    core.limited.giveBack(ran ? nowMs - this.coreMs : undefined);
    tool?.limited.giveBack(ran ? nowMs - this.toolMs : undefined);
    if (stage !== "inside") client.limited.giveBack(ran ? nowMs - this.clientMs : undefined);
  }

  leaveClient(nowMs: number): void {
    this.client.limited.giveBack(nowMs - this.clientMs);
    this.stage = "inside";
  }

  /** Whether or not there is a slot. `client`: it may have been forgotten meanwhile, and be another one. */
  rejoin(client: Party<C>, nowMs: number): void {
    this.client = client;
    client.limited.takeSlot();
    this.clientMs = nowMs;
    this.stage = "running";
  }

  spend(nowMs: number, bytes: number): void {
    this.client.limited.spend(nowMs, bytes);
    this.tool?.limited.spend(nowMs, bytes);
    this.core.limited.spend(nowMs, bytes);
  }
}
