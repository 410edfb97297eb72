// A certificate authority of its own for a test, made by openssl: a server's certificate, a client's, a stranger's.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  /** Path of the authority that signed `server` and `client`. */
  readonly ca: string;
  /** Paths. */
  readonly server: Pair;
  readonly client: Pair;
  /** Says the same name as `client`, signed by another authority. */
  readonly stranger: Pair;
}

export interface SignOptions {
  /** The name of the files, and of the authority whose files it is signed with. */
  readonly name: string;
  readonly ca?: string;
  readonly subject: string;
  /** Lines of an openssl extension file. */
  readonly extension?: string;
  /** Negative: it has expired. */
  readonly days?: number;
}

const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export function makeCertificates(folder: string, host: string): Certificates {
  makeAuthority(folder, "ca");
  makeAuthority(folder, "other-ca");
  return {
    ca: join(folder, "ca.crt"),
    server: signCertificate(folder, { name: "server", subject: host, extension: serverExtension(host) }),
    client: signCertificate(folder, { name: "client", subject: "laptop", extension: clientExtension }),
    stranger: signCertificate(folder, {
      name: "stranger",
      ca: "other-ca",
      subject: "laptop",
      extension: clientExtension,
    }),
  };
}

const clientExtension = "extendedKeyUsage=clientAuth\n";

/** Of a server with this name, which also answers on loopback addresses. */
export function serverExtension(host: string): string {
  return `subjectAltName=DNS:${host},IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n`;
}

function makeAuthority(folder: string, name: string): void {
  const made = ["-keyout", `${name}.key`, "-out", `${name}.crt`];
  const usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  openssl(folder, "req", "-x509", ...fresh, "-days", "2", "-subj", `/CN=${name}`, ...usage, ...made);
}

/** A key and a certificate by an authority that is in the folder. */
export function signCertificate(
  folder: string,
  { name, ca = "ca", subject, extension = "", days = 2 }: SignOptions,
): Pair {
  writeFileSync(join(folder, `${name}.ext`), extension);
  openssl(folder, "req", ...fresh, "-subj", `/CN=${subject}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
  const by = ["-CA", `${ca}.crt`, "-CAkey", `${ca}.key`, "-CAcreateserial", "-days", String(days)];
  openssl(folder, "x509", "-req", "-in", `${name}.csr`, ...by, "-extfile", `${name}.ext`, "-out", `${name}.crt`);
  return { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
}

function openssl(cwd: string, ...args: string[]): void {
  execFileSync("openssl", args, { cwd, stdio: "pipe" });
}

/** The contents of a pair, as TLS clients take them. */
export function read(pair: Pair): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
}
