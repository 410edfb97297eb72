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

export function makeCertificates(folder: string, host: string): Certificates {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

  function authority(name: string): void {
    const made = ["-keyout", `${name}.key`, "-out", `${name}.crt`];
    openssl(
      "req",
      "-x509",
      ...key,
      "-subj",
      `/CN=${name}`,
      "-addext",
      "keyUsage=critical,keyCertSign,cRLSign",
      ...made,
    );
  }

  function signed(name: string, subject: string, ca: string, extension: string): Pair {
    writeFileSync(join(folder, `${name}.ext`), extension);
    openssl("req", ...key, "-subj", `/CN=${subject}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const by = ["-CA", `${ca}.crt`, "-CAkey", `${ca}.key`, "-CAcreateserial", "-days", "2"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...by, "-extfile", `${name}.ext`, "-out", `${name}.crt`);
    return { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  }

  authority("ca");
  authority("other-ca");
  return {
    ca: join(folder, "ca.crt"),
    server: signed("server", host, "ca", `subjectAltName=DNS:${host}\nextendedKeyUsage=serverAuth\n`),
    client: signed("client", "laptop", "ca", "extendedKeyUsage=clientAuth\n"),
    stranger: signed("stranger", "laptop", "other-ca", "extendedKeyUsage=clientAuth\n"),
  };
}

/** The contents of a pair, as TLS clients take them. */
export function read(pair: Pair): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
}
