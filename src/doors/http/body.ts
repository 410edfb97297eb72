// The bodies of requests, up to a limit each and together. How long one may take is the server's to say (requestTimeout).
import type { IncomingMessage } from "node:http";
import type { Frame } from "../../wire/frame.ts";
import { Pieces } from "../../wire/pieces.ts";

export interface BodyLimits {
  /** Of one body. */
  readonly maxMessageBytes: number;
  /** Of all bodies that are still coming in. What comes in one piece is not counted. */
  readonly maxIncomingBytes: number;
}

/** What came instead of a body: one over the limit, or one more than there is room for now. */
export type NoBody = "too_large" | "crowded";

/** What is over the limit is still read for a while, so that the answer is, too. */
const graceBytes = 1024 * 1024;

export class BodyReader {
  readonly #limits: BodyLimits;
  #incomingBytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Calls back once, unless the client leaves before. */
  read(request: IncomingMessage, done: (body: Frame | NoBody) => void): void {
    const { maxMessageBytes, maxIncomingBytes } = this.#limits;
    let first: Buffer | undefined;
    /** Only for a body that comes in several: most do not. A client may cut one into single bytes, and each costs a hundred. */
    let pieces: Pieces | undefined;
    let size = 0;
    let counted = 0;
    let isDone = false;
    const forget = (): void => {
      this.#incomingBytes -= counted;
      counted = 0;
      first = undefined;
      pieces = undefined;
    };
    const finish = (body: Frame | NoBody): void => {
      if (isDone) return;
      isDone = true;
      forget();
      done(body);
    };
    if (Number(request.headers["content-length"] ?? 0) > maxMessageBytes) finish("too_large");
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (isDone) {
        if (size > maxMessageBytes * 2 + graceBytes) request.socket.destroy();
      } else if (size > maxMessageBytes) finish("too_large");
      else if (first === undefined) first = chunk;
      else {
        if (pieces === undefined) {
          pieces = new Pieces();
          pieces.add(first);
          request.once("close", forget);
        }
        counted += chunk.length;
        this.#incomingBytes += chunk.length;
        if (this.#incomingBytes > maxIncomingBytes) finish("crowded");
        else pieces.add(chunk);
      }
    });
    request.on("end", () => finish(pieces?.take() ?? { chunks: first === undefined ? [] : [first], size }));
  }
}
