// Reads the responses of one HTTP/1.1 connection: status line, the headers that say how long the body is and what it is, then
// JSON or server-sent events. Chunks are only valid during `push`, as everywhere here.
import { Gathering, type LongMessage } from "./reader.ts";

/** What a response's head says, as far as it matters here. */
export interface Head {
  readonly status: number;
  /** Bytes of the body; -1 for chunks, -2 until the connection closes. */
  readonly length: number;
  readonly events: boolean;
  readonly keepsAlive: boolean;
  /** The whole head, for whoever wants another header of it. */
  readonly text: string;
}

export interface ResponseListener {
  message(bytes: Buffer, start: number, end: number): void;
  long(message: LongMessage): void;
  /** The response is whole. */
  ended(head: Head): void;
  /** A status of 400 or above, with what the body said, or something that is not HTTP. */
  refused(reason: string): void;
}

const noBytes = Buffer.alloc(0);
const headEnd = Buffer.from("\r\n\r\n");

function readHead(text: string): Head | undefined {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text);
  if (status === null) return undefined;
  const code = Number(status[1]);
  const header = (name: string) => new RegExp(`\r\n${name}: *([^\r]*)`, "i").exec(text)?.[1];
  const length = header("content-length");
  const isChunked = /chunked/i.test(header("transfer-encoding") ?? "");
  const hasNone = code === 204 || code === 304;
  return {
    status: code,
    length: hasNone ? 0 : isChunked ? -1 : length === undefined ? -2 : Number(length),
    events: /^text\/event-stream/i.test(header("content-type") ?? ""),
    keepsAlive: !/close/i.test(header("connection") ?? ""),
    text,
  };
}

/** The words of a page, for a line about what went wrong. */
function plain(body: string): string {
  const words = body.replace(/<(style|title)>.*?<\/\1>|<[^>]*>|&nbsp;/gs, " ").replace(/\s+/g, " ");
  return words.trim().slice(0, 160);
}

export class HttpReader {
  /** Heads of one load are the same bytes for a second at a time: the last one is known by comparing. */
  #headBytes = noBytes;
  #head: Head | undefined;
  #to: ResponseListener;
  #phase: "head" | "body" | "size" = "head";
  /** The start of something that has to be whole: a head, or the line with the size of a chunk. */
  #kept = noBytes;
  /** Bytes of the body, or of its current chunk, that are still to come. */
  #left = 0;
  readonly #gathering: Gathering;
  readonly #events: EventReader;

  constructor(to: ResponseListener, keepsWhole: () => boolean) {
    this.#to = to;
    this.#gathering = new Gathering(keepsWhole);
    this.#events = new EventReader(to, keepsWhole);
  }

  /** Between two responses. */
  get isIdle(): boolean {
    return this.#phase === "head" && this.#kept.length === 0;
  }

  push(chunk: Buffer, size: number): void {
    let bytes = chunk;
    let end = size;
    if (this.#kept.length > 0) {
      bytes = Buffer.concat([this.#kept, chunk.subarray(0, size)]);
      end = bytes.length;
      this.#kept = noBytes;
    }
    let at = 0;
    while (at < end) {
      const next = this.#phase === "body" ? this.#body(bytes, at, end) : this.#line(bytes, at, end);
      if (next < 0) {
        this.#kept = Buffer.from(bytes.subarray(at, end));
        return;
      }
      at = next;
    }
  }

  /** The connection is at its end: true where that is how the response ends. */
  finish(): boolean {
    if (this.#phase !== "body" || this.#head?.length !== -2) return false;
    this.#end();
    return true;
  }

  #line(bytes: Buffer, at: number, end: number): number {
    return this.#phase === "head" ? this.#startResponse(bytes, at, end) : this.#startChunk(bytes, at, end);
  }

  #startResponse(bytes: Buffer, at: number, end: number): number {
    const known = this.#headBytes.length;
    if (known > 0 && end - at >= known && bytes.compare(this.#headBytes, 0, known, at, at + known) === 0) {
      return this.#startBody(bytes, at + known, end);
    }
    const stop = bytes.subarray(at, end).indexOf(headEnd);
    if (stop < 0) return -1;
    const to = at + stop + headEnd.length;
    const head = readHead(bytes.toString("latin1", at, to));
    if (head === undefined) {
      this.#to.refused(`not HTTP: ${bytes.toString("latin1", at, Math.min(to, at + 80))}`);
      return end;
    }
    if (head.status < 200) return to;
    this.#head = head;
    this.#headBytes = Buffer.from(bytes.subarray(at, to));
    return this.#startBody(bytes, to, end);
  }

  #startBody(bytes: Buffer, at: number, end: number): number {
    const head = this.#head as Head;
    this.#phase = head.length === -1 ? "size" : "body";
    this.#left = head.length === -2 ? Number.POSITIVE_INFINITY : head.length;
    if (this.#left === 0) this.#end();
    else if (head.length > 0 && at + head.length <= end && !head.events && head.status < 400) {
      // The usual case: one message, all of it here.
      this.#to.message(bytes, at, at + head.length);
      this.#finished(head);
      return at + head.length;
    }
    return at;
  }

  #startChunk(bytes: Buffer, at: number, end: number): number {
    const stop = bytes.indexOf(10, at);
    if (stop < 0 || stop >= end) return -1;
    const line = bytes.toString("latin1", at, stop).trim();
    // The line end behind the chunk before it.
    if (line === "") return stop + 1;
    const size = Number.parseInt(line, 16);
    if (size > 0) {
      this.#left = size;
      this.#phase = "body";
      return stop + 1;
    }
    // No trailers are expected: an empty line follows.
    if (stop + 2 >= end) return -1;
    this.#end();
    return stop + 3;
  }

  #body(bytes: Buffer, at: number, end: number): number {
    const head = this.#head as Head;
    const to = Math.min(end, at + this.#left);
    if (head.events && head.status < 400) this.#events.push(bytes, at, to);
    else this.#gathering.add(bytes, at, to);
    this.#left -= to - at;
    if (this.#left === 0) {
      if (head.length === -1) this.#phase = "size";
      else this.#end();
    }
    return to;
  }

  #end(): void {
    const head = this.#head as Head;
    if (this.#gathering.size > 0) {
      const body = this.#gathering.take();
      if (head.status >= 400) this.#to.refused(`status ${head.status}: ${plain(body.head.toString("utf8"))}`);
      else if (head.status === 200) this.#to.long(body);
    } else if (head.status >= 400) this.#to.refused(`status ${head.status}`);
    this.#finished(head);
  }

  #finished(head: Head): void {
    this.#phase = "head";
    this.#to.ended(head);
  }
}

/** Reads the data of server-sent events, one message a `data:` line, as every MCP server writes them. */
export class EventReader {
  readonly #to: Pick<ResponseListener, "message" | "long">;
  readonly #gathering: Gathering;
  #phase: "start" | "data" | "other" = "start";
  /** Too short yet to tell what line it is. */
  #kept = noBytes;

  constructor(to: Pick<ResponseListener, "message" | "long">, keepsWhole: () => boolean) {
    this.#to = to;
    this.#gathering = new Gathering(keepsWhole);
  }

  push(chunk: Buffer, from: number, to: number): void {
    let bytes = chunk;
    let at = from;
    let end = to;
    if (this.#kept.length > 0) {
      bytes = Buffer.concat([this.#kept, chunk.subarray(from, to)]);
      at = 0;
      end = bytes.length;
      this.#kept = noBytes;
    }
    while (at < end) {
      const found = bytes.indexOf(10, at);
      const isWhole = found >= 0 && found < end;
      const stop = isWhole ? found : end;
      if (this.#phase === "start") {
        if (!isWhole && stop - at < 6) {
          this.#kept = Buffer.from(bytes.subarray(at, end));
          return;
        }
        const start = dataStart(bytes, at, stop);
        if (isWhole) {
          if (start >= 0 && stop - start > 1) this.#to.message(bytes, start, stop);
          at = stop + 1;
          continue;
        }
        this.#phase = start < 0 ? "other" : "data";
        if (start >= 0) at = start;
      }
      if (this.#phase === "data") this.#gathering.add(bytes, at, stop);
      if (isWhole) {
        if (this.#gathering.size > 0) this.#to.long(this.#gathering.take());
        this.#phase = "start";
      }
      at = stop + 1;
    }
  }
}

const dataField = Buffer.from("data:");

/** Where the value of a `data:` line starts, or -1. */
function dataStart(bytes: Buffer, at: number, end: number): number {
  if (end - at < 5 || bytes.compare(dataField, 0, 5, at, at + 5) !== 0) return -1;
  return bytes[at + 5] === 32 ? at + 6 : at + 5;
}
