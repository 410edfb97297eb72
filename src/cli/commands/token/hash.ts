// `thehub token hash` and `thehub token new`: what stands in the manifest for a token that clients present.
import { randomBytes } from "node:crypto";
import { tokenDigest } from "../../../base/bearer.ts";
import { HubError } from "../../../base/errors.ts";
import type { Terminal } from "../../terminal.ts";

export interface HashOptions {
  readonly json?: boolean;
}

/** The token comes on stdin: an argument would stand in the list of processes, and in the shell's history. */
export async function hashToken(terminal: Terminal, { json }: HashOptions): Promise<number> {
  const { stdin, stderr, stdout } = terminal;
  if (stdin.isTTY === true) stderr.write("the token, then Enter and Ctrl-D: ");
  let text = "";
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > 64 * 1024) throw new HubError("usage", "no token is longer than 64 KiB");
  }
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const what = token === "" ? "there is no token on stdin" : "this is no token that a header can carry";
    throw new HubError("usage", `${what}: printf %s "$TOKEN" | thehub token hash`);
  }
  if (token.length < 16)
    stderr.write("thehub: a token of less than 16 characters can be guessed; thehub token new makes one\n");
  stdout.write(
    json === true ? `${JSON.stringify({ token_sha256: hashOf(token) })}\n` : `token_sha256: ${hashOf(token)}\n`,
  );
  return 0;
}

/** The token goes to stdout, so that it can be kept where it belongs; its line for the manifest goes to stderr. */
export function newToken(terminal: Terminal, { json }: HashOptions): number {
  const token = randomBytes(32).toString("base64url");
  if (json === true) {
    terminal.stdout.write(`${JSON.stringify({ token, token_sha256: hashOf(token) }, undefined, 2)}\n`);
    return 0;
  }
  terminal.stdout.write(`${token}\n`);
  terminal.stderr.write(`for the manifest: token_sha256: ${hashOf(token)}\n`);
  return 0;
}

function hashOf(token: string): string {
  return tokenDigest(token).toString("hex");
}
