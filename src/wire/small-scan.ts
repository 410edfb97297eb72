// The quick way for the small messages that nearly all calls are: scanned in one piece by wasm/small-message.ts, which either agrees
// with scan.ts to the byte or says that it is not sure. Why, and what that covers: docs/decisions/0012-wasm-small-scan.md.
import { isAscii, isUtf8 } from "node:buffer";
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

interface SmallMessageCode {
  readonly memory: { readonly buffer: ArrayBuffer };
  recordAt(): number;
  paramKeysAt(): number;
  metaKeysAt(): number;
  prefixAt(): number;
  knownMetaAt(): number;
  knowMeta(size: number): void;
  scanSmall(at: number, limit: number): number;
}

export class SmallScan {
  #toCome = warmUpMessages;
  #run: SmallMessageCode["scanSmall"] | undefined;
  #text = new Uint8Array(0);
  #knownMeta = new Uint8Array(0);
  #know: SmallMessageCode["knowMeta"] | undefined;
  #known = 0;
  #record = new Int32Array(0);

  /** Compiles the code, which the messages do otherwise. False where there is no WebAssembly with vectors, or no memory for it. */
  start(): boolean {
    this.#toCome = 0;
    try {
      const code = compileWasm<SmallMessageCode>(smallMessageWasm)();
      const { memory, recordAt, knownMetaAt, knowMeta, scanSmall } = code;
      if (knownMetaAt() + maxKnownBytes > textStart) return false;
      writeKeys(code);
      this.#text = new Uint8Array(memory.buffer, textStart, smallMessageBytes);
      this.#record = new Int32Array(memory.buffer, recordAt(), 24);
      this.#knownMeta = new Uint8Array(memory.buffer, knownMetaAt(), maxKnownBytes);
      this.#know = knowMeta;
      this.#run = scanSmall;
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
    const run = this.#run;
    if (run === undefined) {
      if (this.#toCome > 0 && --this.#toCome === 0) this.start();
      return false;
    }
    const { length } = bytes;
    if (length > smallMessageBytes) return false;
    this.#text.set(bytes);
    const found = run(textStart, textStart + length);
    if (found === 0 || (found > 3 && !isUtf8(bytes))) return false;
    const kind = found & 3;
    into.kind = kind === 1 ? "request" : kind === 2 ? "notification" : "response";
    copyRanges(this.#record, into);
    into.knownMeta = this.#record[23] === 0 ? 0 : this.#known;
    return true;
  }

  /**
   * These bytes are the `_meta` of a message that was right, without a token of progress. Messages with the same are told by the number that is
   * returned, until others are known; 0: they are not kept.
   */
  know(meta: Buffer): number {
    if (this.#know === undefined || meta.length < minKnownBytes || meta.length > maxKnownBytes || !isAscii(meta))
      return 0;
    this.#knownMeta.set(meta);
    this.#know(meta.length);
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

/** In the order of wasm/small-message.ts. */
function copyRanges(ranges: Int32Array, into: Scan): void {
  into.idStart = ranges[0] as number;
  into.idEnd = ranges[1] as number;
  into.methodStart = ranges[2] as number;
  into.methodEnd = ranges[3] as number;
  into.paramsStart = ranges[4] as number;
  into.paramsEnd = ranges[5] as number;
  into.resultStart = ranges[6] as number;
  into.resultEnd = ranges[7] as number;
  into.errorStart = ranges[8] as number;
  into.errorEnd = ranges[9] as number;
  into.nameStart = ranges[10] as number;
  into.nameEnd = ranges[11] as number;
  into.uriStart = ranges[12] as number;
  into.uriEnd = ranges[13] as number;
  into.metaStart = ranges[14] as number;
  into.metaEnd = ranges[15] as number;
  into.tokenStart = ranges[16] as number;
  into.tokenEnd = ranges[17] as number;
  into.paramTokenStart = ranges[18] as number;
  into.paramTokenEnd = ranges[19] as number;
  into.requestIdStart = ranges[20] as number;
  into.requestIdEnd = ranges[21] as number;
  into.isOpen = false;
  into.others = ranges[22] as number;
}
