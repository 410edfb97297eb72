// What messages say in `params._meta`, known again by its bytes: a client says the same in request after request, so it is read once. Only
// what the words themselves mean is kept with them, whoever said them.
import { keepFew } from "../base/keep-few.ts";
import { eraClaim } from "./era-claim.ts";
import type { ByteString } from "./frame.ts";
import { byteIn, partIn, type ReadMessage } from "./read-message.ts";
import { knowMeta, type Scan } from "./scan.ts";
import { stringAt } from "./strings.ts";

/** The same object for the same words, as long as they are remembered. The token of progress, another one in every request, is left out. */
export interface Meta {
  readonly text: ByteString;
  /** Undefined: it does not name a revision, so that the message is of the legacy era. */
  readonly claim: EraClaim | undefined;
}

/** A message of the modern era says of itself of which revision it is (MCP 2026-07-28). */
export interface EraClaim {
  /** Undefined where it is no string. */
  readonly revision: string | undefined;
}

/** Texts that are remembered, and the longest of them. Those with a trace of their own in them are never the same. */
const maxKnown = 256;
const maxKnownChars = 4096;

/** In the place of the token, so that it is known where that stood; no JSON has it. */
const tokenMark = "\0";

export class Metas {
  readonly #known = new Map<ByteString, Meta>();
  /** Most come from clients that say the same each time. */
  #last: Meta | undefined;
  /** What the scan calls it, once it came twice in a row; 0: nothing. */
  #lastNumber = 0;

  /** Undefined for a message without `_meta`, or with one that is no object. */
  of(message: ReadMessage): Meta | undefined {
    const { metaStart, metaEnd, tokenStart, tokenEnd, knownMeta } = message.scan;
    if (knownMeta !== 0 && knownMeta === this.#lastNumber) return this.#last;
    if (metaStart < 0 || byteIn(message, metaStart) !== 0x7b) return undefined;
    const said =
      tokenStart < 0
        ? partIn(message, metaStart, metaEnd)
        : `${partIn(message, metaStart, tokenStart)}${tokenMark}${partIn(message, tokenEnd, metaEnd)}`;
    if (said === this.#last?.text) {
      if (tokenStart < 0) this.#lastNumber = knowMeta(message.bytes.subarray(metaStart, metaEnd));
      return this.#last;
    }
    let meta = this.#known.get(said);
    if (meta === undefined) {
      meta = { text: said, claim: claimIn(message.bytes, message.scan, message.text) };
      if (said.length <= maxKnownChars) keepFew(this.#known, maxKnown, said, meta);
    }
    this.#last = meta;
    this.#lastNumber = 0;
    return meta;
  }
}

/** What somebody has made of the words, kept as long as they are remembered. */
export class ByMeta<V> {
  readonly #all = new WeakMap<Meta, V>();
  #lastMeta: Meta | undefined;
  #last: V | undefined;

  get(meta: Meta): V | undefined {
    if (meta !== this.#lastMeta) {
      this.#lastMeta = meta;
      this.#last = this.#all.get(meta);
    }
    return this.#last;
  }

  set(meta: Meta, value: V): void {
    this.#all.set(meta, value);
    this.#lastMeta = meta;
    this.#last = value;
  }
}

function claimIn(bytes: Buffer, scan: Scan, text: ByteString | undefined): EraClaim | undefined {
  const named = eraClaim(bytes, scan, text);
  if (named === undefined) return undefined;
  return { revision: bytes[named.start] === 0x22 ? stringAt(bytes, named.start, named.end) : undefined };
}
