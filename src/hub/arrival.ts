// When the Cores that a hub starts with have arrived: each is up, or has failed at least once.
import type { Core } from "../cores/core.ts";

export class Arrival {
  readonly #cores: () => readonly Core[];
  #waiters: (() => void)[] = [];
  #isOver = false;

  /** `cores`: those in force. */
  constructor(cores: () => readonly Core[]) {
    this.#cores = cores;
  }

  get isOver(): boolean {
    return this.#isOver || this.#cores().every(hasArrived);
  }

  /** As `isOver`, of those Cores that matter to somebody. */
  isOverFor(matters: (coreKey: string) => boolean): boolean {
    return this.#isOver || this.#cores().every((core) => hasArrived(core) || !matters(core.name));
  }

  whenOver(): Promise<void> {
    if (this.isOver) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** To be called whenever the last one may have arrived. True once, when it has. */
  look(): boolean {
    if (this.#isOver || !this.isOver) return false;
    this.#isOver = true;
    return true;
  }

  /** Wakes who waits. */
  announce(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

function hasArrived({ state, generation }: Core): boolean {
  return state.t !== "idle" && (state.t !== "starting" || generation > 1);
}
