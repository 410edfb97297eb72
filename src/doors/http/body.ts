// The body of a request, in the chunks it came in, up to a limit. How long it may take is the server's to say (requestTimeout).
import type { IncomingMessage } from "node:http";
import type { Frame } from "../../wire/frame.ts";

/** Calls back once, unless the client leaves before. What is over the limit is still read for a while, so that the answer is, too. */
export function readBody(request: IncomingMessage, maxBytes: number, done: (body: Frame | "too_large") => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isDone = false;
  const finish = (body: Frame | "too_large"): void => {
    if (isDone) return;
    isDone = true;
    done(body);
  };
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) finish("too_large");
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) {
      chunks.push(chunk);
      return;
    }
    chunks.length = 0;
    finish("too_large");
    if (size > maxBytes * 2 + graceBytes) request.socket.destroy();
  });
  request.on("end", () => finish({ chunks, size }));
}

const graceBytes = 1024 * 1024;
