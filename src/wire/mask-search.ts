// Finds many byte patterns in one pass (Wu-Manber): a window as long as the shortest pattern slides over the text, and the
// two bytes at its end say how far it can jump. Clean text is mostly jumped over. Knows nothing of JSON or secrets.

interface Pattern {
  readonly bytes: Buffer;
  readonly index: number;
}

/** Shorter text is searched in one lane. */
const fourLanesFrom = 2048;

export class PatternSearch {
  /** Length of the longest pattern; a match that crosses a border reaches at most this far, less one, to either side. */
  readonly longest: number;
  /** Set by `next`: the length of the match and which pattern it was. */
  length = 0;
  index = -1;

  readonly #window: number;
  /** By two bytes (first high): how far the window can move when they are at its end. */
  readonly #shift: Uint8Array;
  /** By two bytes: 1 where a pattern starts with them. Spares most of the comparisons when there are many patterns. */
  readonly #starts: Uint8Array;
  /** By the two bytes at the window's end: the patterns to compare, longest first. */
  readonly #candidates = new Map<number, Pattern[]>();

  /** At least one pattern, each of at least 2 bytes. */
  constructor(patterns: readonly Buffer[]) {
    let shortest = 256;
    let longest = 0;
    for (const { length } of patterns) {
      shortest = Math.min(shortest, length);
      longest = Math.max(longest, length);
    }
    this.longest = longest;
    this.#window = shortest;
    this.#shift = new Uint8Array(65536).fill(shortest - 1);
    this.#starts = new Uint8Array(65536);
    patterns.forEach((bytes, index) => {
      this.#enter({ bytes, index });
    });
    for (const list of this.#candidates.values()) list.sort((a, b) => b.bytes.length - a.bytes.length);
  }

  #enter(pattern: Pattern): void {
    const { bytes } = pattern;
    const last = this.#window - 2;
    this.#starts[pair(bytes, 0)] = 1;
    for (let at = 0; at <= last; at++) {
      const key = pair(bytes, at);
      if (last - at < (this.#shift[key] ?? 0)) this.#shift[key] = last - at;
    }
    const end = pair(bytes, last);
    const list = this.#candidates.get(end);
    if (list === undefined) this.#candidates.set(end, [pattern]);
    else list.push(pattern);
  }

  /** Where the first match at or after `from` starts, -1 for none. Of several at one place it is the longest. */
  next(text: Buffer, from: number): number {
    const start = from + this.#window - 1;
    return text.length - from < fourLanesFrom
      ? this.#lane(text, start, text.length)
      : this.#fourLanes(text, start, (text.length - start) >> 2);
  }

  /** The first match whose window ends at `at` or later, but before `end`. */
  #lane(text: Buffer, start: number, end: number): number {
    const shift = this.#shift;
    const reach = this.#window - 1;
    let at = start;
    while (at < end) {
      const key = ((text[at - 1] as number) << 8) | (text[at] as number);
      const step = shift[key] as number;
      if (step !== 0) {
        at += step;
        continue;
      }
      if (this.#matches(text, at - reach, key)) return at - reach;
      at += 1;
    }
    return -1;
  }

  /**
   * As four lanes of `width` window ends each, the last one with what is over. Every step waits for a look-up whose place the last one
   * told; four that do not wait for each other take little longer than one.
   */
  #fourLanes(text: Buffer, start: number, width: number): number {
    const shift = this.#shift;
    const end = text.length;
    const secondStart = start + width;
    const thirdStart = secondStart + width;
    const fourthStart = thirdStart + width;
    let first = start;
    let second = secondStart;
    let third = thirdStart;
    let fourth = fourthStart;
    while (first < secondStart && second < thirdStart && third < fourthStart && fourth < end) {
      const firstStep = shift[pairEnd(text, first)] as number;
      const secondStep = shift[pairEnd(text, second)] as number;
      const thirdStep = shift[pairEnd(text, third)] as number;
      const fourthStep = shift[pairEnd(text, fourth)] as number;
      // A lane that has a match stays where it is: what comes before it is looked through first.
      if (firstStep === 0 && this.#isMatchEnd(text, first)) break;
      if (secondStep === 0 && this.#isMatchEnd(text, second)) break;
      if (thirdStep === 0 && this.#isMatchEnd(text, third)) break;
      if (fourthStep === 0 && this.#isMatchEnd(text, fourth)) break;
      first += firstStep === 0 ? 1 : firstStep;
      second += secondStep === 0 ? 1 : secondStep;
      third += thirdStep === 0 ? 1 : thirdStep;
      fourth += fourthStep === 0 ? 1 : fourthStep;
    }
    let found = this.#lane(text, first, secondStart);
    if (found < 0) found = this.#lane(text, second, thirdStart);
    if (found < 0) found = this.#lane(text, third, fourthStart);
    return found < 0 ? this.#lane(text, fourth, end) : found;
  }

  #isMatchEnd(text: Buffer, at: number): boolean {
    return this.#matches(text, at - this.#window + 1, pairEnd(text, at));
  }

  #matches(text: Buffer, start: number, key: number): boolean {
    if (this.#starts[pair(text, start)] === 0) return false;
    for (const { bytes, index } of this.#candidates.get(key) ?? []) {
      if (start + bytes.length > text.length || !equalsAt(text, start, bytes)) continue;
      this.length = bytes.length;
      this.index = index;
      return true;
    }
    return false;
  }
}

/** The two bytes up to and with the one at `at`. */
function pairEnd(bytes: Buffer, at: number): number {
  return ((bytes[at - 1] as number) << 8) | (bytes[at] as number);
}

function pair(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function equalsAt(text: Buffer, start: number, bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at++) {
    if (text[start + at] !== bytes[at]) return false;
  }
  return true;
}
