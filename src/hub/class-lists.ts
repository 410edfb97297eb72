// The lists of a Core as clients of one class see them (docs/decisions/0018-isolation.md): servers offer more or less by what their client
// can be asked. Known from the first client of a class, so that the next one's lists wait for no process. Lists that are the same are one
// object, so that whoever has them shares a catalog.
import { type CoreLists, sameLists } from "../cores/lists.ts";

/** Classes of one Core that are remembered; a client makes its class, so they must have a bound. */
const maxClasses = 64;

export class ClassLists {
  readonly #byCore = new Map<string, Map<string, CoreLists>>();

  known(coreKey: string, classKey: string): CoreLists | undefined {
    return this.#byCore.get(coreKey)?.get(classKey);
  }

  /** Those that an instance of the class has started with. */
  learn(coreKey: string, classKey: string, lists: CoreLists): void {
    const classes = this.#byCore.get(coreKey) ?? new Map<string, CoreLists>();
    this.#byCore.set(coreKey, classes);
    classes.delete(classKey);
    classes.set(classKey, lists);
    if (classes.size <= maxClasses) return;
    for (const oldest of classes.keys()) {
      classes.delete(oldest);
      return;
    }
  }

  /** The object that stands for these lists: the home instance's, or those of a class, where they are the same. */
  same(coreKey: string, lists: CoreLists, home: CoreLists | undefined): CoreLists {
    if (home !== undefined && sameLists(home, lists)) return home;
    for (const known of this.#byCore.get(coreKey)?.values() ?? []) if (sameLists(known, lists)) return known;
    return lists;
  }

  /** The Core is another one. */
  forget(coreKey: string): void {
    this.#byCore.delete(coreKey);
  }
}
