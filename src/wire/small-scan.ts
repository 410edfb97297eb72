// Scans small messages of the usual kind in WebAssembly (wasm/small-message.ts).
import { isUtf8 } from "node:buffer";
import type { Scan } from "./scan.ts";
import { smallMessageWasm } from "./small-message-wasm.ts";

const textStart = 4096;
export const smallFrameBytes = 4096;

interface SmallMessageCode {
  readonly memory: { readonly buffer: ArrayBuffer };
  recordAt(): number;
  scanSmall(at: number, limit: number): number;
}

interface WasmHost {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

interface Code {
  readonly scan: SmallMessageCode["scanSmall"];
  readonly record: Int32Array;
  readonly words: Int32Array;
}

const startsAfter = 512;

export class SmallScan {
  #code: Code | undefined;
  #missing = startsAfter;
  #source: ArrayBufferLike | undefined;
  #sourceWords = new Int32Array(0);

  start(): void {
    this.#missing = -1;
    try {
      const { WebAssembly: host } = globalThis as unknown as { WebAssembly: WasmHost };
      const module = new host.Module(Buffer.from(smallMessageWasm, "base64"));
      const code = new host.Instance(module).exports as unknown as SmallMessageCode;
      this.#code = {
        scan: code.scanSmall,
        record: new Int32Array(code.memory.buffer, code.recordAt(), 24),
        words: new Int32Array(code.memory.buffer, textStart, (smallFrameBytes >> 2) + 16),
      };
    } catch {
      // No WebAssembly, no vectors, or no memory for it.
    }
  }

  /** False: JavaScript has to decide. */
  scan(bytes: Buffer, into: Scan): boolean {
    const length = bytes.length;
    if (length > smallFrameBytes) return false;
    const code = this.#code;
    if (code === undefined) {
      if (--this.#missing === 0) this.start();
      return false;
    }
    const buffer = bytes.buffer;
    if (buffer !== this.#source) {
      if ((buffer.byteLength & 3) !== 0) return false;
      this.#source = buffer;
      this.#sourceWords = new Int32Array(buffer);
    }
    const offset = bytes.byteOffset;
    const from = this.#sourceWords;
    const to = code.words;
    const last = (offset + length + 3) >> 2;
    for (let i = offset >> 2, j = 0; i < last; i++, j++) to[j] = from[i] as number;
    const start = textStart + (offset & 3);
    const found = code.scan(start, start + length);
    if (found === 0 || (found > 3 && !isUtf8(bytes))) return false;
    const record = code.record;
    const kind = found & 3;
    into.kind = kind === 1 ? "request" : kind === 2 ? "notification" : "response";
    into.idStart = record[0] as number;
    into.idEnd = record[1] as number;
    into.methodStart = record[2] as number;
    into.methodEnd = record[3] as number;
    into.paramsStart = record[4] as number;
    into.paramsEnd = record[5] as number;
    into.resultStart = record[6] as number;
    into.resultEnd = record[7] as number;
    into.errorStart = record[8] as number;
    into.errorEnd = record[9] as number;
    into.nameStart = record[10] as number;
    into.nameEnd = record[11] as number;
    into.uriStart = record[12] as number;
    into.uriEnd = record[13] as number;
    into.metaStart = record[14] as number;
    into.metaEnd = record[15] as number;
    into.tokenStart = record[16] as number;
    into.tokenEnd = record[17] as number;
    into.paramTokenStart = record[18] as number;
    into.paramTokenEnd = record[19] as number;
    into.requestIdStart = record[20] as number;
    into.requestIdEnd = record[21] as number;
    return true;
  }
}
