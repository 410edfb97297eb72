// What sessions see whose own instances of a Core have other lists than the Core's home instance: a catalog of their own. Those who see
// the same share one, and who sees what everybody sees is not here at all.
import type { Catalog } from "../catalog/catalog.ts";
import type { CatalogSource } from "../catalog/model.ts";
import type { ClientSession } from "./call.ts";

export type Lists = NonNullable<CatalogSource["lists"]>;
/** By the Core's key. */
export type OwnLists = ReadonlyMap<string, Lists>;

const none: OwnLists = new Map();

export class OwnCatalogs {
  readonly #build: (own: OwnLists) => Catalog;
  readonly #bySession = new Map<ClientSession, Map<string, Lists>>();
  /** Lists are replaced, never changed, so each has a number for good. */
  readonly #numbers = new WeakMap<Lists, number>();
  /** By what they are made of. */
  readonly #catalogs = new Map<string, Catalog>();
  #lastNumber = 0;

  constructor(build: (own: OwnLists) => Catalog) {
    this.#build = build;
  }

  has(session: ClientSession): boolean {
    return this.#bySession.has(session);
  }

  /** Undefined for who sees what everybody sees. */
  catalogOf(session: ClientSession): Catalog | undefined {
    if (this.#bySession.size === 0) return undefined;
    const own = this.#bySession.get(session);
    if (own === undefined) return undefined;
    const key = [...own].map(([core, lists]) => `${core}\n${this.#numberOf(lists)}`).join("\n");
    const known = this.#catalogs.get(key);
    if (known !== undefined) return known;
    const catalog = this.#build(own);
    this.#catalogs.set(key, catalog);
    return catalog;
  }

  listsOf(session: ClientSession, core: string): Lists | undefined {
    return this.#bySession.get(session)?.get(core);
  }

  of(session: ClientSession): OwnLists {
    return this.#bySession.get(session) ?? none;
  }

  /** `lists` undefined: from now on the session sees of this Core what everybody sees. */
  set(session: ClientSession, core: string, lists: Lists | undefined): void {
    const changed = new Map(this.#bySession.get(session));
    if (lists === undefined) changed.delete(core);
    else changed.set(core, lists);
    if (changed.size === 0) this.#bySession.delete(session);
    else this.#bySession.set(session, new Map([...changed].sort(([one], [other]) => (one < other ? -1 : 1))));
    this.outdated();
  }

  forget(session: ClientSession): void {
    if (this.#bySession.delete(session) && this.#bySession.size === 0) this.outdated();
  }

  /** Something that all see has changed, or nobody may need some of them any more. */
  outdated(): void {
    this.#catalogs.clear();
  }

  #numberOf(lists: Lists): number {
    const known = this.#numbers.get(lists);
    if (known !== undefined) return known;
    this.#numbers.set(lists, ++this.#lastNumber);
    return this.#lastNumber;
  }
}
