// Queues that know their members: adding, taking the next and removing one from the middle are all a few assignments. Fifo
// is first come, first served; FairQueue serves its clients in turn, each of them first come, first served.

/** A member of at most one Fifo at a time; both fields belong to that Fifo. */
export interface Linked<T> {
  previous: T | undefined;
  next: T | undefined;
}

export class Fifo<T extends Linked<T>> {
  #size = 0;
  #first: T | undefined;
  #last: T | undefined;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#first;
  }

  push(item: T): void {
    item.previous = this.#last;
    item.next = undefined;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.#size += 1;
  }

  shift(): T | undefined {
    const item = this.#first;
    if (item !== undefined) this.remove(item);
    return item;
  }

  /** The item must be a member. */
  remove(item: T): void {
    if (item.previous === undefined) this.#first = item.next;
    else item.previous.next = item.next;
    if (item.next === undefined) this.#last = item.previous;
    else item.next.previous = item.previous;
    item.previous = undefined;
    item.next = undefined;
    this.#size -= 1;
  }
}

/** Whose items they are. */
type Owner = object | string;

/** The calls of one client in a FairQueue. */
export interface Lane<T extends Linked<T>> extends Linked<Lane<T>> {
  readonly key: Owner;
  readonly items: Fifo<T>;
}

export interface FairItem<T extends Linked<T>> extends Linked<T> {
  /** Belongs to the FairQueue. */
  lane: Lane<T> | undefined;
}

export class FairQueue<T extends FairItem<T>> {
  #size = 0;
  readonly #lanes = new Map<Owner, Lane<T>>();
  /** Lanes with items, in the order of their turns. */
  readonly #turns = new Fifo<Lane<T>>();

  get size(): number {
    return this.#size;
  }

  /** Of one client's items. */
  sizeOf(key: Owner): number {
    return this.#lanes.get(key)?.items.size ?? 0;
  }

  /** `key` says whose item it is. */
  push(key: Owner, item: T): void {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { key, items: new Fifo<T>(), previous: undefined, next: undefined };
      this.#lanes.set(key, lane);
      this.#turns.push(lane);
    }
    item.lane = lane;
    lane.items.push(item);
    this.#size += 1;
  }

  /** What `shift` would return. */
  get first(): T | undefined {
    return this.#turns.first?.items.first;
  }

  /** The next item of the client whose turn it is; that client then goes to the end of the line. */
  shift(): T | undefined {
    const lane = this.#turns.first;
    const item = lane?.items.first;
    if (lane === undefined || item === undefined) return undefined;
    this.#turns.remove(lane);
    this.#turns.push(lane);
    this.remove(item);
    return item;
  }

  /** The item must be a member. */
  remove(item: T): void {
    const { lane } = item;
    if (lane === undefined) return;
    item.lane = undefined;
    lane.items.remove(item);
    this.#size -= 1;
    if (lane.items.size > 0) return;
    this.#turns.remove(lane);
    this.#lanes.delete(lane.key);
  }
}
