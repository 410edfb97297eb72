// Where the answer of a login arrives on this machine (RFC 8252): one page, for one answer, on loopback alone.

import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "../base/page.ts";
import { page } from "./pages.ts";

export interface Loopback {
  readonly redirectUrl: string;
  /** The parameters of the answer that has this state. Its page shows what `settle` is told. */
  answered(state: string): Promise<LoopbackAnswer>;
  close(): void;
}

export interface LoopbackAnswer {
  readonly parameters: URLSearchParams;
  /** Resolves when the browser has its page. */
  settle(page: Page): Promise<void>;
}

/** `redirectUrl`: one that is agreed with the authorization server. Rejects with the system's error where the port is taken. */
export async function openLoopback(redirectUrl?: string): Promise<Loopback> {
  const wanted = new URL(redirectUrl ?? "http://127.0.0.1:0/callback");
  const server = createServer();
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // Also for `localhost`: browsers that take it for ::1 try this next.
    server.listen(Number(wanted.port), wanted.hostname === "[::1]" ? "::1" : "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  wanted.port = String(port);
  return {
    redirectUrl: redirectUrl === undefined || new URL(redirectUrl).port === "" ? wanted.href : redirectUrl,
    answered: (state) => wait(server, wanted, state),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function wait(server: Server, { pathname, host }: URL, state: string): Promise<LoopbackAnswer> {
  return new Promise((resolve) => {
    let isAnswered = false;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? "/", "http://loopback");
      // Another name for this address would be another site's page that asks from within the browser.
      if (request.headers.host !== host) return void send(response, page(403, "Not this name", []));
      if (url.pathname !== pathname || request.method !== "GET")
        return void send(response, page(404, "Nothing here", []));
      if (!isSame(url.searchParams.get("state") ?? "", state)) {
        return void send(
          response,
          page(400, "Not this login", ["This answer belongs to no login that was begun here."]),
        );
      }
      if (isAnswered)
        return void send(response, page(410, "Used already", ["This answer has been taken. You can close this page."]));
      isAnswered = true;
      resolve({ parameters: url.searchParams, settle: (shown) => send(response, shown) });
    });
  });
}

function send(response: ServerResponse, { status, headers, body }: Page): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", resolve);
    response.writeHead(status, { ...headers, connection: "close" });
    response.end(body);
  });
}

/** In the same time for any two texts of one length. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
