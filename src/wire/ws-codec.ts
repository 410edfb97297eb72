// RFC 6455 as a server reads it: client frames in, whole text messages and control frames out, chunk by chunk. Knows no
// socket. It writes into the chunks it is given (unmasking in place), so they must belong to it.
import { isUtf8 } from "node:buffer";
import type { Frame } from "./frame.ts";
import type { IncomingBudget } from "./incoming-budget.ts";
import { Pieces } from "./pieces.ts";
import { takeRow } from "./scan.ts";
import type { Landing, ScanMemory } from "./scan-memory.ts";
import type { RowTaker } from "./small-scan.ts";
import { rotate, unmask, wordsFrom, wordsOf } from "./ws-unmask.ts";

/** What the server closes with: 1001 going away, 1002 protocol error, 1003 not text, 1007 not UTF-8, 1009 too large, 1013 try again later. */
export type FaultCode = 1002 | 1003 | 1007 | 1009 | 1013;

export interface WsEvents {
  /** One text message. Its UTF-8 is not checked here: the scan of the message does that. */
  message(frame: Frame): void;
  /** The payload is only valid during the call. */
  ping(payload: Buffer): void;
  pong(): void;
  /** The client's close frame: nothing comes after it. `code` is undefined when it named none. */
  close(code: number | undefined): void;
  /** The client broke the protocol, or (1013) there is no room for what it sends: nothing comes after it. */
  fault(code: FaultCode, reason: string): void;
}

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

/** Flags, length of 8 bytes, mask. */
const longestHeader = 14;
/** Below this, making a view of words costs more than it saves where only one payload uses it. */
const viewFrom = 1024;
/** Payloads up to this size are copied into one chunk when they come in several; larger ones stay where they were read. */
const copiedBytes = 64 * 1024;
/** Fragments up to this size are gathered, so that many tiny ones cost no more than their bytes. */
const smallFragmentBytes = 4 * 1024;
const gatherBytes = 16 * 1024;
const noBytes = Buffer.alloc(0);

export interface ReaderOptions {
  /** The largest message, all its fragments together. */
  readonly maxBytes: number;
  /** Where large messages come to lie in one piece, and where what does not is unmasked; one each for all readers. */
  readonly memory: ScanMemory;
  readonly vectors: ScanMemory;
  /** One for all readers. What comes whole in one chunk takes nothing of it. */
  readonly incoming: IncomingBudget;
}

export class WsReader implements RowTaker {
  readonly #maxBytes: number;
  readonly #events: WsEvents;
  readonly #memory: ScanMemory;
  readonly #vectors: ScanMemory;
  readonly #incoming: IncomingBudget;
  /** Of the budget: what is kept of a payload that is still coming, and of the fragments before it. */
  #heldBytes = 0;
  /** Messages of which a part was kept, this one included. */
  #kept = 0;
  #done = false;
  /** The memory of the chunk being read, by words; made once for all the frames in it. */
  #words: BigUint64Array | undefined;

  // The header, while its bytes are still coming.
  #head: Buffer = noBytes;
  #headLength = 0;

  // The frame that the last header announced. The mask's first byte is the most significant.
  #final = false;
  #opcode = TEXT;
  #length = 0;
  #mask = 0;

  // Its payload, when it does not come in one chunk: undefined between frames.
  #body: Buffer | Pieces | undefined;
  #filled = 0;
  /** Of a message that is one frame, as long as all of it so far has come to lie there. */
  #landing: Landing | undefined;

  // The fragments of the message so far; the last one may still be gathering.
  #fragments: Buffer[] | undefined;
  #fragmentBytes = 0;
  #gather: Buffer = noBytes;
  #gathered = 0;

  constructor(options: ReaderOptions, events: WsEvents) {
    this.#maxBytes = options.maxBytes;
    this.#vectors = options.vectors;
    this.#memory = options.memory;
    this.#incoming = options.incoming;
    this.#events = events;
  }

  push(chunk: Buffer): void {
    let at = 0;
    let comesInRows = true;
    while (at < chunk.length && !this.#done) {
      if (this.#body !== undefined) {
        at = this.#fill(this.#body, chunk, at);
        continue;
      }
      if (comesInRows && this.#headLength === 0 && this.#fragments === undefined) {
        const next = takeRow("frames", chunk, at, this.#maxBytes, this);
        comesInRows = next > at;
        at = next;
        if (at === chunk.length || this.#done) break;
      }
      if (this.#headLength === 0 && chunk.length - at >= longestHeader) {
        at = this.#payload(chunk, this.#header(chunk, at, chunk.length));
      } else {
        at = this.#collectHeader(chunk, at);
      }
    }
    this.#words = undefined;
  }

  /** For `takeRow`. */
  taken(frame: Frame): void {
    if (!this.#done) this.#events.message(frame);
  }

  /** A number of the message of which a part is kept, other than those before; undefined where none is. */
  get unfinished(): number | undefined {
    return this.#heldBytes === 0 ? undefined : this.#kept;
  }

  /** Nothing more is read: what is not whole is dropped. */
  end(): void {
    this.#done = true;
    this.#body = undefined;
    this.#landing = undefined;
    this.#fragments = undefined;
    this.#gather = noBytes;
    this.#giveBack(this.#heldBytes);
  }

  /** False, after a fault: all readers hold as much as they may. */
  #hold(bytes: number): boolean {
    if (!this.#incoming.hold(bytes)) {
      this.#fault(1013, "too much of unfinished messages is held for all clients together: try again later");
      return false;
    }
    if (this.#heldBytes === 0) this.#kept++;
    this.#heldBytes += bytes;
    return true;
  }

  #giveBack(bytes: number): void {
    this.#heldBytes -= bytes;
    this.#incoming.giveBack(bytes);
  }

  /** A header near the end of a chunk or in pieces: byte by byte, as it may end at any of them. */
  #collectHeader(chunk: Buffer, start: number): number {
    let at = start;
    if (this.#head.length === 0) this.#head = Buffer.allocUnsafe(longestHeader);
    while (at < chunk.length && !this.#done) {
      this.#head[this.#headLength++] = chunk[at++] ?? 0;
      if (this.#header(this.#head, 0, this.#headLength) > 0) {
        this.#headLength = 0;
        return this.#payload(chunk, at);
      }
    }
    return at;
  }

  /** Reads the header at `start`. Returns where its payload begins, 0 when more bytes are needed or after a fault. */
  #header(bytes: Buffer, start: number, end: number): number {
    if (end - start < 2) return 0;
    const first = bytes[start] ?? 0;
    const second = bytes[start + 1] ?? 0;
    const opcode = first & 0x0f;
    let length = second & 0x7f;
    let at = start + 2;
    if ((first & 0x70) !== 0) return this.#fault(1002, "a reserved bit is set, and no extension was agreed");
    if ((second & 0x80) === 0) return this.#fault(1002, "the frame is not masked");
    if (opcode >= CLOSE) {
      if (opcode > PONG) return this.#fault(1002, "unknown opcode");
      if ((first & 0x80) === 0) return this.#fault(1002, "a control frame is fragmented");
      if (length > 125) return this.#fault(1002, "a control frame is longer than 125 bytes");
    } else if (opcode === BINARY) {
      return this.#fault(1003, "text messages only");
    } else if (opcode > BINARY) {
      return this.#fault(1002, "unknown opcode");
    } else if ((opcode === CONTINUATION) !== (this.#fragments !== undefined)) {
      return this.#fault(1002, opcode === TEXT ? "a new message inside a fragmented one" : "nothing to continue");
    }

    if (length === 126) {
      if (end - at < 2) return 0;
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      if (end - at < 8) return 0;
      length = bytes.readUInt32BE(at) * 0x100000000 + bytes.readUInt32BE(at + 4);
      at += 8;
    }
    if (opcode < CLOSE && this.#fragmentBytes + length > this.#maxBytes) {
      return this.#fault(1009, `the message is larger than ${this.#maxBytes} bytes`);
    }
    if (end - at < 4) return 0;
    this.#mask = bytes.readInt32BE(at);
    this.#final = (first & 0x80) !== 0;
    this.#opcode = opcode;
    this.#length = length;
    return at + 4;
  }

  /** Takes the payload at `at`, all of it or what the chunk has. Returns where the next frame begins. */
  #payload(chunk: Buffer, at: number): number {
    if (this.#done) return at;
    const end = at + this.#length;
    if (end > chunk.length) {
      const isCopied = this.#length <= copiedBytes;
      if (isCopied && !this.#hold(this.#length)) return at;
      this.#body = isCopied ? Buffer.allocUnsafe(this.#length) : new Pieces();
      this.#filled = 0;
      const lands = !isCopied && this.#final && this.#fragments === undefined;
      this.#landing = lands ? { memory: this.#memory, size: 0 } : undefined;
      return this.#fill(this.#body, chunk, at);
    }
    if (!this.#vectors.unmask(chunk, at, end, this.#mask)) {
      if (this.#length >= wordsFrom) this.#words ??= wordsOf(chunk);
      unmask(chunk, at, end, this.#mask, this.#words);
    }
    this.#frame(chunk.subarray(at, end));
    return end;
  }

  #fill(body: Buffer | Pieces, chunk: Buffer, at: number): number {
    const end = at + Math.min(this.#length - this.#filled, chunk.length - at);
    if (body instanceof Pieces && !this.#hold(end - at)) return at;
    const mask = rotate(this.#mask, this.#filled);
    const landing = this.#landing;
    if (landing?.memory.land(landing, chunk, at, end, mask) !== true) {
      this.#landing = undefined;
      if (!this.#vectors.unmask(chunk, at, end, mask))
        unmask(chunk, at, end, mask, end - at >= viewFrom ? wordsOf(chunk) : undefined);
    }
    if (body instanceof Pieces) body.add(chunk.subarray(at, end));
    else chunk.copy(body, this.#filled, at, end);
    this.#filled += end - at;
    if (this.#filled === this.#length) {
      this.#body = undefined;
      this.#giveBack(this.#length);
      if (body instanceof Pieces) this.#largeFrame(body.take(undefined, this.#landing));
      else this.#frame(body);
    }
    return end;
  }

  #frame(payload: Buffer): void {
    if (this.#opcode >= CLOSE) {
      this.#control(payload);
    } else if (this.#final && this.#fragments === undefined) {
      this.#events.message({ chunks: [payload], size: payload.length });
    } else {
      this.#fragment(payload, this.#final);
    }
  }

  /** A text or continuation frame in the chunks it was read in. */
  #largeFrame(frame: Frame): void {
    if (this.#final && this.#fragments === undefined) {
      this.#events.message(frame);
      return;
    }
    const last = frame.chunks.length - 1;
    for (const [index, chunk] of frame.chunks.entries()) {
      if (!this.#done) this.#fragment(chunk, this.#final && index === last);
    }
  }

  #control(payload: Buffer): void {
    if (this.#opcode === PING) this.#events.ping(payload);
    else if (this.#opcode === PONG) this.#events.pong();
    else this.#close(payload);
  }

  #close(payload: Buffer): void {
    const code = payload.length === 0 ? undefined : payload.length === 1 ? 0 : payload.readUInt16BE(0);
    if (code !== undefined && !isCloseCode(code)) {
      this.#fault(1002, "the close code is not one that may be sent");
    } else if (!isUtf8(payload.subarray(2))) {
      this.#fault(1007, "the close reason is not UTF-8");
    } else {
      this.#done = true;
      this.#events.close(code);
    }
  }

  /** `isLast`: the message ends with it. */
  #fragment(payload: Buffer, isLast: boolean): void {
    const fragments = this.#fragments ?? [];
    this.#fragments = fragments;
    this.#fragmentBytes += payload.length;
    if (payload.length > smallFragmentBytes) {
      if (!isLast && !this.#hold(payload.length)) return;
      this.#endGather(fragments);
      // A view keeps all of the chunk it lies in.
      const isLittle = payload.length * 2 < payload.buffer.byteLength;
      fragments.push(isLittle && !isLast ? Buffer.from(payload) : payload);
    } else {
      if (this.#gather.length - this.#gathered < payload.length) {
        if (!isLast && !this.#hold(gatherBytes)) return;
        this.#endGather(fragments);
        this.#gather = Buffer.allocUnsafeSlow(gatherBytes);
      }
      this.#gathered += payload.copy(this.#gather, this.#gathered);
    }
    if (!isLast) return;
    this.#endGather(fragments);
    const frame = { chunks: fragments, size: this.#fragmentBytes };
    this.#fragments = undefined;
    this.#fragmentBytes = 0;
    this.#giveBack(this.#heldBytes);
    this.#events.message(frame);
  }

  #endGather(fragments: Buffer[]): void {
    if (this.#gathered > 0) fragments.push(this.#gather.subarray(0, this.#gathered));
    this.#gather = noBytes;
    this.#gathered = 0;
  }

  #fault(code: FaultCode, reason: string): 0 {
    this.end();
    this.#events.fault(code, reason);
    return 0;
  }
}

function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code < 5000)
  );
}

/** A close frame as servers send it. The reason is cut to the 123 bytes that fit. */
export function closeFrame(code: number, reason: string): Buffer {
  let text = Buffer.from(reason, "utf8");
  while (text.length > 123) text = Buffer.from(text.toString("utf8").slice(0, -1), "utf8");
  const frame = Buffer.allocUnsafe(4 + text.length);
  frame[0] = 0x80 | CLOSE;
  frame[1] = 2 + text.length;
  frame.writeUInt16BE(code, 2);
  text.copy(frame, 4);
  return frame;
}

export function pongFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x80 | PONG, payload.length), payload]);
}

export const pingFrame: Buffer = Buffer.of(0x80 | PING, 0);
