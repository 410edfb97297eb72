// How much of something each of many owners has, and all of them together, against what one and all may have.

export interface Bounds {
  readonly count: number;
  readonly bytes: number;
}

export class Tally {
  readonly #ofOne: Bounds;
  readonly #ofAll: Bounds;
  /** Only who has something is here. */
  readonly #owners = new Map<string, { count: number; bytes: number }>();
  readonly #sum = { count: 0, bytes: 0 };

  constructor(ofOne: Bounds, ofAll: Bounds) {
    this.#ofOne = ofOne;
    this.#ofAll = ofAll;
  }

  add(owner: string, bytes: number): void {
    const has = this.#owners.get(owner) ?? { count: 0, bytes: 0 };
    this.#owners.set(owner, has);
    for (const sum of [has, this.#sum]) {
      sum.count++;
      sum.bytes += bytes;
    }
  }

  /** What was added. */
  remove(owner: string, bytes: number): void {
    const has = this.#owners.get(owner);
    if (has === undefined) return;
    for (const sum of [has, this.#sum]) {
      sum.count--;
      sum.bytes -= bytes;
    }
    if (has.count === 0) this.#owners.delete(owner);
  }

  /** Who has more than is allowed: this owner, or else all together. */
  excess(owner: string): "one" | "all" | undefined {
    const has = this.#owners.get(owner);
    if (has !== undefined && isOver(has, this.#ofOne)) return "one";
    return isOver(this.#sum, this.#ofAll) ? "all" : undefined;
  }
}

function isOver(sum: Bounds, bounds: Bounds): boolean {
  return sum.count > bounds.count || sum.bytes > bounds.bytes;
}
