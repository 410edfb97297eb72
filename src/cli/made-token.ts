// The token that the hub makes for itself when it listens beyond this machine and nobody configured one.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "../base/secret.ts";

export interface MadeToken {
  readonly token: Secret;
  /** Where it is kept; undefined when it lives only as long as this process. */
  readonly file: string | undefined;
}

/** For a person at a terminal: made anew at every start, and printed once by the caller. */
export function passingToken(): MadeToken {
  return { token: new Secret(randomBytes(24).toString("base64url")), file: undefined };
}

/** For a service: kept in `stateDir/token` (0600), the same after a restart. Rejects when the folder cannot be written to. */
export async function keptToken(stateDir: string): Promise<MadeToken> {
  const file = join(stateDir, "token");
  const known = await readFile(file, "utf8").catch(() => "");
  if (known.trim().length >= 16) return { token: new Secret(known.trim()), file };
  const { token } = passingToken();
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await writeFile(file, `${token.reveal()}\n`, { mode: 0o600 });
  return { token, file };
}
