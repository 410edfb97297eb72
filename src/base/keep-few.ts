// A memory that is bounded by number: what came first goes first.

/** Puts it into the map; the oldest goes for it where that would hold more than `max`. */
export function keepFew<K, V>(known: Map<K, V>, max: number, key: K, value: V): void {
  if (known.size >= max && !known.has(key)) {
    for (const oldest of known.keys()) {
      known.delete(oldest);
      break;
    }
  }
  known.set(key, value);
}
