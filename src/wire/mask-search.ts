// Finds many byte patterns in one pass. Every match holds four bytes at one of the places that are looked at, which lie as far apart as
// the shortest pattern lets them; a filter says of nearly all of these that no pattern has them. No place waits for what the one before
// it told, so that several are looked at in one go. Knows nothing of JSON or secrets.

/** Four bytes of a pattern. */
interface Part {
  readonly pattern: Buffer;
  readonly index: number;
  readonly offset: number;
}

/** From this length on, four places are looked at in one go, through a view: shorter text is over before that pays. */
const viewFrom = 2048;
/** The places lie no farther apart, however long all patterns are: each byte between them is an entry of every pattern, and saves ever less. */
const mostStep = 64;

/** Words of the filter, as a power of two: 16 KiB, and 128 KiB where there are very many patterns. */
const leastFilterBits = 12;
const mostFilterBits = 15;
/** So many words for each four bytes that are in it, while it may grow: then one place in 512 is taken for one of a pattern that it is not. */
const sparseness = 16;

export class PatternSearch {
  /** Length of the longest pattern; a match that crosses a border reaches at most this far, less one, to either side. */
  readonly longest: number;
  /** Set by `next`: the length of the match and which pattern it was. */
  length = 0;
  index = -1;

  /** The places lie so far apart. */
  readonly #step: number;
  /** By hash of four bytes: a bit that is set where a pattern has them. The upper bits of the hash say the word, the lower ones the bit. */
  readonly #filter: Int32Array;
  readonly #shift: number;
  /** By four bytes: where patterns have them. What starts first comes first, and of that the longest. */
  readonly #parts = new Map<number, Part[]>();

  /** At least one pattern, each of at least 4 bytes. */
  constructor(patterns: readonly Buffer[]) {
    this.longest = patterns.reduce((longest, { length }) => Math.max(longest, length), 0);
    this.#step = patterns.reduce((step, { length }) => Math.min(step, length - 3), mostStep);
    for (const [index, pattern] of patterns.entries()) {
      for (let offset = 0; offset < this.#step; offset++) this.#enter({ pattern, index, offset });
    }
    let bits = leastFilterBits;
    while (bits < mostFilterBits && 1 << bits < this.#parts.size * sparseness) bits++;
    this.#shift = 32 - bits;
    this.#filter = new Int32Array(1 << bits);
    for (const [word, parts] of this.#parts) {
      (this.#filter[hash(word) >>> this.#shift] as number) |= 1 << hash(word);
      parts.sort((one, other) => other.offset - one.offset || other.pattern.length - one.pattern.length);
    }
  }

  #enter(part: Part): void {
    const word = wordAt(part.pattern, part.offset);
    const parts = this.#parts.get(word);
    if (parts === undefined) this.#parts.set(word, [part]);
    else parts.push(part);
  }

  /** Where the first match at or after `from` starts, -1 for none. Of several at one place it is the longest. */
  next(text: Buffer, from: number): number {
    return text.length - from >= viewFrom ? this.#byFours(text, from) : this.#byBytes(text, from, from);
  }

  /** The first match at or after `from` of those that hold the byte at `start`, or lie behind it. */
  #byBytes(text: Buffer, from: number, start: number): number {
    const filter = this.#filter;
    const shift = this.#shift;
    const step = this.#step;
    const last = text.length - 4;
    for (let at = start; at <= last; at += step) {
      const word = wordAt(text, at);
      const hashed = hash(word);
      if ((((filter[hashed >>> shift] as number) >> hashed) & 1) === 0) continue;
      const found = this.#matchAround(text, from, at, word);
      if (found >= 0) return found;
    }
    return -1;
  }

  #byFours(text: Buffer, from: number): number {
    const view = new DataView(text.buffer, text.byteOffset, text.length);
    const step = this.#step;
    const last = text.length - 4 - 3 * step;
    let at = from;
    for (;;) {
      at = nextHit(view, at, last, step, this.#filter, this.#shift);
      if (at > last) return this.#byBytes(text, from, at);
      for (const end = at + 4 * step; at < end; at += step) {
        const found = this.#matchAround(text, from, at, view.getInt32(at, true));
        if (found >= 0) return found;
      }
    }
  }

  /** The first match at or after `from` of those that hold the four bytes `word` at `at`. */
  #matchAround(text: Buffer, from: number, at: number, word: number): number {
    const parts = this.#parts.get(word);
    if (parts === undefined) return -1;
    for (const { pattern, index, offset } of parts) {
      const start = at - offset;
      if (start < from || start + pattern.length > text.length || !equalsAt(text, start, pattern)) continue;
      this.length = pattern.length;
      this.index = index;
      return start;
    }
    return -1;
  }
}

/**
 * The first of the places `from`, `from + 4 * step` … where the filter has the four bytes of one of four places, a step apart; if none up to `last`, the
 * next behind it. By itself, as the checks of what arrays are would be made in each turn of a loop that calls anything.
 */
function nextHit(view: DataView, from: number, last: number, step: number, filter: Int32Array, shift: number): number {
  let at = from;
  while (at <= last) {
    // Sums of 32 bits: whether they are larger need not be looked at.
    const second = (at + step) | 0;
    const third = (second + step) | 0;
    const fourth = (third + step) | 0;
    const firstHash = hash(view.getInt32(at, true));
    const secondHash = hash(view.getInt32(second, true));
    const thirdHash = hash(view.getInt32(third, true));
    const fourthHash = hash(view.getInt32(fourth, true));
    const hits =
      ((filter[firstHash >>> shift] as number) >> firstHash) |
      ((filter[secondHash >>> shift] as number) >> secondHash) |
      ((filter[thirdHash >>> shift] as number) >> thirdHash) |
      ((filter[fourthHash >>> shift] as number) >> fourthHash);
    if ((hits & 1) !== 0) return at;
    at = (fourth + step) | 0;
  }
  return at;
}

function hash(word: number): number {
  return Math.imul(word, 0x9e3779b1);
}

function wordAt(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function equalsAt(text: Buffer, start: number, bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at++) {
    if (text[start + at] !== bytes[at]) return false;
  }
  return true;
}
