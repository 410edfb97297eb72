// Reads a stream of server-sent events as bytes, in any chunking, as the WHATWG describes it. What an event carries stays in the
// chunks it came in; memory is bounded whatever is sent.
import { type ByteString, byteText, type Frame } from "./frame.ts";
import { Pieces } from "./pieces.ts";

export interface SseReaderEvents {
  /** `type`: `message` where the event names none. `data`: its lines, joined by line feeds; may be empty. */
  event(type: ByteString, data: Frame): void;
  /** An event has more data than may be: it is skipped, and what follows it is read. Said once an event. */
  tooLarge(): void;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const lineFeed = Buffer.from("\n");
const bom = [0xef, 0xbb, 0xbf] as const;

const fields: ReadonlySet<string> = new Set(["data", "event", "id", "retry"]);
const longestField = 5;
/** Of an id or a type; a longer id counts as none, a longer type is cut. */
const maxValueBytes = 1024;
const maxRetryDigits = 9;

/**
 * States:
 *   opening  before the first byte that counts: a BOM is skipped
 *   name     in the name of a line's field         space  behind its colon, where one space is no part of the value
 *   value    in the value, of which `#field` says what becomes of it
 */
export class SseReader {
  readonly #maxBytes: number;
  readonly #events: SseReaderEvents;
  readonly #pieces = new Pieces();
  #state: "opening" | "name" | "space" | "value" = "opening";
  #bomBytes = 0;
  /** The last line ended with a carriage return: a line feed right behind it belongs to it. */
  #isAfterCr = false;
  /** The name as far as it was read; in `space` and `value` the whole of it, or "" for what is ignored. */
  #field: ByteString = "";
  /** The value of a field other than data. */
  #value: ByteString = "";
  #type: ByteString = "";
  #id: ByteString | undefined;
  #dataLines = 0;
  #isTooLarge = false;
  #lastId: ByteString | undefined;
  #retryMs: number | undefined;
  // In the chunk that is read: where the next line feed and the next carriage return are, its length where there is none.
  #nextLf = -1;
  #nextCr = -1;

  /** `maxBytes`: most data of one event. */
  constructor(options: { maxBytes: number }, events: SseReaderEvents) {
    this.#maxBytes = options.maxBytes;
    this.#events = events;
  }

  /** What a client that lost the stream comes back with; undefined while no event had an id, or since one took it back. */
  get lastId(): ByteString | undefined {
    return this.#lastId;
  }

  /** Bytes of an event that is not whole yet. */
  get heldBytes(): number {
    return this.#pieces.size;
  }

  /** How long a client that lost the stream should wait; undefined while the stream did not say. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /** The chunk becomes part of the events: it must not be written to afterwards. What the stream's end cuts off is no event. */
  push(chunk: Buffer): void {
    this.#nextLf = -1;
    this.#nextCr = -1;
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === "value") at = this.#readValue(chunk, at);
      else if (this.#state === "name") at = this.#readName(chunk, at);
      else if (this.#state === "space") {
        if (chunk[at] === SPACE) at++;
        this.#state = "value";
      } else at = this.#open(chunk, at);
    }
  }

  #open(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length && this.#bomBytes < bom.length && chunk[at] === bom[this.#bomBytes]) {
      this.#bomBytes++;
      at++;
    }
    if (at === chunk.length && this.#bomBytes < bom.length) return at;
    // A part of a BOM is the beginning of a name that nobody knows.
    this.#state = this.#bomBytes > 0 && this.#bomBytes < bom.length ? "value" : "name";
    return at;
  }

  #readName(chunk: Buffer, start: number): number {
    let at = start;
    if (this.#isAfterCr) {
      this.#isAfterCr = false;
      if (chunk[at] === LF) return at + 1;
    }
    for (; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === LF || byte === CR) {
        if (this.#field === "") this.#dispatch();
        else {
          this.#beginValue();
          this.#endValue();
        }
        return this.#endLine(byte, at);
      }
      if (byte === COLON) {
        this.#beginValue();
        this.#state = "space";
        return at + 1;
      }
      if (this.#field.length === longestField) {
        this.#field = "";
        this.#state = "value";
        return at;
      }
      this.#field += String.fromCharCode(byte);
    }
    return at;
  }

  #beginValue(): void {
    if (!fields.has(this.#field)) this.#field = "";
    if (this.#field !== "data") return;
    if (this.#dataLines++ > 0) this.#add(lineFeed);
  }

  #readValue(chunk: Buffer, start: number): number {
    const end = this.#lineEnd(chunk, start);
    if (this.#field === "data") this.#add(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
    else if (this.#field !== "" && this.#value.length <= maxValueBytes) {
      this.#value += byteText(chunk, start, Math.min(end, start + maxValueBytes + 1));
    }
    if (end === chunk.length) return end;
    this.#endValue();
    return this.#endLine(chunk[end] as number, end);
  }

  #add(part: Buffer): void {
    if (this.#isTooLarge) return;
    if (this.#pieces.size + part.length <= this.#maxBytes) {
      this.#pieces.add(part);
      return;
    }
    this.#pieces.clear();
    this.#isTooLarge = true;
    this.#events.tooLarge();
  }

  #endValue(): void {
    const value = this.#value;
    this.#value = "";
    if (this.#field === "event") this.#type = value.slice(0, maxValueBytes);
    else if (this.#field === "retry") {
      if (/^\d+$/.test(value) && value.length <= maxRetryDigits) this.#retryMs = Number(value);
    } else if (this.#field === "id") {
      if (value === "" || value.length > maxValueBytes) this.#id = undefined;
      else if (!value.includes("\0")) this.#id = value;
    }
  }

  #endLine(byte: number, at: number): number {
    this.#isAfterCr = byte === CR;
    this.#field = "";
    this.#state = "name";
    return at + 1;
  }

  #dispatch(): void {
    this.#lastId = this.#id;
    const type = this.#type === "" ? "message" : this.#type;
    const lines = this.#dataLines;
    const isWhole = lines > 0 && !this.#isTooLarge;
    this.#type = "";
    this.#dataLines = 0;
    this.#isTooLarge = false;
    if (!isWhole) return;
    const data = this.#pieces.take();
    this.#events.event(type, lines === 1 ? { ...data, isOneLine: true } : data);
  }

  /** Each byte of a chunk is looked at once for each of the two, however many lines it has. */
  #lineEnd(chunk: Buffer, at: number): number {
    if (this.#nextLf < at) this.#nextLf = positionOf(LF, chunk, at);
    if (this.#nextCr < at) this.#nextCr = positionOf(CR, chunk, at);
    return Math.min(this.#nextLf, this.#nextCr);
  }
}

function positionOf(byte: number, chunk: Buffer, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at < 0 ? chunk.length : at;
}
