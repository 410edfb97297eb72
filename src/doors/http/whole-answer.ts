// An answer that is all of its response: JSON with its length.
import type { ServerResponse } from "node:http";
import { type Frame, type Splice, smallText } from "../../wire/frame.ts";
import { Outbox } from "../../wire/outbox.ts";
import { spliced } from "../../wire/wrap.ts";
import { cutOff, type Holder, type Unread } from "./unread.ts";

/** Who reads responses, as far as their memory is concerned. */
export interface Reader {
  /** Most bytes of a response that may wait for the client. */
  readonly maxBytes: number;
  /** All that waits for the client. */
  readonly unread: Unread;
  /** The client takes too little, and is cut off. */
  slow(pendingBytes: number): void;
}

export interface WholeHead {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Smaller answers are written as text, head and body in one. */
export const wholeTextBytes = 16 * 1024;

/** A client that does not take it is cut off. */
export function answerWhole(
  response: ServerResponse,
  reader: Reader,
  frame: Frame,
  splices: readonly Splice[],
  head: WholeHead = {},
): void {
  const whole = smallText(frame, wholeTextBytes);
  if (whole !== undefined) {
    const text = spliced(whole, splices);
    writeHead(response, text.length, head);
    response.end(text, "latin1");
    if (response.writableLength > 0) {
      hold(response, reader, {
        get pendingBytes() {
          return response.writableLength;
        },
        destroy: () => cutOff(response),
      });
    }
    return;
  }
  let size = frame.size;
  for (const splice of splices) size += splice.text.length - (splice.end - splice.start);
  writeHead(response, size, head);
  const outbox = new Outbox({ wrap: "bare", maxBytes: reader.maxBytes, writable: response });
  if (outbox.send(frame, splices) === "ok") {
    outbox.close();
    if (outbox.pendingBytes === 0) return;
    hold(response, reader, {
      get pendingBytes() {
        return outbox.pendingBytes;
      },
      destroy: () => cutOff(response),
    });
    return;
  }
  reader.slow(size);
  cutOff(response);
}

/** What is written and not read. */
function hold(response: ServerResponse, reader: Reader, holder: Holder): void {
  const { unread } = reader;
  unread.hold(holder);
  response.once("close", () => unread.release(holder));
  if (!unread.isOver) return;
  reader.slow(holder.pendingBytes);
  holder.destroy();
}

function writeHead(response: ServerResponse, size: number, { status = 200, headers }: WholeHead): void {
  if (headers === undefined)
    response.writeHead(status, ["content-type", "application/json", "content-length", `${size}`]);
  else response.writeHead(status, { "content-type": "application/json", "content-length": size, ...headers });
}
