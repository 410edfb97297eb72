// A client's certificate, as far as anybody asks: what it says of who shows it. Whether it may be believed was decided before.
import type { X509Certificate } from "node:crypto";
import { commonName, fromLines } from "./distinguished-name.ts";

/** A client certificate that the listener has checked, or that a trusted proxy vouches for. */
export interface ShownCertificate {
  /** SHA-256 of all of it, in small hexadecimal digits. */
  readonly fingerprint: string;
  /** As RFC 4514 writes it: `CN=laptop,O=Example`; empty: it has none. */
  readonly subject: string;
  readonly cn: string | undefined;
  readonly dns: readonly string[];
  readonly uris: readonly string[];
  /** When it ends, in wall time (ms since 1970); undefined: nobody said. */
  readonly until: number | undefined;
}

export function shownCertificate(certificate: X509Certificate): ShownCertificate {
  const { subject: lines = "", subjectAltName, fingerprint256, validTo } = certificate;
  const subject = lines === "" ? "" : fromLines(lines);
  const names = alternativeNames(subjectAltName ?? "");
  return {
    fingerprint: plainFingerprint(fingerprint256),
    subject,
    cn: commonName(subject),
    dns: names.filter(([kind]) => kind === "DNS").map(([, name]) => name.toLowerCase()),
    uris: names.filter(([kind]) => kind === "URI").map(([, name]) => name),
    until: Date.parse(validTo),
  };
}

/** `AB:CD:…` and `abcd…` are one. */
export function plainFingerprint(text: string): string {
  return text.replaceAll(":", "").toLowerCase();
}

/** As Node writes them: `DNS:a.example, URI:"odd ones in quotes, as JSON"`. None where any of it cannot be read. */
function alternativeNames(text: string): [string, string][] {
  const names: [string, string][] = [];
  const one = /([A-Za-z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;
  while (one.lastIndex < text.length) {
    const [whole, kind = "", name = ""] = one.exec(text) ?? [];
    if (whole === undefined) return [];
    names.push([kind, name.startsWith('"') ? unquoted(name) : name]);
  }
  return names;
}

function unquoted(name: string): string {
  try {
    return String(JSON.parse(name));
  } catch {
    return "";
  }
}
