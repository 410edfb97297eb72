// A map of texts for those that ask for the same one again and again. A text that has just been read has no hash yet: that it is the one that was found
// last is seen faster than it is looked up.
export class RecentMap<Value> extends Map<string, Value> {
  #key: string | undefined;
  #value: Value | undefined;

  /** Not `new` with entries: a Map sets these before there is anything to forget in. */
  static of<Value>(entries: Iterable<readonly [string, Value]>): RecentMap<Value> {
    const map = new RecentMap<Value>();
    for (const [key, value] of entries) map.set(key, value);
    return map;
  }

  override get(key: string): Value | undefined {
    if (key === this.#key) return this.#value;
    const value = super.get(key);
    if (value === undefined) return undefined;
    this.#key = key;
    this.#value = value;
    return value;
  }

  override set(key: string, value: Value): this {
    this.#forget();
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.#forget();
    return super.delete(key);
  }

  override clear(): void {
    this.#forget();
    super.clear();
  }

  #forget(): void {
    this.#key = undefined;
    this.#value = undefined;
  }
}
