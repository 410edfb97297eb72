// What a person's browser asks of the hub's own pages: there is no token in it, and no message.
import type { IncomingMessage } from "node:http";

export interface BrowserRequest {
  readonly method: string;
  /** Path and query, without the base path. */
  readonly url: string;
  readonly cookie: string | undefined;
  readonly form: URLSearchParams | undefined;
  /** Sec-Fetch-Site. */
  readonly site: string | undefined;
  /** The client's address, as far as trusted proxies tell it, or `unix`. */
  readonly peer: string | undefined;
}

/** A token, a ticket and a few words. */
const maxFormBytes = 16 * 1024;

/** `path`: without base path. A form that is longer than any of the hub's is read as none. */
export async function browserRequest(
  request: IncomingMessage,
  path: string,
  peer: string | undefined,
): Promise<BrowserRequest> {
  const { method = "", url = "", headers } = request;
  const query = url.indexOf("?");
  const site = headers["sec-fetch-site"];
  return {
    method,
    url: query < 0 ? path : `${path}${url.slice(query)}`,
    cookie: headers.cookie,
    form: method === "POST" ? await formOf(request) : undefined,
    site: typeof site === "string" ? site : undefined,
    peer,
  };
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (request.headers["content-type"]?.split(";", 1)[0]?.trim() !== "application/x-www-form-urlencoded") {
    request.resume();
    return undefined;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  // How long it may take is the server's to say.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxFormBytes) chunks.push(chunk);
    else if (size > maxFormBytes * 64) request.destroy();
  }
  return size > maxFormBytes ? undefined : new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}
