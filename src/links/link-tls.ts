// Whom a connection trusts, and as whom it shows itself: the authorities and the client certificate of one target.
import { createSecureContext, type SecureContext } from "node:tls";
import type { Secret } from "../base/secret.ts";

export interface TlsFiles {
  /** Certificates in PEM. They alone are trusted then: neither Node's authorities nor those of NODE_EXTRA_CA_CERTS. */
  readonly ca?: string | undefined;
  /** The client's certificate with those between it and its authority, in PEM, and its key. */
  readonly cert?: string | undefined;
  readonly key?: Secret | undefined;
}

export type ParsedTls =
  | { readonly t: "ok"; readonly context: SecureContext }
  /** A sentence for people. Repeats nothing of what is in the files. */
  | { readonly t: "bad"; readonly message: string };

export function parseTls({ ca, cert, key }: TlsFiles): ParsedTls {
  if ((cert === undefined) !== (key === undefined)) {
    return bad(`a client certificate has two parts: the ${cert === undefined ? "certificate" : "key"} is missing`);
  }
  // OpenSSL takes a text without any certificate for none at all.
  for (const [what, text] of Object.entries({ ca, cert })) {
    if (text !== undefined && !text.includes("-----BEGIN CERTIFICATE-----")) {
      return bad(`${what} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`);
    }
  }
  const parts = [
    { what: "ca", options: { ca } },
    { what: "cert", options: { cert } },
    { what: "key, or the key of another certificate", options: { cert, key: key?.reveal() } },
  ];
  for (const { what, options } of parts) {
    try {
      createSecureContext(options);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return bad(`${what}: not readable as PEM (${code ?? "malformed"})`);
    }
  }
  return { t: "ok", context: createSecureContext({ ca, cert, key: key?.reveal() }) };
}

function bad(message: string): ParsedTls {
  return { t: "bad", message };
}
