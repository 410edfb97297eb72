// Requests that offer to speak another protocol than HTTP, where nobody takes the offer.
import type { IncomingMessage } from "node:http";

/** The head of a request as it came, but for the offer to speak another protocol. */
export function headWithoutOffer({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    if (name === "upgrade" || name === "http2-settings" || name === "connection") continue;
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}
