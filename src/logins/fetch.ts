// HTTP for discovery and tokens: small answers within limits of size and time, no address that may not be asked, TLS unless it is this
// machine. Redirects come back as they are: whoever asks follows them only within the origin. Failures are TypeErrors, as those of
// `fetch`: with anything else the SDK would go on and ask elsewhere.
import { lookup } from "node:dns";
import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { rootCertificates } from "node:tls";
import type { Clock } from "../base/clock.ts";
import type { Certificate, Reach } from "./target.ts";

export interface FetchDeps {
  readonly clock: Clock;
  readonly reach: Reach;
  /** The Core's own origin, which may speak plain http: what is asked there holds no secret. */
  readonly plainOrigin?: string | undefined;
  /** Authorities besides those that Node knows, in PEM. */
  readonly ca?: string | undefined;
  /** Shown to the Core's own origin, and to nobody else. */
  readonly certificate?: Certificate | undefined;
  /** How else to get there than straight, as through a proxy; undefined: straight. */
  readonly agent?: ((url: URL) => Agent | undefined) | undefined;
}

/** From the first byte sent to the last one read. */
const timeMs = 15_000;
const maxBytes = 1024 * 1024;

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Something asked for was not had, in words for people. Never holds more of a URL than its origin and path. */
export class FetchFailed extends TypeError {}

export function createFetch(deps: FetchDeps): Fetch {
  return (url, init = {}) => askGuarded(new URL(url), init, deps, false);
}

/** Resolves with the head of the answer alone. */
export function fetchHead(url: URL, init: RequestInit, deps: FetchDeps): Promise<Response> {
  return askGuarded(url, init, deps, true);
}

async function askGuarded(url: URL, init: RequestInit, deps: FetchDeps, isHeadEnough: boolean): Promise<Response> {
  const why = refusal(url, deps);
  if (why !== undefined) throw new FetchFailed(`${placeOf(url)} is not asked: ${why}`);
  return ask(url, init, deps, isHeadEnough);
}

function refusal(url: URL, { reach, plainOrigin }: FetchDeps): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol !== "https:" && url.protocol !== "http:") return "it is neither https nor http";
  if (url.protocol === "http:" && url.origin !== plainOrigin && !isLoopbackName(host))
    return "tokens go over https only";
  return isIP(host) === 0 ? undefined : reach.refuses(host);
}

export function isLoopbackName(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function placeOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function ask(
  url: URL,
  init: RequestInit,
  { clock, reach, ca, agent, certificate, plainOrigin }: FetchDeps,
  isHeadEnough: boolean,
): Promise<Response> {
  const body = init.body === undefined || init.body === null ? undefined : String(init.body);
  const headers = new Headers(init.headers);
  if (body !== undefined && !headers.has("content-type")) {
    const isForm = init.body instanceof URLSearchParams;
    headers.set("content-type", isForm ? "application/x-www-form-urlencoded;charset=UTF-8" : "text/plain");
  }
  headers.set("accept-encoding", "identity");
  const options = {
    method: init.method ?? "GET",
    headers: Object.fromEntries(headers),
    lookup: guardedLookup(reach),
    agent: agent?.(url) ?? false,
    maxHeaderSize: 32 * 1024,
    // Given any, Node forgets its own.
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    ...(certificate !== undefined && url.origin === plainOrigin
      ? { cert: certificate.cert, key: certificate.key.reveal() }
      : {}),
  } as const;
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options);
    const fail = (why: string): void => {
      timer.cancel();
      reject(new FetchFailed(`${placeOf(url)}: ${why}`));
      request.destroy();
    };
    const timer = clock.after(timeMs, () => fail(`no whole answer within ${timeMs / 1000} s`));
    request.on("error", (error: NodeJS.ErrnoException) =>
      fail(error.code === refusedCode ? error.message : reasonOf(error)),
    );
    // Its answer would look like that of whoever was asked.
    request.on("proxyConnect", ({ statusCode }: { statusCode?: number }) => {
      if (statusCode !== undefined && statusCode !== 200) fail(`the proxy answered ${statusCode}`);
    });
    init.signal?.addEventListener("abort", () => fail("it is not needed any more"), { once: true });
    request.once("response", (response) => {
      const { statusCode = 0 } = response;
      // Node reads any three digits; what is made of it here knows only those of an answer.
      if (statusCode < 200 || statusCode > 599)
        return fail(`it answered with a status that there is not: ${statusCode}`);
      if (isHeadEnough) {
        timer.cancel();
        resolve(responseOf(response, Buffer.alloc(0)));
        request.destroy();
        return;
      }
      read(response, fail, (bytes) => {
        timer.cancel();
        resolve(responseOf(response, bytes));
      });
    });
    request.end(body);
  });
}

function read(response: IncomingMessage, fail: (why: string) => void, done: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on("error", (error) => fail(reasonOf(error)));
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) fail(`its answer is longer than ${maxBytes} bytes`);
  });
  response.once("close", () => {
    if (response.complete) done(Buffer.concat(chunks));
    else fail("the connection broke before its answer was whole");
  });
}

function responseOf({ statusCode: status = 500, headersDistinct }: IncomingMessage, bytes: Buffer): Response {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasBody ? new Uint8Array(bytes) : null, { status, headers });
}

const refusedCode = "EADDRESSREFUSED";

/** Judged on the addresses themselves: a name may have any. */
function guardedLookup(reach: Reach): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, "", 0);
      const reasons = found.map(({ address }) => reach.refuses(address));
      const allowed = found.filter((_, at) => reasons[at] === undefined);
      const [first] = allowed;
      if (first === undefined) {
        const why = reasons[0] ?? "it has no address";
        return done(Object.assign(new Error(`not asked: ${why}`), { code: refusedCode }), "", 0);
      }
      if (options.all === true) return done(null, allowed);
      done(null, first.address, first.family);
    });
  };
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOTFOUND") return "there is no such name";
  if (error.code === "ECONNREFUSED") return "nobody listens there";
  return error.code ?? "the connection failed";
}
