// Tasks of the hub's own that are over, and of which something may still be fetched: how many there may be, of whom, and how much came of them.
// The oldest go first.

export interface KeptTask {
  /** Whose it is: `subjectOf`. */
  readonly sub: string;
  /** Of what came of it. */
  readonly bytes: number;
  /** It has to go. */
  drop(): void;
}

/** Of one client, how many and how much; and how much of all. */
const maxPerClient = 64;
const maxBytes = 16 * 1024 * 1024;
const maxAllBytes = 64 * 1024 * 1024;

export class KeptTasks {
  /** In the order that they came. */
  readonly #all = new Set<KeptTask>();

  /** The others make room for it. */
  add(task: KeptTask): void {
    this.#all.add(task);
    const mine = [...this.#all].filter(({ sub }) => sub === task.sub);
    const isTooMuch = (of: readonly KeptTask[], max: number) => of.reduce((sum, { bytes }) => sum + bytes, 0) > max;
    while (mine.length > maxPerClient || (mine.length > 1 && isTooMuch(mine, maxBytes))) mine.shift()?.drop();
    const all = [...this.#all];
    while (all.length > 1 && isTooMuch(all, maxAllBytes)) all.shift()?.drop();
  }

  /** To be called when it is gone, for whatever reason. */
  remove(task: KeptTask): void {
    this.#all.delete(task);
  }
}
