// Where large frames of clients are scanned: a frame is copied into WebAssembly memory, where vector code skips whole values. Made at
// the first large frame; without WebAssembly, never. Results are those of values.ts.
import type { Frame } from "./frame.ts";
import { compileJsonValue, type JsonValueCode, slackBytes, textStart } from "./json-value.ts";
import { maxDepth, valueEnd } from "./values.ts";

/** From this size on the copy and the calls cost less than they save. */
export const largeFrameBytes = 16 * 1024;

/** Memory only grows: beyond this it is given back as soon as the frame is used up. */
const keptBytes = 4 * 1024 * 1024;
const pageBytes = 64 * 1024;
const noBytes = Buffer.alloc(0);

const LF = 0x0a;
const CR = 0x0d;

export class ScanMemory {
  #create: (() => JsonValueCode) | "missing" | undefined;
  #code: JsonValueCode | undefined;
  #bytes: Buffer = noBytes;
  /** No line end stands between the tokens before this offset; beyond the frame's end when one was seen. */
  #checked = 0;

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
    let at = 0;
    for (const chunk of frame.chunks) at += chunk.copy(bytes, at);
    this.#bytes = bytes;
    this.#checked = 0;
    return bytes;
  }

  /** As valueEnd of values.ts, for the bytes last loaded. */
  valueEnd(at: number, limit: number, depth: number): number {
    const bytes = this.#bytes;
    const first = bytes[at];
    if (this.#code !== undefined && (first === 0x7b || first === 0x5b)) {
      const end = this.#code.valueEnd(textStart + at, textStart + limit, maxDepth - depth);
      if (end !== 0) {
        this.#pass(at, end - textStart, this.#code.sawControl() !== 0);
        return end - textStart;
      }
      // What is wrong, and where, is said by the code that small frames are scanned with.
    }
    return valueEnd(bytes, at, limit, depth);
  }

  /** Whether the frame, which must have been scanned and found right, is known to have no line end between its tokens. */
  isOneLine(): boolean {
    const { length } = this.#bytes;
    this.#pass(length, length, false);
    return this.#checked === length;
  }

  /** The frame is used up. */
  release(): void {
    this.#bytes = noBytes;
    if (this.keptBytes > keptBytes) this.#code = undefined;
  }

  /** The value from `start` to `end` was skipped; what lies between it and the one before has still to be looked at. */
  #pass(start: number, end: number, hadControl: boolean): void {
    const bytes = this.#bytes;
    if (this.#checked > bytes.length) return;
    this.#checked = hadControl || hasLineEnd(bytes, this.#checked, start) ? bytes.length + 1 : end;
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
      // No memory for it, this time.
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
