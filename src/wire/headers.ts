// The headers before a Content-Length framed message. Only the length counts; others (Content-Type) are ignored.

const maxHeaderBytes = 16 * 1024;
/** So that the length stays an exact number. */
const maxLengthDigits = 15;

type HeaderResult =
  | { readonly t: "more" }
  | { readonly t: "bad"; readonly message: string }
  /** `next`: the offset of the body in the chunk. */
  | { readonly t: "done"; readonly length: number; readonly next: number };

const more: HeaderResult = { t: "more" };

/** Fed any chunking. Lines end with CR LF or a bare LF; empty lines before the first header are skipped. */
export class HeaderReader {
  #line = "";
  #bytes = 0;
  #length: number | undefined;
  #hasHeader = false;

  /** Whether some of a message's headers have been read. */
  get hasBegun(): boolean {
    return this.#hasHeader || this.#line.trim() !== "";
  }

  read(chunk: Buffer, start: number): HeaderResult {
    let at = start;
    while (at < chunk.length) {
      const room = maxHeaderBytes - this.#bytes;
      const newline = chunk.indexOf(0x0a, at);
      const end = newline < 0 ? chunk.length : newline + 1;
      if (end - at > room) return { t: "bad", message: `headers of more than ${maxHeaderBytes} bytes` };
      this.#bytes += end - at;
      this.#line += chunk.toString("latin1", at, end);
      at = end;
      if (newline < 0) return more;
      const line = this.#line.trim();
      this.#line = "";
      if (line === "") {
        if (!this.#hasHeader) continue;
        const length = this.#length;
        if (length === undefined) return { t: "bad", message: "headers without Content-Length" };
        this.#bytes = 0;
        this.#length = undefined;
        this.#hasHeader = false;
        return { t: "done", length, next: at };
      }
      const flaw = this.#header(line);
      if (flaw !== undefined) return { t: "bad", message: flaw };
    }
    return more;
  }

  #header(line: string): string | undefined {
    const colon = line.indexOf(":");
    if (colon <= 0) return "a header line has no name and colon";
    this.#hasHeader = true;
    if (line.slice(0, colon).trim().toLowerCase() !== "content-length") return undefined;
    const value = line.slice(colon + 1).trim();
    if (!/^[0-9]+$/.test(value) || value.length > maxLengthDigits) return "Content-Length is not a number of bytes";
    if (this.#length !== undefined && this.#length !== Number(value)) return "two different Content-Length headers";
    this.#length = Number(value);
    return undefined;
  }
}
