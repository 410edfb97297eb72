// Finds what a caller means by a name, among what that caller may use and nothing else. By table, never by taking a name apart.
import { RecentMap } from "../base/recent-map.ts";
import type { Ambiguous, NamedEntry, PromptRoute } from "./model.ts";

const maxCandidates = 20;

export class NameTable<R extends PromptRoute> {
  /** Exposed names, then canonical ones: what is written exactly is never ambiguous. */
  readonly #exact = new RecentMap<NamedEntry<R>>();
  readonly #entries: readonly NamedEntry<R>[];
  readonly #spellingsOf: (entry: NamedEntry<R>) => Iterable<string>;
  /** Made at the first name that is not exact: most callers never write one. */
  #others: Map<string, NamedEntry<R> | NamedEntry<R>[]> | undefined;

  /** `exposed` are the entries that have their exposed name, `shadowed` those that lost it to another one. */
  constructor(
    exposed: readonly NamedEntry<R>[],
    shadowed: readonly NamedEntry<R>[],
    spellingsOf: (entry: NamedEntry<R>) => Iterable<string>,
  ) {
    this.#entries = [...exposed, ...shadowed];
    this.#spellingsOf = spellingsOf;
    for (const entry of exposed) this.#exact.set(entry.route.exposed, entry);
    for (const entry of this.#entries) {
      const { canonical } = entry.route;
      if (!this.#exact.has(canonical)) this.#exact.set(canonical, entry);
    }
  }

  find(spelling: string): NamedEntry<R> | Ambiguous | undefined {
    const exact = this.#exact.get(spelling);
    if (exact !== undefined) return exact;
    this.#others ??= this.#readOthers();
    const others = this.#others.get(spelling);
    if (!Array.isArray(others)) return others;
    const candidates = others.slice(0, maxCandidates).map((entry) => entry.route.canonical);
    return { t: "ambiguous", candidates };
  }

  #readOthers(): Map<string, NamedEntry<R> | NamedEntry<R>[]> {
    const table = new Map<string, NamedEntry<R> | NamedEntry<R>[]>();
    for (const entry of this.#entries) {
      for (const spelling of this.#spellingsOf(entry)) {
        if (this.#exact.has(spelling)) continue;
        const known = table.get(spelling);
        if (known === entry) continue;
        if (known === undefined) table.set(spelling, entry);
        else if (!Array.isArray(known)) table.set(spelling, [known, entry]);
        else if (known.at(-1) !== entry) known.push(entry);
      }
    }
    return table;
  }
}
