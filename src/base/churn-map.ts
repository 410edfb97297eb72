// A map for entries that come and go with every call. A Map would do, but for its garbage: it makes a new table after every
// few dozen deletions, and an old table that was promoted keeps all later ones, and what they hold, alive until the
// next full collection. This one reuses its two arrays.

export type Hash<K> = (key: K) => number;

/**
 * For integers that are mostly consecutive. Scattered by a multiplication (2^32 over the golden ratio): side by side, the calls under
 * way would make one long run, and every deletion has to look through the run behind it.
 */
export const integerHash: Hash<number> = (key) => {
  const scattered = Math.imul(key, 0x9e3779b1);
  return scattered ^ (scattered >>> 15);
};

/** For text; its end tells more than its start. Whoever makes colliding keys slows down only the map that they are in. */
export const textHash: Hash<string> = (key) => {
  let hash = key.length;
  for (let at = Math.max(0, key.length - 24); at < key.length; at++) hash = (hash * 31 + key.charCodeAt(at)) | 0;
  return hash ^ (hash >>> 15);
};

/** A literal: what is made for a single call is to cost next to nothing. */
function firstSlots<T>(): (T | undefined)[] {
  return [undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined];
}

/** Of a map in which nothing has been yet: most clients have nothing under way. Never written to, as the first entry makes room for itself. */
const noSlots: never[] = [];

/** As Map, for values that are never undefined. Open addressing with linear probing; grows, and never shrinks. */
export class ChurnMap<K, V> {
  readonly #hash: Hash<K>;
  #keys: (K | undefined)[] = noSlots;
  #values: (V | undefined)[] = noSlots;
  #size = 0;

  constructor(hash: Hash<K>) {
    this.#hash = hash;
  }

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    return this.#size === 0 ? undefined : this.#values[this.#slotOf(key)];
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): void {
    if (this.#size * 2 >= this.#values.length) this.#grow();
    const slot = this.#slotOf(key);
    if (this.#values[slot] === undefined) this.#size++;
    this.#keys[slot] = key;
    this.#values[slot] = value;
  }

  /** Sets it, unless the key is there: false then. */
  add(key: K, value: V): boolean {
    if (this.#size * 2 >= this.#values.length) this.#grow();
    const slot = this.#slotOf(key);
    if (this.#values[slot] !== undefined) return false;
    this.#size++;
    this.#keys[slot] = key;
    this.#values[slot] = value;
    return true;
  }

  delete(key: K): boolean {
    if (this.#size === 0) return false;
    const mask = this.#values.length - 1;
    let hole = this.#slotOf(key);
    if (this.#values[hole] === undefined) return false;
    this.#size--;
    // What stands behind the hole and could stand in it moves up, so that no search ends too early.
    for (let slot = (hole + 1) & mask; this.#values[slot] !== undefined; slot = (slot + 1) & mask) {
      const home = this.#hash(this.#keys[slot] as K) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#keys[hole] = this.#keys[slot];
      this.#values[hole] = this.#values[slot];
      hole = slot;
    }
    this.#keys[hole] = undefined;
    this.#values[hole] = undefined;
    return true;
  }

  /** A copy: entries may be deleted while it is gone through. In no order. */
  values(): V[] {
    return this.#size === 0 ? [] : this.#values.filter((value) => value !== undefined);
  }

  /** The slot that has the key, or the free one where it would go. There is always a free one. */
  #slotOf(key: K): number {
    const mask = this.#values.length - 1;
    let slot = this.#hash(key) & mask;
    while (this.#values[slot] !== undefined && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    if (values.length === 0) {
      this.#keys = firstSlots();
      this.#values = firstSlots();
      return;
    }
    const slots = values.length * 2;
    this.#keys = new Array<K | undefined>(slots).fill(undefined);
    this.#values = new Array<V | undefined>(slots).fill(undefined);
    this.#size = 0;
    values.forEach((value, slot) => {
      if (value !== undefined) this.set(keys[slot] as K, value);
    });
  }
}
