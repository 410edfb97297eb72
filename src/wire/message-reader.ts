// One message of a client, read: its ranges, and its bytes in one piece for as long as somebody looks at them. Made to be used
// again for every message, so that reading makes nothing.
import { type ByteString, byteText, type Frame, flatten, frameOf } from "./frame.ts";
import { type Meta, Metas } from "./meta.ts";
import { createScan, isTaken, type Scan, type ScanFault, scan } from "./scan.ts";
import { largeFrameBytes, ScanMemory } from "./scan-memory.ts";

const wholeTextBytes = 2 * 1024;

const nothing = frameOf(Buffer.alloc(0));

export class MessageReader {
  /** Of the message last read; means nothing where `fault` is set. */
  readonly scan: Scan = createScan();
  /** What was read, as it may be forwarded. */
  frame: Frame = nothing;
  /** Why the message is refused; undefined for one that is right. */
  fault: ScanFault | undefined;
  readonly #memory = new ScanMemory();
  readonly #metas = new Metas();
  /** Undefined until somebody asks, where the frame is text. */
  #bytes: Buffer | undefined;
  #text: ByteString | undefined;
  /** `unread` until somebody asks. */
  #meta: Meta | undefined | "unread";
  /** Where the message is loaded. */
  #loadedIn: ScanMemory | undefined;

  /** The frame in one piece: what the ranges are of. Good until the next `read` or `release`. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.#text ?? "", "latin1");
    return this.#bytes;
  }

  /**
   * All of `bytes` as text, of a small message: made once, and what is needed of it is cut out of that, since each way into the bytes costs
   * more. Undefined for one that would be copied for the sake of a few short parts.
   */
  get text(): ByteString | undefined {
    if (this.#text === undefined) {
      const { bytes } = this;
      if (bytes.length > wholeTextBytes) return undefined;
      this.#text = byteText(bytes, 0, bytes.length);
    }
    return this.#text;
  }

  /** What the message says in `params._meta`. */
  get meta(): Meta | undefined {
    if (this.#meta === "unread") this.#meta = this.#metas.of(this);
    return this.#meta;
  }

  read(frame: Frame): void {
    this.#text = undefined;
    this.#meta = "unread";
    if (frame.size >= largeFrameBytes) {
      this.#readLarge(frame);
      return;
    }
    this.frame = frame;
    if (isTaken(frame, this.scan)) {
      this.#text = frame.text;
      // Somebody may have had its bytes made.
      this.#bytes = frame.text === undefined ? flatten(frame) : undefined;
      this.fault = undefined;
      return;
    }
    this.#bytes = flatten(frame);
    this.fault = scan(this.#bytes, this.scan);
  }

  /** The message is used up; to be called after every `read`. */
  release(): void {
    if (this.#loadedIn === undefined) return;
    this.#bytes = nothing.chunks[0] as Buffer;
    this.frame = nothing;
    this.#loadedIn.release();
    this.#loadedIn = undefined;
  }

  /** In a memory of its own, so that the frame stays in its chunks. */
  #readLarge(frame: Frame): void {
    const memory = frame.landing?.memory ?? this.#memory;
    const loaded = memory.load(frame);
    this.#loadedIn = loaded === undefined ? undefined : memory;
    this.#bytes = loaded ?? flatten(frame);
    this.fault = scan(this.#bytes, this.scan, loaded === undefined ? undefined : memory);
    const isWhole = loaded !== undefined && this.fault === undefined;
    const { chunks, size, clearOf, isUtf8 } = frame;
    const isOneLine = isWhole ? memory.isOneLine() : undefined;
    this.frame = { chunks, size, clearOf, isUtf8, landing: undefined, isOneLine };
  }
}
