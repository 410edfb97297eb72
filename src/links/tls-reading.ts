// The certificates of one remote Core, from the files that its manifest entry names. Read anew at each start: they are replaced where they lie.
import { readFileSync } from "node:fs";
import type { SecureContext } from "node:tls";
import { Secret } from "../base/secret.ts";
import { parseTls, type TlsFiles } from "./link-tls.ts";

export interface TlsPaths {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export type ReadTls =
  | { readonly t: "ok"; readonly files: TlsFiles; readonly context: SecureContext }
  /** A sentence for people: which key, which file, why. */
  | { readonly t: "bad"; readonly message: string };

export function readTls(paths: TlsPaths): ReadTls {
  const texts: { ca?: string; cert?: string; key?: string } = {};
  for (const name of ["ca", "cert", "key"] as const) {
    const path = paths[name];
    if (path === undefined) continue;
    try {
      texts[name] = readFileSync(path, "utf8");
    } catch (error) {
      const { code = "unreadable" } = error as NodeJS.ErrnoException;
      return { t: "bad", message: `tls.${name}: ${path} cannot be read (${code})` };
    }
  }
  const { ca, cert, key } = texts;
  const files = { ca, cert, key: key === undefined ? undefined : new Secret(key) };
  const parsed = parseTls(files);
  return parsed.t === "ok" ? { ...parsed, files } : { t: "bad", message: `tls: ${parsed.message}` };
}
