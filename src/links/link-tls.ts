// Whom a connection trusts, and as whom it shows itself: the authorities and the client certificate of one target.
import { X509Certificate } from "node:crypto";
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
  for (const [what, text] of Object.entries({ ca, cert })) {
    const problem = text === undefined ? undefined : problemOf(text);
    if (problem !== undefined) return bad(`${what} ${problem}`);
  }
  try {
    return { t: "ok", context: createSecureContext({ ca, cert, key: key?.reveal() }) };
  } catch (error) {
    const { code = "malformed" } = error as NodeJS.ErrnoException;
    return bad(`the client's key is not readable, or that of another certificate (${code})`);
  }
}

/** Looked at one by one: OpenSSL passes over what is none. */
function problemOf(text: string): string | undefined {
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) return "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)";
  for (const [at, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      return `holds a certificate that is not readable, number ${at + 1}`;
    }
  }
  return undefined;
}

function bad(message: string): ParsedTls {
  return { t: "bad", message };
}
