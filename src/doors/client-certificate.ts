// The certificate that a client shows: in the TLS of the hub's own listener or, where a proxy that the operator trusts ends TLS, in the header that
// it sends on. Never both: what a proxy shows itself is not its client's, and a header from anybody else is nothing.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { type ShownCertificate, shownCertificate } from "../base/shown-certificate.ts";
import { forwardedCertificate } from "./forwarded-certificate.ts";

export interface CertificateSource {
  /** Small letters; undefined: no header counts. */
  readonly header: string | undefined;
  /** `address`: of the other end of the connection, or `unix`. */
  isProxy(address: string): boolean;
}

interface Read {
  readonly text: string;
  readonly certificate: ShownCertificate | undefined;
}

export class ClientCertificates {
  readonly #source: CertificateSource;
  /** Of each connection: its own, and the one that its last request named. */
  readonly #own = new WeakMap<Socket, { readonly certificate: ShownCertificate | undefined }>();
  readonly #forwarded = new WeakMap<Socket, Read>();

  constructor(source: CertificateSource) {
    this.#source = source;
  }

  /** `peer`: the address of the other end, or `unix`. Undefined: none was shown, or one that says nothing. The same object for the same one. */
  of(request: IncomingMessage, peer: string | undefined): ShownCertificate | undefined {
    const { header, isProxy } = this.#source;
    if (header === undefined || peer === undefined || !isProxy(peer)) return this.#ownOf(request.socket);
    const text = onlyOne(request, header);
    if (text === undefined) return undefined;
    const known = this.#forwarded.get(request.socket);
    if (known?.text === text) return known.certificate;
    const certificate = forwardedCertificate(header, text);
    this.#forwarded.set(request.socket, { text, certificate });
    return certificate;
  }

  #ownOf(socket: Socket): ShownCertificate | undefined {
    if (!("getPeerX509Certificate" in socket)) return undefined;
    const known = this.#own.get(socket);
    if (known !== undefined) return known.certificate;
    const tls = socket as TLSSocket;
    const shown = tls.authorized ? tls.getPeerX509Certificate() : undefined;
    const certificate = shown === undefined ? undefined : shownCertificate(shown);
    this.#own.set(socket, { certificate });
    return certificate;
  }
}

/** Undefined: there is none, or more than one, of which the client may have sent one itself. */
function onlyOne({ headers, rawHeaders }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  if (value === undefined) return undefined;
  let found = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const raw = rawHeaders[at];
    if (raw?.length === name.length && raw.toLowerCase() === name) found++;
  }
  return found === 1 && typeof value === "string" ? value : undefined;
}
