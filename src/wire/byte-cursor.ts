// Reads single bytes of a list of chunks by their offset in the whole. Cheap when offsets are near each other.

export class ByteCursor {
  readonly #chunks: readonly Buffer[];
  #index = 0;
  #base = 0;
  #runAt = -1;
  #runIsOdd = false;

  constructor(chunks: readonly Buffer[]) {
    this.#chunks = chunks;
  }

  /** The byte at `offset`, which must be within the chunks. */
  at(offset: number): number {
    while (offset < this.#base) {
      this.#index -= 1;
      this.#base -= this.#length();
    }
    while (offset >= this.#base + this.#length() && this.#index < this.#chunks.length - 1) {
      this.#base += this.#length();
      this.#index += 1;
    }
    return this.#chunks[this.#index]?.[offset - this.#base] ?? -1;
  }

  /**
   * Whether an odd number of `byte` stands right before `offset`. Always asked with the same byte: the last answer is
   * kept, so that one long run with a question at each place costs one pass.
   */
  isAfterOddRun(offset: number, byte: number): boolean {
    let start = offset;
    while (start > 0 && start !== this.#runAt && this.at(start - 1) === byte) start -= 1;
    let odd = (offset - start) % 2 === 1;
    if (start === this.#runAt && this.#runIsOdd) odd = !odd;
    this.#runAt = offset;
    this.#runIsOdd = odd;
    return odd;
  }

  #length(): number {
    return this.#chunks[this.#index]?.length ?? 0;
  }
}
