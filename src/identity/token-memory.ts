// Tokens whose signature was checked once: later requests with them are answered at once, until they end. Known by their digest alone, and
// bounded: whoever has many tokens only has more of them checked again.
import { tokenDigest } from "../base/bearer.ts";

const maxTokens = 10_000;

export class TokenMemory<T extends { readonly untilMs: number }> {
  /** In the order of their use. */
  readonly #known = new Map<string, T>();
  readonly #max: number;

  constructor(max = maxTokens) {
    this.#max = max;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Undefined for one that has ended as well. `wallMs`: ms since 1970. */
  get(key: string, wallMs: number): T | undefined {
    const entry = this.#known.get(key);
    if (entry === undefined) return undefined;
    this.#known.delete(key);
    if (entry.untilMs <= wallMs) return undefined;
    this.#known.set(key, entry);
    return entry;
  }

  set(key: string, entry: T): void {
    this.#known.delete(key);
    this.#known.set(key, entry);
    if (this.#known.size <= this.#max) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  clear(): void {
    this.#known.clear();
  }
}

export function memoryKey(token: string): string {
  return tokenDigest(token).toString("base64");
}
