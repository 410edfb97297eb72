// Where large frames of clients are scanned: WebAssembly memory that a frame is copied into, and vector code that skips whole values
// in it (wasm/json-value.ts). It decides as values.ts does, faster. Made at the first large frame; without WebAssembly, never.
import type { Frame } from "./frame.ts";
import { jsonValueWasm } from "./json-value-wasm.ts";
import { maxDepth, valueEnd } from "./values.ts";

/** From this size on the copy and the calls cost less than they save. */
export const largeFrameBytes = 16 * 1024;

/** The frame begins here: before it are the code's own few bytes and what it may read in front of a text. */
const textStart = 4096;
/** The code may read so far behind a text. */
const slackBytes = 128;
const pageBytes = 64 * 1024;
/** Memory only grows: beyond this it is given back as soon as the frame is used up. */
const keptBytes = 4 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** The part of WebAssembly that is used here: its types come with browsers' libraries only. */
interface WasmHost {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** What wasm/json-value.ts exports. */
interface JsonValueCode {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  valueEnd(at: number, limit: number, maxLevels: number): number;
  sawControl(): number;
}

export class ScanMemory {
  #module: object | undefined;
  #code: JsonValueCode | undefined;
  #isMissing = false;
  #bytes: Buffer = Buffer.alloc(0);
  #size = 0;
  /** No line end lies before `#checked` in the frame; `#size + 1` when one was seen. */
  #checked = 0;

  /**
   * The frame in one piece, to be scanned with this memory; valid until the next `load` or `release`. Undefined where there is no
   * WebAssembly with vectors or no memory for it: the frame is to be flattened then.
   */
  load(frame: Frame): Buffer | undefined {
    const { memory } = this.#ready(textStart + frame.size + slackBytes) ?? {};
    if (memory === undefined) return undefined;
    const bytes = Buffer.from(memory.buffer, textStart, frame.size);
    let at = 0;
    for (const chunk of frame.chunks) at += chunk.copy(bytes, at);
    this.#bytes = bytes;
    this.#size = frame.size;
    this.#checked = 0;
    return bytes;
  }

  /** As valueEnd of values.ts, for the bytes last loaded. */
  valueEnd(at: number, limit: number, depth: number): number {
    const bytes = this.#bytes;
    const first = bytes[at];
    if (this.#code !== undefined && (first === 0x7b || first === 0x5b)) {
      const end = this.#code.valueEnd(textStart + at, textStart + limit, maxDepth - depth) - textStart;
      if (end > 0) {
        this.#pass(at, end, this.#code.sawControl() !== 0);
        return end;
      }
      // What is wrong, and where, is found by the code that small frames are scanned with.
    }
    return valueEnd(bytes, at, limit, depth);
  }

  /** Whether the frame, which must have been scanned to be right, is known to hold no line end between its tokens. */
  get isOneLine(): boolean {
    this.#pass(this.#size, this.#size, false);
    return this.#checked <= this.#size;
  }

  /** The frame is used up. */
  release(): void {
    this.#bytes = Buffer.alloc(0);
    if (this.#code !== undefined && this.#code.memory.buffer.byteLength > keptBytes) this.#code = undefined;
  }

  /** The value from `start` to `end` was skipped; what lies between it and the one before has still to be looked at. */
  #pass(start: number, end: number, hadControl: boolean): void {
    if (this.#checked > this.#size) return;
    if (hadControl || hasLineEnd(this.#bytes, this.#checked, start)) this.#checked = this.#size + 1;
    else this.#checked = end;
  }

  #ready(wanted: number): JsonValueCode | undefined {
    if (this.#isMissing) return undefined;
    try {
      const { WebAssembly: host } = globalThis as unknown as { WebAssembly: WasmHost };
      this.#module ??= new host.Module(Buffer.from(jsonValueWasm, "base64"));
      this.#code ??= new host.Instance(this.#module).exports as JsonValueCode;
    } catch {
      // Switched off, too old a processor, or no address space: it will not come.
      this.#isMissing = true;
      return undefined;
    }
    const missing = wanted - this.#code.memory.buffer.byteLength;
    try {
      if (missing > 0) this.#code.memory.grow(Math.ceil(missing / pageBytes));
    } catch {
      return undefined;
    }
    return this.#code;
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
