// The merged snapshot of all Cores' lists. A new one is built whenever a list changes and swapped in whole; what did not
// change is taken over from the one before.
import { readShelf } from "./entries.ts";
import type { Caller, CatalogNote, CatalogSource, NamesConfig, Shelf, ViewRules } from "./model.ts";
import { View } from "./view.ts";

/** Views kept per snapshot; more callers with different rules make views anew. */
const maxViews = 256;

export interface CatalogConfig {
  readonly names: NamesConfig;
  /** What a caller may see; a pure function of what the caller's rules say. */
  rules(caller: Caller): ViewRules;
}

export class Catalog {
  /** Grows by one with every snapshot. */
  readonly version: number;
  /** In manifest order. */
  readonly shelves: readonly Shelf[];
  readonly names: NamesConfig;
  readonly #config: CatalogConfig;
  readonly #byCaller = new WeakMap<Caller, View>();
  readonly #byRules = new Map<string, View>();

  constructor(version: number, shelves: readonly Shelf[], config: CatalogConfig) {
    this.version = version;
    this.shelves = shelves;
    this.names = config.names;
    this.#config = config;
  }

  /** Entries that were left out, and why. What policy and collisions hide is for a view to say. */
  get notes(): readonly CatalogNote[] {
    return this.shelves.flatMap((shelf) => shelf.notes);
  }

  /** The caller's view: the same object for the same caller, and for callers with the same rules. */
  view(caller: Caller): View {
    const known = this.#byCaller.get(caller);
    if (known !== undefined) return known;
    const view = this.#viewOf(this.#config.rules(caller));
    this.#byCaller.set(caller, view);
    return view;
  }

  #viewOf(rules: ViewRules): View {
    const known = this.#byRules.get(rules.key);
    if (known !== undefined) return known;
    const view = new View(this.shelves, rules, this.names);
    if (this.#byRules.size >= maxViews) {
      for (const oldest of this.#byRules.keys()) {
        this.#byRules.delete(oldest);
        break;
      }
    }
    this.#byRules.set(rules.key, view);
    return view;
  }
}

/** A snapshot of the sources, given in manifest order. `previous` only saves work: the outcome is the same without it. */
export function buildCatalog(sources: readonly CatalogSource[], config: CatalogConfig, previous?: Catalog): Catalog {
  const before = previous !== undefined && sameNames(previous.names, config.names) ? previous.shelves : [];
  const known = new Map(before.map((shelf) => [shelf.source.key, shelf]));
  const shelves = sources.map((source) => {
    const shelf = known.get(source.key);
    return shelf !== undefined && readsTheSame(shelf.source, source)
      ? { ...shelf, source }
      : readShelf(source, config.names);
  });
  return new Catalog((previous?.version ?? 0) + 1, shelves, config);
}

function sameNames(a: NamesConfig, b: NamesConfig): boolean {
  return a.separator === b.separator && a.maxLength === b.maxLength;
}

/** Lists are replaced, not changed, so the same array has the same entries. */
function readsTheSame(a: CatalogSource, b: CatalogSource): boolean {
  return (
    a.namespace === b.namespace &&
    a.prefix === b.prefix &&
    a.tools === b.tools &&
    a.runsTasks === b.runsTasks &&
    a.lists?.tools === b.lists?.tools &&
    a.lists?.resources === b.lists?.resources &&
    a.lists?.templates === b.lists?.templates &&
    a.lists?.prompts === b.lists?.prompts
  );
}
