// What a person's browser asks of the hub's own pages: there is no token in it, and no message.
import type { IncomingMessage } from "node:http";
import { smallBody } from "./small-body.ts";

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

/** `path`: without base path. A form that is longer than any of the hub's, or is broken off, is read as none. Never rejects. */
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
  const body = await smallBody(request).catch(() => undefined);
  return body === undefined ? undefined : new URLSearchParams(body.toString("utf8"));
}
