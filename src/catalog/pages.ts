// A list of one view as the pages that clients get: bytes, made when they are first asked for and kept as long as the view.

import type { Era } from "../wire/revisions.ts";
import { type ListKind, type Position, printOf, readCursor, writeCursor } from "./cursor.ts";
import { listResult } from "./listing.ts";
import type { Listed } from "./model.ts";

export class ListPages {
  readonly #kind: ListKind;
  readonly #entries: readonly Listed[];
  /** What clients know the entry there by: no other of the list has the same. */
  readonly #idAt: (index: number) => string;
  readonly #era: Era;
  /** Entries on a page. */
  readonly #size: number;
  /** By the index of their first entry. Only those that follow on each other, however a client asks. */
  readonly #pages = new Map<number, Buffer>();
  /** By what the cursors know them by; made when a list has changed under a client. */
  #places: Map<string, number> | undefined;

  /** `pageSize` undefined: all of it is one page. */
  constructor(
    kind: ListKind,
    entries: readonly Listed[],
    idAt: (index: number) => string,
    era: Era,
    pageSize: number | undefined,
  ) {
    this.#era = era;
    this.#kind = kind;
    this.#entries = entries;
    this.#idAt = idAt;
    this.#size = pageSize ?? Number.POSITIVE_INFINITY;
  }

  /** The whole result where it is one page. Shared, as all pages: not to be written to. */
  get whole(): Buffer | undefined {
    return this.#entries.length <= this.#size ? this.first : undefined;
  }

  get first(): Buffer {
    return this.#pageAt(0);
  }

  /** The page that a client asks for; undefined where the cursor is none of this list's. */
  page(cursor: string | undefined): Buffer | undefined {
    if (cursor === undefined) return this.first;
    const position = readCursor(this.#kind, cursor);
    return position === undefined ? undefined : this.#pageAt(this.#indexAfter(position));
  }

  /** Whether a client would read the same. */
  equals(other: ListPages): boolean {
    if (this === other) return true;
    if (this.#entries.length !== other.#entries.length || this.#size !== other.#size) return false;
    for (let at = 0; at === 0 || at < this.#entries.length; at += this.#size) {
      if (!this.#pageAt(at).equals(other.#pageAt(at))) return false;
    }
    return true;
  }

  #pageAt(start: number): Buffer {
    const known = this.#pages.get(start);
    if (known !== undefined) return known;
    const end = Math.min(start + this.#size, this.#entries.length);
    const hasMore = end < this.#entries.length;
    const next = hasMore ? writeCursor(this.#kind, { index: end, print: this.#printAt(end - 1) }) : undefined;
    const page = listResult(this.#kind, this.#entries.slice(start, end), this.#era, next);
    if (start === 0 || start % this.#size === 0) this.#pages.set(start, page);
    return page;
  }

  #indexAfter({ index, print }: Position): number {
    if (index <= this.#entries.length && this.#printAt(index - 1) === print) return index;
    this.#places ??= new Map(this.#entries.map((_, place) => [this.#printAt(place), place]));
    const place = this.#places.get(print);
    // What is behind an entry that is gone has moved into its place.
    return place === undefined ? Math.min(Math.max(0, index - 1), this.#entries.length) : place + 1;
  }

  #printAt(index: number): string {
    return printOf(this.#idAt(index));
  }
}
