// The pieces that an outbox has accepted and not handed over yet, first in, first out. A ring that is used again and again: an array
// that grows and is cut leaves its old memory behind, and that keeps every piece alive that lay in it until all of the heap is collected.

const noBytes = Buffer.alloc(0);
const firstSlots = 32;
/** Of a queue in which nothing has been yet, as most outboxes need none. Never written to, as the first piece makes room for itself. */
const noSlots: Buffer[] = [];

export class PieceQueue {
  /** Free slots hold nothing of a message. */
  #slots: Buffer[] = noSlots;
  /** Slot of the first piece. The number of slots is a power of two. */
  #first = 0;
  #count = 0;
  #bytes = 0;

  /** Pieces. */
  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(piece: Buffer): void {
    if (this.#count === this.#slots.length) this.#grow();
    this.#slots[(this.#first + this.#count) & (this.#slots.length - 1)] = piece;
    this.#count++;
    this.#bytes += piece.length;
  }

  /** Takes the first piece, or its first `most` bytes; undefined when there is none. */
  shift(most: number): Buffer | undefined {
    if (this.#count === 0) return undefined;
    let piece = this.#slots[this.#first] as Buffer;
    if (piece.length > most) {
      this.#slots[this.#first] = piece.subarray(most);
      piece = piece.subarray(0, most);
    } else {
      this.#slots[this.#first] = noBytes;
      this.#first = (this.#first + 1) & (this.#slots.length - 1);
      this.#count--;
    }
    this.#bytes -= piece.length;
    return piece;
  }

  clear(): void {
    this.#slots = noSlots;
    this.#first = 0;
    this.#count = 0;
    this.#bytes = 0;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Array<Buffer>(Math.max(firstSlots, old.length * 2)).fill(noBytes);
    for (let at = 0; at < this.#count; at++) slots[at] = old[(this.#first + at) & (old.length - 1)] as Buffer;
    old.fill(noBytes);
    this.#slots = slots;
    this.#first = 0;
  }
}
