// What proxies write of the certificate that they were shown. Pure: whether the proxy may be believed is decided by who asks.
import { commonName } from "../base/distinguished-name.ts";
import { plainFingerprint, type ShownCertificate, shownCertificate } from "../base/shown-certificate.ts";

/** Envoy's own; every other header holds a certificate alone. */
const envoyHeader = "x-forwarded-client-cert";

/**
 * Undefined for what is no certificate. `header`: its name in small letters. Read are: `x-forwarded-client-cert` as Envoy writes it; in any other,
 * the Client-Cert of RFC 9440, PEM in URL encoding (nginx's `$ssl_client_escaped_cert`, HAProxy), and bare base64 (Traefik's `pem: true`).
 */
export function forwardedCertificate(header: string, text: string): ShownCertificate | undefined {
  return header === envoyHeader ? fromEnvoy(text) : fromText(text);
}

function fromText(text: string): ShownCertificate | undefined {
  const plain = text.includes("%") ? decoded(text) : text;
  if (plain === undefined) return undefined;
  const [, pem] = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(plain.trim()) ?? [];
  const [, structured] = /^:([A-Za-z0-9+/=]+):$/.exec(plain.trim()) ?? [];
  // The client's own certificate comes first, its chain behind it.
  const bare = pem ?? structured ?? plain.split(",", 1)[0] ?? "";
  const base64 = bare.replaceAll(/\s/g, "");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? fromDer(Buffer.from(base64, "base64")) : undefined;
}

function fromDer(der: Buffer): ShownCertificate | undefined {
  const { X509Certificate } = process.getBuiltinModule("node:crypto");
  try {
    return shownCertificate(new X509Certificate(der));
  } catch {
    return undefined;
  }
}

/**
 * `By=…;Hash=…;Cert="…";Subject="CN=…";URI=…;DNS=…`, one element for each proxy on the way: the last one is what the trusted proxy wrote,
 * of who came to it. What is before it may be anybody's.
 */
function fromEnvoy(text: string): ShownCertificate | undefined {
  const pairs = lastElement(text);
  const all = (key: string) => pairs.filter((pair) => pair.key === key && pair.value !== "").map(({ value }) => value);
  const [whole] = all("cert");
  if (whole !== undefined) return fromText(whole);
  const [hash = ""] = all("hash");
  if (!/^[0-9A-Fa-f]{64}$/.test(hash)) return undefined;
  const [subject = ""] = all("subject");
  return {
    fingerprint: plainFingerprint(hash),
    subject,
    cn: commonName(subject),
    dns: all("dns").map((name) => name.toLowerCase()),
    uris: all("uri"),
    until: undefined,
  };
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Envoy puts names into quotes as they are, with the escapes of RFC 4514 in them. Quotes enclose a whole value, and nothing else has any. */
const pair = /\s*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;\\]*))(;|,|$)/sy;

/** None where any of the text is written otherwise: a quote that somebody has left open would make the proxy's own words part of theirs. */
function lastElement(text: string): readonly Pair[] {
  let pairs: Pair[] = [];
  pair.lastIndex = 0;
  while (pair.lastIndex < text.length) {
    const [whole, key = "", quoted, bare = "", end] = pair.exec(text) ?? [];
    if (whole === undefined) return [];
    pairs.push({ key: key.toLowerCase(), value: quoted ?? bare.trim() });
    if (end === ",") pairs = [];
  }
  return pairs;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
