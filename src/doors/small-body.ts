// Bodies of requests that have no business being long: forms, and what clients say of themselves.
import type { IncomingMessage } from "node:http";

const maxBytes = 16 * 1024;

/** Undefined: it was longer, and was read to its end nevertheless. How long it may take is the server's to say. */
export async function smallBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else if (size > maxBytes * 64) request.destroy();
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks);
}
