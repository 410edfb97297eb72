// The merged snapshot of all Cores' lists. A new one is built whenever a list changes and swapped in whole; what did not
// change is taken over from the one before.
import type { ClientProfile } from "../base/client-profile.ts";
import { defaultOf, type Profiles } from "../manifest/profiles.ts";
import type { Caller } from "../sessions/principal.ts";
import { readShelf } from "./entries.ts";
import { entriesKey } from "./exposed.ts";
import type { CatalogNote, CatalogSource, Shelf, ViewRules } from "./model.ts";
import { Naming, namesKey } from "./names.ts";
import type { NameRule } from "./stray-rules.ts";
import type { SearchTools } from "./tool-cap.ts";
import { View } from "./view.ts";

/** Views kept per snapshot; more callers with different rules make views anew. */
const maxViews = 256;

export interface CatalogConfig {
  /** All there are; another object when one of them is another. A call may use the names of each. */
  readonly profiles: Profiles;
  readonly searchTools?: SearchTools;
  /** Of the manifest in force. */
  readonly nameRules?: readonly NameRule[];
  /** What a caller may see; a pure function of what the caller's rules say. */
  rules(caller: Caller): ViewRules;
}

export class Catalog {
  /** Grows by one with every snapshot. */
  readonly version: number;
  /** In manifest order. */
  readonly shelves: readonly Shelf[];
  readonly config: CatalogConfig;
  readonly #namings: readonly Naming[];
  readonly #byCaller = new WeakMap<Caller, View>();
  /** Of whoever asked last, who asks again and again. */
  #last: { readonly caller: Caller; readonly view: View } | undefined;
  readonly #byKey = new Map<string, View>();

  constructor(version: number, shelves: readonly Shelf[], config: CatalogConfig) {
    this.version = version;
    this.shelves = shelves;
    this.config = config;
    this.#namings = namingsOf(config.profiles);
  }

  /** Entries that were left out, and why. What policy and collisions hide is for a view to say. */
  get notes(): readonly CatalogNote[] {
    return this.shelves.flatMap((shelf) => shelf.notes);
  }

  /** The caller's view: the same object for the same caller, and for callers with the same rules and clients of the same kind. */
  view(caller: Caller): View {
    if (caller === this.#last?.caller) return this.#last.view;
    const known = this.#byCaller.get(caller);
    const view = known ?? this.#viewOf(this.config.rules(caller), caller.profile ?? defaultOf(this.config.profiles));
    if (known === undefined) this.#byCaller.set(caller, view);
    this.#last = { caller, view };
    return view;
  }

  /** Whether there can be anything of this Core for the caller, whatever that lists. */
  mayHave(caller: Caller, core: string): boolean {
    const shelf = this.shelves.find(({ source }) => source.key === core);
    return shelf !== undefined && this.config.rules(caller).forCore(shelf.source).mayHave;
  }

  #viewOf(rules: ViewRules, profile: ClientProfile): View {
    const key = `${viewKey(profile)} ${rules.key}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const view = new View(this.shelves, rules, profile, this.#namings, this.config.searchTools);
    if (this.#byKey.size >= maxViews) {
      for (const oldest of this.#byKey.keys()) {
        this.#byKey.delete(oldest);
        break;
      }
    }
    this.#byKey.set(key, view);
    return view;
  }
}

/** The same for profiles whose clients see the same. */
function viewKey(profile: ClientProfile): string {
  const { pageSize, toolCap, pinned } = profile;
  return JSON.stringify([entriesKey(profile), pageSize ?? 0, toolCap ?? 0, toolCap === undefined ? [] : pinned]);
}

/** One for all profiles that have the same. */
function namingsOf(profiles: Profiles): readonly Naming[] {
  const byKey = new Map([...profiles.values()].map((profile) => [namesKey(profile), profile]));
  return [...byKey.values()].map((profile) => new Naming(profile));
}

/** A snapshot of the sources, given in manifest order. `previous` only saves work: the outcome is the same without it. */
export function buildCatalog(sources: readonly CatalogSource[], config: CatalogConfig, previous?: Catalog): Catalog {
  const known = new Map(previous?.shelves.map((shelf) => [shelf.source.key, shelf]));
  // Names that no profile has any more are not kept.
  const isAsBefore = previous?.config.profiles === config.profiles;
  const shelves = sources.map((source) => {
    const shelf = known.get(source.key);
    if (shelf === undefined || !readsTheSame(shelf.source, source)) return readShelf(source);
    return isAsBefore ? { ...shelf, source } : { ...shelf, source, named: new Map() };
  });
  return new Catalog((previous?.version ?? 0) + 1, shelves, config);
}

/** Lists are replaced, not changed, so the same array has the same entries. */
function readsTheSame(a: CatalogSource, b: CatalogSource): boolean {
  return (
    a.namespace === b.namespace &&
    a.prefix === b.prefix &&
    a.uris === b.uris &&
    a.tools === b.tools &&
    a.era === b.era &&
    a.runsTasks === b.runsTasks &&
    a.lists?.tools === b.lists?.tools &&
    a.lists?.resources === b.lists?.resources &&
    a.lists?.templates === b.lists?.templates &&
    a.lists?.prompts === b.lists?.prompts
  );
}
