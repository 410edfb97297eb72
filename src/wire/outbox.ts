// Outgoing messages of one stream: wraps, batches and bounds them. Small frames are copied into a slab and leave in one
// write per turn; large ones leave as the chunks they came in. Never blocks, never throws, never parses.
//
//   send ──► slab (open part) ──► queue ──► stream (at most `handoverBytes` at a time) ──► taken
//            └──────────────── pendingBytes, bounded by maxBytes ────────────────┘
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { type ByteString, byteText, type Frame, type FrameSink, type Sent, type Splice } from "./frame.ts";
import { PieceQueue } from "./piece-queue.ts";
import { areOneLine, blankLineEnds, contentLengthHeader, spliced, type Wrap, wrapBytes, wrapped } from "./wrap.ts";
import { untakenBytes } from "./write-progress.ts";

export interface OutboxOptions {
  readonly wrap: Wrap;
  /** Most bytes that may be pending, wrapping included; a frame that would go over it is answered `full`. */
  readonly maxBytes: number;
  /** Handed to the stream at a time; the rest stays here. */
  readonly handoverBytes?: number;
  /** The stream had pushed back and has now taken everything. */
  readonly onDrain?: () => void;
  /** The stream is closed: as a listener of the stream, and cheaper. */
  readonly onClose?: () => void;
  /** A socket or a child's stdin. Its errors end the outbox; its owner hears of them from `close`. */
  readonly writable: Writable;
}

/** Frames up to this many bytes are joined as text; the rest of those up to `copyBytes` is copied into the slab. */
const batchedBytes = 2 * 1024;
/** Frames up to this many bytes are copied whole. */
const copyBytes = 16 * 1024;
/** In larger frames, pieces up to this size are copied: cheaper than one more buffer to write. */
const smallPieceBytes = 1024;
/**
 * A first batch of so many messages, or bytes, leaves at once: the reader starts on it while the rest of the turn is still being written. The last of the messages must have
 * come together, in one read: where several peers send a few each, this process is what they wait for, and waking the reader twice costs it more.
 */
const earlyFlushMessages = 36;
const earlyFlushBytes = 16 * 1024;
const togetherMessages = 18;
const firstSlabBytes = 4 * 1024;
const fullSlabBytes = 64 * 1024;
/** A large message leaves in one write: each further one costs a turn of the event loop. */
const usualHandoverBytes = 2 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const noBytes = Buffer.alloc(0);

/** `ending`: nothing more is accepted, what was accepted still leaves. `gone`: the stream has ended or failed. */
type Phase = "open" | "ending" | "gone";

export class Outbox implements FrameSink {
  /** May be changed until the first send. */
  wrap: Wrap;
  readonly #writable: Writable;
  readonly #maxBytes: number;
  readonly #handoverBytes: number;
  readonly #onDrain: (() => void) | undefined;
  /** A socket has copied what it has taken, so the slab may be written again; other streams may still refer to it. */
  readonly #copiesOnTake: boolean;
  #phase: Phase = "open";
  #slab: Buffer = noBytes;
  /** Slab bytes from `#from` to `#to` are written and not queued; bytes before `#from` belong to others. */
  #from = 0;
  #to = 0;
  readonly #queue = new PieceQueue();
  /** -0 is no small integer: where this became too large for one, V8 would compile everything here anew. */
  #acceptedBytes = -0;
  /** Small frames of this turn, wrapped, behind everything in the slab: joining strings costs less than copying pieces. */
  #batch: ByteString = "";
  /** Small frames in this turn's first part, since the read before the one that brought the latest. */
  #batched = 0;
  #scheduled = false;
  /** Whether the first part of this turn has left already. */
  #isEarly = false;
  #blocked = false;
  #hearsDrain = false;

  constructor(options: OutboxOptions) {
    this.wrap = options.wrap;
    this.#writable = options.writable;
    this.#maxBytes = options.maxBytes;
    this.#handoverBytes = options.handoverBytes ?? usualHandoverBytes;
    this.#onDrain = options.onDrain;
    this.#copiesOnTake = options.writable instanceof Socket;
    if (options.onDrain !== undefined) this.#hearDrain();
    const { onClose } = options;
    options.writable.on("error", () => this.#gone());
    options.writable.on("close", () => {
      this.#gone();
      onClose?.();
    });
  }

  /** Bytes accepted and not taken by the stream yet, wrapping included. */
  get pendingBytes(): number {
    return this.#phase === "gone" ? 0 : this.#keptBytes + this.#writable.writableLength;
  }

  /** Bytes that the reader has taken so far. While bytes are pending, a value that stands still is a stalled reader. */
  get takenBytes(): number {
    return this.#acceptedBytes - (this.#phase === "gone" ? 0 : this.#keptBytes + untakenBytes(this.#writable));
  }

  /** Accepted, and not handed over yet. */
  get #keptBytes(): number {
    return this.#queue.bytes + this.#to - this.#from + this.#batch.length;
  }

  send(frame: Frame, splices: readonly Splice[]): Sent {
    if (this.#phase !== "open" || !this.#writable.writable) return "closed";
    let size = frame.size;
    for (const splice of splices) size += splice.text.length - (splice.end - splice.start);
    const total = size + wrapBytes(this.wrap, size);
    if (this.pendingBytes + total > this.#maxBytes) return "full";
    this.#acceptedBytes += total;
    if (total <= batchedBytes) {
      const isOneLine = this.wrap !== "newline" || (frame.isOneLine === true && areOneLine(splices));
      this.#batch += wrapped(spliced(frame.text ?? frameText(frame), splices), this.wrap, isOneLine);
      this.#schedule();
      return "ok";
    }
    this.#closeBatch();
    if (total <= copyBytes) this.#room(total);
    this.#open(size);
    this.#put(frame, splices, total <= copyBytes ? copyBytes : smallPieceBytes);
    if (this.wrap === "newline") this.#byte(LF);
    this.#schedule();
    return "ok";
  }

  /** Sends bytes that are wrapped already (a control frame), in order with the messages. They are copied. */
  sendRaw(bytes: Buffer): Sent {
    if (this.#phase !== "open" || !this.#writable.writable) return "closed";
    if (this.pendingBytes + bytes.length > this.#maxBytes) return "full";
    this.#acceptedBytes += bytes.length;
    this.#closeBatch();
    this.#room(bytes.length);
    bytes.copy(this.#slab, this.#to);
    this.#to += bytes.length;
    this.#schedule();
    return "ok";
  }

  /** Hands over now what would leave at the end of this turn. */
  flush(): void {
    this.#scheduled = false;
    this.#isEarly = false;
    this.#batched = 0;
    if (this.#phase === "gone") return;
    this.#handOverBatch();
    this.#closeSegment();
    this.#pump();
  }

  /** Accepts nothing more; once everything accepted is handed over, the stream is ended. */
  close(): void {
    if (this.#phase !== "open") return;
    this.#phase = "ending";
    this.flush();
  }

  /** Gives the slab back while there is nothing to send; for connections that have gone quiet. */
  trim(): void {
    if (this.pendingBytes > 0) return;
    this.#queue.clear();
    this.#slab = noBytes;
    this.#from = 0;
    this.#to = 0;
  }

  #open(size: number): void {
    if (this.wrap === "websocket") this.#webSocketHeader(size);
    else if (this.wrap === "content-length") this.#text(contentLengthHeader(size));
  }

  #webSocketHeader(size: number): void {
    this.#room(10);
    const slab = this.#slab;
    let to = this.#to;
    slab[to++] = 0x81;
    if (size < 126) {
      slab[to++] = size;
    } else if (size < 0x10000) {
      slab[to++] = 126;
      to = slab.writeUInt16BE(size, to);
    } else {
      slab[to++] = 127;
      to = slab.writeUInt32BE(Math.floor(size / 0x100000000), to);
      to = slab.writeUInt32BE(size % 0x100000000, to);
    }
    this.#to = to;
  }

  /** The frame's bytes with its splices in their places. Pieces up to `copyUpTo` bytes are copied. */
  #put(frame: Frame, splices: readonly Splice[], copyUpTo: number): void {
    let at = 0; // frame offset of the chunk
    let from = 0; // frame offset of the first byte that is not written or replaced yet
    let next = 0;
    const mayBeDirty = this.wrap === "newline" && frame.isOneLine !== true;
    for (const chunk of frame.chunks) {
      const end = at + chunk.length;
      const dirty = mayBeDirty && (chunk.indexOf(LF) >= 0 || chunk.indexOf(CR) >= 0);
      let splice = splices[next];
      while (splice !== undefined && splice.start < end) {
        if (splice.start > from) this.#piece(chunk, from - at, splice.start - at, copyUpTo, dirty);
        this.#text(splice.text);
        from = splice.end;
        splice = splices[++next];
      }
      if (from < end) {
        this.#piece(chunk, from - at, end - at, copyUpTo, dirty);
        from = end;
      }
      at = end;
    }
    // What is left inserts at the very end.
    for (; next < splices.length; next++) this.#text(splices[next]?.text ?? "");
  }

  #piece(chunk: Buffer, start: number, end: number, copyUpTo: number, dirty: boolean): void {
    const size = end - start;
    if (size <= copyUpTo) {
      this.#room(size);
      copyPiece(chunk, this.#slab, this.#to, start, end);
      if (dirty) blankLineEnds(this.#slab, this.#to, this.#to + size);
      this.#to += size;
      return;
    }
    this.#closeSegment();
    let piece = chunk.subarray(start, end);
    if (dirty) {
      // Others may hold the source, so the blanks go into a copy.
      const copy = Buffer.allocUnsafeSlow(size);
      piece.copy(copy);
      blankLineEnds(copy, 0, size);
      piece = copy;
    }
    this.#queue.push(piece);
  }

  #text(text: ByteString): void {
    const size = text.length;
    this.#room(size);
    if (size > 24) {
      this.#slab.write(text, this.#to, size, "latin1");
      this.#to += size;
      return;
    }
    // For an id, storing its few bytes here costs less than the call.
    const slab = this.#slab;
    for (let at = 0; at < size; at++) slab[this.#to++] = text.charCodeAt(at);
  }

  #byte(value: number): void {
    this.#room(1);
    this.#slab[this.#to++] = value;
  }

  /** Makes sure that `size` more bytes fit behind `#to`. */
  #room(size: number): void {
    if (this.#from === this.#to && this.#to > 0 && this.#copiesOnTake && this.pendingBytes === 0) {
      this.#from = 0;
      this.#to = 0;
    }
    if (this.#slab.length - this.#to >= size) return;
    this.#closeSegment();
    const wanted = Math.min(fullSlabBytes, Math.max(firstSlabBytes, this.#slab.length * 2));
    this.#slab = Buffer.allocUnsafeSlow(Math.max(wanted, size));
    this.#from = 0;
    this.#to = 0;
  }

  #closeBatch(): void {
    const batch = this.#batch;
    if (batch === "") return;
    this.#batch = "";
    this.#room(batch.length);
    this.#slab.write(batch, this.#to, batch.length, "latin1");
    this.#to += batch.length;
  }

  /** With nothing before it the batch leaves as the text it is: no slab is made for it, and nothing is copied here. */
  #handOverBatch(): void {
    const batch = this.#batch;
    if (batch === "" || batch.length > fullSlabBytes || this.#blocked) return;
    if (this.#from !== this.#to || this.#queue.count > 0) return;
    this.#batch = "";
    this.#writable.write(batch, "latin1");
    this.#noteBlocked();
  }

  #closeSegment(): void {
    this.#closeBatch();
    if (this.#from === this.#to) return;
    this.#queue.push(this.#slab.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  #schedule(): void {
    if (++this.#batched === togetherMessages) process.nextTick(countAnew, this);
    if (!this.#isEarly && (this.#batched >= earlyFlushMessages || this.#batch.length >= earlyFlushBytes)) {
      this.#isEarly = true;
      this.#handOverBatch();
      this.#closeSegment();
      this.#pump();
    }
    if (this.#scheduled || this.#blocked) return;
    this.#scheduled = true;
    setImmediate(flushNow, this);
  }

  /** What comes from now on was read from elsewhere. */
  countAnew(): void {
    this.#batched = 0;
  }

  #pump(): void {
    while (!this.#blocked && this.#queue.count > 0) {
      this.#handOver();
      this.#noteBlocked();
    }
    if (this.#queue.count === 0 && this.#phase === "ending" && !this.#writable.writableEnded) this.#writable.end();
  }

  #noteBlocked(): void {
    // With nothing left inside, the stream took it all at once: it can take more now.
    this.#blocked = this.#writable.writableNeedDrain && this.#writable.writableLength > 0;
    if (this.#blocked && !this.#hearsDrain) this.#hearDrain();
  }

  /** Up to `handoverBytes` of the queue, as one write. */
  #handOver(): void {
    const writable = this.#writable;
    const single = this.#queue.count === 1;
    if (!single) writable.cork();
    for (let left = this.#handoverBytes; left > 0; ) {
      const piece = this.#queue.shift(left);
      if (piece === undefined) break;
      left -= piece.length;
      writable.write(piece);
    }
    if (!single) writable.uncork();
  }

  /** Most streams never push back, and none of them needs a listener. */
  #hearDrain(): void {
    this.#hearsDrain = true;
    this.#writable.on("drain", () => this.#drained());
  }

  #drained(): void {
    this.#blocked = false;
    this.flush();
    if (this.#phase === "open" && this.pendingBytes === 0) this.#onDrain?.();
  }

  #gone(): void {
    this.#phase = "gone";
    this.#queue.clear();
    this.#batch = "";
    this.#slab = noBytes;
    this.#from = 0;
    this.#to = 0;
  }
}

function frameText({ chunks }: Frame): ByteString {
  let text = "";
  for (const chunk of chunks) text += byteText(chunk, 0, chunk.length);
  return text;
}

/** For a few bytes a loop costs less than the call. */
function copyPiece(from: Buffer, to: Buffer, at: number, start: number, end: number): void {
  if (end - start > 32) {
    from.copy(to, at, start, end);
    return;
  }
  let target = at;
  for (let source = start; source < end; source++) to[target++] = from[source] ?? 0;
}

function flushNow(outbox: Outbox): void {
  outbox.flush();
}

function countAnew(outbox: Outbox): void {
  outbox.countAnew();
}
