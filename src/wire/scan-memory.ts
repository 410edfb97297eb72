// Where large frames of clients are scanned: a frame is copied into WebAssembly memory, where vector code skips whole values. Made at
// the first large frame; without WebAssembly, never. Results are those of values.ts.
import { isAscii } from "node:buffer";
import type { Frame } from "./frame.ts";
import { compileJsonValue, type JsonValueCode, slackBytes, textStart } from "./json-value.ts";
import { maxDepth, valueEnd } from "./values.ts";
import { swap } from "./ws-unmask.ts";

/** From this size on the copy and the calls cost less than they save. */
export const largeFrameBytes = 16 * 1024;

/** From this size on, vectors pay for the copy into their memory and back. */
const vectorsFrom = 8 * 1024;
/** Memory only grows: beyond this it is given back as soon as the frame is used up. */
const keptBytes = 4 * 1024 * 1024;
const pageBytes = 64 * 1024;
const noBytes = Buffer.alloc(0);

const LF = 0x0a;
const CR = 0x0d;

/** A large message that comes in: what of it lies in the memory, which is its first `size` bytes as long as it is the last that began there. */
export interface Landing {
  readonly memory: ScanMemory;
  size: number;
}

export class ScanMemory {
  #create: (() => JsonValueCode) | "missing" | undefined;
  #code: JsonValueCode | undefined;
  #bytes: Buffer = noBytes;
  /** What lies before this offset was looked at. */
  #checked = 0;
  /** No line end stands between the tokens there. */
  #isOneLine = true;
  /** All of it is ASCII. */
  #isAscii = true;
  #landing: Landing | undefined;

  /** Bytes of memory kept at present. */
  get keptBytes(): number {
    return this.#code?.memory.buffer.byteLength ?? 0;
  }

  /**
   * The frame in one piece, to be scanned with this memory; valid until the next `load` or `release`. Undefined where there is no
   * WebAssembly with vectors, or no memory for it: the frame is to be flattened then.
   */
  load(frame: Frame): Buffer | undefined {
    const code = this.#ready(textStart + frame.size + slackBytes);
    if (code === undefined) return undefined;
    const bytes = Buffer.from(code.memory.buffer, textStart, frame.size);
    const landing = frame.landing === this.#landing ? this.#landing : undefined;
    this.#landing = undefined;
    const isHere = landing?.size === frame.size;
    let at = 0;
    if (!isHere) for (const chunk of frame.chunks) at += chunk.copy(bytes, at);
    this.#bytes = bytes;
    this.#checked = 0;
    this.#isOneLine = true;
    this.#isAscii = true;
    return bytes;
  }

  /**
   * Takes the mask off the next bytes of a message, `start` to `end` of a chunk, and leaves a copy of them here, so that `load` has nothing to do: copied for
   * that alone they would have to be fetched once more. False, with nothing done: another message has begun, or it is too large.
   */
  land(landing: Landing, chunk: Buffer, start: number, end: number, mask: number): boolean {
    if (landing.size === 0) this.#landing = landing;
    if (this.#landing !== landing) return false;
    const from = textStart + landing.size;
    const to = from + end - start;
    const code = to + slackBytes > keptBytes ? undefined : this.#ready(to + slackBytes);
    if (code === undefined) {
      this.#landing = undefined;
      return false;
    }
    const source = chunk.subarray(start, end);
    const here = new Uint8Array(code.memory.buffer, from, source.length);
    here.set(source);
    code.unmask(from, to, swap(mask));
    source.set(here);
    landing.size += source.length;
    return true;
  }

  /** The same for bytes that are only to be unmasked; what was landing here has no place any more. False as well where they are few. */
  unmask(chunk: Buffer, start: number, end: number, mask: number): boolean {
    const isWorth = end - start >= vectorsFrom;
    return isWorth && this.land({ memory: this, size: 0 }, chunk, start, end, mask);
  }

  /** As valueEnd of values.ts, for the bytes last loaded. */
  valueEnd(at: number, limit: number, depth: number): number {
    const bytes = this.#bytes;
    const first = bytes[at];
    if (this.#code !== undefined && (first === 0x7b || first === 0x5b)) {
      const end = this.#code.valueEnd(textStart + at, textStart + limit, maxDepth - depth);
      if (end !== 0) {
        this.#look(at);
        this.#checked = end - textStart;
        if (this.#code.sawControl() !== 0) this.#isOneLine = false;
        if (this.#code.sawHigh() !== 0) this.#isAscii = false;
        return end - textStart;
      }
      // What is wrong, and where, is said by the code that small frames are scanned with.
    }
    return valueEnd(bytes, at, limit, depth);
  }

  /** Whether the frame, which must have been scanned and found right, is known to have no line end between its tokens. */
  isOneLine(): boolean {
    this.#look(this.#bytes.length);
    return this.#isOneLine;
  }

  /** Whether the frame, which must have been scanned, is known to be ASCII. */
  isAscii(): boolean {
    this.#look(this.#bytes.length);
    return this.#isAscii;
  }

  /** The frame is used up. */
  release(): void {
    this.#bytes = noBytes;
    if (this.keptBytes <= keptBytes) return;
    this.#code = undefined;
    this.#landing = undefined;
  }

  /** At what lies between the value that was skipped last and `end`, where another one begins. */
  #look(end: number): void {
    const bytes = this.#bytes;
    if (this.#isOneLine) this.#isOneLine = !hasLineEnd(bytes, this.#checked, end);
    if (this.#isAscii) this.#isAscii = isAscii(bytes.subarray(this.#checked, end));
    this.#checked = end;
  }

  #ready(bytes: number): JsonValueCode | undefined {
    if (this.#create === "missing") return undefined;
    try {
      this.#create ??= compileJsonValue();
    } catch {
      this.#create = "missing";
      return undefined;
    }
    try {
      this.#code ??= this.#create();
      const missing = bytes - this.keptBytes;
      if (missing > 0) this.#code.memory.grow(Math.ceil(missing / pageBytes));
      return this.#code;
    } catch {
      // No memory for it, this time; without any address space, for good: what is unmasked here asks for each chunk.
      if (this.#code === undefined) this.#create = "missing";
      return undefined;
    }
  }
}

function hasLineEnd(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > 256) {
    const part = bytes.subarray(start, end);
    return part.includes(LF) || part.includes(CR);
  }
  for (let at = start; at < end; at++) if (bytes[at] === LF || bytes[at] === CR) return true;
  return false;
}
