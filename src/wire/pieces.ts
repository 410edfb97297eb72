// The bytes of a frame that is still coming in, in the chunks they came in.
import type { Frame } from "./frame.ts";
import type { Landing } from "./scan-memory.ts";

/** Frames up to this size are handed on in one chunk. */
const flatBytes = 64 * 1024;

/** After this many chunks, if they are small on average, they are joined into one: a chunk costs memory of its own. */
const runLength = 128;
const smallRunBytes = 256 * 1024;

export class Pieces {
  #chunks: Buffer[] = [];
  #size = 0;
  /** Chunks before this index are not joined any more, so that no byte is copied twice on the way. */
  #settled = 0;
  #settledBytes = 0;
  /** Of all of them, as long as they are what was looked at. */
  #clearOf: object | undefined;

  get size(): number {
    return this.#size;
  }

  /** `clearOf`: as that of a frame, of this chunk. */
  add(chunk: Buffer, clearOf?: object): void {
    if (chunk.length === 0) return;
    if (this.#chunks.length === 0) this.#clearOf = clearOf;
    else if (this.#clearOf !== clearOf) this.#clearOf = undefined;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#chunks.length - this.#settled < runLength) return;
    const runBytes = this.#size - this.#settledBytes;
    if (runBytes <= smallRunBytes) {
      this.#chunks.push(Buffer.concat(this.#chunks.splice(this.#settled), runBytes));
      this.#clearOf = undefined;
    }
    this.#settled = this.#chunks.length;
    this.#settledBytes = this.#size;
  }

  trimCarriageReturn(): void {
    const last = this.#chunks.at(-1);
    if (last === undefined || last[last.length - 1] !== 0x0d) return;
    this.#chunks.pop();
    if (last.length > 1) this.#chunks.push(last.subarray(0, last.length - 1));
    this.#size--;
  }

  /** The frame, of which somebody knows more; the pieces are empty afterwards. */
  take(isUtf8?: boolean, landing?: Landing): Frame {
    const chunks = this.#chunks;
    const size = this.#size;
    const clearOf = this.#clearOf;
    this.clear();
    if (chunks.length > 1 && size < flatBytes) return { chunks: [Buffer.concat(chunks, size)], size, isUtf8 };
    // With all that MessageReader says of a large frame: what sends frames is compiled for few kinds of objects.
    return { chunks, size, clearOf, isUtf8, landing, isOneLine: undefined };
  }

  clear(): void {
    this.#chunks = [];
    this.#size = 0;
    this.#clearOf = undefined;
    this.#settled = 0;
    this.#settledBytes = 0;
  }
}
