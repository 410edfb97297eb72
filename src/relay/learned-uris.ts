// Uris that Cores said in results, as links or as embedded resources, and list nowhere: whoever was told one can read it. It is
// remembered which Core said it to whom, and nothing else: a uri that was said to one client leads nobody else anywhere.

/** Of one Core; of more, those go that were neither said nor asked for the longest. */
const maxPerCore = 512;
const maxUriLength = 2048;

export class LearnedUris {
  /** By the Core's key. The one used last is last. */
  readonly #byCore = new Map<string, Set<string>>();

  /** `owner`: the `limitKey` of the session that was told. */
  learn(core: string, owner: string, uri: string): void {
    if (uri.length > maxUriLength) return;
    const known = this.#byCore.get(core) ?? new Set<string>();
    this.#byCore.set(core, known);
    touch(known, keyOf(owner, uri));
    if (known.size <= maxPerCore) return;
    for (const oldest of known) {
      known.delete(oldest);
      break;
    }
  }

  /** The keys of the Cores that said it to this owner. */
  saidBy(owner: string, uri: string): readonly string[] {
    const key = keyOf(owner, uri);
    const cores: string[] = [];
    for (const [core, known] of this.#byCore) {
      if (!known.has(key)) continue;
      touch(known, key);
      cores.push(core);
    }
    return cores;
  }

  /** The Core is gone. */
  forget(core: string): void {
    this.#byCore.delete(core);
  }
}

function touch(known: Set<string>, key: string): void {
  known.delete(key);
  known.add(key);
}

function keyOf(owner: string, uri: string): string {
  return `${owner}\n${uri}`;
}
