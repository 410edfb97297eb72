// What a Core writes to stderr: cut into lines of bounded length, the last of them kept, logged at a bounded rate. A Core
// that floods costs the hub the cutting, never memory and never a log line each.
import type { Clock, Timer } from "../base/clock.ts";
import { type ByteString, textOf } from "../wire/frame.ts";

/** Lines kept for those who ask why a Core died. */
const tailLines = 100;
/** Longest line shown. */
const lineBytes = 8 * 1024;
/** More than is shown is kept until masking is done: a cut must not leave half a secret that no longer looks like one. */
const rawLineBytes = 2 * lineBytes;

const LF = 0x0a;
const CR = 0x0d;

export interface StderrDeps {
  readonly clock: Clock;
  /** Hides secrets in a text. */
  mask(text: string): string;
  /** One line to log, masked and cut. */
  line(text: string): void;
  /** So many lines were not logged because there were too many. */
  dropped(count: number): void;
}

export class StderrTail {
  readonly #deps: StderrDeps;
  readonly #limit: RateLimit;
  /** Raw lines, the oldest at `#oldest` once the tail is full. Masked when read, so that a flood is not masked in vain. */
  readonly #lines: ByteString[] = [];
  #oldest = 0;
  #partial: ByteString = "";

  constructor(deps: StderrDeps) {
    this.#deps = deps;
    this.#limit = new RateLimit(deps.clock, 200, (count) => deps.dropped(count));
  }

  push(chunk: Buffer): void {
    let from = 0;
    while (from < chunk.length) {
      const end = lineEnd(chunk, from);
      this.#collect(chunk, from, end === -1 ? chunk.length : end);
      if (end === -1) return;
      this.#finish();
      from = end + 1;
    }
  }

  /** The stream has ended: the last line counts although nothing ended it. */
  end(): void {
    this.#finish();
    this.#limit.close();
  }

  /** The last lines, oldest first, masked and cut. */
  lines(): string[] {
    const ordered = [...this.#lines.slice(this.#oldest), ...this.#lines.slice(0, this.#oldest)];
    return ordered.map((line) => this.#show(line));
  }

  #collect(chunk: Buffer, from: number, to: number): void {
    const room = rawLineBytes - this.#partial.length;
    if (room > 0) this.#partial += chunk.toString("latin1", from, Math.min(to, from + room));
  }

  #finish(): void {
    const line = this.#partial;
    this.#partial = "";
    if (line === "") return;
    if (this.#lines.length < tailLines) this.#lines.push(line);
    else {
      this.#lines[this.#oldest] = line;
      this.#oldest = (this.#oldest + 1) % tailLines;
    }
    if (this.#limit.take()) this.#deps.line(this.#show(line));
  }

  #show(line: ByteString): string {
    const text = this.#deps.mask(textOf(line));
    return text.length > lineBytes ? `${text.slice(0, lineBytes)}… (cut)` : text;
  }
}

/** The next line end; a carriage return is one too, so that progress bars do not grow into one endless line. */
function lineEnd(chunk: Buffer, from: number): number {
  for (let at = from; at < chunk.length; at++) {
    const byte = chunk[at];
    if (byte === LF || byte === CR) return at;
  }
  return -1;
}

/** So many a second; the rest is counted, and told when the second is over. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #tell: (count: number) => void;
  #taken = 0;
  #dropped = 0;
  /** Ends the second that runs. */
  #second: Timer | undefined;

  constructor(clock: Clock, perSecond: number, tell: (count: number) => void) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#tell = tell;
  }

  /** True when there is room for one more in this second. */
  take(): boolean {
    this.#second ??= this.#clock.after(1000, () => this.close());
    if (this.#taken < this.#perSecond) {
      this.#taken++;
      return true;
    }
    this.#dropped++;
    return false;
  }

  /** Ends the second now. */
  close(): void {
    const dropped = this.#dropped;
    this.#second?.cancel();
    this.#second = undefined;
    this.#taken = 0;
    this.#dropped = 0;
    if (dropped > 0) this.#tell(dropped);
  }
}
