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
  readonly #globs: { readonly glob: string; readonly written: string }[] = [];

  constructor(patterns: Iterable<string>) {
    for (const written of patterns) {
      if (written.includes("*") || written.includes("?")) this.#globs.push({ glob: collapsed(written), written });
      else this.#names.add(written);
    }
    this.size = this.#names.size + this.#globs.length;
  }

  has(text: string): boolean {
    return this.match(text) !== undefined;
  }

  /** One that matches the whole text, as it is written. */
  match(text: string): string | undefined {
    if (this.#names.has(text)) return text;
    return this.#globs.find(({ glob }) => globMatches(glob, text))?.written;
  }

  /** Whether any matches a text that starts with `prefix`; in doubt it does. */
  mayMatchUnder(prefix: string): boolean {
    for (const name of this.#names) if (name.startsWith(prefix)) return true;
    return this.#globs.some(({ glob }) => {
      const head = glob.slice(0, glob.search(/[*?]/));
      return head.startsWith(prefix) || prefix.startsWith(head);
    });
  }

  /** One that matches every text that starts with `prefix`: it ends in a star that is free to take the rest. */
  matchAllUnder(prefix: string): string | undefined {
    return this.#globs.find(({ glob }) => glob.endsWith("*") && globMatches(glob, prefix))?.written;
  }
}

function collapsed(pattern: string): string {
  return pattern.replace(/\*{2,}/g, "*");
}
