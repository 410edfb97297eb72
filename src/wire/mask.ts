// Overwrites secrets in bytes that leave the hub: a filter over frames, log lines and stderr. Same length, JSON stays JSON.
// Never parses, never logs, and keeps no secret in an error.
import type { Secret } from "../base/secret.ts";
import { ByteCursor } from "./byte-cursor.ts";
import { type Frame, flatten, frameOf } from "./frame.ts";
import { isMaskable, jsonPatterns, textPatterns } from "./mask-patterns.ts";
import { PatternSearch } from "./mask-search.ts";

export interface Masker {
  /** False while there is nothing to look for; every mask function then returns what it was given. */
  readonly active: boolean;
  /** Places overwritten since the start. */
  readonly masked: number;
  /**
   * Looks for this value from now on, until the returned function is called. Counted: a value added twice stays until
   * both are removed. A value that is not `isMaskable` is ignored: whoever adds it refuses it as a secret and says so.
   */
  add(secret: Secret): () => void;
  /**
   * For bytes as they are read: what was looked for, when they hold nothing of it. Frames that consist of such bytes say so (`clearOf`), and
   * are not looked through again. Undefined: something is in there, or nothing is looked for.
   */
  look(chunk: Buffer): object | undefined;
  /** Overwrites in place, in whatever chunks the frame has, and returns the frame. The frame must be valid JSON. */
  maskFrame(frame: Frame): Frame;
  /** For JSON text that is still a string, such as a log line. */
  maskJson(json: string): string;
  /** For text of any kind. Takes it whole: mask first, cut afterwards. */
  maskText(text: string): string;
}

export function createMasker(): Masker {
  return new PatternMasker();
}

/** Byte ranges as start, end, start, end …; those that touch the last one grow it. */
type Ranges = number[];

/** What is looked for; `inString` by pattern: the match is inside a JSON string for certain. */
interface Wanted {
  readonly search: PatternSearch;
  readonly inString: readonly boolean[];
}

const star = 0x2a;
const backslash = 0x5c;
const quote = 0x22;

class PatternMasker implements Masker {
  masked = 0;
  readonly #sought = new Map<string, Sought>();
  // Built at the first use after a change.
  #json: Wanted | undefined;
  #text: Wanted | undefined;

  get active(): boolean {
    return this.#sought.size > 0;
  }

  add(secret: Secret): () => void {
    const value = secret.reveal().trim();
    if (!isMaskable(value)) return () => {};
    const known = this.#sought.get(value);
    if (known !== undefined) known.uses++;
    else {
      this.#sought.set(value, new Sought(value));
      this.#forget();
    }
    let removed = false;
    return () => {
      if (removed) return;
      removed = true;
      this.#remove(value);
    };
  }

  #remove(value: string): void {
    const known = this.#sought.get(value);
    if (known === undefined || --known.uses > 0) return;
    this.#sought.delete(value);
    this.#forget();
  }

  #forget(): void {
    this.#json = undefined;
    this.#text = undefined;
  }

  look(chunk: Buffer): object | undefined {
    if (this.#sought.size === 0) return undefined;
    this.#json ??= want(this.#sought.values(), ({ json }) => json);
    return this.#json.search.next(chunk, 0) < 0 ? this.#json : undefined;
  }

  maskFrame(frame: Frame): Frame {
    if (this.#sought.size === 0) return frame;
    this.#json ??= want(this.#sought.values(), ({ json }) => json);
    this.masked += maskJsonBytes(frame, this.#json);
    return frame;
  }

  maskJson(json: string): string {
    if (this.#sought.size === 0) return json;
    const bytes = Buffer.from(json, "utf8");
    const before = this.masked;
    this.maskFrame(frameOf(bytes));
    return this.masked === before ? json : bytes.toString("utf8");
  }

  maskText(text: string): string {
    if (this.#sought.size === 0) return text;
    this.#text ??= want(this.#sought.values(), (sought) => sought.text);
    const { search } = this.#text;
    const bytes = Buffer.from(text, "utf8");
    const ranges: Ranges = [];
    for (let at = search.next(bytes, 0); at >= 0; at = search.next(bytes, at + 1)) {
      addRange(ranges, at, at + search.length);
    }
    if (ranges.length === 0) return text;
    this.masked += ranges.length / 2;
    overwrite([bytes], ranges, () => star);
    return bytes.toString("utf8");
  }
}

/** One secret. Its forms are spelled out once: a change of one secret costs nothing of that for the others. */
class Sought {
  uses = 1;
  readonly #value: string;
  #json: Forms | undefined;
  #text: Forms | undefined;

  constructor(value: string) {
    this.#value = value;
  }

  get json(): Forms {
    this.#json ??= formsOf(jsonPatterns(this.#value));
    return this.#json;
  }

  get text(): Forms {
    this.#text ??= formsOf(textPatterns(this.#value, this.json.patterns));
    return this.#text;
  }
}

/** No two alike. */
interface Forms {
  readonly patterns: readonly Buffer[];
  readonly inString: readonly boolean[];
}

function formsOf(all: readonly Buffer[]): Forms {
  const patterns = [...new Map(all.map((pattern) => [pattern.toString("latin1"), pattern])).values()];
  return { patterns, inString: patterns.map(onlyInStrings) };
}

function want(secrets: Iterable<Sought>, formsIn: (sought: Sought) => Forms): Wanted {
  const forms = [...secrets].map(formsIn);
  const search = new PatternSearch(forms.flatMap(({ patterns }) => patterns));
  return { search, inString: forms.flatMap(({ inString }) => inString) };
}

/** True when some character of the pattern can stand in JSON only inside a string. */
function onlyInStrings(pattern: Buffer): boolean {
  return /[^-+.0-9eEtrufalsn[\]{}:,\s]/.test(pattern.toString("latin1"));
}

/** Overwrites every match in a frame; returns how many places. */
function maskJsonBytes(frame: Frame, wanted: Wanted): number {
  // A pattern that is searched for since the bytes were read makes another `wanted`.
  const isClear = frame.clearOf === wanted;
  // What is text is of one chunk, and has no bytes yet.
  if (isClear && (frame.text !== undefined || frame.chunks.length === 1)) return 0;
  const { search } = wanted;
  const { chunks, size } = frame;
  // In many small chunks the seams would cost more than one copy to search in.
  const isJoined = chunks.length > 1 && size < 4 * chunks.length * search.longest;
  const views = isJoined ? [flatten(frame)] : chunks;
  const reach = search.longest - 1;
  const seam = Buffer.allocUnsafe(views.length > 1 ? 2 * reach : 0);
  let found: Found | undefined;
  let base = 0;
  for (let index = 0; index < views.length; index++) {
    const view = views[index] as Buffer;
    if (index > 0) {
      const before = copyTail(views, index, seam, reach);
      const text = seam.subarray(0, before + view.copy(seam, before, 0, reach));
      for (let at = search.next(text, 0); at >= 0 && at < before; at = search.next(text, at + 1)) {
        if (at + search.length <= before) continue;
        found ??= new Found(views, wanted);
        found.add(base - before + at);
      }
    }
    if (isJoined || !isClear) {
      for (let at = search.next(view, 0); at >= 0; at = search.next(view, at + 1)) {
        found ??= new Found(views, wanted);
        found.add(base + at);
      }
    }
    base += view.length;
  }
  return found === undefined ? 0 : found.overwriteIn(chunks);
}

/** Copies the last `most` bytes, or what there is, before chunk `index`; returns how many. */
function copyTail(chunks: readonly Buffer[], index: number, into: Buffer, most: number): number {
  let first = index;
  let length = 0;
  while (first > 0 && length < most) length += (chunks[--first] as Buffer).length;
  let skipped = Math.max(0, length - most);
  let to = 0;
  for (let at = first; at < index; at++) {
    to += (chunks[at] as Buffer).copy(into, to, skipped);
    skipped = 0;
  }
  return to;
}

/** The matches in one frame. Nothing is overwritten before all are known: they may overlap. */
class Found {
  readonly #views: readonly Buffer[];
  readonly #cursor: ByteCursor;
  readonly #wanted: Wanted;
  readonly #inString: Ranges = [];
  readonly #anywhere: Ranges = [];

  constructor(views: readonly Buffer[], wanted: Wanted) {
    this.#views = views;
    this.#cursor = new ByteCursor(views);
    this.#wanted = wanted;
  }

  /** Takes the search's present match, which starts at byte `start` of the frame. */
  add(start: number): void {
    if (startsInsideEscape(this.#cursor, start)) return;
    const { search, inString } = this.#wanted;
    addRange(inString[search.index] === true ? this.#inString : this.#anywhere, start, start + search.length);
  }

  overwriteIn(chunks: readonly Buffer[]): number {
    const [inside, outside] = splitByStrings(this.#views, this.#anywhere);
    overwrite(chunks, this.#inString, () => star);
    overwrite(chunks, inside, () => star);
    overwrite(chunks, outside, (byte) => (byte >= 0x30 && byte <= 0x39 ? 0x31 : byte));
    return (this.#inString.length + this.#anywhere.length) / 2;
  }
}

/** Whether byte `at` belongs to an escape sequence that began before it. */
function startsInsideEscape(bytes: ByteCursor, at: number): boolean {
  if (at === 0) return false;
  if (bytes.at(at - 1) === backslash) return bytes.isAfterOddRun(at, backslash);
  // \u and up to three of its digits
  for (let back = 2; back <= 5 && back <= at; back++) {
    if (bytes.at(at - back) !== backslash) continue;
    return bytes.at(at - back + 1) === 0x75 && !bytes.isAfterOddRun(at - back, backslash);
  }
  return false;
}

/** Ranges that lie in JSON strings, and those that do not. No range holds a bare quote, so each lies wholly on one side. */
function splitByStrings(chunks: readonly Buffer[], ranges: Ranges): [inside: Ranges, outside: Ranges] {
  const inside: Ranges = [];
  const outside: Ranges = [];
  const wanted = sorted(ranges);
  let next = 0;
  let base = 0;
  let inString = false;
  let escaped = false;
  for (const chunk of chunks) {
    if (next >= wanted.length) break;
    for (let at = 0; at < chunk.length; at++) {
      while (wanted[next] === base + at) {
        (inString ? inside : outside).push(base + at, wanted[next + 1] as number);
        next += 2;
      }
      const byte = chunk[at];
      if (escaped) escaped = false;
      else if (byte === quote) inString = !inString;
      else if (byte === backslash) escaped = inString;
    }
    base += chunk.length;
  }
  return [inside, outside];
}

function addRange(ranges: Ranges, start: number, end: number): void {
  const last = ranges.length - 1;
  const lastStart = ranges[last - 1];
  const lastEnd = ranges[last];
  if (lastStart !== undefined && lastEnd !== undefined && start >= lastStart && start <= lastEnd) {
    if (end > lastEnd) ranges[last] = end;
  } else ranges.push(start, end);
}

/** Matches at seams come out of order. */
function sorted(ranges: Ranges): Ranges {
  const pairs: [number, number][] = [];
  for (let at = 0; at < ranges.length; at += 2) pairs.push([ranges[at] as number, ranges[at + 1] as number]);
  return pairs.sort((a, b) => a[0] - b[0]).flat();
}

function overwrite(chunks: readonly Buffer[], ranges: Ranges, replace: (byte: number) => number): void {
  for (let at = 0; at < ranges.length; at += 2) {
    let base = 0;
    for (const chunk of chunks) {
      const end = Math.min(chunk.length, (ranges[at + 1] as number) - base);
      for (let spot = Math.max(0, (ranges[at] as number) - base); spot < end; spot++) {
        chunk[spot] = replace(chunk[spot] as number);
      }
      base += chunk.length;
      if (base >= (ranges[at + 1] as number)) break;
    }
  }
}
