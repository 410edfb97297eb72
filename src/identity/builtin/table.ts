// Records that end by themselves, of one kind: a bounded number, and none is found after its time.

export interface Kept<T> {
  readonly value: T;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

export class Table<T> {
  readonly #limit: number;
  readonly #nowMs: () => number;
  /** The oldest first. */
  readonly #kept = new Map<string, Kept<T>>();

  constructor(limit: number, nowMs: () => number) {
    this.#limit = limit;
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(key: string): T | undefined {
    const kept = this.#kept.get(key);
    return kept === undefined || kept.endsAt <= this.#nowMs() ? undefined : kept.value;
  }

  /** Where there are too many, what has ended goes, then the oldest. */
  set(key: string, value: T, endsAt: number): void {
    // What is replaced keeps its place: a record does not stay by being touched.
    if (!this.#kept.has(key) && this.#kept.size >= this.#limit) this.#makeRoom();
    this.#kept.set(key, { value, endsAt });
  }

  /** Another value until the same end; nothing where there is none. */
  change(key: string, change: (value: T) => T): void {
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.#kept.set(key, { ...kept, value: change(kept.value) });
  }

  delete(key: string): void {
    this.#kept.delete(key);
  }

  /** What has not ended, the oldest first. */
  *entries(): Generator<[string, Kept<T>]> {
    const now = this.#nowMs();
    for (const entry of this.#kept) if (entry[1].endsAt > now) yield entry;
  }

  sweep(): void {
    const now = this.#nowMs();
    for (const [key, { endsAt }] of this.#kept) if (endsAt <= now) this.#kept.delete(key);
  }

  #makeRoom(): void {
    this.sweep();
    for (const [oldest] of this.#kept) {
      if (this.#kept.size < this.#limit) return;
      this.#kept.delete(oldest);
    }
  }
}
