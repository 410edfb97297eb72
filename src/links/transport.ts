// The sockets of one connection: where they go, through which proxy, whom they trust.
import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { urlToHttpOptions } from "node:url";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { guardedLookup, refusedHost } from "./address.ts";
import type { Dialling, Target } from "./connection.ts";

export interface Transport {
  readonly request: typeof httpRequest;
  readonly url: URL;
  /** The same, as a request takes it. */
  readonly place: RequestOptions;
  readonly isProxied: boolean;
  readonly agent: HttpAgent;
  readonly arrivals: Arrivals;
  /** What each request says beside its headers: what is the target's is not the proxy's. */
  readonly options: { readonly secureContext?: SecureContext };
  /** Why nothing may be sent there at all. */
  readonly refusal: NodeJS.ErrnoException | undefined;
}

export interface Pool {
  readonly keepAlive: boolean;
  /** The agent's own word for it; the same for a socket that waits as for one in use, or it is set anew with each request. */
  readonly keepAliveMsecs?: number;
  readonly timeout?: number;
  readonly maxFreeSockets?: number;
}

export interface Way extends Pick<Dialling, "allowPrivate" | "proxy" | "tls"> {
  readonly target: Pick<Target, "url">;
}

export function transportOf({ target, allowPrivate, proxy, tls }: Way, pool: Pool): Transport {
  const url = new URL(target.url);
  const isTls = url.protocol === "https:" || url.protocol === "wss:";
  // A proxy is the operator's own, wherever it is, and looks up the target's name itself.
  const guard = allowPrivate ? {} : { lookup: guardedLookup() };
  return {
    request: isTls ? httpsRequest : httpRequest,
    url,
    place: placeOf(url),
    arrivals: new Arrivals(),
    isProxied: proxy !== undefined,
    options: tls === undefined ? {} : { secureContext: tls },
    refusal: allowPrivate ? undefined : refusedHost(url),
    agent:
      proxy !== undefined
        ? proxyAgent(url, proxy.reveal(), pool)
        : isTls
          ? new HttpsAgent({ ...pool, ...guard })
          : new HttpAgent({ ...pool, ...guard }),
  };
}

/** Says when something comes on a socket. One listener is for all requests on it: one for each costs more than all else about them here. */
export class Arrivals {
  readonly #heard = new WeakMap<Socket, { told: (() => void) | undefined }>();

  /** The next time, once; it may be before the response that this begins is seen. */
  next(socket: Socket, told: () => void): void {
    const known = this.#heard.get(socket);
    if (known !== undefined) {
      known.told = told;
      return;
    }
    const heard: { told: (() => void) | undefined } = { told };
    this.#heard.set(socket, heard);
    socket.on("data", () => {
      const { told: now } = heard;
      heard.told = undefined;
      now?.();
    });
  }
}

/** Each property is copied several times for each request: no more than it needs. */
export function placeOf(url: URL): RequestOptions {
  const { protocol, hostname, port, path, auth } = urlToHttpOptions(url);
  return { protocol, hostname, port, path, ...(auth === undefined ? {} : { auth }) } as RequestOptions;
}

/** Requests in plain HTTP are the proxy's to send; TLS and WebSocket get a tunnel. */
export function proxyAgent({ protocol }: URL, proxy: string, pool: Pool): HttpAgent {
  return protocol === "http:" ? new HttpProxyAgent(proxy, pool) : new HttpsProxyAgent(proxy, pool);
}

/** Calls back where the proxy has refused the tunnel: its answer would look like the target's. */
export function whenTunnelRefused(
  request: { on(event: string, listener: (reply: { statusCode?: number }) => void): unknown },
  refused: (error: NodeJS.ErrnoException) => void,
): void {
  request.on("proxyConnect", ({ statusCode }) => {
    // Without a tunnel there is no status.
    if (statusCode === undefined || statusCode === 200) return;
    refused(Object.assign(new Error(`the proxy answered ${statusCode}`), { code: "EPROXY" }));
  });
}
