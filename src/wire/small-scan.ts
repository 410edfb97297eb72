// The quick way for the small messages that nearly all calls are: scanned in one piece by wasm/small-message.ts, which either agrees
// with scan.ts to the byte or says that it is not sure. Why, and what that covers: docs/decisions/0012-wasm-small-scan.md.
import { isAscii, isUtf8 } from "node:buffer";
import { byteText, type Frame, TextFrame } from "./frame.ts";
import { metaKeysRead, paramKeys } from "./protocol-keys.ts";
import { reservedPrefix } from "./request-meta.ts";
import type { Scan } from "./scan.ts";
import { smallMessageWasm } from "./small-message-wasm.ts";
import { compileWasm } from "./wasm.ts";

/** Longer messages are not tried. One page of memory has room for this, the code's own data below and what it writes behind. */
export const smallMessageBytes = 16 * 1024;

/** Of the `_meta` that is known. */
const minKnownBytes = 16;
const maxKnownBytes = 2048;

/** So many messages come before the code is compiled: what runs only for a moment never pays for it. */
const warmUpMessages = 512;

/** The code's own data lie below; the last of it is the `_meta` that is known. */
const textStart = 8 * 1024;

/** What was read is scanned in parts of so much, not more: text that is kept of one message may keep all of its part alive. */
export const partBytes = 4 * 1024;
const partStart = 32 * 1024;
/** Behind one another, in the order of wasm/small-message.ts. */
const recordsStart = 48 * 1024;
const recordInts = 32;
const maxRecords = 64;
const KNOWN = 23;
/** Bits: a line end stands in it, an escape does. */
const FLAGS = 24;
const KIND = 25;
const START = 26;
const END = 27;

/** What stands in a part, one behind the other: lines, or masked frames of a WebSocket. */
export type Row = "lines" | "frames";

/** A reader that is handed what was found in a row, as if it had found it itself. */
export interface RowTaker {
  taken(frame: TextFrame): void;
}

interface SmallMessageCode {
  readonly memory: { readonly buffer: ArrayBuffer };
  recordAt(): number;
  paramKeysAt(): number;
  metaKeysAt(): number;
  prefixAt(): number;
  knownMetaAt(): number;
  knowMeta(size: number): void;
  scanSmall(at: number, limit: number): number;
  takeLines: TakeRow;
  takeFrames: TakeRow;
}

type TakeRow = (at: number, limit: number, into: number, most: number) => number;

export class SmallScan {
  #toCome = warmUpMessages;
  #code: SmallMessageCode | undefined;
  #text = new Uint8Array(0);
  #knownMeta = new Uint8Array(0);
  #known = 0;
  #record = new Int32Array(0);
  #part = Buffer.alloc(0);
  #records = new Int32Array(0);
  /** What is being taken of `#records`, and what was known when they were made. */
  #current: Frame | undefined;
  #base = 0;
  #knownThen = 0;

  /** Compiles the code, which the messages do otherwise. False where there is no WebAssembly with vectors, or no memory for it. */
  start(): boolean {
    this.#toCome = 0;
    try {
      const code = compileWasm<SmallMessageCode>(smallMessageWasm)();
      const { buffer } = code.memory;
      if (code.knownMetaAt() + maxKnownBytes > textStart) return false;
      writeKeys(code);
      this.#text = new Uint8Array(buffer, textStart, smallMessageBytes);
      this.#record = new Int32Array(buffer, code.recordAt(), recordInts);
      this.#knownMeta = new Uint8Array(buffer, code.knownMetaAt(), maxKnownBytes);
      this.#part = Buffer.from(buffer, partStart, partBytes);
      this.#records = new Int32Array(buffer, recordsStart, maxRecords * recordInts);
      this.#code = code;
      return true;
    } catch {
      return false;
    }
  }

  /**
   * True: the message is right, and all of `into` is set as scan.ts sets it. False: nothing is known of it, and `into` is as before.
   * Nothing is kept of it.
   */
  scan(bytes: Buffer, into: Scan): boolean {
    const code = this.#code;
    if (code === undefined) {
      if (this.#toCome > 0 && --this.#toCome === 0) this.start();
      return false;
    }
    const { length } = bytes;
    if (length > smallMessageBytes) return false;
    this.#text.set(bytes);
    const found = code.scanSmall(textStart, textStart + length);
    if (found === 0 || (found > 3 && !isUtf8(bytes))) return false;
    this.#record[KIND] = found & 3;
    fill(into, this.#record, 0, this.#known);
    into.isPlain &&= found < 4;
    return true;
  }

  /**
   * Takes the usual messages, all ASCII, that stand one behind the other from `at` on, one by one, scanned already: see `isScanned`. Returns behind
   * the last; `at` where there is none of them. The chunk is not changed, and not kept.
   */
  take(row: Row, chunk: Buffer, at: number, taker: RowTaker): number {
    const code = this.#code;
    // What one message leads to may bring others.
    if (code === undefined || this.#current !== undefined) return at;
    const size = Math.min(chunk.length - at, partBytes);
    if (size === chunk.length) this.#part.set(chunk);
    else chunk.copy(this.#part, 0, at, at + size);
    const take = row === "lines" ? code.takeLines : code.takeFrames;
    const count = take(partStart, partStart + size, recordsStart, maxRecords);
    if (count === 0) return at;
    const records = this.#records;
    const end = records[(count - 1) * recordInts + END] as number;
    const text = byteText(this.#part, 0, end);
    this.#knownThen = this.#known;
    try {
      for (let n = 0; n < count; n++) {
        const base = n * recordInts;
        const message = text.slice(records[base + START], records[base + END]);
        const frame = new TextFrame(message, ((records[base + FLAGS] as number) & 1) === 0);
        this.#base = base;
        this.#current = frame;
        taker.taken(frame);
      }
    } finally {
      this.#current = undefined;
    }
    return at + end + (row === "lines" ? 1 : 0);
  }

  /** Whether this is the message that is just being taken: then `into` is set as by `scan`. */
  isTaken(frame: Frame, into: Scan): boolean {
    if (frame !== this.#current) return false;
    fill(into, this.#records, this.#base, this.#knownThen);
    return true;
  }

  /**
   * These bytes are the `_meta` of a message that was right, without a token of progress. Messages with the same are told by the number that is
   * returned, until others are known; 0: they are not kept.
   */
  know(meta: Buffer): number {
    const code = this.#code;
    if (code === undefined || meta.length < minKnownBytes || meta.length > maxKnownBytes || !isAscii(meta)) return 0;
    this.#knownMeta.set(meta);
    code.knowMeta(meta.length);
    return ++this.#known;
  }
}

/** Where a key stands in the tables of wasm/protocol-keys.ts is so long, and in front of them is so much for their counts. */
const keyStride = 48;
const countBytes = 64;

function writeKeys(code: SmallMessageCode): void {
  const bytes = Buffer.from(code.memory.buffer);
  writeTable(bytes, code.paramKeysAt(), paramKeys);
  writeTable(bytes, code.metaKeysAt(), metaKeysRead);
  const at = code.prefixAt();
  bytes.write(reservedPrefix, at, "latin1");
  bytes[at + keyStride - 1] = reservedPrefix.length;
}

function writeTable(bytes: Buffer, at: number, keys: readonly string[]): void {
  const bySize = keys.toSorted((one, other) => one.length - other.length);
  for (let size = 0; size < countBytes; size++) bytes[at + size] = bySize.filter(({ length }) => length < size).length;
  for (const [place, key] of bySize.entries()) bytes.write(key, at + countBytes + place * keyStride, "latin1");
}

/** `known`: what the `_meta` is called that a record with KNOWN has. */
function fill(into: Scan, record: Int32Array, base: number, known: number): void {
  const kind = record[base + KIND];
  into.kind = kind === 1 ? "request" : kind === 2 ? "notification" : "response";
  into.idStart = record[base] as number;
  into.idEnd = record[base + 1] as number;
  into.methodStart = record[base + 2] as number;
  into.methodEnd = record[base + 3] as number;
  into.paramsStart = record[base + 4] as number;
  into.paramsEnd = record[base + 5] as number;
  into.resultStart = record[base + 6] as number;
  into.resultEnd = record[base + 7] as number;
  into.errorStart = record[base + 8] as number;
  into.errorEnd = record[base + 9] as number;
  into.nameStart = record[base + 10] as number;
  into.nameEnd = record[base + 11] as number;
  into.uriStart = record[base + 12] as number;
  into.uriEnd = record[base + 13] as number;
  into.metaStart = record[base + 14] as number;
  into.metaEnd = record[base + 15] as number;
  into.tokenStart = record[base + 16] as number;
  into.tokenEnd = record[base + 17] as number;
  into.paramTokenStart = record[base + 18] as number;
  into.paramTokenEnd = record[base + 19] as number;
  into.requestIdStart = record[base + 20] as number;
  into.requestIdEnd = record[base + 21] as number;
  into.isOpen = false;
  into.others = record[base + 22] as number;
  into.knownMeta = record[base + KNOWN] === 0 ? 0 : known;
  into.isPlain = ((record[base + FLAGS] as number) & 2) === 0;
}
