// Whose a file of claims is, for `thehub explain --claims`: what an identity provider says of a caller, as JSON or as the token itself.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { HubError } from "../base/errors.ts";
import { type Claims, clientOfClaims } from "../identity/claims.ts";
import type { ResolvedClient } from "../manifest/manifest.ts";
import type { Terminal } from "./terminal.ts";

/** More than any token holds. */
const maxChars = 1024 * 1024;

export interface ClaimedClient {
  /** Undefined: these claims are no client's. */
  readonly client: string | undefined;
  /** The clients that were looked at before, in manifest order, and what is wrong for each. */
  readonly others: readonly { readonly client: string; readonly why: string }[];
}

/** `file`: `-` is the standard input. Throws `usage` for what holds no claims; says nothing of what they are. */
export async function readClaims(terminal: Terminal, file: string): Promise<Claims> {
  const text = (file === "-" ? await readAll(terminal.stdin) : read(resolve(terminal.cwd, file), file)).trim();
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(text) ?? [];
  const claims = parsed(payload === undefined ? text : Buffer.from(payload, "base64url").toString("utf8"));
  if (claims !== undefined) return claims;
  throw new HubError(
    "usage",
    `${file} holds no claims: write a JSON object, {"iss": "https://…", "sub": "…"}, or a token`,
  );
}

/** No signature is checked: this says what a token with these claims would be. */
export function claimedClient(claims: Claims, clients: readonly ResolvedClient[]): ClaimedClient {
  const { client, tried } = clientOfClaims(claims, clients);
  const others = tried.flatMap(({ client: one, fit }) => {
    if (fit.t === "fits") return [];
    return [{ client: one.name, why: fit.t === "no" ? fit.why : `scope is without ${fit.missing.join(", ")}` }];
  });
  return { client: client?.name, others };
}

function read(path: string, shown: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new HubError(
      "usage",
      `${shown} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
    );
  }
}

function parsed(text: string): Claims | undefined {
  if (text.length > maxChars) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
