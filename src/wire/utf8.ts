// UTF-8 validity of bytes that lie in chunks: a character may straddle any number of borders.
import { isUtf8 } from "node:buffer";

export function isUtf8Chunks(chunks: readonly Buffer[]): boolean {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return isUtf8(only);
  const check = new Utf8Check();
  for (const chunk of chunks) check.push(chunk);
  return check.end();
}

/** For chunks as they come in, while they are near: looked at later, the bytes of a large message have to be fetched again. */
export class Utf8Check {
  #isValid = true;
  /** Of a character that the chunks so far have not finished. */
  readonly #straddling = Buffer.alloc(4);
  #held = 0;

  push(chunk: Buffer): void {
    if (!this.#isValid) return;
    const from = this.#held === 0 ? 0 : this.#finish(chunk);
    const end = chunk.length - unfinished(chunk, from);
    if (!isUtf8(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end))) this.#isValid = false;
    for (let i = end; i < chunk.length; i++) this.#straddling[this.#held++] = chunk[i] as number;
  }

  /** Whether the bytes since the last end were UTF-8. */
  end(): boolean {
    const isUtf8 = this.#isValid && this.#held === 0;
    this.#isValid = true;
    this.#held = 0;
    return isUtf8;
  }

  /** The character that is held, with bytes of the chunk; returns how many it took of them. */
  #finish(chunk: Buffer): number {
    const straddling = this.#straddling;
    const need = characterSize(straddling[0] as number);
    let from = 0;
    while (this.#held < need && from < chunk.length) straddling[this.#held++] = chunk[from++] as number;
    if (this.#held < need) return from;
    this.#held = 0;
    if (!isUtf8(straddling.subarray(0, need))) this.#isValid = false;
    return from;
  }
}

/** Bytes of the character that this byte leads; only meaningful for a leading byte from 0xc0 on. */
function characterSize(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/** How many bytes at the end of the chunk (at most 3, none before `from`) begin a character that the chunk does not finish. */
function unfinished(chunk: Buffer, from: number): number {
  for (let back = 1; back <= 3 && chunk.length - back >= from; back++) {
    const c = chunk[chunk.length - back] as number;
    if (c >= 0xc0) return characterSize(c) > back ? back : 0;
    if (c < 0x80) return 0;
  }
  return 0;
}
