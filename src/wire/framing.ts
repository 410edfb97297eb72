// Cuts a stream of bytes into frames, newline or Content-Length framed. Bounded; looks for a line's end once; knows no JSON.
import type { Frame, TextFrame } from "./frame.ts";
import { HeaderReader } from "./headers.ts";
import { Pieces } from "./pieces.ts";
import { takeRow } from "./scan.ts";
import type { RowTaker } from "./small-scan.ts";
import { Utf8Check } from "./utf8.ts";

export type Framing = "newline" | "content-length";

interface FrameFault {
  readonly code: "too_large" | "parse_error";
  readonly message: string;
  /** The stream cannot be followed any further: the reader ignores what else is pushed. */
  readonly fatal: boolean;
}

export interface FrameReaderEvents {
  frame(frame: Frame): void;
  fault(fault: FrameFault): void;
}

const bom = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * States:
 *   opening  before the first byte that counts: a BOM and whitespace are skipped, then the framing is settled for good
 *   line     in a line (newline)         skip-line  behind too much of one, until its newline
 *   headers  before a body (content-length)
 *   body     in a body                   skip-body  in one that is too large
 *   dead     after a fatal fault or the end
 *
 * Frames of up to 64 KiB come as one chunk, larger ones in the chunks they were read in. A line over `maxBytes` (its newline not
 * counted, a carriage return before it counted) is reported as soon as it is one, and so is a body by its header.
 */
export class FrameReader implements RowTaker {
  readonly #maxBytes: number;
  readonly #events: FrameReaderEvents;
  readonly #look: ((chunk: Buffer) => object | undefined) | undefined;
  /** What `#look` said of the chunk being read. */
  #clearOf: object | undefined;
  readonly #pieces = new Pieces();
  /** Of what is in the pieces. */
  readonly #utf8 = new Utf8Check();
  readonly #headers = new HeaderReader();
  #framing: Framing | undefined;
  #state: "opening" | "line" | "skip-line" | "headers" | "body" | "skip-body" | "dead" = "opening";
  #bomBytes = 0;
  /** Bytes of the body still to come. */
  #missing = 0;

  /** `look`: says of a chunk what the frames in it are `clearOf`. */
  constructor(
    options: { maxBytes: number; framing: Framing | "auto"; look?: (chunk: Buffer) => object | undefined },
    events: FrameReaderEvents,
  ) {
    this.#maxBytes = options.maxBytes;
    this.#look = options.look;
    this.#framing = options.framing === "auto" ? undefined : options.framing;
    this.#events = events;
  }

  /** Undefined until the first byte has told. */
  get framing(): Framing | undefined {
    return this.#framing;
  }

  /** The chunk becomes part of the frames: it must not be written to afterwards. */
  push(chunk: Buffer): void {
    this.#clearOf = this.#look?.(chunk);
    this.#read(chunk);
  }

  #read(chunk: Buffer): void {
    let at = 0;
    let comesInRows = true;
    while (at < chunk.length) {
      switch (this.#state) {
        case "opening":
          at = this.#open(chunk, at);
          break;
        case "line":
          if (comesInRows && this.#pieces.size === 0) {
            const next = takeRow("lines", chunk, at, this.#maxBytes, this);
            comesInRows = next > at;
            at = next;
          }
          if (at < chunk.length) at = this.#line(chunk, at);
          break;
        case "skip-line": {
          const newline = chunk.indexOf(0x0a, at);
          if (newline < 0) return;
          at = newline + 1;
          this.#state = "line";
          break;
        }
        case "headers":
          at = this.#header(chunk, at);
          break;
        case "body":
        case "skip-body":
          at = this.#body(chunk, at);
          break;
        case "dead":
          return;
      }
    }
  }

  /** The stream has ended: an unterminated line still is a frame, an unfinished header or body is a fault. */
  end(): void {
    const state = this.#state;
    this.#state = "dead";
    if (state === "line") this.#deliverLine();
    else if (state === "body" || state === "skip-body")
      this.#fail(`stream ended ${this.#missing} bytes short of a message`);
    else if (state === "headers" && this.#headers.hasBegun) this.#fail("stream ended inside the headers of a message");
  }

  /** For `takeRow`. */
  taken(frame: TextFrame): void {
    frame.clearOf = this.#clearOf;
    this.#events.frame(frame);
  }

  #open(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length && this.#bomBytes < bom.length && chunk[at] === bom[this.#bomBytes]) {
      this.#bomBytes++;
      at++;
    }
    if (at === chunk.length) return at;
    const first = chunk[at] as number;
    const isPartBom = this.#bomBytes > 0 && this.#bomBytes < bom.length;
    if (!isPartBom && (first === 0x20 || first === 0x0a || first === 0x0d || first === 0x09)) {
      // A BOM comes first or not at all.
      this.#bomBytes = bom.length;
      return at + 1;
    }
    this.#framing ??= !isPartBom && (first === 0x43 || first === 0x63) ? "content-length" : "newline";
    this.#state = this.#framing === "newline" ? "line" : "headers";
    // Not a BOM after all: its beginning is part of the message, for the scanner to refuse.
    if (isPartBom) this.#read(bom.subarray(0, this.#bomBytes));
    return at;
  }

  #line(chunk: Buffer, start: number): number {
    const newline = chunk.indexOf(0x0a, start);
    const end = newline < 0 ? chunk.length : newline;
    if (this.#pieces.size + end - start > this.#maxBytes) {
      this.#clear();
      this.#state = newline < 0 ? "skip-line" : "line";
      this.#events.fault({
        code: "too_large",
        message: `message of more than ${this.#maxBytes} bytes (maxBytes)`,
        fatal: false,
      });
    } else {
      const part = start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
      // Most lines are whole, and need nobody to put them together.
      if (newline > start && this.#pieces.size === 0 && chunk[newline - 1] !== 0x0d) {
        // With room for the text, which is made of nearly every one.
        this.#events.frame({ chunks: [part], size: part.length, text: undefined, clearOf: this.#clearOf });
      } else {
        this.#add(part);
        if (newline >= 0) this.#deliverLine();
      }
    }
    return newline < 0 ? end : newline + 1;
  }

  #deliverLine(): void {
    this.#pieces.trimCarriageReturn();
    this.#deliver();
  }

  #deliver(): void {
    if (this.#pieces.size === 0) return;
    this.#events.frame(this.#pieces.take(this.#utf8.end()));
  }

  #add(part: Buffer): void {
    this.#pieces.add(part, this.#clearOf);
    this.#utf8.push(part);
  }

  #clear(): void {
    this.#pieces.clear();
    this.#utf8.end();
  }

  #header(chunk: Buffer, start: number): number {
    const result = this.#headers.read(chunk, start);
    if (result.t === "more") return chunk.length;
    if (result.t === "bad") {
      this.#fail(result.message);
      return chunk.length;
    }
    this.#missing = result.length;
    if (result.length > this.#maxBytes) {
      this.#state = "skip-body";
      this.#events.fault({
        code: "too_large",
        message: `message of ${result.length} bytes exceeds ${this.#maxBytes} bytes (maxBytes)`,
        fatal: false,
      });
    } else if (result.length > 0) {
      this.#state = "body";
    }
    return result.next;
  }

  #body(chunk: Buffer, start: number): number {
    const end = Math.min(start + this.#missing, chunk.length);
    this.#missing -= end - start;
    if (this.#state === "body") this.#add(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
    if (this.#missing === 0) {
      this.#state = "headers";
      this.#deliver();
    }
    return end;
  }

  #fail(message: string): void {
    this.#state = "dead";
    this.#clear();
    this.#events.fault({ code: "parse_error", message, fatal: true });
  }
}
