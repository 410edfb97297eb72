// What the mask knows of secrets that take one another's place, such as the tokens of a login: those in use, and the ones before them, which may still
// be echoed. Without an end to that the mask would look for every token there ever was.
import type { Secret } from "./secret.ts";

/** Looks for a secret from now on, until the returned function is called. */
export type Learned = (secret: Secret) => () => void;

interface Known {
  now: readonly (() => void)[];
  before: readonly (() => void)[];
}

/** Whoever still uses the secrets holds it: once nobody does, they are taken back by themselves. */
export class PassingSecrets {
  static readonly #unheld = new FinalizationRegistry<Known>(takeBack);
  readonly #learned: Learned;
  /** Without a way back to what holds it. */
  readonly #known: Known = { now: [], before: [] };

  constructor(learned: Learned) {
    this.#learned = learned;
    PassingSecrets.#unheld.register(this, this.#known);
  }

  /** In place of those of now, which are kept until the next change. */
  change(secrets: readonly Secret[]): void {
    const known = this.#known;
    // First, so that what stays the same is looked for all the time.
    const now = secrets.map(this.#learned);
    for (const remove of known.before) remove();
    known.before = known.now;
    known.now = now;
  }

  /** All of them are worth nothing any more. */
  end(): void {
    takeBack(this.#known);
  }
}

function takeBack(known: Known): void {
  for (const remove of [...known.before, ...known.now]) remove();
  known.before = [];
  known.now = [];
}
