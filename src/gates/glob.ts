// Globs of the manifest and of tokens: `*` is any run of characters, `?` is one, everything else is itself. No regular expressions.

/** Says whether the whole text matches. Case counts. At most text x pattern steps, whatever the two are. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let retryAt = 0;
  while (t < text.length) {
    const c = pattern[p];
    if (c === "*") {
      star = p++;
      retryAt = t;
    } else if (c !== undefined && (c === "?" || c === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      // Only the last star needs another try: what stood before it has matched as early as it could.
      p = star + 1;
      t = ++retryAt;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** Several globs as one: names without wildcards are looked up, the others are tried in turn. */
export class GlobSet {
  readonly size: number;
  readonly #names = new Set<string>();
  readonly #globs: string[] = [];

  constructor(patterns: Iterable<string>) {
    for (const pattern of patterns) {
      if (pattern.includes("*") || pattern.includes("?")) this.#globs.push(collapsed(pattern));
      else this.#names.add(pattern);
    }
    this.size = this.#names.size + this.#globs.length;
  }

  has(text: string): boolean {
    return this.#names.has(text) || this.#globs.some((glob) => globMatches(glob, text));
  }

  /** Whether one glob matches every text that starts with `prefix`: it ends in a star that is free to take the rest. */
  hasAllUnder(prefix: string): boolean {
    return this.#globs.some((glob) => glob.endsWith("*") && globMatches(glob, prefix));
  }
}

function collapsed(pattern: string): string {
  return pattern.replace(/\*{2,}/g, "*");
}
