// The body of a request, in the chunks it came in, up to a limit. How long it may take is the server's to say (requestTimeout).
import type { IncomingMessage } from "node:http";
import type { Frame } from "../../wire/frame.ts";

/** Calls back once, unless the client leaves before. What is over the limit is still read for a while, so that the answer is, too. */
export function readBody(request: IncomingMessage, maxBytes: number, done: (body: Frame | "too_large") => void): void {
  // Let go of at the end: the request lives until it is answered, and its body must not.
  let chunks: Buffer[] | undefined = [];
  let size = 0;
  const finish = (isWhole: boolean): void => {
    if (chunks === undefined) return;
    const body = isWhole ? { chunks, size } : "too_large";
    chunks = undefined;
    done(body);
  };
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) finish(false);
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) {
      chunks?.push(chunk);
      return;
    }
    finish(false);
    if (size > maxBytes * 2 + graceBytes) request.socket.destroy();
  });
  request.on("end", () => finish(true));
}

const graceBytes = 1024 * 1024;
