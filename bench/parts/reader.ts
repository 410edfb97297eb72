// Splits what a link reads into messages, for newline framing and for a server's WebSocket frames. A message inside one
// chunk is handed over where it lies; of a longer one only start, end and size are kept, unless `keepWhole` is set.
// Chunks are only valid during `push`: links share one read buffer.

const headBytes = 512;
const tailBytes = 128;

/** A message that did not fit one chunk. `head` and `tail` are its first and last bytes, copied. */
export interface LongMessage {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly size: number;
  readonly whole: Buffer | undefined;
}

export interface Listener {
  message(bytes: Buffer, start: number, end: number): void;
  long(message: LongMessage): void;
  /** The chunk just read has been used up: the moment to write what its messages led to. */
  settled(): void;
  closed(reason: string): void;
}

export interface Reader {
  keepWhole: boolean;
  push(bytes: Buffer, size: number): void;
}

/** Gathers one long message; `take` hands it over and starts anew. */
export class Gathering {
  size = 0;
  readonly #keepsWhole: () => boolean;
  #whole: Buffer[] = [];
  #head = Buffer.alloc(headBytes);
  #tail = Buffer.alloc(tailBytes);

  constructor(keepsWhole: () => boolean) {
    this.#keepsWhole = keepsWhole;
  }

  add(bytes: Buffer, from: number, to: number): void {
    if (to <= from) return;
    if (this.size < headBytes) bytes.copy(this.#head, this.size, from, to);
    const length = to - from;
    if (length >= tailBytes) bytes.copy(this.#tail, 0, to - tailBytes, to);
    else {
      this.#tail.copyWithin(0, length);
      bytes.copy(this.#tail, tailBytes - length, from, to);
    }
    this.size += length;
    if (this.#keepsWhole()) this.#whole.push(Buffer.from(bytes.subarray(from, to)));
  }

  take(): LongMessage {
    const whole = this.#keepsWhole() ? Buffer.concat(this.#whole) : undefined;
    const kept = Math.min(this.size, tailBytes);
    const message = {
      head: Buffer.from(this.#head.subarray(0, Math.min(this.size, headBytes))),
      tail: Buffer.from(this.#tail.subarray(tailBytes - kept)),
      size: this.size,
      whole,
    };
    this.size = 0;
    this.#whole = [];
    return message;
  }
}

export function newlineReader(listener: () => Listener): Reader {
  const gathering = new Gathering(() => reader.keepWhole);
  const reader: Reader = {
    keepWhole: true,
    push(chunk, size) {
      const bytes = chunk.length === size ? chunk : chunk.subarray(0, size);
      const to = listener();
      let at = 0;
      if (gathering.size > 0) {
        const end = bytes.indexOf(10);
        gathering.add(bytes, 0, end < 0 ? size : end);
        if (end < 0) return;
        to.long(gathering.take());
        at = end + 1;
      }
      while (at < size) {
        const end = bytes.indexOf(10, at);
        if (end < 0) {
          gathering.add(bytes, at, size);
          break;
        }
        if (end > at) to.message(bytes, at, end);
        at = end + 1;
      }
      to.settled();
    },
  };
  return reader;
}

/** `pong` is called with the payload of each ping; `close` when the server sends a close frame. */
export function webSocketReader(listener: () => Listener, control: { pong(payload: Buffer): void }): Reader {
  const gathering = new Gathering(() => reader.keepWhole);
  let kept = Buffer.alloc(0);
  /** Payload bytes of the current frame still to come, -1 between frames. */
  let left = -1;
  let final = true;
  let opcode = 0;
  /** A message of several frames is under way. */
  let open = false;

  function readHeader(bytes: Buffer, at: number, end: number): number {
    const have = end - at;
    if (have < 2) return -1;
    const first = bytes[at] as number;
    const short = (bytes[at + 1] as number) & 127;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (have < header) return -1;
    final = (first & 0x80) !== 0;
    opcode = first & 15;
    left =
      short === 126
        ? ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
        : short === 127
          ? bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6)
          : short;
    return header;
  }

  const reader: Reader = {
    keepWhole: true,
    push(chunk, size) {
      const to = listener();
      let bytes = chunk;
      let end = size;
      if (kept.length > 0) {
        bytes = Buffer.concat([kept, chunk.subarray(0, size)]);
        end = bytes.length;
        kept = Buffer.alloc(0);
      }
      let at = 0;
      while (at < end) {
        if (left < 0) {
          const header = readHeader(bytes, at, end);
          if (header < 0) {
            kept = Buffer.from(bytes.subarray(at, end));
            break;
          }
          at += header;
          if (opcode >= 8) {
            if (at + left > end) {
              // Control frames are tiny: wait for the whole one.
              kept = Buffer.from(bytes.subarray(at - header, end));
              left = -1;
              break;
            }
            if (opcode === 9) control.pong(bytes.subarray(at, at + left));
            at += left;
            left = -1;
            continue;
          }
          if (final && !open && at + left <= end) {
            to.message(bytes, at, at + left);
            at += left;
            left = -1;
            continue;
          }
          open = true;
        }
        const upTo = Math.min(end, at + left);
        gathering.add(bytes, at, upTo);
        left -= upTo - at;
        at = upTo;
        if (left === 0) {
          left = -1;
          if (final) {
            open = false;
            to.long(gathering.take());
          }
        }
      }
      to.settled();
    },
  };
  return reader;
}
