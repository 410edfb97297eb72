// A file that holds tokens in plain, as secrets of Docker and Kubernetes come.
import { readFileSync, statSync } from "node:fs";

export type TokenFile =
  | { readonly t: "ok"; readonly tokens: readonly string[] }
  /** In words, after the file's name. */
  | { readonly t: "unusable"; readonly why: string };

/** A file that never ends must not fill the memory. */
const maxFileBytes = 64 * 1024;

/** A token a line; blanks around it do not count. */
export function readTokenFile(path: string): TokenFile {
  try {
    const { size } = statSync(path);
    if (size > maxFileBytes) return { t: "unusable", why: "is larger than 64 KiB" };
    const lines = readFileSync(path, "utf8").split("\n");
    const tokens = lines.map((line) => line.trim()).filter((line) => line !== "");
    if (tokens.length === 0) return { t: "unusable", why: "is empty: write a token into it" };
    if (tokens.every((token) => /^[\x21-\x7e]+$/.test(token))) return { t: "ok", tokens };
    return { t: "unusable", why: "holds a token that no header can carry: use letters, digits and punctuation" };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    return { t: "unusable", why: `cannot be read (${code})` };
  }
}
