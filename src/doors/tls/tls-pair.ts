// A certificate, its key and the authorities of clients, read from their files and judged before anything is served with them.
import type { X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { HubError } from "../../base/errors.ts";
import type { TlsFiles } from "../../base/tls-files.ts";

export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa: Buffer | undefined;
  readonly certificate: CertificateFacts;
  /** Whether users other than the file's owner and group may read the key. */
  readonly isKeyExposed: boolean;
}

/** What people and probes are told of the server's certificate. */
export interface CertificateFacts {
  /** In one line: `CN=hub.example, O=Example`. */
  readonly subject: string;
  /** ISO 8601. */
  readonly expires: string;
  /** SHA-256 of the certificate, as `AB:CD:…`. */
  readonly fingerprint: string;
}

/** More than any chain and any bundle of authorities; a file that never ends must not fill the memory. */
const maxFileBytes = 1024 * 1024;

/** Throws `usage`, naming the file and the fix, when these files cannot serve TLS. */
export async function readTlsPair(files: TlsFiles): Promise<TlsPair> {
  // One after the other: of several that are wrong, it is always the first that is named.
  const cert = await readPem(files.cert, "certificate");
  const key = await readPem(files.key, "key");
  const clientCa = files.clientCa === undefined ? undefined : await readPem(files.clientCa, "client CA");
  const leaf = readCertificate(cert.bytes, files.cert);
  checkKey(leaf, key.bytes, files);
  if (clientCa !== undefined && files.clientCa !== undefined) checkAuthorities(clientCa.bytes, files.clientCa);
  const pair = { cert: cert.bytes, key: key.bytes, clientCa: clientCa?.bytes };
  checkWhole(pair, files);
  const isKeyExposed = process.platform !== "win32" && (key.mode & 0o004) !== 0;
  return { ...pair, certificate: factsOf(leaf), isKeyExposed };
}

/** The first certificate of a file. Throws `usage`. */
export function readCertificate(bytes: Buffer, file: string): X509Certificate {
  const { X509Certificate } = process.getBuiltinModule("node:crypto");
  try {
    return new X509Certificate(bytes);
  } catch (error) {
    throw unusable("certificate", file, "holds no certificate in PEM", "name the file with BEGIN CERTIFICATE", error);
  }
}

export function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    subject: certificate.subject?.split("\n").join(", ") || certificate.subjectAltName || "(no name)",
    expires: new Date(certificate.validTo).toISOString(),
    fingerprint: certificate.fingerprint256,
  };
}

function checkKey(leaf: X509Certificate, bytes: Buffer, files: TlsFiles): void {
  const { createPrivateKey } = process.getBuiltinModule("node:crypto");
  const key = (() => {
    try {
      return createPrivateKey(bytes);
    } catch (error) {
      const isLocked = bytes.includes("ENCRYPTED");
      throw isLocked
        ? unusable("key", files.key, "has a passphrase", "write it without one: openssl pkey -in KEY -out PLAIN", error)
        : unusable("key", files.key, "holds no private key in PEM", "name the file with BEGIN PRIVATE KEY", error);
    }
  })();
  if (leaf.checkPrivateKey(key)) return;
  const what = `does not belong to the certificate in ${files.cert}`;
  throw unusable("key", files.key, what, "the server's own certificate comes first in its file, then its chain");
}

/** Everything in the file must be readable: one authority that is silently left out would lock its clients out. */
function checkAuthorities(bytes: Buffer, file: string): void {
  const blocks = bytes.toString("latin1").match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    throw unusable("client CA", file, "holds no certificate in PEM", "name the file with the authority's certificate");
  }
  for (const block of blocks) readCertificate(Buffer.from(block), file);
}

/** What only TLS itself finds: keys that are too weak for its rules, a chain that it cannot read. */
function checkWhole({ cert, key, clientCa }: Pick<TlsPair, "cert" | "key" | "clientCa">, files: TlsFiles): void {
  try {
    process.getBuiltinModule("node:tls").createSecureContext({ cert, key, ...(clientCa && { ca: clientCa }) });
  } catch (error) {
    const reason = (error as { reason?: string }).reason ?? (error as Error).message;
    throw unusable("certificate", files.cert, `cannot be used (${reason})`, "make a new one and its key", error);
  }
}

type FileKind = "certificate" | "key" | "client CA";

const settingOf: Readonly<Record<FileKind, string>> = {
  certificate: "HUB_TLS_CERT",
  key: "HUB_TLS_KEY",
  "client CA": "HUB_TLS_CLIENT_CA",
};

async function readPem(file: string, kind: FileKind): Promise<{ readonly bytes: Buffer; readonly mode: number }> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw unusable(kind, file, "is not a file", "name a PEM file");
    if (found.size > maxFileBytes) throw unusable(kind, file, "is larger than 1 MiB", "name a PEM file");
    return { bytes: await readFile(file), mode: found.mode };
  } catch (error) {
    if (error instanceof HubError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw unusable(kind, file, `cannot be read (${code})`, "name a PEM file that the hub's user can read", error);
  }
}

function unusable(kind: FileKind, file: string, what: string, fix: string, cause?: unknown): HubError {
  return new HubError("usage", `the TLS ${kind} ${file} ${what}: ${fix} (${settingOf[kind]})`, {}, cause);
}
