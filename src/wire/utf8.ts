// UTF-8 validity of bytes that lie in chunks: a character may straddle any number of borders.
import { isUtf8 } from "node:buffer";

export function isUtf8Chunks(chunks: readonly Buffer[]): boolean {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return isUtf8(only);
  const straddling = Buffer.alloc(4);
  let held = 0;
  for (const chunk of chunks) {
    let from = 0;
    if (held > 0) {
      const need = characterSize(straddling[0] as number);
      while (held < need && from < chunk.length) straddling[held++] = chunk[from++] as number;
      if (held < need) continue;
      if (!isUtf8(straddling.subarray(0, need))) return false;
      held = 0;
    }
    const end = chunk.length - unfinished(chunk, from);
    if (!isUtf8(chunk.subarray(from, end))) return false;
    for (let i = end; i < chunk.length; i++) straddling[held++] = chunk[i] as number;
  }
  return held === 0;
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
